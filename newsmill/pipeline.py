"""One source's way from its endpoints to stored articles.

It calls the rooms in order and decides nothing::

    discover | poll | due pages | fetch | clean | judge | save

Pages are fetched one ahead of cleaning; cleaning goes in the order of fetching, so that what the site's memory
knew at each page does not depend on chance. Whatever a step ends in is written before the next page is taken,
so a run can be ended at any moment and taken up again.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from cleaners import decode
from crawler import Polled, discover, fetch_through, poll, proper, wanted
from model.article import Cleaned
from model.errors import CleanError, PageError
from model.outcome import Skipped
from model.page import NotModified, Page, Request
from model.times import now
from model.urls import declared
from newsmill.decide import VARIANT, after_visit, arrived, asking, completed, fallback_endpoints, judged, needs_discovery
from newsmill.progress import Tally
from newsmill.schedule import next_poll
from storage.values import Poll, Visit

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from datetime import timedelta

    from crawler import Fetcher
    from model.source import Link, Source
    from newsmill.progress import Observer
    from newsmill.workers import CleaningPool
    from storage import Store, Writer
    from storage.values import EndpointState, PageState, Result

#: Due pages read from the database at a time.
SLICE = 200
#: Pages fetched ahead of cleaning.
AHEAD = 2

#: Seconds that what is in flight has left once the run is told to stop; what waits for its turn longer is not begun.
GRACE = 10.0

T = TypeVar("T")
Fetched: TypeAlias = "Page | NotModified | PageError"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """The opened rooms a run works in."""

    store: Store
    writer: Writer
    fetcher: Fetcher
    pool: CleaningPool


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What one run is to do with each source."""

    run_id: int
    #: Poll endpoints whether they are due or not.
    poll_all: bool = False
    #: Only these pages, and no endpoint.
    pages: tuple[int, ...] | None = None
    #: At most so many pages a source.
    limit: int | None = None
    recheck: tuple[timedelta, ...] = ()


class Stopped(Exception):
    """The work in hand was not done, and is due again."""


