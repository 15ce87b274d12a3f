# ruff: noqa: SIM905 - names in a row are easier to read than a list of strings
"""Two models, one after the other: the second learns from what the first makes of pages that it has not seen.

What a model makes of pages it learned from is better than what it makes of others. So for the second model every page is
judged by a first model that was trained without the page's fold, and in cross-validation without the held-out fold too.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.training.folds import FOLDS, fold
from benchmarks.training.forest import PARAMETERS, averaged, convert, train
from cleaners.features import context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.training.dataset import Example
    from cleaners.classifier import Forest

FIRST_TREES, SECOND_TREES = 220, 100
#: The second model is small: most of what it needs to know the first one tells it.
SECOND_PARAMETERS = {**PARAMETERS, "num_leaves": 16, "max_depth": 6, "min_data_in_leaf": 120, "feature_fraction": 0.3}
#: The second model is the mean of so many that differ by chance alone.
SECOND_SEEDS = (7, 8, 9)
#: Features of the first model that the second one sees too: the heaviest by gain in a trial with all.
SHARED = (
    "above_path_mean above_path_share closing_class closing_terminal core0.50_density core0.50_size core0.75_density "
    "core0.75_size core0.90_density core0.90_size density from_last_top_heading from_title h0_density h0_prose h1_from "
    "h1_mean h1_prose h1_size h2_density h2_good h2_image h2_link h2_mean h2_prose h2_share h2_size h3_from h3_good "
    "h3_image h3_link h3_script h3_size h3_time h4_density h4_image h4_link h4_script hits hits_rate hits_share level "
    "line_mass lines n1_density opening_class own_path_mean own_path_merit own_path_number own_path_share page_mass "
    "page_p prose prose_before prose_before_log prose_share run_share siblings since_heading to_heading top_share "
    "uppers w1_density wide_media"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The two models of HTML pages."""

    first: Forest
    second: Forest

    def probabilities(self, example: Example) -> NDArray[np.float64]:
        """For each block of a page, what the second model makes of it."""
        if not example.blocks:
            return np.zeros(0)
        return self.second.probabilities(in_context(example, self.first)[1].matrix)


def in_context(example: Example, first: Forest) -> tuple[tuple[str, ...], Example]:
    """The page as the second model sees it, and the names of its features."""
    if example.arrays is None:
        raise ValueError(example.page.id)
    told = context.columns(example.arrays, first.probabilities(example.matrix))
    shared = example.matrix[:, [first.names.index(name) for name in SHARED]]
    matrix = np.column_stack([shared, *(values.astype(np.float32) for values in told.values())])
    return (*SHARED, *told), dataclasses.replace(example, matrix=matrix)


class Unseeing:
    """First models by the folds that they have not seen, each trained when it is first asked for."""

    def __init__(self, learned: Sequence[Example], names: Sequence[str]) -> None:
        self._learned, self._names = learned, names
        self._trained: dict[frozenset[int], Forest] = {}

    def model(self, folds: frozenset[int]) -> Forest:
        """The first model trained without some folds."""
        if folds not in self._trained:
            seen = [one for one in self._learned if fold(one.page.domain) not in folds]
            self._trained[folds] = convert(train(seen, trees=FIRST_TREES), self._names)
        return self._trained[folds]

    def pair(self, without: frozenset[int] = frozenset()) -> Pair:
        """Both models, neither of which has seen some folds."""
        names: tuple[str, ...] = ()
        told = []
        for number in sorted(set(range(FOLDS)) - without):
            first = self.model(without | {number})
            for one in self._learned:
                if fold(one.page.domain) == number:
                    names, seen = in_context(one, first)
                    told.append(seen)
        boosters = [
            train(told, trees=SECOND_TREES, parameters={**SECOND_PARAMETERS, "seed": seed}, thinning=seed)
            for seed in SECOND_SEEDS
        ]
        return Pair(first=self.model(without), second=averaged(boosters, names))


def out_of_fold(learned: Sequence[Example], judged: Sequence[Example], names: Sequence[str]) -> list[NDArray[np.float64]]:
    """Probabilities of the blocks of each page judged, from a pair that learned from no page of its site."""
    models = Unseeing(learned, names)
    pairs = [models.pair(frozenset({number})) for number in range(FOLDS)]
    return [pairs[fold(one.page.domain)].probabilities(one) for one in judged]
