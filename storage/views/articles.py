"""Articles and every text they had."""

from __future__ import annotations

from storage.views.view import View

#: Whether a fetch's text is a feed's, and how many further parts it has.
_OF_FEED = "f.origin = 'feed' OR EXISTS (SELECT 1 FROM page_fetch x WHERE x.first_id = f.id AND x.origin = 'feed')"
_PARTS = "(SELECT count(*) FROM page_fetch x WHERE x.first_id = f.id AND x.origin = 'page')"
#: What cleaning knew and followed, and what it made of the page's blocks.
_CLEANED = (
    ("rules", "r.rules", "The rules of config.yaml that cleaning followed, as JSON; empty: none."),
    ("memory_pages", "r.memory_pages", "Pages that the site's memory had learned from by then; empty: not known."),
    ("blocks", "r.blocks", "Blocks of the page; empty: not known."),
    ("blocks_kept", "r.blocks_kept", "Blocks that are in the text; empty: not known."),
)
_ARTICLE_COLUMNS = (
    ("id", "a.id", "Number of the article."),
    ("source", "a.source", "Name of the source."),
    ("title", "r.title", "Headline."),
    ("text", "r.text", "Current clean text, paragraphs apart by a blank line."),
    ("authors", "a.authors", "Authors, a JSON list."),
    ("tags", "a.tags", "Keywords, a JSON list."),
    ("published", "a.published", "Date of publication as the page claims, UTC."),
    ("modified", "a.modified", "Date of change as the page claims, UTC."),
    ("url", "a.url", "Where the text came from."),
    ("canonical_url", "a.canonical_url", "The address the page names as its own."),
    ("site_name", "a.site_name", "The site's name as the page gives it."),
    ("language", "a.language", "ISO 639-1."),
    ("kind", "a.kind", "article, live, gallery, video, listing, teaser or other."),
    ("description", "a.description", "Summary as the page gives it."),
    ("image", "a.image", "Lead image's address."),
    ("paywalled", "a.paywalled", "The page says that only a part is free."),
    ("word_count", "a.word_count", "Words; in scripts without spaces every character counts."),
    ("revision", "a.revision", "Number of the current revision, which is how many there are."),
    (
        "duplicates",
        "(SELECT count(*) FROM article d WHERE d.duplicate_of = a.id)",
        "How many other articles of its cluster it stands for.",
    ),
    ("duplicate_of", "a.duplicate_of", "The earliest article of its cluster, which stands for it; empty: this one does."),
    ("first_seen_at", "a.first_seen_at", "The visit that found it."),
    ("last_seen_at", "a.last_seen_at", "The last visit that found it there."),
    ("gone_at", "a.gone_at", "When the site said it is gone (404, 410)."),
    ("endpoint_kind", "e.kind", "What lists the page: feed, sitemap or section; empty: asked for by address."),
    ("endpoint_url", "e.url", "Address of what lists the page."),
    ("url_chain", "f.chain", "Every address asked for the current text, redirects in order, a JSON list."),
    ("fetched_at", "f.fetched_at", "When the current text was fetched."),
    ("http_status", "f.status", "HTTP status of that fetch."),
    ("http_headers", "f.headers", "Headers of the answer, a JSON list of pairs of name and value."),
    ("fetch_seconds", "f.elapsed", "Seconds from the first request to the last byte."),
    ("raw_body_id", "f.raw_body_id", "The bytes it was cleaned from (table raw_body)."),
    ("engine_version", "r.engine_version", "Version of the cleaning that made the text."),
    ("doubt", "r.doubt", "0 to 1: how far cleaning mistrusts the text."),
    *_CLEANED,
    (
        "text_from",
        f"CASE WHEN {_OF_FEED} THEN 'feed' ELSE 'page' END",
        "page: the text is the page's; feed: the page was refused or gave a teaser, its feed carries the whole text.",
    ),
    ("parts", f"1 + {_PARTS}", "How many pages the text was joined from."),
    ("missing_part", "f.missing", "Why a further page of the article is not in the text; empty: it is whole."),
)
_ARTICLE_TABLES = (
    "article a\n"
    "JOIN revision r ON r.article_id = a.id AND r.number = a.revision\n"
    "JOIN page p ON p.id = a.page_id\n"
    "LEFT JOIN endpoint e ON e.id = p.endpoint_id\n"
    "LEFT JOIN page_fetch f ON f.id = r.fetch_id"
)

ARTICLES = View(
    name="articles",
    comment="Every story once: of a cluster of copies only the earliest.",
    columns=_ARTICLE_COLUMNS,
    tables=f"{_ARTICLE_TABLES}\nWHERE a.duplicate_of IS NULL",
)
ALL_ARTICLES = View(
    name="all_articles",
    comment="Every article, the copies of others too.",
    columns=_ARTICLE_COLUMNS,
    tables=_ARTICLE_TABLES,
)
REVISIONS = View(
    name="revisions",
    comment="Every text an article ever had; a new one only when text, title or publication state changed.",
    columns=(
        ("article_id", "r.article_id", "The article."),
        ("number", "r.number", "1 is the first text seen."),
        ("title", "r.title", "Headline."),
        ("text", "r.text", "Clean text."),
        ("word_count", "r.word_count", "Words of the text."),
        ("state", "r.state", "public, paywalled, or gone (404, 410), for which the text stays; empty: not known."),
        ("seen_at", "r.seen_at", "The visit that brought it."),
        ("fetched_at", "f.fetched_at", "When it was fetched."),
        ("raw_body_id", "f.raw_body_id", "The bytes it was cleaned from (table raw_body)."),
        ("engine_version", "r.engine_version", "Version of the cleaning that made it."),
        ("doubt", "r.doubt", "0 to 1: how far cleaning mistrusts it."),
        *_CLEANED,
        ("text_from", f"CASE WHEN {_OF_FEED} THEN 'feed' ELSE 'page' END", "page or feed: where the text is from."),
        ("parts", f"1 + {_PARTS}", "How many pages the text was joined from."),
        ("missing_part", "f.missing", "Why a further page of the article is not in the text; empty: it is whole."),
        (
            "changes",
            "r.changes",
            "What changed since the one before: words taken out in [-…-], put in in {+…+}; empty for the first.",
        ),
    ),
    tables="revision r\nLEFT JOIN page_fetch f ON f.id = r.fetch_id",
)
REMOVED_BLOCKS = View(
    name="removed_blocks",
    comment="Blocks of pages that are not in their articles' texts, and why; of articles that `newsmill explain` was asked for.",
    columns=(
        ("article_id", "b.article_id", "The article."),
        ("source", "a.source", "Name of the source."),
        ("number", "b.number", "Position of the block on the page, from 0."),
        ("kind", "b.kind", "What it is in the page's markup: paragraph, heading, list_item ..."),
        ("text", "b.text", "Its text, the first 500 characters."),
        ("reason", "b.reason", "Why it was removed."),
        ("score", "b.score", "Probability that it belongs to the article, 0 to 1, before words and rules spoke."),
        ("revision", "x.revision", "Number of the revision that was cleaned again."),
        ("engine_version", "x.engine_version", "Version of the cleaning that was asked."),
        ("explained_at", "x.explained_at", "When."),
    ),
    tables=("removed_block b\nJOIN explanation x ON x.article_id = b.article_id\nJOIN article a ON a.id = b.article_id"),
)
