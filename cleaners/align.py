"""Which blocks of a page another extractor kept: its text laid along the blocks, in order.

A phrase often stands on a page twice, in the article and in a teaser. So blocks are not looked up one by one: of all
places in the text where blocks could stand, the chain in page order that covers most of the text is taken.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, TypeAlias

from model.fingerprints import normalised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.article import Block

#: (start, end, block's position): where a block could stand in the text.
_Place: TypeAlias = tuple[int, int, int]
#: A block is tried at this many places.
_MOST_PLACES = 6
#: Blocks shorter than this are looked for whole or not at all.
_LONG = 60
#: Words compared at once when a block was kept in part.
_SHINGLE = 4


def shares(blocks: Sequence[Block], text: str) -> tuple[float, ...]:
    """For each block the share of it that stands in the text, 0 to 1."""
    haystack = f" {normalised(text)} "
    forms = [normalised(block.text) for block in blocks]
    places = [place for position, form in enumerate(forms) for place in _places(form, haystack, position)]
    found = dict.fromkeys((position for _, _, position in places), 0.0)
    found |= dict.fromkeys((position for _, _, position in _heaviest_chain(places)), 1.0)
    if parted := [position for position, form in enumerate(forms) if len(form) >= _LONG and position not in found]:
        pieces = _shingles(haystack.split())
        found |= {position: _overlap(forms[position], pieces) for position in parted}
    return tuple(found.get(position, 0.0) for position in range(len(forms)))


def _places(form: str, haystack: str, position: int) -> list[_Place]:
    """Where the block stands in the text as whole words."""
    places: list[_Place] = []
    if not form:
        return places
    wanted = f" {form} "
    start = haystack.find(wanted)
    while start >= 0 and len(places) < _MOST_PLACES:
        places.append((start, start + len(form) + 1, position))
        start = haystack.find(wanted, start + 1)
    return places


def _heaviest_chain(places: list[_Place]) -> list[_Place]:
    """The places in order of blocks and of text that do not overlap and cover most of it.

    Weighted increasing subsequence: `ends` holds, for chains of growing weight, where each ends in the text; a chain that
    ends later and weighs no more is dropped.
    """
    ends: list[int] = []
    weights: list[float] = []
    tails: list[int] = []
    previous: list[int] = [-1] * len(places)
    start = 0
    while start < len(places):
        stop = start
        while stop < len(places) and places[stop][2] == places[start][2]:
            stop += 1
        best = [(place, bisect_left(ends, places[place][0] + 1) - 1) for place in range(start, stop)]
        found = [(place, before, weights[before] if before >= 0 else 0.0) for place, before in best]
        linked = [(place, tails[before] if before >= 0 else -1, weight) for place, before, weight in found]
        for place, link, weight in linked:
            previous[place] = link
            _insert(ends, weights, tails, (places[place][1], weight + _weight(places[place]), place))
        start = stop
    return _unwound(places, previous, tails[-1] if tails else -1)


def _weight(place: _Place) -> float:
    """Longer blocks say more; the square tells a paragraph from many small words found by chance."""
    length = place[1] - place[0]
    return length * min(1.0, length / _LONG) + 0.1


def _insert(ends: list[int], weights: list[float], tails: list[int], chain: tuple[int, float, int]) -> None:
    end, weight, place = chain
    at = bisect_left(ends, end + 1)
    if at and weights[at - 1] >= weight:
        return
    at = bisect_left(ends, end)
    stop = at
    while stop < len(ends) and weights[stop] <= weight:
        stop += 1
    ends[at:stop], weights[at:stop], tails[at:stop] = [end], [weight], [place]


def _unwound(places: list[_Place], previous: list[int], last: int) -> list[_Place]:
    chain: list[_Place] = []
    while last >= 0:
        chain.append(places[last])
        last = previous[last]
    return chain


def _shingles(words: Sequence[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(zip(*(words[start:] for start in range(_SHINGLE)), strict=False))


def _overlap(form: str, pieces: frozenset[tuple[str, ...]]) -> float:
    own = _shingles(form.split())
    return len(own & pieces) / len(own) if own else 0.0
