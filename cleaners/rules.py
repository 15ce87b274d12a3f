"""Rules that people wrote for a site, as CSS selectors: the one module that imports BeautifulSoup.

The elements the rules name are marked with a class of ours before blocks are read, and the marks are taken off the
blocks' paths again; so blocks, verdicts and reasons stay what they are without rules.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cleaners.judge import Ruling
from cleaners.tree import BREAKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bs4 import Tag

    from model.article import Block
    from model.source import Rules

_REMOVED, _BODY = "newsmill-removed", "newsmill-body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """A page after its rules were read."""

    #: The page with marks in it, for `unmark`.
    html: str
    #: Texts of what the rules name; empty where they name nothing or nothing was found.
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    #: The rules name a body, and the page has one.
    has_body: bool = False


def check_selector(selector: str) -> None:
    """Whether `apply` can follow a selector.

    Raises:
        ValueError: it is no CSS selector that soupsieve knows; the message says why in one line.
    """
    import soupsieve

    try:
        soupsieve.compile(selector)
    except (soupsieve.SelectorSyntaxError, NotImplementedError) as error:
        raise ValueError(f"{selector!r} is not a CSS selector: {str(error).partition(chr(10))[0]}") from None


def apply(html: str, rules: Rules) -> Ruled:
    """Mark what the rules name. Selectors that find nothing, or are wrong (`check_selector`), do nothing."""
    from bs4 import BeautifulSoup
    from soupsieve import SelectorSyntaxError

    soup = BeautifulSoup(html, "lxml")

    def select(selector: str | None) -> list[Tag]:
        try:
            return list(soup.select(selector)) if selector else []
        except (SelectorSyntaxError, NotImplementedError):
            return []

    title, published = select(rules.title), select(rules.published)
    authors = tuple(_text(tag) for tag in select(rules.authors))
    for selector in rules.remove:
        for tag in select(selector):
            _mark(tag, _REMOVED)
    body = select(rules.body)
    for tag in body:
        _mark(tag, _BODY)
    return Ruled(
        html=str(soup),
        title=_text(title[0]) if title else "",
        authors=tuple(author for author in authors if author),
        published=_moment(published[0]) if published else "",
        has_body=bool(body),
    )


def _mark(tag: Tag, mark: str) -> None:
    """Add the mark's class; a piece inside a line has no path, so it is taken out, or wrapped to be a body."""
    if tag.decomposed:
        return
    if tag.name in BREAKING:
        tag["class"] = " ".join([*(str(name) for name in tag.get_attribute_list("class") if name), mark])
    elif mark == _REMOVED:
        tag.decompose()
    else:
        tag.name = "div"
        tag["class"] = mark


def _text(tag: Tag) -> str:
    return " ".join(str(tag.get("content") or tag.get_text(" ")).split())


def _moment(tag: Tag) -> str:
    return str(tag.get("datetime") or "").strip() or _text(tag)


def unmark(blocks: Sequence[Block], *, has_body: bool) -> tuple[tuple[Block, ...], dict[int, Ruling]]:
    """The blocks without marks in their paths, and the rulings that the marks were.

    Args:
        blocks: blocks of a page marked by `apply`.
        has_body: then every block inside the body is kept and every other dropped.
    """
    rulings: dict[int, Ruling] = {}
    for block in blocks:
        if _REMOVED in block.path:
            rulings[block.index] = Ruling(kept=False, reason="removed by the site's rules")
        elif has_body:
            inside = _BODY in block.path
            reason = "inside the body the site's rules name" if inside else "outside the body the site's rules name"
            rulings[block.index] = Ruling(kept=inside, reason=reason)
    return tuple(_unmarked(blocks)), rulings


def _unmarked(blocks: Iterable[Block]) -> Iterable[Block]:
    for block in blocks:
        yield replace(block, path=block.path.replace(f".{_REMOVED}", "").replace(f".{_BODY}", ""))
