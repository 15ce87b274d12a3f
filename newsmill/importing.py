"""Archived pages through the same cleaning and storing as fetched ones; nothing goes to the network.

Pages that others may belong to wait in `newsmill.spool` until all files were read; then articles are made whole as in a
crawl, but that their parts come out of the archive.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from crawler import wanted
from crawler.parts import may_be_part
from crawler.shelf import Shelf
from model.article import Cleaned
from model.errors import CleanError, FetchError
from model.outcome import Skipped
from model.source import Link
from model.times import now
from newsmill.crawling import known_sources, opened, owners
from newsmill.decide import after_visit, judged
from newsmill.gathering import Gathering
from newsmill.polling import text_of
from newsmill.rooms import LEASE
from newsmill.spool import Spool, leads_on
from newsmill.stopping import first_failure
from newsmill.warc import Selection, read_warc
from storage.values import Visit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
    from pathlib import Path
    from typing import IO

    from model.memory import PackedMemory
    from model.outcome import Outcome
    from model.page import Page
    from model.source import Rules, Source
    from newsmill.config import Settings
    from newsmill.rooms import Rooms
    from newsmill.warc import Archived
    from storage.values import PageState, Result

#: Pages read ahead, so that cleaning processes do not wait; more would only fill memory.
AHEAD = 16
#: Sites whose memory is kept at hand.
_SITES = 200

#: Told the bytes read of all files so far, and what was counted.
Watch: TypeAlias = "Callable[[int, Mapping[str, int]], None]"


@dataclass(slots=True)
class _Site:
    """One source's pages, cleaned one after the other in the archive's order."""

    lock: asyncio.Lock
    memory: PackedMemory | None = None


async def import_files(
    settings: Settings, files: Sequence[Path], selection: Selection, *, watch: Watch | None = None
) -> Mapping[str, int]:
    """Store the pages of WARC files; what was counted.

    That is ``read``, ``left`` (no page asked for), ``known``, ``part`` (further pages of an article), and the outcomes' names.

    A page that is known from the same moment or a later one stays as it is, so an import that was ended can be begun again.

    Raises:
        ConfigError: a file is no WARC.
        DatabaseBusy: a daemon or a crawl works on this database.
        StorageError: the database cannot be used; what was written before stays.
    """
    async with opened(settings) as rooms:
        with rooms.store.lease(LEASE), Spool() as spool:
            await asyncio.wrap_future(rooms.writer.save_sources(known_sources(settings, ()), now()))
            run_id = await asyncio.wrap_future(rooms.writer.begin_run("import", now()))
            importing = _Import(settings, rooms, run_id, spool)
            done = 0
            for file in files:
                with file.open("rb") as stream:
                    await importing.walk(stream, selection, partial(_tell, watch, importing.counts, done))
                done += file.stat().st_size
            await importing.finish(partial(_tell, watch, importing.counts, done, 0))
            await asyncio.wrap_future(rooms.writer.end_run(run_id, now(), importing.counts))
            return importing.counts


def _tell(watch: Watch | None, counts: Mapping[str, int], before: int, position: int) -> None:
    if watch is not None:
        watch(before + position, counts)


@asynccontextmanager
async def _ahead(pages: int) -> AsyncIterator[Callable[[Callable[[Page], Coroutine[None, None, None]], Page], Awaitable[None]]]:
    """Begins work on pages, so many at a time; ends when all of it is done, or with the first error."""
    free = asyncio.Semaphore(pages)

    async def begin(work: Callable[[Page], Coroutine[None, None, None]], page: Page) -> None:
        await free.acquire()
        group.create_task(work(page)).add_done_callback(lambda _: free.release())

    with first_failure():
        async with asyncio.TaskGroup() as group:
            yield begin


def _apart(page: Page) -> Page:
    """The page with its parts, no two from one moment, by which fetches are told apart: archives know seconds only."""
    moments, parts = {page.fetched_at}, []
    for part in page.parts:
        moment = part.fetched_at
        while moment in moments:
            moment += timedelta(microseconds=1)
        moments.add(moment)
        parts.append(replace(part, fetched_at=moment))
    return replace(page, parts=tuple(parts))


class _Import:
    """One import into rooms that are open."""

    def __init__(self, settings: Settings, rooms: Rooms, run_id: int, spool: Spool) -> None:
        self._settings, self._rooms, self._run_id, self._spool = settings, rooms, run_id, spool
        self._introduced = {source.name for source in settings.sources}
        self._sites: Shelf[_Site] = Shelf(lambda: _Site(asyncio.Lock()), limit=_SITES)
        self.counts: Counter[str] = Counter()

    async def walk(self, stream: IO[bytes], selection: Selection, progress: Callable[[int], None]) -> None:
        """Take the pages of one file, or set them aside."""
        archive = read_warc(stream, selection)
        async with _ahead(AHEAD) as begin:
            while (response := await asyncio.to_thread(next, archive, None)) is not None:
                self._count(response)
                progress(response.position)
                if response.page is not None:
                    await begin(self._sort, response.page)

    async def finish(self, progress: Callable[[], None]) -> None:
        """Take the pages that were set aside: first those that are surely no parts, then, as these claim theirs, what is left."""
        for rank, ahead in enumerate((AHEAD, 1, AHEAD)):  # one at a time where each may be the next one's part
            async with _ahead(ahead) as begin:
                for page in self._spool.rank(rank):
                    await begin(self._take_whole, page)
                    progress()

    def _count(self, response: Archived) -> None:
        self.counts["read"] += 1
        self.counts["left"] += response.page is None

    async def _sort(self, page: Page) -> None:
        goes_on = await asyncio.to_thread(leads_on, page)
        if goes_on or may_be_part(page.url):
            self._spool.put(page, leads_on=goes_on)
        else:
            await self._take(page, whole=False)

    async def _take_whole(self, page: Page) -> None:
        if not self._spool.is_part(page):
            await self._take(page, whole=True)

    async def _take(self, page: Page, *, whole: bool) -> None:
        """Clean and store a page, ``whole`` with its further parts."""
        (source,) = owners(self._settings, [page.url])
        with self._sites.use(source.name) as site:
            async with site.lock:
                await self._introduce(source)
                state = await asyncio.wrap_future(self._rooms.writer.page_of(source.name, Link(url=page.url), now()))
                if state.fetched_at is not None and state.fetched_at >= page.fetched_at:
                    self.counts["known"] += 1
                    await self._claim(page, whole=whole)
                    return
                if site.memory is None:
                    site.memory = await asyncio.to_thread(self._rooms.store.packed_memory, source.name)
                page, result = await self._clean(page, source, site, whole=whole)
                outcome = await self._save(state, page, result, site, source.rules)
                await self._claim(page, whole=bool(page.parts))
        self.counts[type(outcome).__name__.lower()] += 1

    async def _claim(self, page: Page, *, whole: bool) -> None:
        """Have the parts of an article that is stored whole be no articles themselves."""
        if whole and (claimed := await asyncio.to_thread(self._spool.claim, page)):
            self.counts["part"] += claimed

    async def _introduce(self, source: Source) -> None:
        """Have the database know a source that was made up for a site config.yaml does not name."""
        if source.name not in self._introduced:
            await asyncio.wrap_future(self._rooms.writer.add_sources([source], now()))
            self._introduced.add(source.name)

    async def _clean(self, page: Page, source: Source, site: _Site, *, whole: bool) -> tuple[Page, Result]:
        """The page with its parts and its article, and the site's memory moved on by it."""
        assert site.memory is not None
        if not wanted(page.url, source):
            return page, Skipped(url=page.url, reason="filtered", detail="not among the source's pages")
        try:
            learned = await self._rooms.pool.clean(page, source, site.memory)
            result = judged(learned.cleaned, url=page.url, languages=source.languages)
            if whole and isinstance(result, Cleaned):
                page = await self._joined(page, learned.cleaned, source, site.memory)
            if page.parts:
                learned = await self._rooms.pool.clean(page, source, site.memory)
                result = judged(learned.cleaned, url=page.url, languages=source.languages)
        except CleanError as error:
            return page, error
        if isinstance(result, Cleaned):
            site.memory = learned.memory
        return page, result

    async def _joined(self, page: Page, cleaned: Cleaned, source: Source, memory: PackedMemory) -> Page:
        """The page with its further parts, as far as the archive has them."""

        async def fetch(url: str) -> Page:
            part = await asyncio.to_thread(self._spool.get, url, page.fetched_at)
            if part is None:
                raise FetchError(url, "not in the archive")
            return part

        async def clean(part: Page) -> Cleaned:
            return (await self._rooms.pool.clean(part, source, memory, explained=True)).cleaned

        gathering = Gathering(source, fetch=fetch, clean=clean, decode=text_of)
        return _apart((await gathering.parts(page, cleaned)).page)

    async def _save(self, state: PageState, page: Page, result: Result, site: _Site, rules: Rules) -> Outcome:
        at = now()
        visit = Visit(
            page_id=state.id,
            run_id=self._run_id,
            at=at,
            result=result,
            page=page,
            rules=rules,
            memory=site.memory if isinstance(result, Cleaned) else None,
            status=after_visit(result, state, now=at, recheck=()).status,
            next_attempt_at=None,  # an archive is no reason to visit the site
        )
        return await asyncio.wrap_future(self._rooms.writer.save_visit(visit))
