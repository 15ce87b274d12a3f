"""Tables: rows of a data table become one block each; a layout table is read as the blocks in its cells."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import MutableSequence, Sequence

#: A cell of a data table holds a figure, a name, a sentence; a longer one is a column of a layout.
LONGEST_CELL = 200
#: Characters a cell of a data table holds on average, at most.
MEAN_CELL = 60
CELL_SEPARATOR = " | "


def merge_rows(
    table: int,
    tags: Sequence[str],
    first: MutableSequence[int],
    end: MutableSequence[int],
    texts: MutableSequence[str],
    owners: MutableSequence[int],
    links: MutableSequence[int],
) -> None:
    """Where the table just read (element number ``table``, the last one closed) holds data, join each row's cells in place.

    The sequences are those of the reader: elements (``tags`` to ``end``) and blocks (``texts`` to ``links``).
    """
    start, stop = first[table], len(texts)
    rows = [number for number in range(table + 1, len(tags)) if tags[number] == "tr"]
    if not rows or not _holds_data(rows, tags[table + 1 :], texts[start:stop], first, end):
        return
    starts = _row_starts(start, stop, rows, first, end)
    row_of = dict(zip((first[row] for row in rows), rows, strict=True))
    joined = [CELL_SEPARATOR.join(text.replace("\n", " ") for text in texts[a:b]) for a, b in pairwise(starts)]
    sums = [sum(links[a:b]) for a, b in pairwise(starts)]
    held_by = [row_of.get(a, owners[a]) for a in starts[:-1]]
    moved = _moved(start, starts)
    for number in range(table + 1, len(tags)):
        end[number] = moved[max(end[number] - 1, start)] + 1 if end[number] > first[number] else moved[first[number]]
        first[number] = moved[first[number]]
    texts[start:], owners[start:], links[start:] = joined, held_by, sums


def _holds_data(
    rows: Sequence[int], inside: Sequence[str], cells: Sequence[str], first: Sequence[int], end: Sequence[int]
) -> bool:
    """Whether this is a grid of short cells and nothing else."""
    if len(rows) < 2 or not cells or not {"table", "form", "h1", "h2", "h3", "ul", "ol"}.isdisjoint(inside):  # noqa: PLR2004 - one row is no grid
        return False
    wide = sum(end[row] - first[row] > 1 for row in rows)
    lengths = [len(cell) for cell in cells]
    return (
        wide * 3 >= len(rows) * 2
        and max(lengths) <= LONGEST_CELL
        and sum(lengths) <= MEAN_CELL * len(lengths)
        and len(cells) <= inside.count("td") + inside.count("th") + inside.count("caption")
    )


def _row_starts(start: int, stop: int, rows: Sequence[int], first: Sequence[int], end: Sequence[int]) -> list[int]:
    """Numbers of the blocks that stay first of theirs: each row's first, and blocks outside rows (a caption)."""
    inside_row = {number for row in rows for number in range(first[row] + 1, end[row])}
    return [number for number in range(start, stop) if number not in inside_row] + [stop]


def _moved(start: int, starts: Sequence[int]) -> dict[int, int]:
    """Old number of each block -> its number after joining."""
    return {old: start + offset for offset, (a, b) in enumerate(pairwise(starts)) for old in range(a, b)} | {
        starts[-1]: start + len(starts) - 1
    }
