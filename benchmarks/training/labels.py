"""Which blocks of a page are its article: blocks aligned to the gold text by shared runs of tokens.

A block of four or more tokens is in when half of its 4-token shingles are in the gold text. A shorter block is in when
the run of tokens across its borders is: the last tokens of the block before it that is in, its own, and the first of the
block after it. A text that stands on the page more often than in the gold is in where it has company.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.training.score import SIZE, shingles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Share of a block's shingles that must be in the gold.
ENOUGH = 0.5


def align(blocks: Sequence[Sequence[str]], gold: Sequence[str]) -> NDArray[np.bool_]:
    """For the tokens of each block, whether it is part of the text whose tokens are ``gold``."""
    wanted = shingles(gold)
    shares = [_share(block, wanted) if len(block) >= SIZE else 0.0 for block in blocks]
    inside = np.array([share >= ENOUGH for share in shares], dtype=bool)
    _drop_repeats(blocks, wanted, inside)
    for index, block in enumerate(blocks):
        if 0 < len(block) < SIZE:
            inside[index] = _bridges(blocks, index, inside, wanted)
    return inside


def _share(block: Sequence[str], wanted: Counter[tuple[str, ...]]) -> float:
    runs = shingles(block)
    return sum(count for run, count in runs.items() if run in wanted) / runs.total()


def _drop_repeats(blocks: Sequence[Sequence[str]], wanted: Counter[tuple[str, ...]], inside: NDArray[np.bool_]) -> None:
    """Of equal blocks keep as many as the gold has, those with most company within five blocks."""
    places = defaultdict(list)
    for index in map(int, np.flatnonzero(inside)):
        places[tuple(blocks[index])].append(index)
    sizes = np.array([len(block) for block in blocks], dtype=float)
    company = np.convolve(inside * sizes, np.ones(11), "same") if places else sizes
    for block, found in places.items():
        allowed = max(wanted.get(run, 0) for run in shingles(block))
        if len(found) > allowed:
            for lonely in sorted(found, key=lambda place: -float(company[place]))[allowed:]:
                inside[lonely] = False


def _bridges(blocks: Sequence[Sequence[str]], index: int, inside: NDArray[np.bool_], wanted: Counter[tuple[str, ...]]) -> bool:
    """Whether a short block stands in the gold between the blocks around it."""
    before = next((blocks[i][-(SIZE - 1) :] for i in range(index - 1, max(-1, index - 9), -1) if inside[i]), ())
    after = next((blocks[i][: SIZE - 1] for i in range(index + 1, min(len(blocks), index + 9)) if inside[i]), ())
    ahead, behind = (*before, *blocks[index]), (*blocks[index], *after)
    return any(len(run) >= SIZE and all(part in wanted for part in shingles(run)) for run in (ahead, behind))
