"""What the blocks of a dump speak of: words that a block has in common with the likely body, with its neighbours, with the rest.

Words are compared by their beginnings on one page only; which words they are is nowhere learned.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cleaners.features.arrays import heaviest_run, running

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from cleaners.features.arrays import Arrays, Columns, Floats, Ints

_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
#: Words of three letters and more by their first five; runs of ideographs by their pairs.
_STEM = re.compile(rf"([^\W\d_{_IDEOGRAPHS}]{{3,5}})[^\W\d_{_IDEOGRAPHS}]*")
_RUN = re.compile(f"[{_IDEOGRAPHS}]+")
#: Blocks with the most prose that stand for the text, blocks on either side that are neighbours, and wider neighbourhoods.
_LEADING, _NEAR, _REACHES = 5, 3, (3, 8)
#: Letters that a block costs in the run of blocks that is taken for the body, and the most it weighs for and against.
_COST, _MOST, _LEAST = 60.0, 400.0, -120.0
#: So that two words in common are not all of a short line.
_DAMPING = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """The ``m`` different words of each of ``n`` blocks, one after the other."""

    size: int
    #: Block and number of each word. Length m.
    block: Ints
    word: Ints
    #: Blocks that have the word, and how rare it is; 0 for one that stands in a single block. Length m.
    often: Ints
    rarity: Floats
    #: Blocks since the one before and up to the next one with the word; 0 where there is none. Length m.
    since: Ints
    until: Ints

    @property
    def count(self) -> Ints:
        """Number of different words of each block. Length n."""
        count: Ints = np.bincount(self.block, minlength=self.size)
        return count

    def told(self, member: NDArray[np.bool_]) -> Floats:
        """Rarity of some of the words, summed by block. Length n."""
        told = np.bincount(self.block[member], weights=self.rarity[member], minlength=self.size)
        return told.astype(np.float64, copy=False)

    def rate(self, member: NDArray[np.bool_]) -> Floats:
        """Share of each block's words that are among some. Length n."""
        rate: Floats = np.bincount(self.block[member], minlength=self.size) / np.maximum(self.count, 1)
        return rate

    def also_in(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which words stand in one of the chosen blocks other than their own. Length m."""
        here = chosen[self.block]
        there = np.bincount(self.word[here], minlength=int(self.word.max(initial=0)) + 1)
        return there[self.word] > here


def topic(page: Arrays) -> Columns:
    """How much each block speaks of what the others speak of."""
    words = _read(page.texts)
    first, end = heaviest_run(np.clip(page.mass * (1 - 2 * page.density) - _COST, _LEAST, _MOST))
    body = (page.index >= first) & (page.index < end)
    leading = np.zeros(page.size, dtype=bool)
    leading[np.argsort(-page.prose, kind="stable")[:_LEADING]] = True
    every = words.told(np.ones(len(words.block), dtype=bool))
    whole = every + _DAMPING
    in_body, elsewhere, in_leading = (words.also_in(chosen) for chosen in (body, ~body, leading))
    shared, led, count = words.told(in_body), words.told(in_leading), np.maximum(words.count, 1)
    columns: Columns = {
        "body_words": shared,
        "body_words_share": shared / whole,
        "body_words_rate": shared / count,
        "other_words_share": words.told(elsewhere) / whole,
        "body_or_other": (shared - words.told(elsewhere)) / whole,
        "leading_words_share": led / whole,
        "leading_words_rate": led / count,
        "words_of_before": words.told((words.since > 0) & (words.since <= _NEAR)) / whole,
        "words_of_after": words.told((words.until > 0) & (words.until <= _NEAR)) / whole,
        "new_words": words.rate(words.since == 0),
        "single_words": words.rate(words.often == 1),
    }
    low, high = page.reach(_REACHES, page.size)
    told, all_told = running(shared), running(every)
    near = (told[high] - told[low]) / (all_told[high] - all_told[low] + _DAMPING)
    return columns | {f"w{reach}_body_words": row for reach, row in zip(_REACHES, near, strict=True)}


def _read(texts: Sequence[str]) -> _Words:
    numbers: dict[str, int] = {}
    found = [[numbers.setdefault(stem, len(numbers)) for stem in dict.fromkeys(_stems(text.casefold()))] for text in texts]
    block = np.repeat(np.arange(len(texts)), [len(words) for words in found])
    word = np.array([number for words in found for number in words], dtype=np.int64)
    often = np.bincount(word, minlength=1)[word]
    order = np.lexsort((block, word))
    step = np.where(word[order][1:] == word[order][:-1], np.diff(block[order]), 0)
    since, until = np.zeros(len(word), dtype=np.int64), np.zeros(len(word), dtype=np.int64)
    since[order[1:]], until[order[:-1]] = step, step
    rarity = np.where(often > 1, np.log((len(texts) + 1) / np.maximum(often, 1)), 0.0)
    return _Words(size=len(texts), block=block, word=word, often=often, rarity=rarity, since=since, until=until)


def _stems(text: str) -> Iterable[str]:
    yield from _STEM.findall(text)
    if not text.isascii():
        for run in _RUN.findall(text):
            yield from (run[at : at + 2] for at in range(len(run) - 1))
