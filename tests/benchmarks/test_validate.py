from __future__ import annotations

import numpy as np

from benchmarks.training.corpus import GoldPage
from benchmarks.training.folds import fold
from benchmarks.training.pages import examples
from benchmarks.training.score import tokens
from benchmarks.training.validate import alone, whole

FIRST = "The council voted on Monday to close the old bridge, and it will stay closed until the end of the year."
SECOND = "Drivers will be led over the northern road, which the town widened last summer, said the mayor of the town."
MENU = "Everything you always wanted to know about our newspaper and its subscriptions stands on this page, dear reader."
PAGE = f"<html><body><h1>Old bridge closed</h1><p>{FIRST}</p><p>{SECOND}</p><p>{MENU}</p><p>Share on Facebook</p></body></html>"


def gold() -> GoldPage:
    return GoldPage(
        group="sites",
        id="a",
        url="http://a.example/story",
        language="en",
        domain="a.example",
        html=PAGE,
        text=tokens(f"{FIRST}\n\n{SECOND}"),
        headline=[],
        title=tokens("Old bridge closed"),
    )


def test_the_engine_judges_by_the_probabilities_it_is_told_and_by_its_words() -> None:
    (example,), _, _ = examples([gold()])
    told = np.array([0.1, 0.9, 0.9, 0.1, 0.9])
    assert alone(example, told).f1 < 1  # the share button is in
    assert whole(example, told).f1 == 1
    assert whole(example, np.array([0.1, 0.9, 0.1, 0.9, 0.1])).f1 < 0.6


def test_a_page_without_blocks_scores_nothing() -> None:
    (example,), _, _ = examples([gold()])
    empty = GoldPage(**{name: getattr(gold(), name) for name in GoldPage.__slots__ if name != "html"}, html="<html></html>")
    (nothing, _), _, _ = examples([empty, gold()])
    assert whole(nothing, np.zeros(0)).f1 == 0
    assert example.blocks
    assert not nothing.blocks


def test_a_site_is_always_in_the_same_fold() -> None:
    assert fold("a.example") == fold("a.example")
    assert {fold(f"site{number}.example") for number in range(60)} == set(range(5))
