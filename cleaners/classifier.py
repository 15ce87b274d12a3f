"""Gradient-boosted trees evaluated with numpy: the weights come from LightGBM, which run time never imports.

Every tree is laid out as a complete binary tree of one depth, so that all blocks walk all trees a level at a time and a
step down is arithmetic. A leaf above the last level repeats itself below.

One arithmetic for all: features are float32; a threshold is the largest float32 that is not above LightGBM's double, so
that comparing float32 with it gives the same answer; leaf values are float64 and summed tree by tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import IO, TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Levels whose few nodes are all asked of all blocks: whole rows compared cost less than single numbers picked.
_ASKED_OF_ALL = 3
#: Blocks that walk together: more do not fit into a processor's cache, and a long page took twice as long.
_AT_ONCE = 256


@dataclass(frozen=True, kw_only=True)
class Forest:
    """``t`` trees of depth ``d`` over named features."""

    names: tuple[str, ...]
    depth: int
    #: Feature that an inner node asks about. Shape (t, 2**d - 1).
    features: NDArray[np.int64]
    #: Left where the feature is not above it. Shape (t, 2**d - 1).
    thresholds: NDArray[np.float32]
    #: Shape (t, 2**d).
    leaves: NDArray[np.float64]

    @cached_property
    def first_levels(self) -> tuple[tuple[tuple[NDArray[np.int64], NDArray[np.float32]], ...], ...]:
        """By level, and there by node, the feature and the threshold of all trees; thresholds as a column."""
        spans = [range(2**level - 1, 2 ** (level + 1) - 1) for level in range(min(self.depth, _ASKED_OF_ALL))]
        return tuple(tuple((self.features[:, node], self.thresholds[:, node, None]) for node in span) for span in spans)

    @cached_property
    def levels(self) -> tuple[tuple[NDArray[np.int64], NDArray[np.float32]], ...]:
        """Features and thresholds of the levels below, all trees in a row: below node ``k`` stand ``2k`` and ``2k + 1``."""
        spans = [slice(2**level - 1, 2 ** (level + 1) - 1) for level in range(_ASKED_OF_ALL, self.depth)]
        return tuple((self.features[:, span].ravel(), self.thresholds[:, span].ravel()) for span in spans)

    def margins(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """Sum of the leaves each row falls into; the matrix has a row a block and a column a feature of `names`."""
        found = np.empty((len(self.features), len(matrix)))
        for start in range(0, len(matrix), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            # A row a feature: neighbouring blocks mostly ask the same feature, and then read neighbouring numbers.
            found[:, some] = self.leaves.ravel().take(self._reached(np.ascontiguousarray(matrix[some].T)))
        total: NDArray[np.float64] = np.add.reduce(found, axis=0)
        return total

    def _reached(self, table: NDArray[np.float32]) -> NDArray[np.int64]:
        """The leaf of each tree that each block falls into, all trees in a row. Shape (t, blocks)."""
        rows, flat, block = table.shape[1], table.ravel(), np.arange(table.shape[1])
        node = np.repeat(np.arange(len(self.features))[:, None], rows, axis=1)
        for right in self._first_steps(table):
            node += node
            node += right
        for features, thresholds in self.levels:
            asked = (features * rows).take(node)
            asked += block
            right = flat.take(asked) > thresholds.take(node)
            node += node
            node += right
        return node

    def _first_steps(self, table: NDArray[np.float32]) -> list[NDArray[np.bool_]]:
        """For each of the first levels, which blocks go right: all nodes of a level answer, and steps before choose."""
        steps: list[NDArray[np.bool_]] = []
        for nodes in self.first_levels:
            answers = [table.take(features, axis=0) > thresholds for features, thresholds in nodes]
            for right in reversed(steps):
                answers = [no ^ ((no ^ yes) & right) for no, yes in zip(answers[::2], answers[1::2], strict=True)]
            steps += answers
        return steps

    def probabilities(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """Logistic function of the margins, 0 to 1. Length: rows of the matrix."""
        result: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-self.margins(matrix)))
        return result


def save(forest: Forest, file: IO[bytes]) -> None:
    """Write the forest as plain arrays; equal forests give equal bytes."""
    np.savez_compressed(
        file,
        names=np.array(forest.names),
        features=forest.features.astype(np.int16),
        thresholds=forest.thresholds,
        leaves=forest.leaves,
    )


def load(file: IO[bytes]) -> Forest:
    """Read what `save` wrote."""
    with np.load(file, allow_pickle=False) as arrays:
        return Forest(
            names=tuple(str(name) for name in arrays["names"]),
            depth=int(arrays["leaves"].shape[1]).bit_length() - 1,
            features=arrays["features"].astype(np.int64),
            thresholds=arrays["thresholds"],
            leaves=arrays["leaves"],
        )


@cache
def shipped(name: str) -> Forest:
    """A forest that comes with the package: ``blocks`` or ``lines``. Read once."""
    with (resources.files("cleaners") / "weights" / f"{name}.npz").open("rb") as file:
        return load(file)
