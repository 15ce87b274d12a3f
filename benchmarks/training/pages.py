"""Pages of the corpus as examples for the block classifier."""

from __future__ import annotations

import dataclasses
import zlib
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.training.dataset import Example, example
from cleaners.blocks import read_document
from cleaners.features import read
from cleaners.parsing import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.training.corpus import GoldPage
    from cleaners.features.arrays import Arrays
    from cleaners.tree import Document


def examples(pages: Sequence[GoldPage]) -> tuple[list[Example], list[Example], tuple[str, ...]]:
    """The pages, at least one of which has blocks; the same pages poorer in markup; and the names of the features."""
    names: tuple[str, ...] = ()
    whole, poorer = [], []
    for page in pages:
        document = read_document(parse(page.html))
        if not document.blocks:
            whole.append(example(page, (), np.zeros((0, 0), dtype=np.float32)))
            continue
        names, matrix, arrays = _features(document)
        one = example(page, document.blocks, matrix, arrays)
        whole.append(one)
        _, matrix, arrays = _features(impoverished(document, zlib.crc32(page.id.encode())))
        poorer.append(dataclasses.replace(one, matrix=matrix, arrays=arrays))
    return whole, poorer, names


def impoverished(document: Document, turn: int) -> Document:
    """The page as a site of another year may have written it: half without classes, most without description, some untitled.

    Learned from beside the page itself it keeps the model from leaning on what pages of today all have.
    """
    attributes = document.attributes
    if turn % 2:
        attributes = [{name: value for name, value in named.items() if name not in ("class", "itemprop")} for named in attributes]
    return dataclasses.replace(
        document,
        attributes=attributes,
        description="" if turn % 3 else document.description,
        title="" if turn % 5 == 0 else document.title,
    )


def _features(document: Document) -> tuple[tuple[str, ...], NDArray[np.float32], Arrays]:
    page, found = read(document)
    return tuple(found), np.stack([values.astype(np.float32) for values in found.values()], axis=1), page
