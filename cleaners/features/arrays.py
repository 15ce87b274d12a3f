"""The page as numpy arrays: what every group of features starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from cleaners.letters import Letter, Letters, count
from model.article import BlockKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cleaners.tree import Document, Shape

Floats: TypeAlias = "NDArray[np.float64]"
Ints: TypeAlias = "NDArray[np.int64]"
#: Features by name, each of one value a block.
Columns: TypeAlias = "dict[str, NDArray[np.generic]]"

KINDS: Mapping[BlockKind, int] = {kind: number for number, kind in enumerate(BlockKind)}
#: Elements around a block that are asked for, in this order, at most `HEIGHTS` of them above its own.
HEIGHTS = 6
#: What stands around a block; a bit each.
AROUND = (
    "article",
    "main",
    "aside",
    "nav",
    "footer",
    "header",
    "section",
    "form",
    "figure",
    "table",
    "li",
    "p",
    "pre",
    "body_prop",
)
_BITS = {name: 1 << number for number, name in enumerate(AROUND)}
#: Prose from which on a block counts as a paragraph.
GOOD = 60.0
#: Microdata that names the text of a story (schema.org).
_BODY_PROPERTIES = frozenset(("articlebody", "reviewbody", "text"))


def log(values: Floats | Ints | float) -> Floats:
    """Base-2 logarithm of one more than the values; those below 0 count as 0."""
    return np.log2(1.0 + np.maximum(values, 0.0))


def signed_log(values: Ints | Floats) -> Floats:
    """Logarithm that keeps the sign of a distance."""
    return np.sign(values) * np.log2(1.0 + np.abs(values))


def running(values: NDArray[np.generic]) -> Floats:
    """Sums of the first 0, 1, ... n values. Length n + 1."""
    sums = np.zeros(len(values) + 1)
    values.cumsum(dtype=np.float64, out=sums[1:])
    return sums


def heaviest_run(weights: Floats) -> tuple[int, int]:
    """First (inclusive) and end (exclusive) of the run with the largest sum (BTE: Finn et al. 2001)."""
    sums = running(weights)
    low = np.minimum.accumulate(sums)
    end = int((sums[1:] - low[:-1]).argmax()) + 1
    return int(np.flatnonzero(sums[:end] == low[end - 1])[-1]), end


def moved(values: NDArray[np.generic], step: int) -> Floats:
    """For each block the value of the one ``step`` after it; -1 beyond the page."""
    moved = np.full(len(values), -1.0)
    if step < 0:
        moved[-step:] = values[:step]
    else:
        moved[:-step] = values[step:]
    return moved


def nearest(marked: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """For each place the last marked one before it, -1 where there is none, and the next one after it, else the length."""
    size = len(marked)
    at = np.arange(size)
    last = np.concatenate(([-1], np.maximum.accumulate(np.where(marked, at, -1))[:-1]))
    following = np.concatenate((np.minimum.accumulate(np.where(marked, at, size)[::-1])[::-1][1:], [size]))
    return last, following


def stacked(columns: Columns, names: Sequence[str]) -> NDArray[np.float32]:
    """Named features as float32: a row a block, a column a name."""
    rows = np.concatenate([columns[name] for name in names], dtype=np.float32, casting="unsafe")
    return rows.reshape(len(names), -1).T


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrays:
    """A page of ``n`` blocks, at least one, and ``m`` elements."""

    document: Document
    texts: Sequence[str]
    #: The same, case folded.
    folded: Sequence[str]
    letters: Letters
    #: Of each block. Length n.
    index: Ints
    kind: Ints
    level: Ints
    density: Floats
    mass: Floats
    #: Mass of what reads like a paragraph: long, with sentence marks, outside links.
    prose: Floats
    #: Running sums of the mass, of the mass inside links, and of the prose. Length n + 1.
    mass_sums: Floats
    link_sums: Floats
    prose_sums: Floats
    #: The page's prose, at least 1.
    total: float
    #: Of each element. Length m.
    parents: Ints
    first: Ints
    end: Ints
    #: Numbers of equal tag and class, and of equal path of those from the root.
    signature: Ints
    path: Ints
    depth: Ints
    #: For each height from 0 (its own element), the element around each block; steps that add no block are skipped. Shape
    #: (7, n), as the two that follow: the blocks first (inclusive) to end (exclusive) inside that element.
    heights: Ints
    starts: Ints
    stops: Ints
    #: Bits of `AROUND` for each block.
    around: Ints

    @property
    def size(self) -> int:
        """Number of blocks."""
        return len(self.texts)

    def stands_in(self, name: str) -> NDArray[np.bool_]:
        """Which blocks stand inside an element of `AROUND`."""
        return (self.around & _BITS[name]) > 0

    def inside(self, sums: Floats, heights: slice = slice(None)) -> Floats:
        """What running sums over blocks come to inside the elements around each block. Shape (heights, n)."""
        return sums.take(self.stops[heights]) - sums.take(self.starts[heights])

    def reach(self, blocks: Sequence[int], size: int) -> tuple[Ints, Ints]:
        """First (inclusive) and end (exclusive) of the so many places on either side of each block, out of ``size``.

        Shape (reaches, n).
        """
        reaches = np.array(blocks)[:, None]
        return np.maximum(self.index - reaches, 0), np.minimum(self.index + reaches + 1, size)

    def kinship(self, block: int) -> Ints:
        """For each block, how low the first element around it stands that holds the given one too: 8 to 2; 0 for none."""
        held = (self.starts <= block) & (self.stops > block)
        return np.where(held.any(axis=0), 8 - held.argmax(axis=0), 0)


def read(document: Document) -> Arrays:
    """The arrays of a page; it has at least one block."""
    texts = [block.text for block in document.blocks]
    letters = count(texts)
    density = np.array([block.link_density for block in document.blocks])
    prose = _prose(letters, density)
    owners, parents = np.array(document.owners), np.array(document.parents)
    first, end = np.array(document.first), np.array(document.end)
    path, (signature, depth, around) = np.array(document.shape), _by_shape(document.shapes)
    up = parents[_outermost(parents, first, end)]
    heights = np.empty((HEIGHTS + 1, len(texts)), dtype=np.int64)
    heights[0] = owners
    for height in range(HEIGHTS):
        heights[height + 1] = up[heights[height]]
    return Arrays(
        document=document,
        texts=texts,
        folded=[text.casefold() for text in texts],
        letters=letters,
        index=np.arange(len(texts)),
        kind=np.array([KINDS[block.kind] for block in document.blocks]),
        level=np.array([block.level for block in document.blocks]),
        density=density,
        mass=letters.mass,
        prose=prose,
        mass_sums=running(letters.mass),
        link_sums=running(letters.mass * density),
        prose_sums=running(prose),
        total=max(float(prose.sum()), 1.0),
        parents=parents,
        first=first,
        end=end,
        signature=signature[path],
        path=path,
        depth=depth[path],
        heights=heights,
        starts=first[heights],
        stops=end[heights],
        around=(around[path] | _body_properties(document, parents))[owners],
    )


def _prose(letters: Letters, density: Floats) -> Floats:
    """How much of a paragraph each block is, in letters."""
    marks = letters.counts[:, Letter.TERMINAL] + letters.counts[:, Letter.COMMA]
    long_enough = np.clip((letters.mass - 40) / 80, 0, 1)
    punctuated = 0.2 + 0.8 * np.clip(marks / 2, 0, 1)
    unlinked = (1 - density) * np.where(density > 0.5, 0.2, 1.0)  # noqa: PLR2004 - more link than text
    prose: Floats = letters.mass * long_enough * punctuated * unlinked
    return prose


def _by_shape(shapes: Sequence[Shape]) -> tuple[Ints, Ints, Ints]:
    """Signature, depth, and the bits of `AROUND`, of each shape."""
    signatures: dict[tuple[str, str | None], int] = {}
    signature: list[int] = []
    # A place behind the last is that of what stands above the root.
    depth, around = [0] * len(shapes) + [-1], [0] * (len(shapes) + 1)
    for number, (above, tag, names) in enumerate(shapes):
        signature.append(signatures.setdefault((tag, names), len(signatures)))
        depth[number] = depth[above] + 1
        around[number] = around[above] | _BITS.get(tag, 0)
    return np.array(signature), np.array(depth[:-1]), np.array(around[:-1])


def _outermost(parents: Ints, first: Ints, end: Ints) -> Ints:
    """Of elements that hold the same blocks as their parent, the outermost of those in a row; any other, itself."""
    outermost = np.where((first == first[parents]) & (end == end[parents]), parents, np.arange(len(parents)))
    while not np.array_equal(further := outermost[outermost], outermost):
        outermost = further
    return outermost


def _body_properties(document: Document, parents: Ints) -> Ints | int:
    """The bit of what stands inside an element whose microdata names the text of a story; 0 on a page without any."""
    named = [
        number
        for number, attributes in enumerate(document.attributes)
        if attributes and "itemprop" in attributes and (attributes["itemprop"] or "").lower() in _BODY_PROPERTIES
    ]
    if not named:
        return 0
    inside = np.zeros(len(parents), dtype=np.int64)
    inside[named] = _BITS["body_prop"]
    above = parents
    # Each round looks twice as far up.
    while above.any():
        inside |= inside[above]
        above = above[above]
    return inside
