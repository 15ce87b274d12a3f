"""What a dump looks like around each block: how the lines near it are written, and how far the next paragraphs are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cleaners.features.arrays import GOOD, log, moved, nearest, running
from cleaners.features.spoken import ABSENT
from cleaners.letters import Letter

if TYPE_CHECKING:
    from cleaners.features.arrays import Arrays, Columns, Floats

#: Blocks on both sides that count together, and on either side apart.
_BOTH, _EITHER = (2, 6, 15), (3, 8)
#: Letters from which on a block counts no more than others, and below which it is short.
_FULL, _SHORT = 300.0, 40.0
#: Of a block's words, the most that commas after them tell apart.
_COMMAS = 0.3


def around(page: Arrays) -> Columns:
    """How blocks are written within some distance, on both sides and on either, and what the next ones are like."""
    return {**_both_sides(page), **_either_side(page), **_next_ones(page), **_paragraphs(page)}


def _written(page: Arrays) -> dict[str, Floats]:
    """How each block is written, as numbers from 0 to 1."""
    letters = page.letters
    counts, words = letters.counts, np.maximum(letters.words, 1)
    return {
        "closed": np.where(letters.closing == Letter.TERMINAL, 1.0, 0.0),
        "capitals": letters.capitals / words,
        "short": np.where(page.mass < _SHORT, 1.0, 0.0),
        "commas": np.minimum(counts[:, Letter.COMMA] / words, _COMMAS),
        "digits": counts[:, Letter.DIGIT] / np.maximum(counts.sum(axis=1), 1),
        "lower": np.where(letters.opening == Letter.LOWER, 1.0, 0.0),
    }


def _both_sides(page: Arrays) -> Columns:
    weight = np.minimum(page.mass, _FULL)
    low, high = page.reach(_BOTH, page.size)
    weights = running(weight)
    near = np.maximum(weights[high] - weights[low], 1)
    columns: Columns = {}
    for name, values in _written(page).items():
        sums = running(values * weight)
        means = (sums[high] - sums[low]) / near
        columns |= {f"w{reach}_{name}": row for reach, row in zip(_BOTH, means, strict=True)}
    return columns


def _either_side(page: Arrays) -> Columns:
    weight = np.minimum(page.mass, _FULL)
    weights, closed = running(weight), running(weight * (page.letters.closing == Letter.TERMINAL))
    columns: Columns = {}
    for reach in _EITHER:
        low, high = np.maximum(page.index - reach, 0), np.minimum(page.index + reach + 1, page.size)
        for name, first, end in (("before", low, page.index), ("after", page.index + 1, high)):
            columns[f"{name}{reach}_prose"] = log(page.prose_sums[end] - page.prose_sums[first])
            columns[f"{name}{reach}_closed"] = (closed[end] - closed[first]) / np.maximum(weights[end] - weights[first], 1)
    return columns


def _next_ones(page: Arrays) -> Columns:
    """The blocks two steps away, and how those one step away begin and end."""
    mass, prose, capitals = log(page.mass), log(page.prose), page.letters.capitals / np.maximum(page.letters.words, 1)
    columns: Columns = {"n1_opening": moved(page.letters.opening, 1)}
    for step in (-1, 1):
        columns[f"n{step}_closing"] = moved(page.letters.closing, step)
        columns[f"n{step}_capitals"] = moved(capitals, step)
        columns[f"n{2 * step}_mass"] = moved(mass, 2 * step)
        columns[f"n{2 * step}_prose"] = moved(prose, 2 * step)
    return columns


def _paragraphs(page: Arrays) -> Columns:
    """Blocks and letters since the last paragraph and up to the next one."""
    last, following = nearest(page.prose > GOOD)
    since = page.mass_sums[:-1] - page.mass_sums[last + 1]
    until = page.mass_sums[np.minimum(following, page.size - 1)] - page.mass_sums[1:]
    return {
        "since_good": np.where(last >= 0, log(page.index - last), ABSENT),
        "to_good": np.where(following < page.size, log(following - page.index), ABSENT),
        "letters_since_good": np.where(last >= 0, log(since), ABSENT),
        "letters_to_good": np.where(following < page.size, log(until), ABSENT),
    }
