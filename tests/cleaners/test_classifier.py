from __future__ import annotations

import io

import lightgbm
import numpy as np
import pytest

from benchmarks.training.forest import PARAMETERS, convert
from cleaners.classifier import Forest, load, save, shipped


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
