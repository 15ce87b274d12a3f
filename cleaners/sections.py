"""What words rule: clutter lines, the sections that clutter headings start, the headline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleaners.judge import THRESHOLD, Ruling
from cleaners.lines import Clutter, finding, section_heading
from cleaners.measure import is_prose, near, size
from model.article import BlockKind
from model.fingerprints import normalised

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cleaners.judge import Opinion
    from cleaners.lexicon import Lexicon
    from cleaners.lines import Finding
    from model.article import Block

#: Prose of this size ends a clutter section by itself; of half the size, when more follows at once.
_RESUMES = 240.0
#: Prose that must stand before a comments heading for the article to be over there.
_ENOUGH = 300.0
#: Probability from which prose above the headline is text: of nine blocks of less that were kept there, in the corpus and out
#: of fold, none was; of those of more, half.
_TEXT = 0.7
#: More of a block than this inside links is a link.
_LINK = 0.5


def findings(blocks: Sequence[Block], words: Lexicon, asked: Collection[int] | None = None) -> tuple[Finding | None, ...]:
    """What each block is recognised as; None where its words say nothing. Rows of data tables are numbers and names by nature.

    Args:
        blocks: the page's blocks in order.
        words: the lexicon of the page's language.
        asked: positions of the blocks that are read closely; of the others only headings of sections are recognised, which
            is quick. None: all.
    """
    row = BlockKind.TABLE_ROW
    return tuple(
        None
        if block.kind is row
        else finding(block.text, words)
        if asked is None or at in asked
        else section_heading(block.text, words)
        for at, block in enumerate(blocks)
    )


def word_rulings(
    blocks: Sequence[Block],
    found: Sequence[Finding | None],
    *,
    prose: Collection[int] | None = None,
    sure: Collection[int] = (),
) -> dict[int, Ruling]:
    """Rulings against clutter lines and against what follows clutter headings until prose resumes.

    Args:
        blocks: the page's blocks in order.
        found: one finding for each block.
        prose: indexes of the blocks that other evidence holds for the article; only these resume it. None: prose is told
            by its look alone.
        sure: indexes of those that resume it whatever they look like.
    """
    rulings: dict[int, Ruling] = {}
    heading, over, before = "", "", 0.0
    begins = min(prose or (), default=0)
    for position, (block, recognised) in enumerate(zip(blocks, found, strict=True)):
        if recognised and not (recognised.doubtful and block.index in sure):
            rulings[block.index] = Ruling(kept=False, reason=recognised.reason)
            if block.index < begins and block.link_density > _LINK:
                continue  # an entry of the menu above the text
            if recognised.clutter is Clutter.HEADING:
                heading = "" if prose is not None and _holds_its_section(block) else recognised.reason
            elif recognised.clutter is Clutter.ENDING:
                heading = recognised.reason
                over = recognised.reason if before >= _ENOUGH and prose is None else over
        elif over or (heading and block.index not in sure and not _resumes(blocks, found, position, prose)):
            rulings[block.index] = Ruling(kept=False, reason=f"follows {over or heading}")
        else:
            if heading:
                _spare_subheading(blocks, rulings, found, position, prose or ())
            heading = ""
            before += size(block.text) if prose is None and is_prose(block) else 0.0
    return rulings


def _holds_its_section(block: Block) -> bool:
    """A heading with its links in one block, as stands inside texts, takes nothing that follows."""
    return "\n" in block.text and block.link_density > _LINK


def _resumes(blocks: Sequence[Block], found: Sequence[Finding | None], position: int, prose: Collection[int] | None) -> bool:
    """Whether the article goes on at this block after a clutter section."""
    block = blocks[position]
    if (prose is not None and block.index not in prose) or not is_prose(block):
        return False
    if size(block.text) >= _RESUMES or (prose is not None and block.kind is not BlockKind.LIST_ITEM):
        return True
    following = position + 1
    return (
        following < len(blocks)
        and not found[following]
        and is_prose(blocks[following])
        and size(block.text) >= _RESUMES / 2
        and block.kind is not BlockKind.LIST_ITEM
    )


def _spare_subheading(
    blocks: Sequence[Block],
    rulings: dict[int, Ruling],
    found: Sequence[Finding | None],
    position: int,
    prose: Collection[int],
) -> None:
    """A heading right above the prose that ends a clutter section belongs to that prose; so does a line held for the article."""
    above = position - 1
    if above < 0 or found[above] or blocks[above].link_density > 0:
        return
    if blocks[above].kind is BlockKind.HEADING or blocks[above].index in prose:
        rulings.pop(blocks[above].index, None)


def headline_rulings(blocks: Sequence[Block], title: str, words: Lexicon) -> dict[int, Ruling]:
    """Rulings against the blocks that repeat the headline, alone or over lines that are recognised as clutter."""
    wanted = normalised(title)
    if not wanted:
        return {}
    lengths = near([title])
    return {
        block.index: Ruling(kept=False, reason="the headline")
        for block in blocks
        if len(block.text.partition("\n")[0]) in lengths
        and (normalised(block.text) == wanted or _is_head(block.text, wanted, words))
    }


def masthead_rulings(blocks: Sequence[Block], opinions: Sequence[Opinion], headline: Collection[int]) -> dict[int, Ruling]:
    """Rulings against what is not surely text above the headline, where all prose stands below it: a slogan, an offer, a notice.

    Args:
        blocks: the page's blocks in order.
        opinions: one for each block.
        headline: indexes of the blocks that repeat the headline.
    """
    text = next((at for at, block in enumerate(blocks) if opinions[at].score >= _TEXT and is_prose(block)), 0)
    head = next((at for at, block in enumerate(blocks[:text]) if block.index in headline), 0)
    return {
        block.index: Ruling(kept=False, reason="stands above the headline")
        for block, opinion in zip(blocks[:head], opinions[:head], strict=True)
        if THRESHOLD <= opinion.score < _TEXT
    }


def _is_head(text: str, wanted: str, words: Lexicon) -> bool:
    """A headline with its byline and date under it, in one block."""
    first, *others = text.split("\n")
    return bool(others) and normalised(first) == wanted and all(finding(line, words) for line in others)


def site_rulings(blocks: Sequence[Block], claimed: str, title: str, site_name: str | None) -> dict[int, Ruling]:
    """Rulings against lines that hold the site's name and nothing else.

    Args:
        blocks: the page's blocks in order.
        claimed: what the page's ``<title>`` says; what it says beside the headline is the site.
        title: the headline.
        site_name: the name the page claims for its site.
    """
    beside = normalised(claimed.replace(title, "")) if title and title in claimed else ""
    names = {beside, normalised(site_name or "")} - {"", normalised(title)}
    lengths = near(names)
    return {
        block.index: Ruling(kept=False, reason="the site's name")
        for block in blocks
        if len(block.text) in lengths and normalised(block.text) in names
    }


def author_rulings(blocks: Sequence[Block], authors: Collection[str]) -> dict[int, Ruling]:
    """Rulings against lines that hold an author's name and nothing else."""
    if not authors:
        return {}
    known, lengths = {normalised(name) for name in authors}, near(authors)
    return {
        block.index: Ruling(kept=False, reason="the author's name")
        for block in blocks
        if len(first := block.text.partition("\n")[0]) in lengths and block.text.count("\n") <= 1 and normalised(first) in known
    }
