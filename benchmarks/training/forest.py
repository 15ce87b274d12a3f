"""LightGBM -> `cleaners.classifier.Forest`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import lightgbm
import numpy as np

from cleaners.classifier import Forest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from benchmarks.training.dataset import Example

#: Easy blocks are thinned to this share and weigh so much more.
THINNED = 0.3

#: Threads do not change the result (``deterministic``); one is quickest on a busy machine.
PARAMETERS: Mapping[str, Any] = {
    "objective": "binary",
    "num_leaves": 24,
    "max_depth": 7,
    "learning_rate": 0.07,
    "min_data_in_leaf": 60,
    "min_sum_hessian_in_leaf": 3.0,
    "feature_fraction": 0.25,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 63,
    "use_missing": False,
    "deterministic": True,
    "force_col_wise": True,
    "num_threads": 1,
    "seed": 7,
    "verbose": -1,
}


def train(
    examples: Sequence[Example], *, trees: int, parameters: Mapping[str, Any] = PARAMETERS, thinning: int = 3
) -> lightgbm.Booster:
    """Train on the blocks of some pages; the same pages in the same order give the same trees. ``thinning`` is a seed."""
    matrix = np.concatenate([example.matrix for example in examples])
    inside = np.concatenate([example.inside for example in examples])
    weights = np.concatenate([example.weights() for example in examples])
    easy = np.concatenate([example.easy for example in examples])
    dropped = easy & (np.random.default_rng(thinning).random(len(easy)) > THINNED)
    weights = np.where(easy, weights / THINNED, weights)
    used = ~dropped & (weights > 0)
    weights = weights[used] * (used.sum() / weights[used].sum())
    data = lightgbm.Dataset(matrix[used], inside[used], weight=weights)
    return lightgbm.train(dict(parameters), data, trees)


def convert(booster: lightgbm.Booster, names: Sequence[str]) -> Forest:
    """The booster's trees as plain arrays."""
    return averaged([booster], names)


def averaged(boosters: Sequence[lightgbm.Booster], names: Sequence[str]) -> Forest:
    """All boosters' trees as one forest, whose margin is the mean of theirs."""
    trees = [tree["tree_structure"] for booster in boosters for tree in booster.dump_model()["tree_info"]]
    depth = max(map(_depth, trees))
    features = np.zeros((len(trees), 2**depth - 1), dtype=np.int64)
    thresholds = np.full((len(trees), 2**depth - 1), np.inf, dtype=np.float32)
    leaves = np.zeros((len(trees), 2**depth), dtype=np.float64)
    for number, tree in enumerate(trees):
        _fill(tree, 0, features[number], thresholds[number], leaves[number])
    leaves /= len(boosters)
    return Forest(names=tuple(names), depth=depth, features=features, thresholds=thresholds, leaves=leaves)


def _depth(node: Mapping[str, Any]) -> int:
    return 1 + max(_depth(node["left_child"]), _depth(node["right_child"])) if "left_child" in node else 0


def _fill(
    node: Mapping[str, Any],
    place: int,
    features: NDArray[np.int64],
    thresholds: NDArray[np.float32],
    leaves: NDArray[np.float64],
) -> None:
    """Lay a tree out below an inner node's place; above the last level a leaf is reached by going left."""
    inner = len(features)
    if "left_child" not in node:
        while place < inner:
            place = 2 * place + 1
        leaves[place - inner] = node["leaf_value"]
        return
    features[place] = node["split_feature"]
    thresholds[place] = _not_above(node["threshold"])
    _fill(node["left_child"], 2 * place + 1, features, thresholds, leaves)
    _fill(node["right_child"], 2 * place + 2, features, thresholds, leaves)


def _not_above(threshold: float) -> np.float32:
    """The largest float32 that is not above a double: the same side for every float32."""
    rounded = np.float32(threshold)
    return np.nextafter(rounded, np.float32(-np.inf)) if float(rounded) > threshold else rounded
