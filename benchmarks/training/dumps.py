"""Dumps of the corpus's pages as examples for the classifier of lines."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.training.dataset import Example, example
from benchmarks.training.renderings import STYLES, render
from cleaners.blocks import read_blocks
from cleaners.dump import read_dump
from cleaners.features.lines import columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.training.corpus import GoldPage
    from model.article import Block

#: Each page is learned from in so many styles, which differ from page to page.
STYLES_A_PAGE = 2


def examples(pages: Iterable[GoldPage], *, everything: bool) -> tuple[list[tuple[str, Example]], tuple[str, ...]]:
    """Dumps with the names of their styles, in some styles a page or in all, and the names of the features.

    Every other page's dump goes without a title, as most dumps do.
    """
    found: list[tuple[str, Example]] = []
    names: tuple[str, ...] = ()
    for page in pages:
        blocks = read_blocks(page.html)
        turn = zlib.crc32(page.id.encode())
        title = "" if turn % 2 else " ".join(page.title or page.headline)
        styles = list(STYLES) if everything else _some(turn)
        for style in styles:
            lines = read_dump(render(blocks, STYLES[style]))
            if lines:
                names, one = _example(page, lines, title)
                found.append((style, one))
    return found, names


def _some(turn: int) -> list[str]:
    names = list(STYLES)
    return [names[(turn // 2 + step * len(names) // STYLES_A_PAGE) % len(names)] for step in range(STYLES_A_PAGE)]


def _example(page: GoldPage, lines: Sequence[Block], title: str) -> tuple[tuple[str, ...], Example]:
    features = columns(lines, title)
    matrix = np.stack([values.astype(np.float32) for values in features.values()], axis=1)
    return tuple(features), example(page, lines, matrix)
