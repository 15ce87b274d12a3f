"""Dumps of the corpus's pages as examples for the classifier of lines."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.training.dataset import PAGE_WEIGHTS, Example, example
from benchmarks.training.forest import PARAMETERS, train
from benchmarks.training.renderings import STYLES, render
from cleaners.blocks import read_blocks
from cleaners.dump import read_dump
from cleaners.features.lines import Dump, Said
from cleaners.lexicon import lexicon
from cleaners.scripts import language_of
from cleaners.sections import findings, word_rulings
from cleaners.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lightgbm import Booster

    from benchmarks.training.corpus import GoldPage
    from cleaners.lexicon import Lexicon
    from model.article import Block

#: Styles that each page is learned from; they differ from page to page.
STYLES_A_PAGE = 2
#: More trees of smaller steps than for pages: a dump is judged quickly whatever they cost.
TREES, LEARNING_RATE = 420, 0.05
#: A dump of an `articles` page weighs more than the page: without markup they are what is hardest to tell.
DUMP_WEIGHTS = {**PAGE_WEIGHTS, "articles": 1.0}


def examples(
    pages: Iterable[GoldPage], *, styles_a_page: int = STYLES_A_PAGE
) -> tuple[dict[str, list[Example]], tuple[str, ...]]:
    """Dumps of the pages by style, and the names of the features.

    Every other page's dump goes without a title, as most dumps do; a page without text has no dump.
    """
    found: dict[str, list[Example]] = {style: [] for style in STYLES}
    names: tuple[str, ...] = ()
    for page in pages:
        blocks = read_blocks(page.html)
        turn = zlib.crc32(page.id.encode())
        title = "" if turn % 2 else " ".join(page.title or page.headline)
        for style in _chosen(turn // 2, styles_a_page):
            dump = plain(render(blocks, STYLES[style]))
            lines = read_dump(dump)
            if lines:
                names, one = _example(page, lines, title, lexicon(language_of(dump)))
                found[style].append(one)
    return found, names


def learn(dumps: Sequence[Example]) -> Booster:
    """The classifier of lines, trained on some dumps."""
    return train(dumps, trees=TREES, parameters={**PARAMETERS, "learning_rate": LEARNING_RATE})


def _chosen(turn: int, number: int) -> list[str]:
    """Some of the styles, spread over all of them."""
    names = list(STYLES)
    return [names[(turn + step * len(names) // number) % len(names)] for step in range(number)]


def _example(page: GoldPage, lines: Sequence[Block], title: str, words: Lexicon) -> tuple[tuple[str, ...], Example]:
    found = findings(lines, words)
    features = Dump(lines, Said(found=found, ruled=word_rulings(lines, found))).columns(title)
    matrix = np.stack([values.astype(np.float32) for values in features.values()], axis=1)
    return tuple(features), example(page, lines, matrix, weights=DUMP_WEIGHTS)
