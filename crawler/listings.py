"""Section and front pages: which of their links are articles.

Every address a page links is a candidate, its anchors taken together (picture, headline and "read more" are one); the table in
`crawler.evidence` judges it. It leans towards taking: a wrong link costs one fetch, a missed one an article.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, cast

from crawler.dates import moment
from crawler.evidence import Candidate, is_article, is_page, words
from crawler.filters import wanted
from crawler.markup import address, base_of, parsed
from crawler.titles import plain
from model.source import Link
from model.urls import identity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from bs4 import BeautifulSoup, Tag
    from bs4.element import NavigableString

    from model.source import Source

#: What a tree is made of; texts, and nothing else, are strings.
_Node: TypeAlias = "Tag | NavigableString"
#: Anchors looked at on one page; large front pages have some 2,000.
MAX_ANCHORS = 5000
#: Ancestors looked at for each anchor; deeper nesting is no page anybody wrote.
_CLIMB = 40
#: Elements and texts looked at inside each anchor.
_INSIDE = 50
#: In place of an address: links to several articles.
_SEVERAL = ""
_FURNITURE_TAGS = frozenset({"footer", "header", "nav"})
#: A part of the page's own content: what stands in its header belongs to it.
_CONTENT_TAGS = frozenset({"article", "main", "section"})
#: Classes and ids of menus: "gnb", "main-nav", "footer_menu"; Korean sites call them gnb, lnb and snb.
_FURNITURE_NAME = re.compile(
    r"(?!has|with|no)(?:.*[-_])?(?:breadcrumbs?|footer|gnb|lnb|snb|menu|nav|navbar|navigation|pagination|paging)"
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
#: A headline seldom has more words; longer texts are teasers.
_HEADLINE_WORDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class _Anchor:
    """One ``<a>`` and where it stands."""

    text: str
    in_heading: bool
    in_article: bool
    in_furniture: bool


def read_listing(html: str, url: str, source: Source, *, now: datetime) -> tuple[Link, ...]:
    """The article links of a page, in its order, each address once, with the time that stands beside them.

    Where the source has ``include`` patterns, people have said what an article is: what matches is taken without evidence.

    Args:
        html: the page, decoded.
        url: where it came from, after redirects.
        source: whose articles are looked for; links to other sites and excluded ones are left out.
        now: when the page was fetched, aware UTC.

    Raises:
        DiscoveryError: the page is nothing a parser takes.
    """
    soup = parsed(html, url)
    base, own = base_of(soup, url), identity(url)
    tags: dict[str, list[Tag]] = {}
    for tag in soup.find_all("a", href=True, limit=MAX_ANCHORS):
        target = address(tag, base)
        if target and is_page(target) and wanted(target, source) and identity(target) != own:
            tags.setdefault(target, []).append(tag)
    candidates = [_candidate(target, [_anchor(tag) for tag in anchors]) for target, anchors in tags.items()]
    taken = [it for it in candidates if source.include or is_article(it)]
    published = _times(soup, {it.url: tags[it.url] for it in taken}, now)
    return tuple(Link(url=it.url, title=it.text or None, published=published.get(it.url)) for it in taken)


def _times(soup: BeautifulSoup, links: Mapping[str, list[Tag]], now: datetime) -> dict[str, datetime]:
    """Address -> the first ``<time>`` that stands with it.

    That is: the smallest element around the time that holds an article's link holds no other article's.
    """
    holds: dict[int, str] = {}
    for url, anchors in links.items():
        for anchor in anchors:
            for element, _ in zip((anchor, *anchor.parents), range(_CLIMB), strict=False):
                if holds.setdefault(id(element), url) != url:
                    holds[id(element)] = _SEVERAL
    found: dict[str, datetime] = {}
    for tag in soup.find_all("time", limit=MAX_ANCHORS):
        around = (holds.get(id(element)) for element, _ in zip(tag.parents, range(_CLIMB), strict=False))
        url = next((it for it in around if it is not None), _SEVERAL)
        if url != _SEVERAL and url not in found and (claimed := _moment(tag, now)) is not None:
            found[url] = claimed
    return found


def _moment(tag: Tag, now: datetime) -> datetime | None:
    """What a ``<time>`` says: by its attribute, else by its text, of which a date is short."""
    return moment(str(tag.get("datetime") or ""), now) or moment(" ".join(it for it in _inside(tag) if isinstance(it, str)), now)


def _anchor(tag: Tag) -> _Anchor:
    in_heading = _heading(tag) is not None
    in_article = in_furniture = in_content = False
    for ancestor, _ in zip(tag.parents, range(_CLIMB), strict=False):
        in_heading = in_heading or ancestor.name in _HEADINGS
        in_article = in_article or ancestor.name == "article"
        in_content = in_content or ancestor.name in _CONTENT_TAGS
        in_furniture = in_furniture or (not in_content and _is_furniture(ancestor))
    return _Anchor(text=_text(tag), in_heading=in_heading, in_article=in_article, in_furniture=in_furniture)


def _is_furniture(tag: Tag) -> bool:
    if tag.name in _FURNITURE_TAGS or tag.get("role") == "navigation":
        return True
    names = (*tag.get_attribute_list("class"), *tag.get_attribute_list("id"))
    return tag.name not in ("body", "html") and any(_FURNITURE_NAME.fullmatch(name.lower()) for name in names if name)


def _text(tag: Tag) -> str:
    """What a reader sees: the heading inside, else all text, else what the pictures say."""
    shown = " ".join(it for it in _inside(_heading(tag) or tag) if isinstance(it, str))
    if shown.strip():
        return plain(shown) or ""
    pictures = (str(it.get("alt") or "") for it in _inside(tag) if not isinstance(it, str) and it.name == "img")
    return plain(str(tag.get("title") or "") or " ".join(pictures)) or ""


def _heading(tag: Tag) -> Tag | None:
    return next((it for it in _inside(tag) if not isinstance(it, str) and it.name in _HEADINGS), None)


def _inside(tag: Tag) -> Iterator[_Node]:
    """The first things inside an anchor, in order; all of them would cost the square of the number of nested anchors."""
    pending = cast("list[_Node]", tag.contents[_INSIDE::-1])
    for _ in range(_INSIDE):
        if not pending:
            return
        found = pending.pop()
        yield found
        if not isinstance(found, str):
            pending += cast("list[_Node]", found.contents[_INSIDE::-1])


def _candidate(url: str, anchors: list[_Anchor]) -> Candidate:
    """The anchors of one address together: the headline's text, the best place."""
    texts = sorted(anchors, key=lambda it: (it.in_heading and bool(it.text), _headline_length(it.text)))
    return Candidate(
        url=url,
        text=texts[-1].text,
        in_heading=any(it.in_heading for it in anchors),
        in_article=any(it.in_article for it in anchors),
        in_furniture=all(it.in_furniture for it in anchors),
    )


def _headline_length(text: str) -> int:
    """The longest text that may be a headline wins; teasers come after it."""
    count = words(text)
    return count if count <= _HEADLINE_WORDS else 1
