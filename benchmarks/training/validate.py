"""Cross-validation: folds by registered domain over all sets together, so that no page is judged by its own site."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.training.folds import FOLDS, fold
from benchmarks.training.score import f1, page_score, tokens, without_headline
from cleaners.evidence import opinions_of
from cleaners.page import judged_page, read_page
from cleaners.structure import chosen
from model.errors import CleanError
from model.memory import SiteMemory
from model.source import Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lightgbm import Booster
    from numpy.typing import NDArray

    from benchmarks.training.corpus import GoldPage
    from benchmarks.training.dataset import Example
    from benchmarks.training.score import PageScore

#: A language is worth a line of the table from so many pages on.
ENOUGH = 5
#: Pages under this F1 are told apart: their text was hardly found.
BAD = 0.5


def out_of_fold(
    learned: Sequence[Example],
    judged: Sequence[Example],
    learn: Callable[[Sequence[Example]], Booster],
    *,
    trained_on: Sequence[str],
) -> list[NDArray[np.float64]]:
    """Probabilities of the blocks of each page judged, from a model that learned from no page of its site.

    Only some sets are learned from; pages without blocks get an empty array.
    """
    found: list[NDArray[np.float64]] = [np.zeros(0)] * len(judged)
    for held_out in range(FOLDS):
        seen = [one for one in learned if fold(one.page.domain) != held_out and one.page.group in trained_on]
        booster = learn(seen)
        for place, example in enumerate(judged):
            if example.blocks and fold(example.page.domain) == held_out:
                found[place] = np.asarray(booster.predict(example.matrix))
    return found


def alone(example: Example, found: NDArray[np.float64]) -> PageScore:
    """Score of the text that the probabilities alone choose."""
    return example.score(chosen(found))


def whole(example: Example, found: NDArray[np.float64]) -> PageScore:
    """Score of the text of the whole engine, which is told these probabilities instead of those of the shipped weights."""
    page = example.page
    read = read_page(page.html, Rules())
    opinions = opinions_of(read.document, found) if example.blocks else None
    try:
        text = judged_page(read, url=page.url, memory=SiteMemory(), language=None, opinions=opinions).article.text
    except CleanError:
        text = ""
    return page_score(example.gold, without_headline(tokens(text), page.headline))


def table(pages: Sequence[GoldPage], measured: Mapping[str, Sequence[PageScore]]) -> None:
    """Print F1 for each set and for the languages in it, a column a way of measuring."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, page in enumerate(pages):
        groups[page.group, ""].append(place)
        groups[page.group, page.language].append(place)
    print(f"{'set':<14} {'pages':>5}", *(f"{name:>9}  <.5" for name in measured), sep="   ")
    for (group, language), places in sorted(groups.items()):
        if not language or len(places) >= ENOUGH:
            _row(f"  {language}" if language else group, places, measured)
    _row("all", range(len(pages)), measured)


def _row(name: str, places: Sequence[int], measured: Mapping[str, Sequence[PageScore]]) -> None:
    columns = []
    for scores in measured.values():
        listed = [scores[place] for place in places]
        columns.append(f"{f1(listed):9.4f} {sum(score.f1 < BAD for score in listed):4}")
    print(f"{name:<14} {len(places):>5}", *columns, sep="   ")


def worst(pages: Sequence[GoldPage], scores: Sequence[PageScore], number: int) -> None:
    """Print the pages with the lowest F1."""
    for score, page in sorted(zip(scores, pages, strict=True), key=lambda pair: pair[0].f1)[:number]:
        print(f"F1 {score.f1:.3f}  P {score.precision or 0:.3f}  R {score.recall or 0:.3f}  {page.group}/{page.id}  {page.url}")
