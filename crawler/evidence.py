"""What tells an article's link from the navigation: a table of evidences.

Weights were set by hand on pages of several generations (``/news/view.php?no=1234`` in tables, ``/2024/05/25/a-long-slug``
in cards) so that two independent signs suffice and no single one does, except a headline in a heading.
"""

# ruff: noqa: PLR2004 - the numbers are those that the reasons tell
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from model.tracking import ARTICLE_PARAMETERS
from model.urls import is_front, parameters

if TYPE_CHECKING:
    from collections.abc import Callable

#: From this score on a link is taken for an article.
THRESHOLD = 3

#: A day or a month in a path: /2024/05/25/, /2024/05/, /25/12/19/, /2025/dec/05/, 20240525, 2024-05-25.
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d[/.-]?(?:0[1-9]|1[0-2])(?:[/.-]?(?:0[1-9]|[12]\d|3[01]))?(?!\d)"
    r"|/\d\d/(?:0[1-9]|1[0-2])/(?:0[1-9]|[12]\d|3[01])/"
    r"|/(?:19|20)\d\d/(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*/\d{1,2}/"
)
_LONG_NUMBER = re.compile(r"\d{5,}|/\d{3,}(?:/|\.\w+$|$)")
_ARTICLE_WORD = re.compile(
    r"(?:^|[/_,-])(?:articles?|artikel|artikkel|articolo|articulos?|artykul|clanek|noticias?|posts?|story|stories"
    r"|(?:news|article|art)?_?(?:view|read|detail))(?:[/.,_-]|$)"
)
#: An archive of a day or a month: nothing follows the date.
_DATE_ALONE = re.compile(r"/(?:19|20)\d\d(?:/\d{1,2}){0,2}/?$")
_PAGE_FILE = re.compile(r"\.(?:s?html?|php|aspx?|jspx?|do|cgi|nhn)$")
#: Files that are no pages.
_FILE = re.compile(
    r"\.(?:7z|apk|avi|css|docx?|epub|exe|gif|gz|hwpx?|ico|jpe?g|js|json|m3u8|m4a|mov|mp[34]|pdf|png|pptx?|rar|rss|svg|webp|xlsx?|xml|zip)$",
    re.IGNORECASE,
)
_SLUG_WORD = re.compile(r"[^\W\d_]{2,}|\d+")
_LETTER = re.compile(r"[^\W\d_]")
#: Scripts that put no space between words: two characters of Han or Kana, five of Thai, Lao or Khmer, are about a word.
_HAN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_THAI = re.compile("[\u0e00-\u0eff\u1780-\u17ff]")

