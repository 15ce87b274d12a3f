"""Pages as training rows: features of each block, whether it is in the gold text, and how much it weighs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.training.labels import align
from benchmarks.training.score import PageScore, page_score, shingles, tokens, without_headline

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from benchmarks.training.corpus import GoldPage
    from cleaners.features.arrays import Arrays
    from model.article import Block

#: What a page of each set weighs: `articles` has many blogs and shops, `publishers` few pages of the kind that counts.
PAGE_WEIGHTS = {"articles": 0.7, "sites": 1.0, "publishers": 6.0}

#: What makes a block outside the text an easy one.
MOSTLY_LINK, SCRAP = 0.6, 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A page with ``n`` blocks, ready to train on and to score."""

    page: GoldPage
    gold: Counter[tuple[str, ...]]
    #: Tokens of each block.
    blocks: Sequence[list[str]]
    #: Shape (n, features).
    matrix: NDArray[np.float32]
    inside: NDArray[np.bool_]
    #: Blocks that repeat the headline: in the text for some people and not for others, so nobody learns from them.
    headline: NDArray[np.bool_]

    #: Links and scraps outside the text, which hardly anybody would keep.
    easy: NDArray[np.bool_]
    #: What the page weighs in training.
    weight: float
    #: The page as arrays, where a second model is to learn from what the first one makes of it.
    arrays: Arrays | None = None

    def score(self, kept: NDArray[np.bool_]) -> PageScore:
        """Score of the text made of some blocks; headlines are no text."""
        words = [word for block, keep in zip(self.blocks, kept & ~self.headline, strict=True) if keep for word in block]
        return page_score(self.gold, without_headline(words, self.page.headline))

    def weights(self) -> NDArray[np.float64]:
        """Weight of each block: the root of its length, all of them together the page's."""
        weights = np.array([len(block) + 1.0 for block in self.blocks]) ** 0.5 * ~self.headline
        total = float(weights.sum())
        return weights * (self.weight / total) if total else weights


def example(
    page: GoldPage,
    found: Sequence[Block],
    matrix: NDArray[np.float32],
    arrays: Arrays | None = None,
    *,
    weights: Mapping[str, float] = PAGE_WEIGHTS,
) -> Example:
    """Align a page's blocks, whose features are known, to its gold text."""
    blocks = [tokens(block.text) for block in found]
    inside = align(blocks, page.text)
    heads = {_folded(words) for words in (page.headline, page.title) if words}
    headline = np.array([_folded(block) in heads for block in blocks], dtype=bool) & ~inside
    slight = np.array([block.link_density > MOSTLY_LINK or len(block.text) < SCRAP for block in found], dtype=bool)
    return Example(
        page=page,
        gold=shingles(page.text),
        blocks=blocks,
        matrix=matrix,
        inside=inside,
        headline=headline,
        easy=slight & ~inside,
        weight=weights.get(page.group, 1.0),
        arrays=arrays,
    )


def _folded(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words)
