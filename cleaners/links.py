"""The links inside kept blocks, found again on the page: blocks hold text alone, and only Markdown and HTML ask for more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleaners.decoding import decode, scrub
from cleaners.parsing import parse
from cleaners.text import plain
from model.urls import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from model.article import Block

#: How much of a block's linked text may be missed by spaces and markup.
_SLACK = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A link of the page, white space folded."""

    text: str
    #: Absolute.
    address: str


def anchors_of(page: bytes | str, url: str | None = None) -> tuple[Anchor, ...]:
    """The page's links in order that lead to an http address.

    Raises:
        Unreadable: the bytes are no text.
    """
    html = scrub(page) if isinstance(page, str) else decode(page).text
    found = ((" ".join(node.text().split()), node.attributes.get("href") or "") for node in parse(html).css("a[href]"))
    return tuple(_absolute(found, url))


def _absolute(found: Iterable[tuple[str, str]], url: str | None) -> Iterator[Anchor]:
    for text, href in found:
        if text and not href.startswith("#"):
            try:
                yield Anchor(text=text, address=canonical(href, url))
            except ValueError:
                continue


def linked(blocks: Sequence[Block], anchors: Sequence[Anchor]) -> list[tuple[Block, Sequence[tuple[str, str]]]]:
    """Each block with its text in pieces: (piece, address or "").

    A block knows how much of it is linked. Its links are a run of the page's, whose texts stand in it in order and come to
    that much; runs are looked for in page order.
    """
    start = 0
    result: list[tuple[Block, Sequence[tuple[str, str]]]] = []
    for block in blocks:
        text = plain(block.text)
        wanted = round(block.link_density * len(text))
        found = _run(text, wanted, anchors, start) if wanted and anchors else None
        if found:
            start = found[1]
        result.append((block, found[0] if found else ((text, ""),)))
    return result


def _run(text: str, wanted: int, anchors: Sequence[Anchor], start: int) -> tuple[tuple[tuple[str, str], ...], int] | None:
    """The block's pieces and the anchor after its last; None where no run of anchors fits."""
    for first in range(start, len(anchors)):
        pieces: list[tuple[str, str]] = []
        at = length = 0
        for after in range(first, len(anchors)):
            place = text.find(anchors[after].text, at)
            if place < 0:
                break
            pieces += [(text[at:place], ""), (anchors[after].text, anchors[after].address)]
            at, length = place + len(anchors[after].text), length + len(anchors[after].text)
            if abs(length - wanted) <= _SLACK:
                return tuple(piece for piece in (*pieces, (text[at:], "")) if piece[0]), after + 1
    return None
