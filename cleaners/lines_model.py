"""A probability for each block of a plain-text dump, from its lines alone.

Each block weighs for or against the article: prose by its length, short lines, bullets, clutter words and repetition
against. The article is the run of blocks whose weights add up to most (the maximum-sum segment that body text extractors
have used since BTE, Finn et al. 2001); inside it a block needs little, outside it needs much.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleaners.judge import Opinion
from cleaners.lines import Clutter
from cleaners.measure import ends_sentence, is_prose, size
from model.article import BlockKind
from model.fingerprints import normalised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleaners.judge import Ruling
    from cleaners.lines import Finding
    from model.article import Block

#: What kinds of clutter weigh; the others weigh `_CLUTTER`.
_WEIGHTS = {Clutter.HEADING: -220.0, Clutter.ENDING: -250.0, Clutter.NOTICE: -120.0, Clutter.DATE: -15.0, Clutter.BYLINE: -15.0}
_CLUTTER = -40.0
#: A paragraph weighs its length in letters up to this; longer ones say no more.
_MOST = 400.0
#: A repeated text shorter than this is a teaser or a menu entry.
_REPEATED_BELOW = 240.0
#: A spoken line or a short paragraph has at least this size.
_SPOKEN = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEvidence:
    """What is known of a block of a dump."""

    #: Letters, see `measure.size`.
    size: float
    lines: int
    prose: bool
    ends_sentence: bool
    #: The same text stands elsewhere in the dump too.
    repeated: bool
    list_item: bool
    #: List items in a row around this block, itself included; 0 for other blocks.
    list_length: int
    #: The block before the list ends with a colon.
    introduced: bool
    heading: bool
    link_density: float


def gather(blocks: Sequence[Block]) -> tuple[LineEvidence, ...]:
    """The evidence of each block."""
    times = Counter(normalised(block.text) for block in blocks)
    lengths, introduced = _lists(blocks)
    return tuple(
        LineEvidence(
            size=size(block.text),
            lines=block.text.count("\n") + 1,
            prose=is_prose(block),
            ends_sentence=ends_sentence(block.text),
            repeated=times[normalised(block.text)] > 1 and size(block.text) < _REPEATED_BELOW,
            list_item=block.kind is BlockKind.LIST_ITEM,
            list_length=lengths[position],
            introduced=introduced[position],
            heading=block.kind is BlockKind.HEADING,
            link_density=block.link_density,
        )
        for position, block in enumerate(blocks)
    )


def _lists(blocks: Sequence[Block]) -> tuple[list[int], list[bool]]:
    """For each block the length of the list it stands in, and whether a colon introduces that list."""
    lengths, introduced = [0] * len(blocks), [False] * len(blocks)
    start = 0
    while start < len(blocks):
        end = start
        while end < len(blocks) and blocks[end].kind is BlockKind.LIST_ITEM:
            end += 1
        opened = start > 0 and blocks[start - 1].text.rstrip().endswith((":", "\uff1a"))
        lengths[start:end] = [end - start] * (end - start)
        introduced[start:end] = [opened] * (end - start)
        start = end + 1
    return lengths, introduced


def opinions(blocks: Sequence[Block], found: Sequence[Finding | None], rulings: Mapping[int, Ruling]) -> tuple[Opinion, ...]:
    """An opinion on each block of a dump.

    Args:
        blocks: the dump's blocks in order.
        found: what each block's words say.
        rulings: what words rule; blocks they drop do not count for the article.
    """
    evidence = gather(blocks)
    weights = [
        _weight(line, recognised, dropped=block.index in rulings)
        for block, line, recognised in zip(blocks, evidence, found, strict=True)
    ]
    start, end = heaviest_run(weights)
    return tuple(_opinion(line, place=(position >= start) + (position >= end)) for position, line in enumerate(evidence))


def _weight(line: LineEvidence, recognised: Finding | None, *, dropped: bool) -> float:
    """What a block adds to the run it stands in."""
    if recognised:
        return _WEIGHTS.get(recognised.clutter, _CLUTTER)
    if dropped or line.repeated:
        return -10.0 if dropped else -50.0
    if line.prose or line.size >= 2 * _MOST:
        return min(line.size, _MOST) * (0.6 if line.list_item else 1.0)
    if line.ends_sentence and line.size >= _SPOKEN:
        return line.size * 0.5
    return _weight_of_label(line)


def _weight_of_label(line: LineEvidence) -> float:
    """What a short text that ends no sentence adds: hardly anything, or it speaks against."""
    if line.list_item:
        return 10.0 if line.introduced else -35.0
    return -10.0 if line.heading else -15.0 - 15.0 * line.lines


def heaviest_run(weights: Sequence[float]) -> tuple[int, int]:
    """Start and end of the slice with the largest sum (Kadane); an empty one when all weigh against."""
    best, best_slice = 0.0, (0, 0)
    running, start = 0.0, 0
    for position, weight in enumerate(weights):
        if running <= 0:
            running, start = 0.0, position
        running += weight
        if running > best:
            best, best_slice = running, (start, position + 1)
    return best_slice


def _opinion(line: LineEvidence, *, place: int) -> Opinion:
    """The opinion on a block before (0), in (1) or after (2) the article's run."""
    if line.repeated:
        return Opinion(score=0.1, reason="stands on the page more than once")
    if place != 1:
        side = "before the article begins" if place == 0 else "after the article's end"
        return Opinion(score=0.3 if line.prose else 0.05, reason=side)
    if line.prose:
        return Opinion(score=0.95, reason="a paragraph of the article")
    if line.lines >= 5 and line.size / line.lines < 25:  # noqa: PLR2004 - a menu
        return Opinion(score=0.15, reason="a run of very short lines")
    if line.list_item and not line.ends_sentence and not line.introduced:
        return Opinion(score=0.55 if line.list_length > 1 else 0.4, reason="a list among the article's paragraphs")
    return Opinion(score=0.7, reason="stands among the article's paragraphs")
