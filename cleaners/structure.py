"""What the trained models make of a page's blocks: keep probabilities, a first choice, and how far to mistrust it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cleaners import features
from cleaners.classifier import shipped
from cleaners.features import arrays, context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cleaners.tree import Document
    from model.article import Block

#: Blocks of at least this probability are kept.
THRESHOLD = 0.5
#: Where none reaches it, those are kept that come near the likeliest, which must itself be no less than `LEAST`.
NEAR, LEAST = 0.7, 0.1
#: Doubt from which on a second opinion pays (docs/model-card.md).
DOUBTFUL = 0.15


def probabilities(document: Document) -> NDArray[np.float64]:
    """For each block of an HTML page, the probability that it belongs to the article.

    Two models: the second one sees what the first one makes of a block's company.
    """
    if not document.blocks:
        return np.zeros(0)
    page, found = features.read(document)
    first, second = shipped("blocks"), shipped("context")
    told = first.probabilities(arrays.stacked(found, first.names))
    return second.probabilities(arrays.stacked(found | context.columns(page, told), second.names))


def chosen(found: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The blocks to keep by their probabilities alone."""
    likeliest = float(found.max(initial=0.0))
    threshold = THRESHOLD if likeliest >= THRESHOLD else max(NEAR * likeliest, LEAST)
    return found >= threshold


def doubt(blocks: Sequence[Block], found: NDArray[np.float64]) -> float:
    """One minus the F1 that the probabilities themselves promise for the blocks above the threshold; 1 for an empty page.

    Blocks count by their length, so that a wrong menu entry does not weigh as much as a wrong paragraph.
    """
    lengths = np.array([len(block.text) for block in blocks], dtype=np.float64)
    kept = found >= THRESHOLD
    given, wanted = lengths[kept].sum(), (found * lengths).sum()
    if not given:
        return 1.0
    return float(1.0 - 2.0 * (found * lengths)[kept].sum() / (given + wanted))
