"""What a page says about itself, gathered in one place: JSON-LD, meta tags, microdata, links, times, visible bylines.

Nothing is decided here; `metadata` chooses among the claims.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from selectolax.lexbor import LexborHTMLParser, LexborNode

#: What JSON holds.
Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | int | float | bool | None"
Thing: TypeAlias = "Mapping[str, Json]"

#: schema.org types of a page's main thing, best first.
_ARTICLES = (
    "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle", "BackgroundNewsArticle",
    "ReviewNewsArticle", "LiveBlogPosting", "Article", "BlogPosting", "SocialMediaPosting", "Report", "ScholarlyArticle",
    "TechArticle", "Review", "VideoObject", "ImageGallery", "WebPage", "ItemPage",
)  # fmt: skip
#: Things nested deeper than this, or more of them, are not looked at.
_DEEPEST, _MOST_THINGS = 12, 2_000
_COMMENT = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\]\]>)\s*$", re.DOTALL)
_BYLINE = "[itemprop~=author],[rel~=author],[class*=byline i],[class*=author i],[data-testid*=byline]"
_MOST_BYLINES = 16
#: Headings looked at, and parts of one.
_MOST_HEADINGS, _MOST_PARTS = 8, 12
#: Meta tags looked at; pages of today have up to two hundred.
_MOST_METAS = 1_000
#: Stands on no page: decoding takes it out.
_BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """A page's claims, uninterpreted."""

    #: JSON-LD things, flattened, articles first.
    things: tuple[Thing, ...] = ()
    #: Name or property of a meta tag, in lower case -> its contents in order.
    metas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: itemprop -> values in order.
    items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Values of the page's <time datetime> in order.
    times: tuple[str, ...] = ()
    #: Texts of elements that look like a byline.
    bylines: tuple[str, ...] = ()
    #: Texts of links to the site's front page.
    home: tuple[str, ...] = ()
    #: The h1 headings, each as its markup divides it: ("Floods", "Bridge closed").
    headings: tuple[tuple[str, ...], ...] = ()
    #: Text of <title>, "" without one.
    title: str = ""
    #: href of <link rel=canonical>, "" without one.
    canonical: str = ""
    #: lang of <html>, "" without one.
    language: str = ""

    @property
    def article(self) -> Thing:
        """The JSON-LD thing that is the page's article; empty without one."""
        return next((thing for thing in self.things if _rank(thing) < len(_ARTICLES)), {})

    def meta(self, *names: str) -> str:
        """The first content of the first of these meta tags that has one; "" without."""
        return next((content for name in names for content in self.metas.get(name, ())), "")


def as_text(claim: object) -> str:
    """A claim that is text; "" for anything else."""
    return claim if isinstance(claim, str) else ""


def read_claims(tree: LexborHTMLParser) -> Claims:
    """Gather a page's claims. The tree is only read."""
    html = tree.css_first("html")
    canonical = tree.css_first("link[rel~=canonical]")
    title = tree.css_first("head title") or tree.css_first("title")
    return Claims(
        things=tuple(sorted(_things(tree), key=_rank)),
        metas=_metas(tree),
        items=_items(tree),
        times=tuple(_attribute(node, "datetime") for node in tree.css("time[datetime]")[:20]),
        bylines=tuple(text for node in tree.css(_BYLINE)[:_MOST_BYLINES] if (text := _text(node))),
        home=tuple({text for node in tree.css('a[href="/"]')[:_MOST_BYLINES] if (text := _text(node))}),
        headings=tuple(parts for node in tree.css("h1")[:_MOST_HEADINGS] if (parts := _parts(node))),
        title=_text(title) if title else "",
        canonical=_attribute(canonical, "href") if canonical else "",
        language=(_attribute(html, "lang") or _attribute(html, "xml:lang")) if html else "",
    )


def _attribute(node: LexborNode, name: str) -> str:
    return (node.attributes.get(name) or "").strip()


def _text(node: LexborNode) -> str:
    return " ".join(node.text(separator=" ").split())[:500]


def _parts(node: LexborNode) -> tuple[str, ...]:
    """The pieces of text of an element in order, with the white space they end and begin with."""
    pieces = node.text(separator=_BETWEEN)[:500].split(_BETWEEN)
    return tuple(piece for piece in pieces if piece)[:_MOST_PARTS] if any(piece.strip() for piece in pieces) else ()


def _metas(tree: LexborHTMLParser) -> Mapping[str, tuple[str, ...]]:
    metas: dict[str, dict[str, None]] = {}
    for node in tree.css("meta[content]")[:_MOST_METAS]:
        attributes = node.attributes
        content = (attributes["content"] or "").strip()
        if not content:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if name := attributes.get(attribute):
                metas.setdefault(name.strip().lower(), {})[content] = None
    return {name: tuple(contents) for name, contents in metas.items() if name}


def _items(tree: LexborHTMLParser) -> Mapping[str, tuple[str, ...]]:
    items: dict[str, tuple[str, ...]] = {}
    for node in tree.css("[itemprop=headline],[itemprop=datePublished],[itemprop=dateModified]")[:20]:
        name = _attribute(node, "itemprop")
        value = _attribute(node, "content") or _attribute(node, "datetime") or _text(node)
        if value:
            items[name] = (*items.get(name, ()), value)
    return items


def _things(tree: LexborHTMLParser) -> Iterator[Thing]:
    for node in tree.css('script[type="application/ld+json"]'):
        source = _COMMENT.sub("", node.text() or "").strip()
        try:
            content = json.loads(source, strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _flattened(content)


def _flattened(content: Json) -> Iterator[Thing]:
    """Every thing that has a type, outer ones first; walked with a stack, so that nesting of any depth is safe."""
    waiting: list[tuple[Json, int]] = [(content, 0)]
    count = 0
    while waiting and count < _MOST_THINGS:
        current, depth = waiting.pop()
        count += 1
        if depth > _DEEPEST:
            continue
        if isinstance(current, list):
            waiting.extend((entry, depth + 1) for entry in reversed(current))
        elif isinstance(current, dict):
            if "@type" in current:
                yield current
            inner = ("@graph", "mainEntity", "mainEntityOfPage", "itemReviewed")
            waiting.extend((current[name], depth + 1) for name in inner if isinstance(current.get(name), (dict, list)))


def types(thing: Thing) -> tuple[str, ...]:
    """The schema.org types of a thing without their address."""
    named = thing.get("@type")
    return tuple(str(name).rpartition("/")[2] for name in (named if isinstance(named, list) else [named]) if name)


def _rank(thing: Thing) -> int:
    return min((_ARTICLES.index(name) for name in types(thing) if name in _ARTICLES), default=len(_ARTICLES))
