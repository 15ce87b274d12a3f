"""The opinion on each block of an HTML page: the trained classifier's, and trafilatura's too where that one is in doubt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cleaners.align import shares
from cleaners.judge import Opinion
from cleaners.measure import PROSE, is_prose, size
from cleaners.structure import DOUBTFUL, chosen, doubt, probabilities
from cleaners.teasers import without_teasers
from cleaners.threads import without_threads
from model.article import BlockKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cleaners.tree import Document
    from model.article import Block

#: How much the second opinion weighs where it is asked for.
_SECOND = 0.4
#: A block that is chosen though its probability is low gets this score, so that one threshold holds for all pages.
_CHOSEN = 0.5
#: Share of a block inside links from which it is called a link; characters of a short line.
_LINKED, _SHORT = 0.5, 60
#: Where both opinions leave nothing: paragraphs stay that the classifier alone gave this probability, or likely prose of so
#: many letters.
_ITS_OWN, _ENOUGH = 0.7, 500.0
#: Probability from which a clutter heading before a block does not matter.
_SURE = 0.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """What the classifier makes of a page."""

    #: One for each block.
    blocks: tuple[Opinion, ...]
    #: 0 to 1: how far it mistrusts the text it would keep.
    doubt: float

    @property
    def doubtful(self) -> bool:
        """Whether a second opinion pays."""
        return self.doubt >= DOUBTFUL


def first_opinions(document: Document) -> Opinions:
    """The classifier's opinion on each block of a page."""
    return opinions_of(document, probabilities(document)) if document.blocks else Opinions(blocks=(), doubt=1.0)


def opinions_of(document: Document, found: NDArray[np.float64]) -> Opinions:
    """Keep probabilities, one for each of at least one block, as opinions with reasons; comments and teasers are no text."""
    blocks = document.blocks
    opinions = tuple(
        Opinion(score=score, reason=_reason(block, kept=score >= _CHOSEN))
        for block, score in zip(blocks, found.tolist(), strict=True)
    )
    sound = without_teasers(blocks, without_threads(document, with_likeliest(opinions)))
    return Opinions(blocks=sound, doubt=doubt(blocks, found))


def with_likeliest(opinions: Sequence[Opinion]) -> tuple[Opinion, ...]:
    """The opinions, and where none keeps a block, those that come near the likeliest keep theirs."""
    if any(opinion.score >= _CHOSEN for opinion in opinions):
        return tuple(opinions)
    kept = chosen(np.array([opinion.score for opinion in opinions]))
    return tuple(
        Opinion(score=_CHOSEN, reason="among the likeliest of a page that has nothing sure")
        if keep and opinion.score < _CHOSEN
        else opinion
        for opinion, keep in zip(opinions, kept, strict=True)
    )


def with_second(blocks: Sequence[Block], first: Sequence[Opinion], text: str) -> tuple[Opinion, ...]:
    """The opinions moved towards another extractor's text of the page; unchanged where it has none."""
    if not text:
        return tuple(first)
    return tuple(_moved(opinion, share) for opinion, share in zip(first, shares(blocks, text), strict=True))


def reconciled(blocks: Sequence[Block], first: Sequence[Opinion], both: Sequence[Opinion]) -> tuple[Opinion, ...]:
    """Both opinions together; where they cancel each other and leave nothing, rather doubtful prose than none.

    Args:
        blocks: the page's blocks in order.
        first: what the classifier alone made of them.
        both: what it makes of them with another extractor's text.
    """
    if held(blocks, both):
        return tuple(both)
    own = frozenset(at for at, opinion in enumerate(first) if opinion.score >= _ITS_OWN and _is_paragraph(blocks[at]))
    if own:
        return tuple(first[at] if at in own else opinion for at, opinion in enumerate(both))
    likely = with_likeliest(both)
    prose = frozenset(at for at in held(blocks, likely) if is_prose(blocks[at]))
    return likely if mass(blocks, prose) >= _ENOUGH else tuple(both)


def _is_paragraph(block: Block) -> bool:
    """Long enough and no link; it may end with a credit where prose ends with a sentence."""
    return block.link_density < _LINKED and size(block.text) >= PROSE


def _moved(opinion: Opinion, share: float) -> Opinion:
    score = (1 - _SECOND) * opinion.score + _SECOND * share
    if (score >= _CHOSEN) == (opinion.score >= _CHOSEN):
        return Opinion(score=score, reason=opinion.reason)
    return Opinion(score=score, reason="the second opinion keeps it" if score >= _CHOSEN else "the second opinion drops it")


def _reason(block: Block, *, kept: bool) -> str:
    """What the block is for the eye, in words."""
    if kept:
        return _KEPT.get(block.kind, "stands and reads like the article's text")
    if block.link_density >= _LINKED:
        return "a link, not text"
    if len(block.text) < _SHORT:
        return "a short line outside the text"
    return _DROPPED.get(block.kind, "text that stands apart from the article's")


_KEPT = {
    BlockKind.HEADING: "a heading inside the text",
    BlockKind.LIST_ITEM: "a list inside the text",
    BlockKind.QUOTE: "a quotation inside the text",
    BlockKind.TABLE_ROW: "a table inside the text",
}
_DROPPED = {
    BlockKind.HEADING: "a heading outside the text",
    BlockKind.LIST_ITEM: "a list outside the text",
    BlockKind.CAPTION: "a caption",
    BlockKind.TABLE_ROW: "a table outside the text",
}


def held(blocks: Sequence[Block], opinions: Sequence[Opinion]) -> frozenset[int]:
    """Positions of the blocks that are held for the article's text."""
    return frozenset(at for at, opinion in enumerate(opinions[: len(blocks)]) if opinion.score >= _CHOSEN)


def sure(blocks: Sequence[Block], opinions: Sequence[Opinion]) -> frozenset[int]:
    """Positions of what is article text whatever stands before it: sentences beyond doubt, and rows of tables."""
    return frozenset(
        at
        for at, (block, opinion) in enumerate(zip(blocks, opinions, strict=True))
        if (opinion.score >= _SURE and block.kind not in _DROPPED and len(block.text) >= _SHORT / 2)
        or (opinion.score >= _CHOSEN and block.kind is BlockKind.TABLE_ROW)
    )


def mass(blocks: Sequence[Block], positions: frozenset[int]) -> float:
    """Size of some blocks' text, see `measure.size`."""
    return sum(size(blocks[at].text) for at in positions)
