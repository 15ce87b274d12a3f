"""The further parts of an article that runs over several pages: fetched in turn, as long as they add to it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import cleaners
from crawler import wanted
from crawler.numbering import numbered
from crawler.parts import further, may_go_on
from model.article import PageKind
from model.errors import PageError
from model.urls import canonical, identity

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from crawler import Decode
    from crawler.parts import Further
    from model.article import Cleaned
    from model.page import Page
    from model.source import Source

#: Pages of one article, the first one included.
MOST_PARTS = 20
#: Bytes of a page up to which its addresses are searched without a thread.
_SEARCHED_IN_PLACE = 1 << 20
#: So many articles in a row whose next page showed the same again, and the source's pages are taken for what they are.
MOST_VAIN = 3
#: A live report moves on while it is read: its pages are no parts that stay.
_JOINED = frozenset({PageKind.ARTICLE, PageKind.TEASER, PageKind.GALLERY, PageKind.VIDEO})


class Gathered(NamedTuple):
    """A page with its parts, and why one of them is missing."""

    page: Page
    error: PageError | None = None


class Gathering:
    """Finds the parts of one source's articles.

    Args:
        source: the source.
        fetch: gets a page, politely.
        clean: what comes of one page, with its verdicts.
        decode: body and Content-Type header to text.
    """

    def __init__(
        self,
        source: Source,
        *,
        fetch: Callable[[str], Awaitable[Page]],
        clean: Callable[[Page], Awaitable[Cleaned]],
        decode: Decode,
    ) -> None:
        self._filters = replace(source, include=())  # a pattern for articles need not match their second pages
        self._fetch, self._clean, self._decode = fetch, clean, decode
        self._vain = 0

    async def parts(self, page: Page, cleaned: Cleaned) -> Gathered:
        """The page with the parts that follow it; as it was where none does.

        The parts up to one that cannot be had are kept; `Page.missing` then says which and why.
        """
        if cleaned.kind not in _JOINED or self._vain >= MOST_VAIN:
            return Gathered(page)
        walk = _Walk(page)
        while (found := await self._next(walk)) is not None:
            if len(walk.parts) + 1 >= MOST_PARTS:
                return Gathered(replace(page, parts=tuple(walk.parts), missing=f"more than {MOST_PARTS} parts"))
            walk.asked.add(identity(found.url))
            try:
                is_part = await self._take(found, walk)
            except PageError as error:
                if found.whole:
                    continue  # the numbered parts say the same
                missing = f"part {walk.number + 1}: {error.code}: {error.detail}"
                return Gathered(replace(page, parts=tuple(walk.parts), missing=missing), error)
            if is_part and found.whole:
                break
            if not is_part and not found.whole:
                self._vain += not walk.parts
                break
        if walk.parts:
            self._vain = 0
        return Gathered(replace(page, parts=tuple(walk.parts)) if walk.parts else page)

    async def _next(self, walk: _Walk) -> Further | None:
        last, first = walk.parts[-1] if walk.parts else walk.first, walk.first.url
        # Nearly all pages end here, after a quarter of a millisecond; a thread's turn would be a third more.
        if len(last.body) <= _SEARCHED_IN_PLACE and not may_go_on(last, first=first, number=walk.number):
            return None
        # Parsing would hold up every other host.
        found = await asyncio.to_thread(
            further, last, self._decode, first=first, number=walk.number, passed=frozenset(walk.asked)
        )
        return found if found and wanted(canonical(found.url), self._filters) else None

    async def _take(self, found: Further, walk: _Walk) -> bool:
        """Fetch what may be the next part; whether it is.

        Raises:
            PageError: it cannot be had.
        """
        part = await self._fetch(found.url)
        if identity(part.url) != identity(found.url) and not numbered(walk.first.url, part.url):
            return False  # sent on elsewhere: to the first page, or away from the article
        cleaned = await self._clean(part)
        if not walk.texts:
            walk.texts.append(await self._clean(walk.first))
        if not cleaners.adds(cleaned, walk.texts, whole=found.whole):
            return False
        walk.parts.append(part)
        walk.texts.append(cleaned)
        walk.number += 1
        return True


class _Walk:
    """How far one article was followed."""

    def __init__(self, first: Page) -> None:
        self.first = first
        self.number = 1
        self.parts: list[Page] = []
        #: Identities of the addresses asked: none is asked twice, so that circles end.
        self.asked = {identity(first.url)}
        #: What its parts say so far; the first one's only where there may be a second.
        self.texts: list[Cleaned] = []
