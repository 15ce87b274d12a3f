"""Pages of the corpus as examples for the block classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.training.dataset import Example, example
from cleaners.blocks import parse, read_document
from cleaners.features import columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.training.corpus import GoldPage


def examples(pages: Sequence[GoldPage]) -> tuple[list[Example], tuple[str, ...]]:
    """The pages, at least one of which has blocks, and the names of the features in the order of the columns."""
    documents = [read_document(parse(page.html)) for page in pages]
    features = [columns(document) if document.blocks else {} for document in documents]
    names = tuple(next(filter(None, features)))
    found = []
    for page, document, values in zip(pages, documents, features, strict=True):
        matrix = np.array([values[name] for name in names] if values else np.zeros((len(names), 0)), dtype=np.float32).T
        found.append(example(page, document.blocks, matrix))
    return found, names
