"""One source's way from its endpoints to stored articles.

It calls the rooms in order and decides nothing::

    discover | poll | (walk back) | due pages | fetch | clean | judge | save

Discovery and polls are in `newsmill.polling`, the walk back through archives (where a day is asked for) in
`newsmill.backfilling`, cleaning and judging in `newsmill.judging`; due pages, fetching and saving stand here.

Pages are fetched one ahead of cleaning; cleaning goes in the order of fetching, so that what the site's memory
knew at each page does not depend on chance. Whatever a step ends in is written before the next page is taken,
so a run can be ended at any moment and taken up again.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from crawler import fetch_through
from model.errors import PageError
from model.page import NotModified, Request
from model.times import now
from newsmill.backfilling import Backfilling
from newsmill.decide import after_visit, asking_page
from newsmill.judging import Judging
from newsmill.polling import Polling
from newsmill.progress import Tally
from newsmill.stopping import Stopped, first_failure, unless_stopped
from storage.values import Visit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.source import Source
    from newsmill.judging import Concluded
    from newsmill.progress import Observer
    from newsmill.rooms import Fetched, Rooms, Scope
    from storage.values import PageState

#: Due pages read from the database at a time.
SLICE = 200
#: Pages fetched ahead of cleaning.
AHEAD = 2


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
        self._polling = Polling(source, rooms, scope, observer=observer, tally=self._tally, stop=stop)
        self._backfilling = Backfilling(source, rooms, scope, observer=observer, tally=self._tally, stop=stop)

    async def walk(self) -> Tally:
        """Go the whole way once.

        Raises:
            StorageError: the database failed; nothing of the page in hand is written.
        """
        with contextlib.suppress(Stopped):
            if self._scope.pages is None:
                await self._polling.run()
            if self._scope.since is not None:
                await self._backfilling.run(self._scope.since)
            memory = await asyncio.to_thread(self._rooms.store.packed_memory, self._source.name)
            self._judging = Judging(self._source, self._rooms, self._scope, memory=memory, stop=self._stop)
            await self._visit_pages()
        self._observer.finished(self._source.name, self._tally)
        return self._tally

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
        with first_failure():
            async with asyncio.TaskGroup() as group:
                group.create_task(self._fetch_all(due, fetched))
                group.create_task(self._save_all(fetched))

    async def _fetch_all(self, due: Sequence[PageState], fetched: asyncio.Queue[tuple[PageState, Fetched] | None]) -> None:
        with contextlib.suppress(Stopped):
            for state in due:
                await fetched.put((state, await self._fetch(state)))
        await fetched.put(None)

    async def _fetch(self, state: PageState) -> Fetched:
        try:
            known = asking_page(state, now=now(), recheck=self._scope.recheck)
            request = Request(url=state.link.url, validators=known)
            return await unless_stopped(self._stop, fetch_through(self._fetcher, request))
        except PageError as error:
            return error

    async def _save_all(self, fetched: asyncio.Queue[tuple[PageState, Fetched] | None]) -> None:
        while (arrival := await fetched.get()) is not None:
            state, ending = arrival
            with contextlib.suppress(Stopped):  # of the page in hand; what was fetched before is saved
                await self._save(state, await self._judging.conclude(state, ending))

    async def _save(self, state: PageState, concluded: Concluded) -> None:
        at, result, page = now(), concluded.result, concluded.page
        then = after_visit(result, state, now=at, recheck=self._scope.recheck, missing=bool(page and page.missing))
        visit = Visit(
            page_id=state.id,
            run_id=self._scope.run_id,
            at=at,
            result=result,
            page=page,
            rules=self._source.rules,
            memory=concluded.memory,
            status=then.status,
            next_attempt_at=then.due,
        )
        outcome = await asyncio.wrap_future(self._rooms.writer.save_visit(visit))
        self._tally.add(outcome, fetched=page is not None or isinstance(result, NotModified))
        self._observer.visited(self._source.name, outcome)
