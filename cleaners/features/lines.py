"""Features of the blocks of a plain-text dump: those of a page that has a single element and no markup."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cleaners.features import arrays, head, lines_around, lines_repetition, lines_stretch, lines_topic, place, spoken, text
from cleaners.features.arrays import GOOD, KINDS, log
from cleaners.tree import Document
from model.article import BlockKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from cleaners.features.arrays import Arrays, Columns
    from cleaners.lines import Finding
    from model.article import Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What words say of a dump."""

    #: Of each block.
    found: Sequence[Finding | None]
    #: Indexes of the blocks that words rule out.
    ruled: Collection[int]


class Dump:
    """A dump of at least one block, read but for its title: that is looked for with what was read, and then asked for again.

    Args:
        blocks: the dump's blocks in order.
        said: what words say of them.
    """

    def __init__(self, blocks: Sequence[Block], said: Said) -> None:
        document = Document(
            blocks=tuple(blocks),
            owners=[0] * len(blocks),
            tags=["html"],
            parents=[0],
            first=[0],
            end=[len(blocks)],
            attributes=[{}],
            shapes=[(-1, "html", None)],
            shape=[0],
        )
        self._page = page = arrays.read(document)
        self._own = {**text.own_text(page), **text.whole_page(page), **place.position(page)}
        self._near = {**place.windows(page), **place.neighbours(page), **place.headings(page)}
        self._whole = {
            **_in_a_row(page),
            **lines_stretch.stretches(page),
            **lines_topic.topic(page),
            **lines_around.around(page),
            **lines_repetition.repetition(page),
            **spoken.spoken(blocks, said.found, said.ruled),
        }

    def columns(self, title: str) -> Columns:
        """Every feature by name, in a fixed order; the title is "" where unknown."""
        page = replace(self._page, document=replace(self._page.document, title=title))
        found, named = head.hits(page)
        return {
            **self._own,
            **place.runs(page, found),
            **self._near,
            **head.spoken_of(page, found, named),
            **head.title(page),
            **self._whole,
        }

    def matrix(self, title: str, names: Sequence[str]) -> NDArray[np.float32]:
        """The named features: a row a block, a column a name."""
        return arrays.stacked(self.columns(title), names)


def _in_a_row(page: Arrays) -> Columns:
    """Length of the row of list items, of blocks without prose, and of paragraphs that each block stands in."""
    rows = {
        "row_entries": page.kind == KINDS[BlockKind.LIST_ITEM],
        "row_scraps": page.prose == 0,
        "row_good": page.prose > GOOD,
    }
    return {name: log(_row_lengths(member)) for name, member in rows.items()}


def _row_lengths(member: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each place the length of its run of true values; 0 where false."""
    borders = np.concatenate(([True], member[1:] != member[:-1]))
    number = np.cumsum(borders) - 1
    lengths: NDArray[np.int64] = np.bincount(number)[number] * member
    return lengths
