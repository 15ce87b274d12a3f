"""What the words of lines say of a dump: which are recognised as clutter, and how far from such a line each block stands.

A dump has no markup to tell a menu from a text: there the words give .01 of F1 (docs/model-card.md). No word is known here,
only what kind of line the lexicon takes it for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cleaners.features.arrays import log, nearest, running
from cleaners.lines import Clutter

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from cleaners.features.arrays import Columns, Floats
    from cleaners.lines import Finding
    from model.article import Block

_NUMBERS = {clutter: number for number, clutter in enumerate(Clutter, 1)}
#: Kinds of line that distances are told to; no kinds: any.
_MARKS: dict[str, tuple[Clutter, ...]] = {
    "heading": (Clutter.HEADING, Clutter.ENDING),
    "ending": (Clutter.ENDING,),
    "byline": (Clutter.BYLINE, Clutter.DATE),
    "any": tuple(Clutter),
}
#: Blocks to either side.
_REACHES = (3, 10)
#: Stands for a distance to something that is not there.
ABSENT = -1.0


def spoken(blocks: Sequence[Block], found: Sequence[Finding | None], ruled: Collection[int]) -> Columns:
    """Features of a dump with at least one block.

    Args:
        blocks: the dump's blocks in order.
        found: what each block's words say.
        ruled: indexes of the blocks that words rule out, sections under clutter headings included.
    """
    kind = np.array([_NUMBERS[each.clutter] if each else 0 for each in found], dtype=np.float64)
    dropped = np.array([block.index in ruled for block in blocks], dtype=np.float64)
    letters = running(np.array([len(block.text) for block in blocks], dtype=np.float64))
    columns: Columns = {"word_kind": kind, "word_ruled": dropped}
    for name, clutter in _MARKS.items():
        columns |= _distances(name, np.isin(kind, [_NUMBERS[each] for each in clutter]), letters)
    at = np.arange(len(blocks))
    for reach in _REACHES:
        low, high = np.maximum(at - reach, 0), np.minimum(at + reach + 1, len(blocks))
        for name, counted in (("words", kind > 0), ("ruled", dropped)):
            sums = running(counted)
            columns[f"w{reach}_{name}"] = (sums[high] - sums[low]) / (high - low)
    return columns


def _distances(name: str, marked: NDArray[np.bool_], letters: Floats) -> Columns:
    """Blocks and letters since the last marked block before each, and blocks to the next one after it."""
    size = len(marked)
    at = np.arange(size)
    last, after = nearest(marked)
    return {
        f"since_{name}": np.where(last >= 0, log(at - last), ABSENT),
        f"letters_since_{name}": np.where(last >= 0, log(letters[:-1] - letters[np.maximum(last, 0)]), ABSENT),
        f"to_{name}": np.where(after < size, log(after - at), ABSENT),
    }
