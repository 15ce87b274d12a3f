"""What a fetch comes to: cleaned, made whole, judged. The source's memory moves on page by page.

Nothing is written here; `newsmill.pipeline` writes what comes out.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cleaners
from crawler import fetch_through, proper, wanted
from model.article import Cleaned
from model.errors import CleanError, PageError
from model.outcome import Skipped
from model.page import NotModified, Origin, Page, Request
from model.times import now
from model.urls import declared
from newsmill.decide import VARIANT, arrived, completed, feed_may_answer, gives_a_piece, is_as_stored, judged, waits_for_part
from newsmill.gathering import Gathering
from newsmill.polling import text_of
from newsmill.stopping import unless_stopped
from newsmill.whole import fed

if TYPE_CHECKING:
    from model.memory import PackedMemory
    from model.source import Link, Source
    from newsmill.cleaning import Learned
    from newsmill.rooms import Fetched, Rooms, Scope
    from storage.values import PageState, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """What came of a visit, as it is to be written."""

    result: Result
    #: The page with its parts; None where no body came, or none that may replace what is stored.
    page: Page | None = None
    #: The source's memory with the page in it; None where it taught nothing.
    memory: PackedMemory | None = None


class Judging:
    """Brings one source's fetches to their conclusion.

    Args:
        source: the source.
        rooms: where the work is done.
        scope: what the run is to do.
        memory: what the site's earlier pages taught.
        stop: once set, no further part is asked for.
    """

    def __init__(self, source: Source, rooms: Rooms, scope: Scope, *, memory: PackedMemory, stop: asyncio.Event) -> None:
        self._source, self._rooms, self._scope, self._stop = source, rooms, scope, stop
        self._fetcher = rooms.fetcher.of(source)
        self._memory = memory
        self._gathering = Gathering(source, fetch=self._fetch_part, clean=self._explained, decode=text_of)

    async def conclude(self, state: PageState, ending: Fetched) -> Concluded:
        """What a fetch comes to.

        Raises:
            Stopped: the run was told to stop while parts were missing; the page is due again.
        """
        concluded = await self._read(state, ending) if isinstance(ending, Page) else Concluded(result=ending)
        if isinstance(concluded.result, PageError) and feed_may_answer(concluded.result, state):
            return await self._from_feed(state) or concluded
        return concluded

    async def _read(self, state: PageState, page: Page) -> Concluded:
        """The page's article."""
        is_wanted = len(page.chain) == 1 or wanted(page.url, self._source)  # where it was asked for, it was wanted
        if (elsewhere := arrived(page, wanted=is_wanted)) is not None:
            return Concluded(result=elsewhere, page=page)
        if is_as_stored(page, state):
            same = NotModified(url=page.url, chain=page.chain, fetched_at=page.fetched_at, elapsed=page.elapsed)
            return Concluded(result=same)
        try:
            learned = await self._clean(page)
            result = self._judged(learned.cleaned, state.link, page)
            if isinstance(result, Cleaned) and (shown := await self._queued_original(page, state.link, result)) is not None:
                return Concluded(result=Skipped(url=page.url, reason=VARIANT, detail=f"shows {shown}"), page=page)
            page = await self._whole(state, page, learned, result)
            if page.parts:
                learned = await self._clean(page)
                result = self._judged(learned.cleaned, state.link, page)
        except CleanError as error:
            return Concluded(result=error, page=page)
        except PageError as error:
            return Concluded(result=error)
        of_site = isinstance(result, Cleaned) and all(part.origin is Origin.PAGE for part in page.parts)
        taught = learned.memory if of_site and learned.memory is not self._memory else None
        self._memory = taught or self._memory
        return Concluded(result=result, page=page, memory=taught)

    async def _whole(self, state: PageState, page: Page, learned: Learned, result: Result) -> Page:
        """The page with what belongs to it: its feed's text where it gives but a piece, else its further parts.

        Raises:
            PageError: a part cannot be had for now, and the text that is stored is longer than what there is.
        """
        if state.has_feed_text and gives_a_piece(learned.cleaned):
            whole = await self._feed_page(state)
            if cleaners.stands_in((await self._clean(whole)).cleaned, learned.cleaned):
                return replace(page, parts=(whole,))
        if not isinstance(result, Cleaned):
            return page
        gathered = await self._gathering.parts(page, learned.cleaned)
        if gathered.error is not None and waits_for_part(gathered.error, state):
            raise gathered.error
        return gathered.page

    async def _from_feed(self, state: PageState) -> Concluded | None:
        """The article as the feed carries it; None where that holds none."""
        page = await self._feed_page(state)
        try:
            result = self._judged((await self._clean(page)).cleaned, state.link, page)
        except CleanError:
            return None
        return Concluded(result=result, page=page) if isinstance(result, Cleaned) else None

    async def _feed_page(self, state: PageState) -> Page:
        return fed(state.link, await asyncio.to_thread(self._rooms.store.feed_text, state.id), now())

    def _judged(self, cleaned: Cleaned, link: Link, page: Page) -> Cleaned | Skipped:
        return judged(completed(cleaned, link), url=page.url, languages=self._source.languages)

    async def _clean(self, page: Page) -> Learned:
        return await self._rooms.pool.clean(page, self._source, self._memory)

    async def _explained(self, page: Page) -> Cleaned:
        return (await self._rooms.pool.clean(page, self._source, self._memory, explained=True)).cleaned

    async def _fetch_part(self, url: str) -> Page:
        answer = await unless_stopped(self._stop, fetch_through(self._fetcher, Request(url=url)))
        assert isinstance(answer, Page)  # nothing was asked conditionally
        return answer

    async def _queued_original(self, page: Page, link: Link, cleaned: Cleaned) -> str | None:
        """The page that this one is an edition of (AMP, print), now due; None where it is none, or that page was known before."""
        claimed = cleaned.article.canonical_url and declared(cleaned.article.canonical_url, page.url)
        original = proper(page.url, claimed)
        if self._scope.pages is not None or original is None or not wanted(original, self._source):
            return None
        new = self._rooms.writer.add_new_pages(self._source.name, [replace(link, url=original)], now())
        return original if await asyncio.wrap_future(new) else None
