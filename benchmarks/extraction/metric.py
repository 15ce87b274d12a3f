"""The metric: overlap of four-token shingles between an article's true text and what an extractor gave.

That of the public "article extraction benchmark" (Scrapinghub/Zyte, 2019), with CJK characters as tokens of their own:
precision and recall are averaged over pages, F1 is made of the two averages.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Tokens in a shingle.
SIZE = 4
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
#: A headline that leads the text is looked for in so many characters.
_HEADLINE_WITHIN = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class PageScore:
    """One page. A figure is None where there is nothing to divide by: no text wanted, or none given."""

    precision: float | None
    recall: float | None

    @property
    def f1(self) -> float:
        """Of this page alone; 0 where either figure is missing."""
        return _harmonic(self.precision or 0.0, self.recall or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Several pages."""

    pages: int
    precision: float
    recall: float
    #: Pages whose own F1 is under a half.
    bad: int

    @property
    def f1(self) -> float:
        """Of the averages."""
        return _harmonic(self.precision, self.recall)


def score_page(gold: str, predicted: str, *, headline: str | None = None) -> PageScore:
    """Compare one text with the truth.

    Args:
        gold: the article's body as people marked it.
        predicted: what the extractor gave.
        headline: where given and the prediction begins with it, it is cut off: sets disagree on whether it belongs.
    """
    want, got = _shingles(gold), _shingles(_without_headline(predicted, headline))
    shared, wanted, given = (want & got).total(), want.total(), got.total()
    return PageScore(precision=shared / given if given else None, recall=shared / wanted if wanted else None)


def summed(pages: Sequence[PageScore]) -> Score:
    """The figures of many pages."""
    return Score(
        pages=len(pages),
        precision=statistics.fmean([page.precision for page in pages if page.precision is not None] or [0.0]),
        recall=statistics.fmean([page.recall for page in pages if page.recall is not None] or [0.0]),
        bad=sum(page.f1 < 0.5 for page in pages),
    )


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)))
    if not tokens:
        return Counter()
    return Counter(tuple(tokens[start : start + SIZE]) for start in range(max(1, len(tokens) - SIZE + 1)))


def _without_headline(text: str, headline: str | None) -> str:
    wanted = [token.casefold() for token in _TOKEN.findall(headline or "")]
    found = [(match[0].casefold(), match.end()) for match in _TOKEN.finditer(text[:_HEADLINE_WITHIN])][: len(wanted)]
    if not wanted or [token for token, _ in found] != wanted:
        return text
    return text[found[-1][1] :]


def _harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