#: Path segments that announce a list or a person, wherever they stand, in lower case, sorted.
LIST_SEGMENTS: frozenset[str] = frozenset(
    """
    auteur auteurs author authors autor autore autoren autores categoria categorias categorie categories category collection
    collections kategoria kategorie label labels member members page profile profiles rss rubrik rubrique search section
    sections suche tag tagi tags tema temas temat thema themen topic topics user users writer writers
    """.split()  # noqa: SIM905 # a hundred quoted words are harder to read and to sort
)
#: Last path segments (without extension) of pages that serve or inform, in lower case, sorted. The same words may name
#: a section further up (/weather/storm-closes-harbour), so only the end counts.
SERVICE_SEGMENTS: frozenset[str] = frozenset(
    """
    abo about about-us aboutus accessibility account ads advertise advertising agb app apps archive archives bookmark bookmarks
    careers cart company contact contact-us contacts contactus cookie-policy cookie-settings cookies copyright corrections
    datenschutz disclaimer donate editorial-policy events faq faqs feed feeds feedback forgot-password galleries gallery help
    horoscope horoscopes impressum imprint info jobs join kontakt latest legal log-in login logout membership mobile my
    my-account mypage newsletter newsletters obituaries photos playlist podcast podcasts policies policy print print_article
    printable printarticle printnews printview privacy privacy-policy register reply series settings share shop sign-in sign-up
    signin signup sitemap staff stellenangebote store subscribe subscription subscriptions team terms terms-and-conditions
    terms-of-service terms-of-use videos weather wetter
    """.split()  # noqa: SIM905 # as above
)
#: Parameters that name an act, and acts other than reading: mode=print, act=login.
_ACT_PARAMETERS = frozenset({"act", "action", "cmd", "do", "format", "mode", "output", "task", "view"})
_OTHER_ACTS = frozenset(
    {"delete", "edit", "email", "list", "login", "mail", "modify", "print", "reply", "rss", "search", "write"}
)
#: Parameters whose very presence says the same.
_OTHER_PARAMETERS = frozenset({"print", "replytocom", "share"})
_LIST_PARAMETERS = frozenset(
    {"commentpage", "filter", "offset", "order", "page", "paged", "pageno", "pg", "q", "query", "s", "sort", "start"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address a page links, all its anchors taken together."""

    url: str
    #: The best text of its anchors, alternative texts of pictures included; may be empty.
    text: str
    #: An anchor stands in a heading, or holds one.
    in_heading: bool
    #: An anchor stands in an ``<article>``.
    in_article: bool
    #: Every anchor stands in navigation, header or footer.
    in_furniture: bool

    @property
    def path(self) -> str:
        """The path, escapes undone, in lower case."""
        return unquote(urlsplit(self.url).path).lower()

    @property
    def segments(self) -> tuple[str, ...]:
        """Path segments without the last one's extension."""
        return tuple(piece for piece in _PAGE_FILE.sub("", self.path).split("/") if piece)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One sign for or against an article."""

    weight: int
    #: A sentence a reader understands.
    reason: str
    holds: Callable[[Candidate], bool]


def words(text: str) -> int:
    """Words of a text; scripts without spaces are counted by their characters.

    >>> words("Storm closes the harbour"), words("中国外交部回应最新消息"), words("2024")
    (4, 5, 1)
    """
    spaceless = len(_HAN.findall(text)) // 2 + len(_THAI.findall(text)) // 5
    return max(len(text.split()), spaceless)


def _slug_words(candidate: Candidate) -> int:
    """Words of the longest of the last two path segments, as slugs join them by hyphens and the like."""
    return max((words(" ".join(_SLUG_WORD.findall(piece))) for piece in candidate.segments[-2:]), default=0)


def _has_article_id(candidate: Candidate) -> bool:
    return any(name in ARTICLE_PARAMETERS and re.search(r"\d", value) for name, value in parameters(candidate.url))


def _asks_for_a_list(candidate: Candidate) -> bool:
    return not _has_article_id(candidate) and any(name in _LIST_PARAMETERS for name, _ in parameters(candidate.url))


def _asks_for_another_act(candidate: Candidate) -> bool:
    return any(
        name in _OTHER_PARAMETERS or (name in _ACT_PARAMETERS and value.lower() in _OTHER_ACTS)
        for name, value in parameters(candidate.url)
    )


def _is_section(candidate: Candidate) -> bool:
    """/sport, /world-news, /en/politics, under a name that is no headline."""
    plain = not urlsplit(candidate.url).query and not re.search(r"\d", candidate.path)
    return plain and _slug_words(candidate) <= 2 and words(candidate.text) < 6


#: Every evidence there is; a link's score is the sum of the weights of those that hold.
EVIDENCES: tuple[Evidence, ...] = (
    Evidence(weight=3, reason="a date in the path", holds=lambda it: _DATE.search(it.path + "/") is not None),
    Evidence(weight=3, reason="an article's number in the query", holds=_has_article_id),
    Evidence(weight=3, reason="a slug of four words or more", holds=lambda it: _slug_words(it) >= 4),
    Evidence(weight=-4, reason="the path ends with a date", holds=lambda it: _DATE_ALONE.search(it.path) is not None),
    Evidence(weight=2, reason="a long number in the path", holds=lambda it: _LONG_NUMBER.search(it.path) is not None),
    Evidence(weight=2, reason="a word of article pages in the path", holds=lambda it: _ARTICLE_WORD.search(it.path) is not None),
    Evidence(weight=1, reason="a slug of three words", holds=lambda it: _slug_words(it) == 3),
    Evidence(weight=1, reason="the path ends in a file", holds=lambda it: _PAGE_FILE.search(it.path) is not None),
    Evidence(weight=2, reason="linked from a heading", holds=lambda it: it.in_heading),
    Evidence(weight=1, reason="linked from an <article>", holds=lambda it: it.in_article),
    Evidence(weight=1, reason="a text of four words or more", holds=lambda it: words(it.text) >= 4),
    Evidence(weight=1, reason="a text of six words or more", holds=lambda it: words(it.text) >= 6),
    Evidence(weight=1, reason="a text of eight words or more", holds=lambda it: words(it.text) >= 8),
    Evidence(weight=-1, reason="a text of one or two words", holds=lambda it: 0 < words(it.text) <= 2),
    Evidence(weight=-3, reason="a text without letters", holds=lambda it: bool(it.text) and not _LETTER.search(it.text)),
    Evidence(weight=-2, reason="a short path and no headline", holds=_is_section),
    Evidence(weight=-2, reason="only in navigation, header or footer", holds=lambda it: it.in_furniture),
    Evidence(weight=-3, reason="the query asks for a list", holds=_asks_for_a_list),
    Evidence(weight=-4, reason="a word of lists in the path", holds=lambda it: bool(LIST_SEGMENTS & {*it.segments})),
    Evidence(weight=-6, reason="a page that serves or informs", holds=lambda it: bool(SERVICE_SEGMENTS & {*it.segments[-1:]})),
    Evidence(weight=-6, reason="the query asks for something else than reading", holds=_asks_for_another_act),
)


def evidences(candidate: Candidate) -> tuple[Evidence, ...]:
    """The evidences that hold for a link: why it was taken or not."""
    return tuple(evidence for evidence in EVIDENCES if evidence.holds(candidate))


def is_article(candidate: Candidate) -> bool:
    """Whether the evidences say so."""
    return sum(evidence.weight for evidence in evidences(candidate)) >= THRESHOLD


def is_page(url: str) -> bool:
    """Whether an address may be an article at all: not the front page, not a file of another kind.

    >>> is_page("https://example.com/a"), is_page("https://example.com/"), is_page("https://example.com/report.pdf")
    (True, False, False)
    """
    return not is_front(url) and _FILE.search(urlsplit(url).path) is None


def is_service(url: str) -> bool:
    """Whether an address by itself says that its page lists, serves or informs.

    >>> is_service("https://example.com/tag/storm"), is_service("https://example.com/storm")
    (True, False)
    """
    segments = Candidate(url=url, text="", in_heading=False, in_article=False, in_furniture=False).segments
    return bool(LIST_SEGMENTS & {*segments}) or bool(SERVICE_SEGMENTS & {*segments[-1:]})
