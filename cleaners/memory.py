"""What a site's earlier pages teach: blocks that stand on other pages too are clutter, and places differ in what they hold.

`learn` takes a value and gives a value; `lesson` is what it adds. Pages that are copies of each other count once: a
re-published article would teach that its own paragraphs are clutter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleaners.judge import THRESHOLD, Opinion, Ruling
from cleaners.measure import is_prose, size
from model.fingerprints import fingerprint
from model.memory import PathRecord, SiteMemory, added

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from model.article import Block, Cleaned

#: What a block without a letter or digit has.
_WORDLESS = fingerprint("")
#: A text on so many other pages is clutter; one other page is too few.
_OTHER_PAGES = 2
#: A paragraph of this size (letters) needs so many times as many pages: it may have been re-published.
_LONG, _LONG_FACTOR = 300.0, 3
#: A page whose prose is known by more than this share is a page learned from before, with changes.
_COPY = 0.5
#: Blocks judged at a path before it says anything, and how many judged blocks a block's own score weighs as much as.
_LEAST_JUDGED, _OWN_WEIGHT = 20, 3.0
#: How far a path's record may move a score.
_MOST_SHIFT = 0.3


def memory_rulings(
    blocks: Sequence[Block], opinions: Sequence[Opinion], memory: SiteMemory, *, title: str = ""
) -> dict[int, Ruling]:
    """Rulings against blocks whose text stands on other pages of the site.

    A page that was published again with few changes finds its own paragraphs in the memory. It is told by that: when most
    of the text the opinion keeps is known, the paragraphs of it stay.

    Args:
        blocks: the page's blocks in order.
        opinions: one for each block.
        memory: what other pages taught.
        title: the page's headline, which is protected: teasers on other pages repeat it.
    """
    if not memory.texts:
        return {}
    headline = fingerprint(title)
    rulings: dict[int, Ruling] = {}
    for block in blocks:
        mark = fingerprint(block.text)
        pages = memory.texts.get(mark, 0)
        if pages < _OTHER_PAGES or mark in (headline, _WORDLESS):
            continue
        if pages >= _OTHER_PAGES * (_LONG_FACTOR if size(block.text) >= _LONG else 1):
            rulings[block.index] = Ruling(kept=False, reason=f"stands on {pages} other pages of the site")
    kept = [block for block, opinion in zip(blocks, opinions, strict=True) if opinion.score >= THRESHOLD]
    if _known_share(kept, memory) > _COPY:
        for block in kept:
            if is_prose(block):
                rulings.pop(block.index, None)
    return rulings


def _known_share(blocks: Sequence[Block], memory: SiteMemory) -> float:
    """Share of the blocks' prose, by size, that stood on pages learned from."""
    sizes = {block.index: size(block.text) for block in blocks if is_prose(block)}
    known = sum(sizes[block.index] for block in blocks if block.index in sizes and fingerprint(block.text) in memory.texts)
    return known / sum(sizes.values()) if sizes else 0.0


def with_prior(blocks: Sequence[Block], opinions: Sequence[Opinion], memory: SiteMemory) -> tuple[Opinion, ...]:
    """The opinions, moved towards what blocks at the same path were on the site's other pages."""
    if not memory.paths:
        return tuple(opinions)
    return tuple(
        _moved(opinion, record) if (record := memory.paths.get(block.path)) and record.blocks >= _LEAST_JUDGED else opinion
        for block, opinion in zip(blocks, opinions, strict=True)
    )


def _moved(opinion: Opinion, record: PathRecord) -> Opinion:
    mean = record.score / record.blocks
    pulled = (opinion.score * _OWN_WEIGHT + mean) / (_OWN_WEIGHT + 1)
    score = min(max(pulled, opinion.score - _MOST_SHIFT), opinion.score + _MOST_SHIFT)
    if (score >= THRESHOLD) == (opinion.score >= THRESHOLD):
        return Opinion(score=score, reason=opinion.reason)
    usually = "article text" if score > opinion.score else "clutter"
    return Opinion(score=score, reason=f"this place holds {usually} on the site's other pages")


def learn(memory: SiteMemory, cleaned: Cleaned) -> SiteMemory:
    """The memory after one more page; the same one for a copy of a page it knows, or a revision of it.

    Args:
        memory: what is known of the site so far; it is not changed.
        cleaned: the page, from HTML or from a dump.
    """
    taught = lesson(memory, cleaned)
    return memory if taught is None else added(memory, [taught])


def lesson(memory: SiteMemory, cleaned: Cleaned) -> SiteMemory | None:
    """What a page alone teaches, to be `added` to the memory; None for a copy of a page it knows, or a revision of it.

    Args:
        memory: what is known of the site so far.
        cleaned: the page, from HTML or from a dump.
    """
    kept = [verdict.block for verdict in cleaned.verdicts if verdict.kept]
    # Blocks are known by their marks already: reading the whole text again for its own is one in a hundred of cleaning.
    identity = fingerprint(" ".join(f"{fingerprint(block.text):x}" for block in kept) or cleaned.article.title)
    if identity in memory.seen or not cleaned.verdicts or _known_share(kept, memory) > _COPY:
        return None
    marks = {fingerprint(verdict.block.text) for verdict in cleaned.verdicts} - {_WORDLESS}
    return SiteMemory(pages=1, texts=dict.fromkeys(marks, 1), paths=_judged_at(cleaned), seen=(identity,))


def _judged_at(cleaned: Cleaned) -> Mapping[str, PathRecord]:
    """How the page's blocks were judged, by their paths."""
    by_path: dict[str, list[float]] = {}
    for verdict in cleaned.verdicts:
        if verdict.block.path:
            by_path.setdefault(verdict.block.path, []).append(verdict.score)
    return {path: PathRecord(blocks=len(scores), score=sum(scores)) for path, scores in by_path.items()}
