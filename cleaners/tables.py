"""Tables: rows of a data table become one block each; a layout table is read as the blocks in its cells."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import MutableSequence, Sequence

#: A cell of a data table holds a figure, a name, a sentence; a longer one is a column of a layout.
LONGEST_CELL = 200
#: Characters a cell of a data table holds on average, at most.
MEAN_CELL = 60
CELL_SEPARATOR = " | "
#: What stands between the links of a menu; no cell of data.
_BARS = frozenset("|·•»\u203a\u2027\u30fb")


class Mark(NamedTuple):
    """Text without letter or figure, which is no block but may be a cell: a rating, a tick, a dash."""

    #: Number of the element it stands in.
    element: int
    #: Number of blocks before it.
    before: int
    text: str


def merge_rows(
    table: int,
    tags: Sequence[str],
    first: MutableSequence[int],
    end: MutableSequence[int],
    texts: MutableSequence[str],
    owners: MutableSequence[int],
    links: MutableSequence[int],
    marks: Sequence[Mark] = (),
) -> None:
    """Where the table just read (element number ``table``, the last one closed) holds data, join each row's cells in place.

    The sequences are those of the reader: elements (``tags`` to ``end``), blocks (``texts`` to ``links``), and marks read
    since the last table, which become cells of the rows that have others.
    """
    start, stop = first[table], len(texts)
    rows = [number for number in range(table + 1, len(tags)) if tags[number] == "tr"]
    marked = _marked([mark for mark in marks if mark.element > table], rows)
    # A mark before a row's only text is a bullet.
    following = {row: sum(mark.before > first[row] for mark in found) for row, found in marked.items()}
    wide = sum(end[row] - first[row] + following.get(row, 0) > 1 for row in rows)
    if not _holds_data(rows, tags[table + 1 :], texts[start:stop], wide):
        return
    starts = _row_starts(start, stop, rows, first, end)
    row_of = dict(zip((first[row] for row in rows), rows, strict=True))
    joined = [_row(texts[a:b], a, marked.get(row_of.get(a, -1), ())) for a, b in pairwise(starts)]
    sums = [sum(links[a:b]) for a, b in pairwise(starts)]
    held_by = [row_of.get(a, owners[a]) for a in starts[:-1]]
    moved = _moved(start, starts)
    for number in range(table + 1, len(tags)):
        end[number] = moved[max(end[number] - 1, start)] + 1 if end[number] > first[number] else moved[first[number]]
        first[number] = moved[first[number]]
    texts[start:], owners[start:], links[start:] = joined, held_by, sums


def _marked(marks: Sequence[Mark], rows: Sequence[int]) -> dict[int, list[Mark]]:
    """Row -> marks in it; what stands before the first row (a caption) is in none."""
    found: dict[int, list[Mark]] = {}
    for mark in marks:
        if (at := bisect_right(rows, mark.element)) and mark.text not in _BARS:
            found.setdefault(rows[at - 1], []).append(mark)
    return found


def _row(cells: Sequence[str], start: int, marks: Sequence[Mark]) -> str:
    """A row's cells in one line. ``start`` is the number of the first one."""
    texts: list[str] = []
    done = 0
    for mark in marks:
        texts += (*cells[done : mark.before - start], mark.text)
        done = mark.before - start
    return CELL_SEPARATOR.join(text.replace("\n", " ") for text in (*texts, *cells[done:]))


def _holds_data(rows: Sequence[int], inside: Sequence[str], cells: Sequence[str], wide: int) -> bool:
    """Whether this is a grid of short cells and nothing else; ``wide`` of its rows have several."""
    if len(rows) < 2 or not cells or not {"table", "form", "h1", "h2", "h3", "ul", "ol"}.isdisjoint(inside):  # noqa: PLR2004 - one row is no grid
        return False
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
