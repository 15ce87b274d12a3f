"""Gradient-boosted trees evaluated with numpy: the weights come from LightGBM, which run time never imports.

Every tree is laid out as a complete binary tree of one depth; a leaf above the last level repeats itself below. All blocks
walk all trees at once, a level at a time, as bits: the nodes of all trees ask a few thousand different questions; each is
answered once for all blocks, a bit a block, and a step down picks among a level's answers with three operations on whole
words of bits. Numbers come in only where the leaves' values are read (a third of the time that walking node by node took).

One arithmetic for all: features are float32; a threshold is the largest float32 that is not above LightGBM's double, so
that comparing float32 with it gives the same answer; leaf values are float64 and summed tree by tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import IO, TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Bytes of answers, a bit a block: whole words of 8, 16 and 32 bytes are copied fastest.
_WIDTHS = (8, 16, 32)
#: Blocks that walk together: more do not fit into a processor's cache, and a long page took twice as long.
_AT_ONCE = 8 * _WIDTHS[-1]
#: Questions that are answered together, for the same reason (a tenth of the time).
_ASKED_AT_ONCE = 512


class Questions(NamedTuple):
    """The ``q`` different questions that a forest's nodes ask: whether a feature is above a threshold."""

    #: Features, and thresholds as a column, `_ASKED_AT_ONCE` of them each.
    parts: tuple[tuple[NDArray[np.int64], NDArray[np.float32]], ...]
    #: By level, which question each node asks: the leftmost node of each tree, then the one right of it. Length 2**level * t.
    asked: tuple[NDArray[np.int64], ...]


@dataclass(frozen=True, kw_only=True)
class Forest:
    """``t`` trees of depth ``d``, 1 to 8, over named features."""

    names: tuple[str, ...]
    depth: int
    #: Feature that an inner node asks about. Shape (t, 2**d - 1).
    features: NDArray[np.int64]
    #: Left where the feature is not above it. Shape (t, 2**d - 1).
    thresholds: NDArray[np.float32]
    #: Shape (t, 2**d).
    leaves: NDArray[np.float64]

    @cached_property
    def questions(self) -> Questions:
        """What the nodes ask, each question once."""
        # Both in one number, the threshold as its bits: sorting those takes a tenth of the time.
        nodes, numbers = np.unique(self.features << 32 | self.thresholds.view(np.uint32), return_inverse=True)
        features, thresholds = nodes >> 32, nodes.astype(np.uint32).view(np.float32)[:, None]
        parts = [slice(start, start + _ASKED_AT_ONCE) for start in range(0, len(nodes), _ASKED_AT_ONCE)]
        levels = [slice(2**level - 1, 2 ** (level + 1) - 1) for level in range(self.depth)]
        return Questions(
            parts=tuple((features[part], thresholds[part]) for part in parts),
            asked=tuple(numbers.reshape(self.features.shape)[:, level].T.ravel() for level in levels),
        )

    def margins(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """Sum of the leaves each row falls into; the matrix has a row a block and a column a feature of `names`."""
        if not len(matrix):
            return np.zeros(0)
        leaves, first_leaves = self.leaves.ravel(), (np.arange(len(self.leaves)) * self.leaves.shape[1])[:, None]
        # Parts of equal size: numpy adds up a single column in another order than one among others.
        size = -(-len(matrix) // -(-len(matrix) // _AT_ONCE))
        parts = [matrix[start : start + size].T for start in range(0, len(matrix), size)]
        return np.concatenate([np.add.reduce(leaves.take(self._reached(part) + first_leaves), axis=0) for part in parts])

    def _reached(self, table: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Number of the leaf of each tree that each block falls into; the table has a row a feature. Shape (t, blocks)."""
        steps = self._steps(self._answers(table))
        leaf, *others = np.unpackbits(np.concatenate(steps)).reshape(self.depth, -1)
        for right in others:
            leaf += leaf
            leaf += right
        return leaf.reshape(len(self.features), -1)[:, : table.shape[1]]

    def _answers(self, table: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Which blocks each question's answer is yes for, a bit a block. Shape (q, width in bytes)."""
        blocks = table.shape[1]
        width = next(width for width in _WIDTHS if blocks <= 8 * width)
        answers = []
        for features, thresholds in self.questions.parts:
            yes = np.zeros((len(features), 8 * width), dtype=bool)
            np.greater(table.take(features, axis=0), thresholds, out=yes[:, :blocks])
            answers.append(np.packbits(yes))
        return np.concatenate(answers).reshape(-1, width)

    def _steps(self, answers: NDArray[np.uint8]) -> Sequence[NDArray[np.uint8]]:
        """By level, which blocks go right: the whole level answers, and steps before choose who is heard. Length t * width."""
        steps: list[NDArray[np.uint8]] = []
        for asked in self.questions.asked:
            heard = answers.take(asked, axis=0).reshape(2 ** len(steps), -1)
            for right in steps:
                half = len(heard) // 2
                no, yes = heard[:half], heard[half:]
                # no ^ ((no ^ yes) & right), in place: half of the time.
                yes ^= no
                yes &= right
                no ^= yes
                heard = no
            steps.append(heard[0])
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
