"""Stretches of a dump: for every block the heaviest run of blocks that it is part of, and how it stands to the heaviest of all.

A dump has no elements that hold a text together. What stands for them is the run with the largest sum of weights through a
block, where letters count for and each block costs some: an article broken by a teaser is one stretch, a menu is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cleaners.features.arrays import log, running, signed_log

if TYPE_CHECKING:
    from cleaners.features.arrays import Arrays, Columns, Floats, Ints

#: Letters that a block costs: text of any kind, text of any kind but short lines, paragraphs only.
_LOOSE, _CLOSE, _STRICT = 60.0, 100.0, 120.0
#: What a block may weigh for and against, so that no long one decides alone.
_MOST, _LEAST = 400.0, -160.0


def stretches(page: Arrays) -> Columns:
    """Weight, length and place of each block's stretch, and the way from it to the heaviest one, for three ways to weigh."""
    unlinked = page.mass * (1 - 2 * page.density)
    weights = {
        "loose": np.clip(unlinked - _LOOSE, -_LOOSE, _MOST),
        "close": np.clip(unlinked - _CLOSE, -_CLOSE, _MOST),
        "strict": np.clip(page.prose - _STRICT, _LEAST, _MOST),
    }
    found: Columns = {}
    for name, weight in weights.items():
        found |= {f"{name}_{key}": column for key, column in _stretch(page, weight).items()}
    return found


def _stretch(page: Arrays, weights: Floats) -> Columns:
    weight, start, end = heaviest_through(weights)
    top = int(weight.argmax())
    first, stop = int(start[top]), int(end[top])
    before, after = page.index < first, page.index >= stop
    blocks = np.where(before, page.index - first, np.where(after, page.index - stop + 1, 0))
    letters = np.where(before, page.mass_sums[first] - page.mass_sums[1:], page.mass_sums[:-1] - page.mass_sums[stop])
    return {
        "share": weight / max(float(weight[top]), 1.0),
        "weight": signed_log(weight),
        "length": log(end - start),
        "place": (page.index - start) / (end - start),
        "from": signed_log(blocks),
        "gap": log(np.where(before | after, letters, 0.0)),
    }


def heaviest_through(weights: Floats) -> tuple[Floats, Ints, Ints]:
    """For each place the run through it with the largest sum: that sum, its first (inclusive) and its end (exclusive).

    The run that starts where the sums before the place are lowest and ends where those after it are highest; of several such
    runs the shortest.
    """
    sums, places = running(weights), np.arange(len(weights) + 1)
    low = np.minimum.accumulate(sums)[:-1]
    high = np.maximum.accumulate(sums[::-1])[::-1][1:]
    start = np.maximum.accumulate(np.where(sums[:-1] == low, places[:-1], 0))
    end = np.minimum.accumulate(np.where(sums[1:] == high, places[1:], len(weights))[::-1])[::-1]
    return high - low, start, end
