"""Articles that run over several pages: where the next part is.

``rel=next`` alone says nothing: on most news sites it leads to the next article. So the address decides (`crawler.numbering`): a
further part is named as the first page is, with a number more. Links in comments and long texts do not count, and a number
at the end of a name only where the link reads as one.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.markup import address, base_of, parsed
from crawler.numbering import ends_with_number, numbered
from crawler.titles import plain
from model.errors import CleanError, DiscoveryError
from model.urls import canonical, identity, parameters

if TYPE_CHECKING:
    from bs4 import Tag

    from crawler.protocols import Decode
    from model.page import Page

#: Links looked at closely on one page, and their ancestors.
_MOST, _CLIMB = 200, 40
#: Addresses of which a quick look sees whether they are the first page's with a number; each takes some 50 us.
_FEW = 16
#: A link's text of more characters is a sentence or another article's headline.
_LABEL = 60
#: Numbers, with what stands around them in pagers: "2", "[2]", "Page 2 of 4", "2페이지", "Weiter auf Seite 2".
_SAYS = re.compile(
    r"(?:^|\b(?:page|seite|pagina|página|pág|pag|part|partie|parte|teil|sida|side|sayfa|strona|strana|sivu)\b|第)\W*(\d{1,2})(?!\d)",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"comment|kommentar|reply|replies|respond|disqus|댓글", re.IGNORECASE)
#: Where a site shows all parts on one page: parameters with their values ("" is any), and last words of a path. Sorted.
_ALL_VALUES = frozenset({"all", "full", "single", "complete", "1", "true", "yes", ""})
_ALL_PARAMETERS = frozenset(
    {
        "all",
        "allpages",
        "completo",
        "fullpage",
        "fullstory",
        "onepage",
        "showall",
        "single",
        "singlepage",
        "single_page",
        "viewall",
    }
)
_PAGE_PARAMETERS = frozenset({"page", "pagewanted", "seite", "view", "viewmode"})
_ALL_SEGMENTS = frozenset({"komplettansicht", "one-page", "onepage", "single-page", "singlepage", "view-all"})
#: A parameter's name or a word of a path, none of which is longer. A row of "_" would be looked through again from each of them.
_WORD = "[a-z_]{1,12}"
#: The same in an address as it is written.
_ALL = rf"{_WORD}=(?:all|full|single|complete|1|true|yes)?|[a-z]+-?(?:page|ansicht|all)"
_PLAIN = re.compile(r"[A-Za-z0-9-]+")
_OWN_MARK = re.compile(r"(?:\.\w{1,5})$|[-_.,]?(?:page|seite|teil|part)[-_=]?[01](?:\.\w{1,5})?$", re.IGNORECASE)
_HREF, _HREF_UPPER = (re.compile(name + rb"\s*=\s*[\"']?([^\"'\s>]+)") for name in (b"href", b"HREF"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """Where an article goes on."""

    url: str
    #: It shows the whole article on one page, the parts read before included.
    whole: bool = False


def further(page: Page, decode: Decode, *, first: str, number: int, passed: frozenset[str] = frozenset()) -> Further | None:
    """Where an article goes on after this part; None where it ends, as nearly all do on their first page.

    Args:
        page: a part as fetched.
        decode: body and Content-Type header to text.
        first: the address of the first part.
        number: which part this is, from 1.
        passed: identities of addresses that were asked already.
    """
    if not _leads_near(_suspects(page, first, number), page.url, first):
        return None
    try:
        soup = parsed(decode(page.body, page.header("content-type")), page.url)
    except (CleanError, DiscoveryError):
        return None
    base = base_of(soup, page.url)
    tags = [(tag, url) for tag in soup.find_all(["a", "link"], href=True) if (url := address(tag, base))]
    behind = passed | {identity(page.url)}
    close = [(tag, url) for tag, url in tags if _is_near(first, url) and identity(url) not in behind][:_MOST]
    if number == 1 and (whole := next((url for tag, url in close if _is_whole(first, url) and not _in_comments(tag)), None)):
        return Further(url=whole, whole=True)
    following = next((url for tag, url in close if _number(tag, first, url) == number + 1 and not _in_comments(tag)), None)
    return Further(url=following) if following else None


def may_go_on(page: Page, *, first: str, number: int) -> bool:
    """Whether `further` has to be asked: nearly always a quick look at a page's bytes says that it ends here.

    Args:
        page: a part as fetched.
        first: the address of the first part.
        number: which part this is, from 1.
    """
    suspects = _suspects(page, first, number)
    return len(suspects) > _FEW or _leads_near(suspects, page.url, first)


def may_be_part(url: str) -> bool:
    """Whether a canonical address, by itself, could be that of an article's further part, or of all parts on one page.

    Whether it is one only its first page tells (`further`).

    >>> may_be_part("https://example.com/story?page=2"), may_be_part("https://example.com/story/komplettansicht")
    (True, True)
    >>> may_be_part("https://example.com/story")
    False
    """
    if ends_with_number(url) or any(_asks_for_all(name, value.lower()) for name, value in parameters(url)):
        return True
    return urlsplit(url).path.rpartition("/")[2].lower() in _ALL_SEGMENTS


def _suspects(page: Page, first: str, number: int) -> list[bytes]:
    """The addresses on a page, unparsed, that look like a further part's."""
    sign, name = _sign(number), _name(first)
    near = [href for href in _hrefs(page.body) if name in href or b"/" not in href or href.startswith((b"?", b"."))]
    return [href for href in near if sign.search(href)]


