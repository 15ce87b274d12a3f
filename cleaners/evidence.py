"""The opinion on each block of an HTML page, from the extractor that decides for now and from the page's structure.

trafilatura decides: a block is kept as far as it stands in trafilatura's text. Where that text holds far less than the
page's densest run of prose (a body split over containers, a layout table), the run is believed instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleaners.align import shares
from cleaners.judge import THRESHOLD, Opinion
from cleaners.lines_model import opinions as by_structure
from cleaners.measure import is_prose, size
from cleaners.sections import word_rulings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.lines import Finding
    from model.article import Block

#: trafilatura is not believed when it kept less than this share of the run's prose, and the run has so many letters.
_TOO_LITTLE, _ENOUGH = 0.4, 600.0


def opinions_of(blocks: Sequence[Block], found: Sequence[Finding | None], extracted: str) -> tuple[tuple[Opinion, ...], float]:
    """An opinion on each block, and the doubt: how far the two kinds of evidence disagree, 0 to 1.

    Args:
        blocks: the page's blocks in order.
        found: what each block's words say.
        extracted: trafilatura's text of the page.
    """
    by_library = tuple(_by_library(share) for share in shares(blocks, extracted))
    by_run = by_structure(blocks, found, word_rulings(blocks, found))
    library, run = _kept(blocks, by_library), _kept(blocks, by_run)
    prose_of_run = {index for index in run if is_prose(blocks[index])}
    letters = {index: size(blocks[index].text) for index in library | run}
    missed = sum(letters[index] for index in prose_of_run - library)
    whole = sum(letters[index] for index in prose_of_run)
    doubt = 1 - 2 * sum(letters[i] for i in library & run) / max(
        1.0, sum(letters[i] for i in library) + sum(letters[i] for i in run)
    )
    if whole >= _ENOUGH and whole - missed < _TOO_LITTLE * whole:
        return by_run, max(doubt, 0.5)
    return by_library, doubt


def _by_library(share: float) -> Opinion:
    if share >= THRESHOLD:
        return Opinion(score=min(0.95, share), reason="trafilatura keeps it too")
    return Opinion(score=max(0.05, share), reason="trafilatura does not keep it")


def _kept(blocks: Sequence[Block], opinions: Sequence[Opinion]) -> set[int]:
    return {block.index for block, opinion in zip(blocks, opinions, strict=True) if opinion.score >= THRESHOLD}
