"""Plain-text dumps made from pages, in the styles that programs and people make them."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.article import BlockKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.article import Block

WIDTH = 80
#: Blocks that are mostly link, and those that hold some.
_ALL, _SOME = 0.8, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a dump is written."""

    #: In front of a list item; "1." numbers them on lines of their own.
    bullet: str
    #: Links as Markdown has them; else only their text.
    links: bool = False
    #: Hashes in front of headings.
    hashes: bool = False
    #: Lines broken at `WIDTH`.
    wrapped: bool = False
    #: An empty line after every block, after all but list items, or after none.
    blanks: str = "text"


STYLES = {
    "browser": Style(bullet="", blanks="all"),
    "bullets": Style(bullet="\u2022 "),
    "markdown": Style(bullet="- ", links=True, hashes=True),
    "numbers": Style(bullet="1."),
    "tight": Style(bullet="", blanks="none"),
    "wrapped": Style(bullet="* ", wrapped=True),
}


def render(blocks: Sequence[Block], style: Style) -> str:
    """The page as a dump of one style."""
    lines: list[str] = []
    number = 0
    for block in blocks:
        number = number + 1 if block.kind is BlockKind.LIST_ITEM else 0
        lines += _written(block, style, number)
        if style.blanks == "all" or (style.blanks == "text" and not number):
            lines.append("")
    return "\n".join(lines)


def _written(block: Block, style: Style, number: int) -> list[str]:
    text = _linked(block.text, block.link_density) if style.links else block.text
    if style.hashes and block.kind is BlockKind.HEADING:
        text = f"{'#' * block.level} {text}"
    lead: list[str] = []
    if number and style.bullet == "1.":
        lead = [f"{number}."]
    elif number:
        text = style.bullet + text
    lines = text.split("\n")
    return lead + [part for line in lines for part in (textwrap.wrap(line, WIDTH) if style.wrapped else [line])]


def _linked(text: str, density: float) -> str:
    """The text with a link over the share of it that is one."""
    if density >= _ALL:
        return f"[{text}](https://news.example/story)".replace("\n", " ")
    if density < _SOME:
        return text
    words = text.split(" ")
    linked = max(1, round(density * len(words)))
    return f"[{' '.join(words[:linked])}](https://news.example/story) {' '.join(words[linked:])}"
