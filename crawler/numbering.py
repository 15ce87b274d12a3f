"""Numbered pages: addresses that differ from a first one by the number of a page alone.

``/story?page=2``, ``/story/2``, ``/story/seite-2``, ``/story-p2.html``: what is told here is only that an address says so.
Whether it means it (many sites name the next article by ``rel=next``) is for those who ask (`crawler.parts`, `crawler.archives`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from model.urls import identity, parameters

#: Parameters that number pages, in lower case, sorted. Those of comments (``cpage``, ``comment-page``) are none of them.
PARAMETERS: frozenset[str] = frozenset(
    """
    currentpage p pag page page_no page_number paged pagenum pagenumber pageno pagina part pg seite sayfa sida strana strona teil
    """.split()  # noqa: SIM905 # a list of words is easier to read and to sort
)
#: Words before the number in a path, in lower case.
_WORDS = "p|pag|page|pagina|part|partie|parte|pg|seite|sayfa|sida|side|sivu|strana|strona|teil"
#: What stands after the first page's path (its extension left out): a word and a number, or a number of its own.
_MARKED = re.compile(rf"[/_.,-](?:{_WORDS})[/_.,=-]?(\d{{1,4}})|/(\d{{1,4}})", re.IGNORECASE)
#: Also how another article of the same name is told from it (``/briefing-2``): a hint, no more.
_BARE = re.compile(r"[_.,-](\d{1,2})")
_NUMBERED_END = re.compile(rf"(?:{_MARKED.pattern}|{_BARE.pattern})\Z", re.IGNORECASE)
#: The mark of a first page that bears one itself.
_OWN_MARK = re.compile(rf"[/_.,-](?:{_WORDS})[/_.,=-]?[01]\Z", re.IGNORECASE)
_EXTENSION = re.compile(r"\.(?:s?html?|php|aspx?|jspx?|do|cgi)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """What an address says of itself beside the first page's."""

    #: As the address has it; some sites begin to count at 0.
    number: int
    #: A parameter, a word or a folder says that it numbers pages; else there is but a number at the end of a name.
    marked: bool


def numbered(first: str, url: str) -> Numbered | None:
    """The number by which an address differs from that of the first page; None where it differs otherwise or not at all.

    Args:
        first: the canonical address of the first page.
        url: a canonical address.

    >>> numbered("https://example.com/story", "https://example.com/story?page=2")
    Numbered(number=2, marked=True)
    >>> numbered("https://example.com/story.html", "https://example.com/story-2.html")
    Numbered(number=2, marked=False)
    >>> numbered("https://example.com/story", "https://example.com/story-of-2") is None
    True
    """
    one, other = urlsplit("//" + identity(first)), urlsplit("//" + identity(url))
    if one.netloc != other.netloc or one == other:
        return None
    if one.path == other.path:
        return _by_parameter(one.query, other.query)
    return _by_path(_stem(one.path), _stem(other.path)) if one.query == other.query else None


def ends_with_number(url: str) -> bool:
    """Whether an address could be another one's with the number of a page more; dates and other numbers count too.

    >>> ends_with_number("https://example.com/story?page=2"), ends_with_number("https://example.com/story-2.html")
    (True, True)
    >>> ends_with_number("https://example.com/story")
    False
    """
    if any(name in PARAMETERS and re.fullmatch(r"\d{1,4}", value) for name, value in parameters(url)):
        return True
    return _NUMBERED_END.search(_stem(urlsplit(url).path)) is not None


def _by_parameter(first: str, query: str) -> Numbered | None:
    """A parameter more, or one in place of the same with 0 or 1."""
    before, after = set(filter(None, first.split("&"))), set(filter(None, query.split("&")))
    more, less = after - before, before - after
    if len(more) != 1 or len(less) > 1:
        return None
    name, _, value = more.pop().partition("=")
    if name.lower() not in PARAMETERS or not re.fullmatch(r"\d{1,4}", value):
        return None
    return Numbered(number=int(value), marked=True) if less <= {f"{name}=0", f"{name}=1"} else None


def _by_path(first: str, path: str) -> Numbered | None:
    for stem in (first, _OWN_MARK.sub("", first)):
        rest = path.removeprefix(stem)
        if rest == path or not rest:
            continue
        if match := _MARKED.fullmatch(rest):
            return Numbered(number=int(match[1] or match[2]), marked=True)
        if stem == first and (match := _BARE.fullmatch(rest)):
            return Numbered(number=int(match[1]), marked=False)
    return None


def _stem(path: str) -> str:
    return _EXTENSION.sub("", path.rstrip("/"))
