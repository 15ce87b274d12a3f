"""What a dump's text takes with it: a line between two kept blocks, a sentence that closes it, a list that a colon announces.

A line of clutter inside the text parts nothing: what stands beyond it stands beside the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleaners.judge import THRESHOLD, Ruling
from cleaners.lines import is_hashtags
from cleaners.measure import ends_sentence
from model.article import BlockKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from cleaners.judge import Opinion
    from model.article import Block

#: Probability from which the one block between two kept ones, or a sentence after the last one, is the text's too; measured
#: out of fold from .1 to .4 and over gaps of 1 to 8 blocks: longer gaps take in related links.
_LIKELY = 0.3
#: The same for a line that ends with a colon over list items, which come with it.
_ANNOUNCING = 0.15
#: The same for a sentence that stands between the text and its hashtags.
_TAGGED = 0.05
#: Entries of a list that is announced.
_MOST = 12
_COLONS = (":", "\uff1a")


def dump_gaps(blocks: Sequence[Block], opinions: Sequence[Opinion], against: Collection[int]) -> dict[int, Ruling]:
    """Rulings for blocks that are kept because of what stands around them.

    Args:
        blocks: the dump's blocks in order.
        opinions: one for each block.
        against: indexes of the blocks that other evidence rules out.
    """
    free = [block.link_density == 0 and block.index not in against for block in blocks]
    kept = [opinion.score >= THRESHOLD and block.index not in against for block, opinion in zip(blocks, opinions, strict=True)]
    last = max((at for at, keep in enumerate(kept) if keep), default=len(blocks))
    rulings: dict[int, Ruling] = {}
    for at in range(1, len(blocks)):
        before = at - 2 if blocks[at - 1].index in against else at - 1
        if kept[at] or not free[at] or before < 0 or not kept[before]:
            continue
        if entries := list(_announced(blocks, free, at)) if opinions[at].score >= _ANNOUNCING else []:
            rulings |= dict.fromkeys((blocks[entry].index for entry in (at, *entries)), _LIST)
        elif opinions[at].score >= _LIKELY and at + 1 < len(blocks) and kept[at + 1]:
            rulings[blocks[at].index] = _BETWEEN
        elif opinions[at].score >= _closing(blocks, at) and at == last + 1 and ends_sentence(blocks[at].text):
            rulings[blocks[at].index] = _CLOSING
    return rulings


_BETWEEN = Ruling(kept=True, reason="stands between paragraphs of the text")
_CLOSING = Ruling(kept=True, reason="closes the text")
_LIST = Ruling(kept=True, reason="a list that the text announces")


def _closing(blocks: Sequence[Block], at: int) -> float:
    """Probability from which a sentence after the last kept block is the text's."""
    return _TAGGED if at + 1 < len(blocks) and is_hashtags(blocks[at + 1].text) else _LIKELY


def _announced(blocks: Sequence[Block], free: Sequence[bool], at: int) -> Iterator[int]:
    """The list items under a line that ends with a colon; none where they are too many or linked."""
    if not blocks[at].text.rstrip().endswith(_COLONS):
        return
    end = at + 1
    while end < len(blocks) and blocks[end].kind is BlockKind.LIST_ITEM and end - at <= _MOST + 1:
        end += 1
    if end - at - 1 <= _MOST and all(free[at + 1 : end]):
        yield from range(at + 1, end)
