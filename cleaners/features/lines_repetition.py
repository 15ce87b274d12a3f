"""What the lines of a dump repeat: dates and times, beginnings and ends, whole lines.

Lists of teasers and threads of comments have no markup in a dump, but a date every third line, or the same word in front.
Which words repeat is nowhere learned, only that they do.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from cleaners.features.arrays import log, nearest, running
from cleaners.features.spoken import ABSENT

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from cleaners.features.arrays import Arrays, Columns, Floats, Ints

_DATE = re.compile(r"(?<!\d)(?:\d{1,2}:\d{2}|(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")
#: Characters of a line that may be there for its date; characters in which first and last words are looked for.
_DATED, _FIRST, _LAST = 160, 80, 60
#: Characters that two blocks begin with alike when one repeats the other.
_SAME = 24
#: Blocks on either side in which dates and repetitions are counted.
_DATES_NEAR, _REPEATED_NEAR = (3, 10), 4


def repetition(page: Arrays) -> Columns:
    """Dates near each block, and what else of it stands on the page again."""
    return {**_dates(page), **_repeated(page)}


def _dates(page: Arrays) -> Columns:
    """Dates and times in short lines: where the nearest stand, and how many there are."""
    size = page.size
    told = np.array([_DATE.search(text) is not None for text in page.texts])
    dated = told & (np.array([len(text) for text in page.texts]) < _DATED)
    sums = running(dated)
    last, following = nearest(dated)
    columns: Columns = {
        "date": told,
        "page_dates": np.full(size, dated.mean()),
        "since_date": np.where(last >= 0, log(page.index - last), ABSENT),
        "to_date": np.where(following < size, log(following - page.index), ABSENT),
        "dates_before": log(sums[:-1]),
        "dates_after": log(sums[-1] - sums[1:]),
    }
    return columns | {f"w{reach}_dates": _share(page, sums, reach) for reach in _DATES_NEAR}


def _share(page: Arrays, sums: Floats, reach: int) -> Floats:
    low, high = np.maximum(page.index - reach, 0), np.minimum(page.index + reach + 1, page.size)
    share: Floats = (sums[high] - sums[low]) / (high - low)
    return share


def _repeated(page: Arrays) -> Columns:
    """How many other blocks begin or end as this one does, and which share of its lines stands elsewhere too."""
    texts = [text.casefold() for text in page.texts]
    words = [_WORD.findall(text[:_FIRST]) for text in texts]
    lines = [text.split("\n") for text in texts]
    times = Counter(line for found in lines for line in found)
    pairs = _others([tuple(found[:2]) if len(found) > 1 else None for found in words])
    again = np.array([sum(times[line] > 1 for line in found) / len(found) for found in lines])
    folded = [" ".join(text[:_FIRST].split()) for text in texts]
    return {
        "same_first": log(_others([found[0] if found else None for found in words])),
        "same_first_two": log(pairs),
        "same_last": log(_others([found[-1] if (found := _WORD.findall(text[-_LAST:])) else None for text in texts])),
        "same_start": _others([text[:_SAME] if len(text) >= _SAME else None for text in folded]),
        "lines_repeated": again,
        f"w{_REPEATED_NEAR}_repeated": _share(page, running((pairs > 0) | (again > 0)), _REPEATED_NEAR),
    }


def _others(keys: Sequence[Hashable]) -> Ints:
    """How many other places have the same key; 0 for those without (None)."""
    often = Counter(keys)
    return np.array([often[key] - 1 if key is not None else 0 for key in keys])
