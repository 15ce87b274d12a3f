"""Phrases looked for anywhere in a line. Where the language is unknown there are hundreds, and a line has hardly ever one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Characters by which a phrase is known to a line. Shorter phrases, of ideographs, are all tried.
_BEGINNING = 4
#: Up to so many phrases it is faster to try each (3 us of 50; looking up all pieces of a line takes 12).
_FEW = 200


class Phrases:
    """Phrases to look for.

    Args:
        phrases: in the order in which they are preferred.
    """

    __slots__ = ("_beginnings", "_by_beginning", "_short", "_tried")

    def __init__(self, phrases: Iterable[str]) -> None:
        ranked = tuple(enumerate(phrases))
        self._tried = tuple(phrase for _, phrase in ranked) if len(ranked) <= _FEW else None
        self._short = tuple(entry for entry in ranked if len(entry[1]) < _BEGINNING)
        self._by_beginning: dict[str, list[tuple[int, str]]] = {}
        for rank, phrase in ranked:
            # A short one's is no piece of four, and never looked up.
            self._by_beginning.setdefault(phrase[:_BEGINNING], []).append((rank, phrase))
        self._beginnings = frozenset(self._by_beginning)

    def first_in(self, line: str) -> str:
        """The most preferred phrase that a line holds, "" where it holds none."""
        if self._tried is not None:
            return next(filter(line.__contains__, self._tried), "")
        begun = self._beginnings.intersection(map("".join, zip(line, line[1:], line[2:], line[3:], strict=False)))
        likely = [entry for beginning in begun for entry in self._by_beginning[beginning]]
        return min((entry for entry in (*likely, *self._short) if entry[1] in line), default=(0, ""))[1]
