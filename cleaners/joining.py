"""Several texts of one article made one: parts joined in order, a teaser replaced by the whole text.

Parts of an article repeat what belongs to all of them: headline, standfirst, byline, boxes. A block that an earlier part
holds too is left out of the later one. What is left tells whether a page is a further part at all: many sites answer every
page number with the first page.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cleaners.measure import is_prose, size, word_count
from cleaners.text import article_text
from model.article import PageKind
from model.fingerprints import fingerprint, normalised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.article import Cleaned, Verdict

#: A part of which this share of the text stood on earlier ones, or with less new text (letters), adds nothing.
_REPEATED, _LEAST = 0.5, 40.0
#: A text must be so many times as long as a page's own to stand in for it, and so long at least (letters).
_FAR_LONGER, _WHOLE = 1.5, 500.0


def adds(cleaned: Cleaned, parts: Sequence[Cleaned], *, whole: bool = False) -> bool:
    """Whether a page goes on with an article rather than showing again what is known.

    Args:
        cleaned: the page.
        parts: the article's parts so far.
        whole: the page is meant to show all of it, the known parts too.
    """
    known = _texts(parts)
    kept = [verdict.block.text for verdict in cleaned.verdicts if verdict.kept]
    new = sum(size(text) for text in kept if fingerprint(text) not in known)
    return new >= _LEAST and (whole or new > (1 - _REPEATED) * sum(map(size, kept)))


def joined(parts: Sequence[Cleaned]) -> Cleaned:
    """One article from its parts: what the first claims, the text of all, no block of an earlier part twice.

    The verdicts are those of all parts, their blocks numbered through; a repeated one says so.

    Args:
        parts: at least one, in order.
    """
    first = parts[0]
    if len(parts) == 1:
        return first
    verdicts: list[Verdict] = []
    seen: set[int] = set()
    for number, part in enumerate(parts, 1):
        numbered = [_numbered(verdict, len(verdicts) + at) for at, verdict in enumerate(part.verdicts)]
        verdicts += [_without_repetition(verdict, seen, number) for verdict in numbered]
        seen |= _texts([part])
    text = article_text(verdicts)
    kind = PageKind.ARTICLE if first.kind is PageKind.TEASER else first.kind
    modified = max((part.article.modified for part in parts if part.article.modified), default=None)
    article = replace(first.article, text=text, word_count=word_count(text), kind=kind, modified=modified)
    doubt = max(part.doubt for part in parts)
    return replace(first, article=article, verdicts=tuple(verdicts), kind=kind, doubt=doubt)


def stands_in(whole: Cleaned, page: Cleaned) -> bool:
    """Whether another text of the article, its feed's say, is the whole of what the page shows but a piece of."""
    length, shown = size(whole.article.text), size(page.article.text)
    return length >= _WHOLE and length >= _FAR_LONGER * shown


def replaced(page: Cleaned, whole: Cleaned) -> Cleaned:
    """The page's article with another text of it: the page's claims, the text and verdicts of the other.

    The page's kept blocks stay among the verdicts, as not kept.
    """
    kind = PageKind.ARTICLE if page.kind in {PageKind.TEASER, PageKind.OTHER, PageKind.LISTING} else page.kind
    reason = "a teaser of the text that the feed carries"
    of_page = [replace(verdict, kept=False, reason=reason) if verdict.kept else verdict for verdict in page.verdicts]
    verdicts = [_numbered(verdict, at) for at, verdict in enumerate((*of_page, *whole.verdicts))]
    claims, text = page.article, whole.article.text
    article = replace(
        claims,
        title=claims.title or whole.article.title,
        authors=claims.authors or whole.article.authors,
        published=claims.published or whole.article.published,
        language=whole.article.language or claims.language,
        text=text,
        word_count=word_count(text),
        kind=kind,
    )
    return replace(page, article=article, verdicts=tuple(verdicts), kind=kind, doubt=whole.doubt)


def _texts(parts: Sequence[Cleaned]) -> set[int]:
    """What these parts say; prose that was not kept too, for furniture is the same on all of them. Links to chapters are not."""
    blocks = [verdict.block for part in parts for verdict in part.verdicts if verdict.kept or is_prose(verdict.block)]
    return {fingerprint(block.text) for block in blocks if normalised(block.text)}


def _numbered(verdict: Verdict, index: int) -> Verdict:
    return replace(verdict, block=replace(verdict.block, index=index))


def _without_repetition(verdict: Verdict, seen: set[int], number: int) -> Verdict:
    if not verdict.kept or fingerprint(verdict.block.text) not in seen:
        return verdict
    return replace(verdict, kept=False, reason=f"stands before part {number} already")