class Lane:
    """One source's way.

    Args:
        source: the source.
        rooms: where the work is done.
        scope: what is to be done.
        observer: who watches.
        stop: once set, no new page is begun.
    """

    def __init__(self, source: Source, rooms: Rooms, scope: Scope, *, observer: Observer, stop: asyncio.Event) -> None:
        self._source, self._rooms, self._scope = source, rooms, scope
        self._fetcher = rooms.fetcher.of(source)
        self._observer, self._stop = observer, stop
        self._tally = Tally()

    async def walk(self) -> Tally:
        """Go the whole way once.

        Raises:
            StorageError: the database failed; nothing of the page in hand is written.
        """
        with contextlib.suppress(Stopped):
            if self._scope.pages is None:
                await self._poll_endpoints()
            self._memory = await asyncio.to_thread(self._rooms.store.memory, self._source.name)
            await self._visit_pages()
        self._observer.finished(self._source.name, self._tally)
        return self._tally

    async def _poll_endpoints(self) -> None:
        due = await asyncio.to_thread(self._due_endpoints)
        known = await asyncio.to_thread(self._rooms.store.endpoints, self._source.name)
        if needs_discovery(self._source, known, due=len(due)):
            await self._discover(known)
            due = await asyncio.to_thread(self._due_endpoints)
        for state in due:
            await self._poll(state)

    def _due_endpoints(self) -> Sequence[EndpointState]:
        if self._scope.poll_all:
            return self._rooms.store.endpoints(self._source.name)
        return self._rooms.store.due_endpoints(now(), [self._source.name])

    async def _discover(self, known: Sequence[EndpointState]) -> None:
        """Establish the source's endpoints anew; where that fails, the ones known (or the home page) stay and tell why."""
        try:
            found = await self._unless_stopped(discover(self._source, self._fetcher, text_of))
        except PageError:
            found = fallback_endpoints(self._source, known)
        await asyncio.wrap_future(self._rooms.writer.save_endpoints(self._source.name, found, now()))

    async def _poll(self, state: EndpointState) -> None:
        name, at = self._source.name, now()
        ask = asking(state, now=at)
        try:
            polled = await self._unless_stopped(
                poll(
                    state.endpoint,
                    self._source,
                    self._fetcher,
                    text_of,
                    validators=ask.validators,
                    since=ask.since,
                )
            )
        except PageError as failure:
            polled = Polled(validators=state.validators, error=failure)
        if isinstance(polled, NotModified):
            polled = Polled(validators=state.validators)
        failures = state.failures + 1 if polled.error and not polled.links else 0
        saved = await asyncio.wrap_future(
            self._rooms.writer.save_poll(
                Poll(
                    endpoint_id=state.id,
                    run_id=self._scope.run_id,
                    at=at,
                    next_poll_at=next_poll(self._source.every, name=name, now=at, failures=failures),
                    links=polled.links,
                    validators=polled.validators,
                    error=polled.error,
                )
            )
        )
        self._tally.add_poll(polled.error, new=saved.new)
        self._observer.polled(name, state.endpoint, saved, polled.error)

    async def _visit_pages(self) -> None:
        seen: set[int] = set()
        while True:
            due = [state for state in await asyncio.to_thread(self._due) if state.id not in seen]
            if self._scope.limit is not None:
                due = due[: self._scope.limit - len(seen)]
            if not due or self._stop.is_set():
                return
            seen.update(state.id for state in due)
            self._observer.waiting(self._source.name, len(due))
            await self._visit_all(due)

    def _due(self) -> Sequence[PageState]:
        if self._scope.pages is not None:
            return self._rooms.store.pages(self._scope.pages)
        return self._rooms.store.due_pages(self._source.name, now(), limit=SLICE)

    async def _visit_all(self, due: Sequence[PageState]) -> None:
        fetched: asyncio.Queue[tuple[PageState, Fetched] | None] = asyncio.Queue(AHEAD)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._fetch_all(due, fetched))
                group.create_task(self._save_all(fetched))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None  # the first to fail ended the other

    async def _fetch_all(self, due: Sequence[PageState], fetched: asyncio.Queue[tuple[PageState, Fetched] | None]) -> None:
        with contextlib.suppress(Stopped):
            for state in due:
                await fetched.put((state, await self._fetch(state)))
        await fetched.put(None)

    async def _fetch(self, state: PageState) -> Fetched:
        try:
            request = Request(url=state.link.url, validators=state.validators)
            return await self._unless_stopped(fetch_through(self._fetcher, request))
        except PageError as error:
            return error

    async def _unless_stopped(self, work: Coroutine[None, None, T]) -> T:
        """The result of work on the network.

        Raises:
            Stopped: the run was told to stop, and the work had not begun or did not end in time.
        """
        if self._stop.is_set():
            work.close()
            raise Stopped
        working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({working}, timeout=GRACE)
            if working.done():
                return working.result()
            raise Stopped
        finally:
            working.cancel()
            stopping.cancel()

    async def _save_all(self, fetched: asyncio.Queue[tuple[PageState, Fetched] | None]) -> None:
        while (arrival := await fetched.get()) is not None:
            state, ending = arrival
            result = await self._clean(ending, state.link) if isinstance(ending, Page) else ending
            await self._save(state, result, ending if isinstance(ending, Page) else None)

    async def _clean(self, page: Page, link: Link) -> Result:
        """The page's article, and the source's memory moved on by it."""
        if (elsewhere := arrived(page, wanted=wanted(page.url, self._source))) is not None:
            return elsewhere
        try:
            learned = await self._rooms.pool.clean(page, self._source, self._memory)
        except CleanError as error:
            return error
        result = judged(completed(learned.cleaned, link), url=page.url)
        if isinstance(result, Cleaned):
            if (shown := await self._queued_original(page, link, result)) is not None:
                return Skipped(url=page.url, reason=VARIANT, detail=f"shows {shown}")
            self._memory = learned.memory
        return result

    async def _queued_original(self, page: Page, link: Link, cleaned: Cleaned) -> str | None:
        """The page that this one is an edition of (AMP, print), now due; None where it is none, or that page was known before."""
        claimed = cleaned.article.canonical_url and declared(cleaned.article.canonical_url, page.url)
        original = proper(page.url, claimed)
        if self._scope.pages is not None or original is None or not wanted(original, self._source):
            return None
        new = self._rooms.writer.add_new_pages(self._source.name, [replace(link, url=original)], now())
        return original if await asyncio.wrap_future(new) else None

    async def _save(self, state: PageState, result: Result, page: Page | None) -> None:
        at = now()
        then = after_visit(result, state, now=at, recheck=self._scope.recheck)
        visit = Visit(
            page_id=state.id,
            run_id=self._scope.run_id,
            at=at,
            result=result,
            page=page,
            memory=self._memory if isinstance(result, Cleaned) else None,
            status=then.status,
            next_attempt_at=then.due,
        )
        outcome = await asyncio.wrap_future(self._rooms.writer.save_visit(visit))
        self._tally.add(outcome, fetched=page is not None or isinstance(result, NotModified))
        self._observer.visited(self._source.name, outcome)


def text_of(body: bytes, content_type: str | None) -> str:
    """The text of a page that lists articles, as `crawler` takes it: decoding lives in `cleaners`."""
    return decode(body, content_type).text
