from __future__ import annotations

import io

import lightgbm
import numpy as np
import pytest

from benchmarks.training.corpus import GoldPage
from benchmarks.training.dataset import example
from benchmarks.training.forest import PARAMETERS, averaged, convert
from benchmarks.training.labels import align
from benchmarks.training.pages import examples
from benchmarks.training.renderings import STYLES, render
from benchmarks.training.score import tokens
from cleaners import page
from cleaners.blocks import read_blocks
from cleaners.classifier import Forest, load, save, shipped
from cleaners.evidence import Opinions, reconciled, with_likeliest
from cleaners.judge import Opinion
from cleaners.opinion import SecondOpinion
from model.memory import SiteMemory
from model.source import Rules


@pytest.fixture(scope="module")
def booster() -> tuple[lightgbm.Booster, np.ndarray]:
    random = np.random.default_rng(5)
    matrix = random.normal(size=(3000, 12)).astype(np.float32)
    matrix[:, 3] = random.integers(0, 4, size=3000)
    matrix[:, 4] = np.float32(0.1) * random.integers(-3, 4, size=3000).astype(np.float32)
    inside = matrix[:, 0] * matrix[:, 1] + matrix[:, 3] + 5 * matrix[:, 4] + random.normal(size=3000) > 1
    data = lightgbm.Dataset(matrix, inside)
    return lightgbm.train({**PARAMETERS, "feature_fraction": 1.0, "min_data_in_leaf": 5}, data, 40), matrix


def names(width: int) -> tuple[str, ...]:
    return tuple(f"feature {number}" for number in range(width))


def test_numpy_predicts_what_lightgbm_predicts(booster: tuple[lightgbm.Booster, np.ndarray]) -> None:
    model, matrix = booster
    forest = convert(model, names(12))
    assert np.array_equal(forest.margins(matrix), model.predict(matrix, raw_score=True))
    assert np.allclose(forest.probabilities(matrix), model.predict(matrix), rtol=0, atol=1e-15)


@pytest.mark.parametrize("rows", [2, 64, 65, 128, 129, 256, 257, 300, 513])
def test_a_block_has_the_same_margin_in_any_company(booster: tuple[lightgbm.Booster, np.ndarray], rows: int) -> None:
    model, matrix = booster
    forest = convert(model, names(12))
    assert np.array_equal(forest.margins(matrix[:rows]), forest.margins(matrix)[:rows])


def test_the_margin_of_averaged_boosters_is_the_mean_of_theirs() -> None:
    random = np.random.default_rng(1)
    matrix = random.normal(size=(600, 12)).astype(np.float32)
    data = lightgbm.Dataset(matrix, matrix[:, 0] > matrix[:, 1], free_raw_data=False)
    several = [lightgbm.train({**PARAMETERS, "max_depth": depth, "seed": depth}, data, 10) for depth in (2, 4)]
    single = [convert(one, names(12)).margins(matrix) for one in several]
    np.testing.assert_allclose(averaged(several, names(12)).margins(matrix), np.mean(single, axis=0), rtol=0, atol=1e-12)


def test_values_on_and_beside_a_threshold_fall_on_lightgbms_side(booster: tuple[lightgbm.Booster, np.ndarray]) -> None:
    model, matrix = booster
    forest = convert(model, names(12))
    rows = []
    for feature, threshold in zip(forest.features.ravel(), forest.thresholds.ravel(), strict=True):
        # LightGBM reads what is closer to zero than 1e-35 as zero; no feature comes that close.
        if np.isfinite(threshold) and abs(threshold) > 1e-30:
            for value in (np.nextafter(threshold, np.float32(-9)), threshold, np.nextafter(threshold, np.float32(9))):
                row = matrix[len(rows) % len(matrix)].copy()
                row[feature] = value
                rows.append(row)
    hard = np.array(rows, dtype=np.float32)
    assert np.array_equal(forest.margins(hard), model.predict(hard, raw_score=True))


def test_training_twice_gives_the_same_bytes() -> None:
    matrix = np.random.default_rng(1).normal(size=(800, 6)).astype(np.float32)

    def trained() -> bytes:
        model = lightgbm.train(dict(PARAMETERS), lightgbm.Dataset(matrix, matrix[:, 0] > matrix[:, 1]), 10)
        file = io.BytesIO()
        save(convert(model, names(6)), file)
        return file.getvalue()

    assert trained() == trained()


def test_a_saved_forest_comes_back() -> None:
    forest = Forest(
        names=("a", "b"),
        depth=1,
        features=np.array([[1]]),
        thresholds=np.array([[0.5]], dtype=np.float32),
        leaves=np.array([[-1.0, 2.0]]),
    )
    file = io.BytesIO()
    save(forest, file)
    file.seek(0)
    again = load(file)
    assert (again.names, again.depth) == (("a", "b"), 1)
    rows = np.array([[9, 0.5], [9, 0.6]], dtype=np.float32)
    assert again.margins(rows).tolist() == [-1.0, 2.0]
    assert again.margins(rows[:0]).tolist() == []


@pytest.mark.parametrize("name", ["blocks", "lines"])
def test_shipped_forests_are_small_and_read_once(name: str) -> None:
    forest = shipped(name)
    assert forest is shipped(name)
    assert forest.leaves.nbytes + forest.thresholds.nbytes < 4_000_000
    assert forest.features.max() < len(forest.names)


