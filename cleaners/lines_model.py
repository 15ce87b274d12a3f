"""The opinion on each block of a plain-text dump: how it reads, where it stands, and what words say of the lines around.

The model is the second of the two that come with the package (docs/model-card.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cleaners.classifier import shipped
from cleaners.evidence import Opinions
from cleaners.judge import THRESHOLD, Opinion
from cleaners.structure import chosen, doubt
from model.article import BlockKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cleaners.features.lines import Dump
    from model.article import Block

#: Characters of a short line; share of a block inside links from which it is called a link.
_SHORT, _LINKED = 60, 0.5
_KEPT = {
    BlockKind.HEADING: "a heading inside the text",
    BlockKind.LIST_ITEM: "a list inside the text",
    BlockKind.QUOTE: "a quotation inside the text",
    BlockKind.OTHER: "lines inside the text",
}


def line_probabilities(dump: Dump, title: str = "") -> NDArray[np.float64]:
    """For each block the probability that it belongs to the article.

    Args:
        dump: the dump as read.
        title: the headline where it is known, which helps.
    """
    forest = shipped("lines")
    return forest.probabilities(dump.matrix(title, forest.names))


def line_opinions(blocks: Sequence[Block], probabilities: NDArray[np.float64]) -> Opinions:
    """Probabilities of a dump's blocks as opinions with reasons."""
    kept = chosen(probabilities)
    scores = np.where(kept, np.maximum(probabilities, THRESHOLD), np.minimum(probabilities, THRESHOLD - 0.001))
    opinions = (
        Opinion(score=score, reason=_reason(block, kept=bool(keep)))
        for block, score, keep in zip(blocks, scores.tolist(), kept, strict=True)
    )
    return Opinions(blocks=tuple(opinions), doubt=doubt(blocks, probabilities))


def _reason(block: Block, *, kept: bool) -> str:
    if kept:
        return _KEPT.get(block.kind, "reads like the article's text")
    if block.link_density >= _LINKED:
        return "a link, not text"
    return "short lines outside the text" if len(block.text) < _SHORT else "text that stands apart from the article's"
