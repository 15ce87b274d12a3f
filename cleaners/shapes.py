"""What elements look like: those of equal tags and classes from the root down have one shape.

A page of a thousand elements is built from templates and has a few hundred shapes, so what depends on tags and classes
alone (path, kind of the blocks inside, what stands around) is worked out once a shape instead of once an element.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cleaners.tree import BREAKING
from model.article import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cleaners.tree import Shape

#: Elements of a block's path at most; deeper ones share their ancestor's, so that hostile nesting stays linear.
PATH_DEPTH = 40
#: How far up a block looks for what it is: ``li > div > p`` is a list item, a list around the whole page is not asked.
KIND_DEPTH = 4

_KINDS = {
    "blockquote": BlockKind.QUOTE,
    "caption": BlockKind.CAPTION,
    "dd": BlockKind.LIST_ITEM,
    "dt": BlockKind.LIST_ITEM,
    "figcaption": BlockKind.CAPTION,
    "h1": BlockKind.HEADING,
    "h2": BlockKind.HEADING,
    "h3": BlockKind.HEADING,
    "h4": BlockKind.HEADING,
    "h5": BlockKind.HEADING,
    "h6": BlockKind.HEADING,
    "li": BlockKind.LIST_ITEM,
    "pre": BlockKind.PREFORMATTED,
}
_LISTS = frozenset(("ul", "ol", "menu", "dl", "dir"))
_ENTRIES = frozenset(tag for tag, kind in _KINDS.items() if kind is BlockKind.LIST_ITEM)


class Place(NamedTuple):
    """What a block is by the shape of the element it stands in."""

    path: str
    kind: BlockKind
    level: int


def places(shapes: Sequence[Shape], wanted: Iterable[int]) -> dict[int, Place]:
    """The places that some of the shapes are, by number."""
    paths: list[tuple[str, int]] = []
    for above, tag, names in shapes:
        path, steps = paths[above] if above >= 0 else ("", 0)
        if not steps:
            path, steps = tag, 1
        elif steps < PATH_DEPTH and tag in BREAKING:
            path, steps = f"{path}/{'.'.join((tag, *names.split())) if names else tag}", steps + 1
        paths.append((path, steps))
    return {number: Place(paths[number][0], *_kind(shapes, number)) for number in wanted}


def _kind(shapes: Sequence[Shape], number: int) -> tuple[BlockKind, int]:
    """Kind and level of a block that stands in an element of a shape."""
    above, own, _ = shapes[number]
    if own == "tr":
        return BlockKind.TABLE_ROW, 0
    tag = own
    for _ in range(KIND_DEPTH):
        kind = _KINDS.get(tag)
        if kind is not None:
            return kind, int(tag[1]) if kind is BlockKind.HEADING else _lists(shapes, above) if tag in _ENTRIES else 0
        if above < 0:
            break
        above, tag, _ = shapes[above]
    return (BlockKind.PARAGRAPH if own == "p" else BlockKind.OTHER), 0


def _lists(shapes: Sequence[Shape], number: int) -> int:
    """How many lists are around an entry, itself inside at least one."""
    found = 0
    for _ in range(PATH_DEPTH - 1):
        if number < 0:
            break
        number, tag, _ = shapes[number]
        found += tag in _LISTS
    return found or 1
