"""Subheadings, lists, tables and short paragraphs between paragraphs that are kept belong to the text too."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from cleaners.judge import THRESHOLD, Ruling
from cleaners.measure import ends_sentence, is_prose, size
from model.article import BlockKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cleaners.judge import Opinion
    from model.article import Block

#: Blocks between two that are kept, at most. Figures fitted on the corpus, out of fold: +.002 on articles, +.001 on sites.
_MOST = 8
#: Probability from which a block between them is taken in; kinds that a text is broken up with need less.
_LIKELY, UNLIKELY = 0.25, 0.03
#: The same for a line of so many letters right above a kept paragraph, a heading that is no ``h2``.
_HEADING, _SHORT = 0.2, 60.0
#: The same for a sentence right after the last kept block.
_CLOSING = 0.3
_BREAKING_UP = frozenset({BlockKind.HEADING, BlockKind.LIST_ITEM, BlockKind.TABLE_ROW})
#: The table or the lists at the end of a path.
_WHOLE = re.compile(
    r"/table(?:\.[^/]*)?(?:/(?:tbody|thead|tfoot)(?:\.[^/]*)?)?/tr(?:\.[^/]*)?$|(?:/(?:ul|ol|dl|li|dd|dt|p)(?:\.[^/]*)?)+$"
)
#: More of a block than this inside links is a teaser.
_LINKED = 0.5


def gap_rulings(blocks: Sequence[Block], opinions: Sequence[Opinion], against: Collection[int]) -> dict[int, Ruling]:
    """Rulings for blocks that stand between two kept ones, in the same element as one of them or at the same path.

    Args:
        blocks: the page's blocks in order.
        opinions: one for each block.
        against: indexes of the blocks that other evidence rules out; they neither come in nor hold a gap together.
    """
    kept = [at for at, opinion in enumerate(opinions) if opinion.score >= THRESHOLD and blocks[at].index not in against]
    filling: list[Block] = []
    for before, after in pairwise(kept):
        if not 1 < after - before <= _MOST + 1:
            continue
        around = {_above(blocks[before]), _above(blocks[after])}
        paths = {blocks[before].path, blocks[after].path}
        heading = max((at for at in range(before + 1, after) if blocks[at].index not in against), default=before)
        for block, opinion in zip(blocks[before + 1 : after], opinions[before + 1 : after], strict=True):
            likely = _needed(block, blocks[after] if block is blocks[heading] else None)
            beside = _above(block) in around | paths or block.path in paths
            if beside and likely <= opinion.score < THRESHOLD and block.link_density <= _LINKED and block.index not in against:
                filling.append(block)
    often = Counter(block.text for block in blocks) if filling else {}
    rulings = {
        block.index: Ruling(kept=True, reason="stands between paragraphs of the text")
        for block in filling
        if often[block.text] == 1  # what stands on the page twice is a credit or a button
    }
    last = kept[-1] + 1 if kept else len(blocks)
    if last < len(blocks) and blocks[last].index not in against and _closes(blocks[last - 1], blocks[last], opinions[last].score):
        rulings[blocks[last].index] = Ruling(kept=True, reason="closes the text")
    return rulings


def _closes(before: Block, block: Block, score: float) -> bool:
    """Whether a block goes on where the text stops: a sentence at the same path."""
    return _CLOSING <= score < THRESHOLD and block.path == before.path and block.link_density == 0 and ends_sentence(block.text)


def _needed(block: Block, below: Block | None) -> float:
    """Probability from which a block between two kept ones is taken in.

    Args:
        block: the block.
        below: the kept block right below it; None where others stand between.
    """
    if block.kind in _BREAKING_UP:
        return UNLIKELY
    heads = below is not None and size(block.text) <= _SHORT and not ends_sentence(block.text) and is_prose(below)
    return _HEADING if heads else _LIKELY


def _above(block: Block) -> str:
    """The path of what a block stands in; of a list or table, what the whole of it stands in."""
    found = _WHOLE.search(block.path) if block.kind in _BREAKING_UP else None
    return block.path[: found.start()] if found else block.path.rpartition("/")[0]
