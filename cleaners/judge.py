"""Evidence to verdicts.

A model's opinion gives every block a probability. What is known better overrules it, in this order: the words of the
block itself and the clutter section it stands in, the memory of the site, the rules people wrote. Each ruling says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.article import Verdict
from model.values import value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from model.article import Block

#: Blocks of at least this probability are kept when nothing overrules.
THRESHOLD = 0.5


@value
class Opinion:
    """What a model makes of a block."""

    #: Probability that the block belongs to the article.
    score: float
    reason: str


@value
class Ruling:
    """A decision about one block that overrules the opinion."""

    kept: bool
    reason: str


def judge(blocks: Sequence[Block], opinions: Sequence[Opinion], *rulings: Mapping[int, Ruling]) -> tuple[Verdict, ...]:
    """A verdict for every block.

    Args:
        blocks: the page's blocks in order.
        opinions: one for each block.
        rulings: block's index -> ruling, weaker evidence first; the last one that speaks of a block decides.
    """
    decisive: dict[int, Ruling] = {}
    for spoken in rulings:
        decisive.update(spoken)
    return tuple(
        Verdict(block=block, kept=ruling.kept, score=opinion.score, reason=ruling.reason)
        if (ruling := decisive.get(block.index))
        else Verdict(block=block, kept=opinion.score >= THRESHOLD, score=opinion.score, reason=opinion.reason)
        for block, opinion in zip(blocks, opinions, strict=True)
    )
