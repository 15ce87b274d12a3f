"""What a page is for: an article, or one of the pages that look like one from afar (sections, notices, galleries)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from cleaners.claims import types
from cleaners.measure import ends_sentence, is_prose, size
from cleaners.metadata import is_paywalled
from model.article import PageKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.claims import Claims
    from model.article import Block, Verdict

_LIVE, _GALLERY, _VIDEO = frozenset({"LiveBlogPosting"}), frozenset({"ImageGallery", "MediaGallery"}), frozenset({"VideoObject"})
#: Sizes of a text (`measure.size`): enough to be read; a short report, or the start of one behind a paywall.
_LONG, _SHORT = 500.0, 140.0
#: A section page has at least so many teasers; so many of them stand under a linked title, at most so many blocks above.
_TEASERS, _LED, _ABOVE = 2, 0.65, 3
#: Share of a text in sentences below which it is no article, when the page makes no claim to be one.
_SENTENCES = 0.35
#: A link at least so long may be a title, one inside links by this share.
_TITLE, _LINKED = 15, 0.9
_MOSTLY_LINKS = 0.5


def kind_of(claims: Claims, verdicts: Sequence[Verdict]) -> PageKind:
    """What the page is, by its claims and by what was kept of it."""
    kept = [verdict.block for verdict in verdicts if verdict.kept]
    letters = sum(size(block.text) for block in kept)
    if any(name in _LIVE for thing in claims.things for name in types(thing)):
        return PageKind.LIVE
    claimed = any("Article" in name or "Posting" in name for name in types(claims.article))
    if not claimed and _is_section(verdicts):
        return PageKind.LISTING
    sentences = sum(size(block.text) for block in kept if ends_sentence(block.text))
    reads = claimed or sentences >= _SENTENCES * letters
    if letters >= _LONG and reads:
        return PageKind.ARTICLE
    if shown := _shown(claims):
        return shown
    if letters >= _SHORT and reads:
        return PageKind.TEASER if is_paywalled(claims) else PageKind.ARTICLE
    return PageKind.LISTING if _linked_share([verdict.block for verdict in verdicts]) > _MOSTLY_LINKS else PageKind.OTHER


def _shown(claims: Claims) -> PageKind | None:
    """Pictures or a film that a page with little text is about."""
    named = set(types(claims.article))
    if named & _GALLERY:
        return PageKind.GALLERY
    return PageKind.VIDEO if named & _VIDEO or claims.meta("og:type").startswith("video") else None


def _is_section(verdicts: Sequence[Verdict]) -> bool:
    """Whether the kept paragraphs are teasers: no two in a row, most of them under a linked title."""
    prose = [at for at, verdict in enumerate(verdicts) if verdict.kept and is_prose(verdict.block)]
    if len(prose) < _TEASERS or any(after - before == 1 for before, after in pairwise(prose)):
        return False
    led = sum(any(_is_title(verdict.block) for verdict in verdicts[max(0, at - _ABOVE) : at]) for at in prose)
    return led >= _LED * len(prose)


def _is_title(block: Block) -> bool:
    return block.link_density >= _LINKED and len(block.text) >= _TITLE and "\n" not in block.text


def _linked_share(blocks: Sequence[Block]) -> float:
    total = sum(len(block.text) for block in blocks)
    return sum(len(block.text) * block.link_density for block in blocks) / max(1, total)
