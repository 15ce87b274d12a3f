"""Names of query parameters, as data: those that follow the reader, and those that name the article."""

from __future__ import annotations

#: Parameters that begin so are dropped. utm_: Google Analytics; mtm_, pk_, piwik_: Matomo; hsa_: HubSpot ads;
#: itm_: internal campaigns in the manner of utm_; at_custom: AT Internet (BBC, France Médias Monde).
TRACKING_PREFIXES: tuple[str, ...] = ("at_custom", "hsa_", "itm_", "mtm_", "piwik_", "pk_", "utm_")

#: Parameters that say where the reader came from and change nothing on the page, in lower case, sorted.
#:
#: Sources: the vendors' own documentation and the lists that browsers and readers keep: Mozilla's query stripping
#: records, Brave's ``query_filter/utils.cc``, AdGuard's TrackParamFilter ``general_url.txt`` and miniflux's
#: ``internal/reader/urlcleaner``. A name is only taken when no site is known to name an article with it, so
#: ``id``, ``p``, ``ref``, ``cid``, ``campaign_id`` and ``source`` stay.
TRACKING_NAMES: frozenset[str] = frozenset(
    {
        "__hsfp",  # HubSpot
        "__hssc",
        "__hstc",
        "__readwiselocation",  # Readwise
        "__s",  # Drip
        "__twitter_impression",
        "_bhlid",  # beehiiv
        "_branch_match_id",  # Branch.io
        "_branch_referrer",
        "_ga",  # Google Analytics across domains
        "_gl",
        "_hsenc",  # HubSpot
        "_hsmi",
        "_openstat",  # Yandex
        "at_bbc_team",  # AT Internet, the BBC's names
        "at_campaign",
        "at_campaign_type",
        "at_format",
        "at_link_id",
        "at_link_origin",
        "at_link_type",
        "at_medium",
        "at_ptr_name",
        "cmp",  # Adobe campaigns (CBC, The Guardian)
        "cmpid",
        "dclid",  # Google Display
        "dicbo",  # Outbrain
        "epik",  # Pinterest
        "fb_action_ids",  # Facebook
        "fb_action_types",
        "fb_comment_id",
        "fb_ref",
        "fb_source",
        "fbclid",
        "gad_campaignid",  # Google Ads
        "gad_source",
        "gbraid",
        "gclid",
        "gclsrc",
        "guce_referrer",  # Yahoo's consent page
        "guce_referrer_sig",
        "guccounter",
        "hsctatracking",  # HubSpot
        "icid",  # internal campaigns
        "igsh",  # Instagram
        "igshid",
        "intcmp",  # internal campaigns (The Guardian and others)
        "li_fat_id",  # LinkedIn
        "mc_cid",  # Mailchimp
        "mc_eid",
        "mc_tc",
        "mkt_tok",  # Marketo
        "msclkid",  # Microsoft Advertising
        "ncid",
        "ns_campaign",  # comScore
        "ns_mchannel",
        "ns_source",
        "ocid",  # Microsoft
        "oly_anon_id",  # Omeda
        "oly_enc_id",
        "rb_clickid",
        "s_cid",  # Adobe Analytics
        "sc_cid",
        "smid",  # The New York Times, social media
        "srsltid",  # Google Merchant
        "ttclid",  # TikTok
        "twclid",  # X
        "vero_conv",  # Vero
        "vero_id",
        "wbraid",  # Google Ads
        "wickedid",  # Wicked Reports
        "wt_mc",  # Webtrekk
        "wt_zmc",
        "wtmc",
        "xtor",  # AT Internet
        "yclid",  # Yandex
        "ysclid",
    }
)

#: Parameters by which article pages are told apart, in lower case, sorted: the words of old and new publishing systems
#: (``/news/view.php?no=1234``, ``articleView.html?idxno=99``, ``read.asp?aid=7``, WordPress's ``?p=12``).
ARTICLE_PARAMETERS: frozenset[str] = frozenset(
    {
        "a_id",
        "aid",
        "art_id",
        "artid",
        "article",
        "article_id",
        "article_no",
        "articleid",
        "articleno",
        "cntn_cd",
        "contentid",
        "contid",
        "doc_id",
        "docid",
        "gid",
        "id",
        "idx",
        "idxno",
        "item_id",
        "itemid",
        "key",
        "mcode",
        "news_cd",
        "news_id",
        "news_no",
        "newsid",
        "newsno",
        "nid",
        "no",
        "ntt_sn",
        "nttid",
        "num",
        "oid",
        "p",
        "pid",
        "post",
        "postid",
        "seq",
        "sid",
        "sn",
        "story",
        "story_id",
        "storyid",
        "ud",
        "uid",
        "wr_id",
    }
)
