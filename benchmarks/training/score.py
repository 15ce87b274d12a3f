"""The measure: multiset overlap of 4-token shingles between gold and extracted text, per page.

That of the article extraction benchmark (Scrapinghub, 2019) with ideographs as single tokens: precision and recall are
averaged over pages, F1 is taken of the averages. A headline that people put in front of the text counts for nobody.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SIZE = 4
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_IDEOGRAPHS}]|[^\W{_IDEOGRAPHS}]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")


class PageScore(NamedTuple):
    """Precision and recall of one page; None where there is nothing to divide by."""

    precision: float | None
    recall: float | None

    @property
    def f1(self) -> float:
        """Harmonic mean of the two; a page without text on one side scores 0."""
        precision, recall = self.precision or 0.0, self.recall or 0.0
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def tokens(text: str) -> list[str]:
    """Runs of letters and digits, and single ideographs."""
    return _TOKEN.findall(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)))


def shingles(words: Sequence[str]) -> Counter[tuple[str, ...]]:
    """Each run of four tokens; a shorter text is one run."""
    if not words:
        return Counter()
    return Counter(zip(*(words[k:] for k in range(min(SIZE, len(words)))), strict=False))


def page_score(gold: Counter[tuple[str, ...]], words: Sequence[str]) -> PageScore:
    """Score of a text given as tokens."""
    got = shingles(words)
    shared = sum((gold & got).values())
    return PageScore(shared / got.total() if got else None, shared / gold.total() if gold else None)


def without_headline(words: list[str], headline: Sequence[str]) -> list[str]:
    """The tokens after a leading headline."""
    size = len(headline)
    leads = size and [word.casefold() for word in words[:size]] == [word.casefold() for word in headline]
    return words[size:] if leads else words


def f1(scores: Iterable[PageScore]) -> float:
    """F1 of the mean precision and the mean recall."""
    pairs = list(scores)
    precision = fmean([p for p, _ in pairs if p is not None] or [0.0])
    recall = fmean([r for _, r in pairs if r is not None] or [0.0])
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
