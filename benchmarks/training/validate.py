"""Cross-validation: folds by registered domain over all sets together, so that no page is judged by its own site."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.training.forest import train
from benchmarks.training.score import f1

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from benchmarks.training.dataset import Example
    from benchmarks.training.score import PageScore

FOLDS = 5
#: A language is worth a line of the table from so many pages on.
ENOUGH = 5


def fold(domain: str) -> int:
    """The fold of a site: the same in every run."""
    return int(hashlib.md5(domain.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def out_of_fold(examples: Sequence[Example], *, trees: int, trained_on: Sequence[str]) -> list[NDArray[np.float64]]:
    """Probabilities of each page's blocks from a model that saw no page of its site; only some sets are learned from."""
    folds = [fold(example.page.domain) for example in examples]
    found: list[NDArray[np.float64]] = [np.zeros(0)] * len(examples)
    for held_out in range(FOLDS):
        seen = [e for e, number in zip(examples, folds, strict=True) if number != held_out and e.page.group in trained_on]
        booster = train(seen, trees=trees)
        for place, example in enumerate(examples):
            if folds[place] == held_out:
                found[place] = np.asarray(booster.predict(example.matrix))
    return found


def table(
    examples: Sequence[Example],
    probabilities: Sequence[NDArray[np.float64]],
    rule: Callable[[NDArray[np.float64]], NDArray[np.bool_]],
) -> None:
    """Print F1 for each set, and for the languages in it, of a rule that keeps blocks by their probabilities."""
    scores: dict[tuple[str, str], list[PageScore]] = defaultdict(list)
    for example, found in zip(examples, probabilities, strict=True):
        score = example.score(rule(found))
        scores[example.page.group, ""].append(score)
        scores[example.page.group, example.page.language].append(score)
    for (group, language), listed in sorted(scores.items()):
        if not language or len(listed) >= ENOUGH:
            name = f"  {language}" if language else group
            bad = sum(score.f1 < 0.5 for score in listed)
            print(f"{name:14} {len(listed):5} pages   F1 {f1(listed):.4f}   under .5: {bad}")
