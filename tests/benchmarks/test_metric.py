"""The extraction metric, by hand-made cases and against the shared scorer where it lies beside the project."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.extraction.metric import score_page, summed

if TYPE_CHECKING:
    from types import ModuleType

SCORER = Path(__file__).parents[3] / "shared" / "score.py"


def test_equal_texts_score_one() -> None:
    assert score_page("a b c d e", "A b c d e!").precision != 1.0  # case counts
    score = score_page("a b c d e", "a, b c -- d e!")
    assert (score.precision, score.recall, score.f1) == (1.0, 1.0, 1.0)


def test_half_of_the_text_recalls_half() -> None:
    words = [str(number) for number in range(103)]
    score = score_page(" ".join(words), " ".join(words[:53]))
    assert (score.precision, score.recall) == (1.0, 0.5)


def test_cjk_characters_are_tokens_of_their_own() -> None:
    assert score_page("我們在這裡", "我們在這裡").f1 == 1.0
    assert score_page("我們在這裡等", "我們在這裡").recall == pytest.approx(2 / 3)


def test_a_leading_headline_counts_for_nobody() -> None:
    body = "one two three four five six"
    assert score_page(body, f"The Headline: {body}", headline="the headline").f1 == 1.0
    assert score_page(body, f"The Headline: {body}").f1 < 1.0


def test_nothing_given_has_no_precision_and_counts_as_bad() -> None:
    score = score_page("one two three four", "")
    assert (score.precision, score.recall, score.f1) == (None, 0.0, 0.0)
    assert summed([score]).bad == 1


@pytest.fixture(scope="module")
def shared_scorer() -> ModuleType:
    if not SCORER.is_file():
        pytest.skip("the shared corpus and its scorer do not lie beside the project: our metric is not compared with it")
    spec = importlib.util.spec_from_file_location("shared_score", SCORER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@given(
    st.text(alphabet="ab 你好\u200b'.", max_size=40),
    st.text(alphabet="ab 你好\u200b'.", max_size=40),
    st.sampled_from([None, "a b"]),
)
def test_it_is_the_shared_metric(shared_scorer: ModuleType, gold: str, predicted: str, headline: str | None) -> None:
    ours = score_page(gold, predicted, headline=headline)
    theirs = shared_scorer.page_score(gold, shared_scorer.without_headline(predicted, headline))
    assert (ours.precision, ours.recall) == theirs