def _leads_near(suspects: list[bytes], base: str, first: str) -> bool:
    """Whether one of the addresses, seen as a browser does, is a further part's."""
    return any(_is_near(first, _absolute(href, base)) for href in suspects)


def _hrefs(body: bytes) -> set[bytes]:
    """The addresses of an unparsed page. Two searches take a fraction of the time of one without regard to case."""
    return {*_HREF.findall(body), *_HREF_UPPER.findall(body)}


def _name(first: str) -> bytes:
    """The longest piece of the last part of a path that stands in every spelling of the address."""
    last = urlsplit(first).path.rstrip("/").rpartition("/")[2]
    name = max(_PLAIN.findall(_OWN_MARK.sub("", last)), key=len, default="")
    return str(name).encode()


@cache
def _sign(number: int) -> re.Pattern[bytes]:
    """What the address of the part after this one ends with, or its query does; one less where a site begins at 0."""
    numbers = rf"(?:p|{_WORD}[=/_.,-]|page|seite|teil|part)?(?:{number}|{number + 1})"
    return re.compile(rf"(?:\A|[/_.,?&;-])(?:{numbers}|{_ALL})(?:/|\.[a-z]{{2,5}})?(?:[?&#]|\Z)".encode(), re.IGNORECASE)


def _absolute(href: bytes, base: str) -> str:
    try:
        return canonical(html.unescape(href.decode("utf-8", "replace")), base)
    except ValueError:
        return base


def _is_near(first: str, url: str) -> bool:
    return numbered(first, url) is not None or _is_whole(first, url)


def _number(tag: Tag, first: str, url: str) -> int | None:
    """The part that a link leads to; None where it is not to be believed."""
    found = numbered(first, url)
    if found is None:
        return None
    label = _label(tag)
    said = _SAYS.search(label)
    if said and int(said[1]) in (found.number, found.number + 1):
        return int(said[1])
    is_next = "next" in [str(value).lower() for value in tag.get_attribute_list("rel") if value]
    believed = is_next or (found.marked and len(label) <= _LABEL and tag.name == "a")
    return found.number if believed else None


def _label(tag: Tag) -> str:
    text = plain(" ".join(piece for piece, _ in zip(tag.strings, range(20), strict=False))) or ""
    return (text or str(tag.get("title") or tag.get("aria-label") or "")).strip()


def _is_whole(first: str, url: str) -> bool:
    """Whether an address is the first page's with a word that asks for all of it."""
    one, other = urlsplit("//" + identity(first)), urlsplit("//" + identity(url))
    if one.netloc != other.netloc:
        return False
    if one.path == other.path:
        more = set(parameters(url)) - set(parameters(first))
        return len(more) == 1 and any(_asks_for_all(name, value.lower()) for name, value in more)
    stem, segment = other.path.rpartition("/")[::2]
    return one.query == other.query and stem == one.path.rstrip("/") and segment.lower() in _ALL_SEGMENTS


def _asks_for_all(name: str, value: str) -> bool:
    if name in _ALL_PARAMETERS:
        return value in _ALL_VALUES
    return name in _PAGE_PARAMETERS and value in _ALL_VALUES - {"1", "true", "yes", ""}


def _in_comments(tag: Tag) -> bool:
    for ancestor, _ in zip(tag.parents, range(_CLIMB), strict=False):
        if ancestor.name in ("body", "html"):
            return False
        names = (*ancestor.get_attribute_list("class"), *ancestor.get_attribute_list("id"))
        if any(_COMMENTS.search(name) for name in names if name):
            return True
    return False
