"""Pages of the corpus as examples for the block classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.training.dataset import Example, example
from cleaners.blocks import parse, read_document
from cleaners.features import columns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.training.corpus import GoldPage


def examples(pages: Iterable[GoldPage]) -> tuple[list[Example], tuple[str, ...]]:
    """The pages that have blocks, and the names of the features in the order of the columns."""
    found: list[Example] = []
    names: tuple[str, ...] = ()
    for page in pages:
        document = read_document(parse(page.html))
        if document.blocks:
            features = columns(document)
            names = tuple(features)
            matrix = np.stack([values.astype(np.float32) for values in features.values()], axis=1)
            found.append(example(page, document.blocks, matrix))
    return found, names