GOLD = "Subheading\n\nThe first paragraph of the story stands here. Yes.\n\nThe second one follows it after a while and ends."


def test_blocks_are_aligned_to_the_gold_text() -> None:
    page = [
        "The second one follows it after",
        "Menu",
        "Yes.",
        "Subheading",
        "The first paragraph of the story stands here.",
        "Yes.",
        "The second one follows it after a while and ends.",
        "Subheading",
        "Something that is not in it at all",
    ]
    inside = align([tokens(text) for text in page], tokens(GOLD))
    assert inside.tolist() == [True, False, False, True, True, True, True, False, False]


def test_a_text_repeated_as_a_teaser_is_in_once_where_it_has_company() -> None:
    story = ["The first paragraph of the story stands here.", "The second one follows it after a while and ends."]
    page = [story[0], *["Menu entry that is something else"] * 8, *story]
    assert align([tokens(text) for text in page], tokens(" ".join(story))).tolist() == [False] * 9 + [True, True]


def gold_page(html: str, text: str, headline: str = "") -> GoldPage:
    return GoldPage(
        group="sites",
        id="a",
        url="http://a.example/story",
        language="en",
        domain="a.example",
        html=html,
        text=tokens(text),
        headline=tokens(headline),
        title=[],
    )


def test_headline_blocks_are_learned_from_by_nobody_and_count_for_nothing() -> None:
    page = gold_page("", "The story itself is these words.", "A headline over it")
    blocks = read_blocks("<h1>A headline over it</h1><p>The story itself is these words.</p><p>Menu</p>")
    one = example(page, blocks, np.zeros((3, 1), dtype=np.float32))
    assert one.headline.tolist() == [True, False, False]
    assert one.weights()[0] == 0
    assert one.score(np.array([True, True, False])).f1 == 1.0


def test_each_page_is_learned_from_twice_and_an_empty_one_is_only_judged() -> None:
    html = "<title>Words</title><div class=a><p>The story itself is these words.</p></div>"
    whole, poorer, names = examples([gold_page(html, "The story itself is these words."), gold_page("", "nothing")])
    assert [len(one.blocks) for one in whole] == [1, 0]
    assert [one.matrix.shape for one in poorer] == [(1, len(names))]
    assert whole[1].score(np.zeros(0, dtype=bool)) == (None, 0.0)


@pytest.mark.parametrize(
    ("style", "dump"),
    [
        ("browser", "Head\n\nSaid here\n\nOne\n\nTwo\n"),
        ("bullets", "Head\n\nSaid here\n\n\u2022 One\n\u2022 Two"),
        ("markdown", "## Head\n\n[Said](https://news.example/story) here\n\n- One\n- Two"),
        ("numbers", "Head\n\nSaid here\n\n1.\nOne\n2.\nTwo"),
        ("tight", "Head\nSaid here\nOne\nTwo"),
        ("wrapped", "Head\n\nSaid here\n\n* One\n* Two"),
    ],
)
def test_dumps_are_rendered_in_styles(style: str, dump: str) -> None:
    blocks = read_blocks("<h2>Head</h2><p><a href=/>Said</a> here</p><ul><li>One<li>Two</ul>")
    assert render(blocks, STYLES[style]) == dump


def test_of_a_page_that_has_nothing_sure_the_likeliest_blocks_are_kept() -> None:
    weak = [Opinion(score=score, reason="it reads like text") for score in (0.02, 0.45, 0.4, 0.2)]
    assert [opinion.score for opinion in with_likeliest(weak)] == [0.02, 0.5, 0.5, 0.2]
    sure = [*weak, Opinion(score=0.7, reason="it reads like text")]
    assert with_likeliest(sure) == tuple(sure)


def test_two_opinions_that_cancel_each_other_leave_the_likelier_prose(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "bridges were mended in the valley, and the mayor said so on Monday to all who asked her for it."
    paragraphs = "".join(f"<p>{number} {said}</p>" for number in range(12))
    read = page.read_page(f"<html><body>{paragraphs}</body></html>", Rules())
    blocks = read.document.blocks
    opinions = Opinions(blocks=tuple(Opinion(score=0.55, reason="it reads like text") for _ in blocks), doubt=0.6)
    monkeypatch.setattr(page, "second_opinion", lambda *_, **__: SecondOpinion(text="Another text that is nowhere on the page."))
    cleaned = page.judged_page(read, url=None, memory=SiteMemory(), language="en", opinions=opinions)
    assert cleaned.article.text.count("bridges were mended") == 12
    assert cleaned.doubt > 0.5


def test_paragraphs_the_classifier_was_sure_of_outlive_a_second_opinion_that_has_none_of_them() -> None:
    prose = "The community opened a green channel for workers on Tuesday, where lawyers explain what they are owed."
    blocks = read_blocks(f"<p>Home</p><p>{prose}</p><p>{prose[:-1]}, again.</p>")
    first = [Opinion(score=score, reason="") for score in (0.75, 0.75, 0.6)]
    both = [Opinion(score=score, reason="") for score in (0.45, 0.45, 0.36)]
    assert [opinion.score for opinion in reconciled(blocks, first, both)] == [0.45, 0.75, 0.36]
    doubted = [Opinion(score=0.6, reason="")] * 3
    assert [opinion.score for opinion in reconciled(blocks, doubted, both)] == [0.45, 0.45, 0.36]
    kept = [*both[:2], Opinion(score=0.5, reason="")]
    assert list(reconciled(blocks, first, kept)) == kept
