"""Cross-validation: folds by registered domain over all sets together, so that no page is judged by its own site."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.training.forest import train
from benchmarks.training.score import f1
from cleaners.structure import chosen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.training.dataset import Example
    from benchmarks.training.score import PageScore

FOLDS = 5
#: A language is worth a line of the table from so many pages on.
ENOUGH = 5


def fold(domain: str) -> int:
    """The fold of a site: the same in every run."""
    return int(hashlib.md5(domain.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def out_of_fold(
    learned: Sequence[Example], judged: Sequence[Example], *, trees: int, trained_on: Sequence[str]
) -> list[NDArray[np.float64]]:
    """Probabilities of the blocks of each page judged, from a model that learned from no page of its site.

    Only some sets are learned from; pages without blocks get an empty array.
    """
    found: list[NDArray[np.float64]] = [np.zeros(0)] * len(judged)
    for held_out in range(FOLDS):
        seen = [one for one in learned if fold(one.page.domain) != held_out and one.page.group in trained_on]
        booster = train(seen, trees=trees)
        for place, example in enumerate(judged):
            if example.blocks and fold(example.page.domain) == held_out:
                found[place] = np.asarray(booster.predict(example.matrix))
    return found


def table(examples: Sequence[Example], probabilities: Sequence[NDArray[np.float64]]) -> None:
    """Print F1 for each set and for the languages in it, of the text that the probabilities alone choose."""
    scores: dict[tuple[str, str], list[PageScore]] = defaultdict(list)
    for example, found in zip(examples, probabilities, strict=True):
        score = example.score(chosen(found))
        scores[example.page.group, ""].append(score)
        scores[example.page.group, example.page.language].append(score)
    for (group, language), listed in sorted(scores.items()):
        if not language or len(listed) >= ENOUGH:
            name = f"  {language}" if language else group
            bad = sum(score.f1 < 0.5 for score in listed)
            print(f"{name:14} {len(listed):5} pages   F1 {f1(listed):.4f}   under .5: {bad}")
