"""Archived pages through the same cleaning and storing as fetched ones; nothing goes to the network."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from crawler import wanted
from crawler.shelf import Shelf
from model.article import Cleaned
from model.errors import CleanError
from model.outcome import Skipped
from model.source import Link
from model.times import now
from newsmill.crawling import known_sources, opened, owners
from newsmill.decide import after_visit, judged
from newsmill.rooms import LEASE
from newsmill.warc import Selection, read_warc
from storage.values import Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
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
    """Store the pages of WARC files; what was counted: ``read``, ``left`` (no page asked for), and the outcomes' names.

    A page that is known from the same moment or a later one stays as it is, so an import that was ended can be begun again.

    Raises:
        ConfigError: a file is no WARC.
        DatabaseBusy: a daemon or a crawl works on this database.
        StorageError: the database cannot be used; what was written before stays.
    """
    async with opened(settings) as rooms:
        with rooms.store.lease(LEASE):
            await asyncio.wrap_future(rooms.writer.save_sources(known_sources(settings, ()), now()))
            run_id = await asyncio.wrap_future(rooms.writer.begin_run("import", now()))
            importing = _Import(settings, rooms, run_id)
            done = 0
            for file in files:
                with file.open("rb") as stream:
                    await importing.walk(stream, selection, partial(_tell, watch, importing.counts, done))
                done += file.stat().st_size
            await asyncio.wrap_future(rooms.writer.end_run(run_id, now(), importing.counts))
            return importing.counts


def _tell(watch: Watch | None, counts: Mapping[str, int], before: int, position: int) -> None:
    if watch is not None:
        watch(before + position, counts)


class _Import:
    """One import into rooms that are open."""

    def __init__(self, settings: Settings, rooms: Rooms, run_id: int) -> None:
        self._settings, self._rooms, self._run_id = settings, rooms, run_id
        self._introduced = {source.name for source in settings.sources}
        self._sites: Shelf[_Site] = Shelf(lambda: _Site(asyncio.Lock()), limit=_SITES)
        self.counts: Counter[str] = Counter()

    async def walk(self, stream: IO[bytes], selection: Selection, progress: Callable[[int], None]) -> None:
        """Take the pages of one file."""
        archive = read_warc(stream, selection)
        free = asyncio.Semaphore(AHEAD)
        try:
            async with asyncio.TaskGroup() as group:
                while (response := await asyncio.to_thread(next, archive, None)) is not None:
                    self._count(response)
                    progress(response.position)
                    if response.page is not None:
                        await free.acquire()
                        group.create_task(self._take(response.page)).add_done_callback(lambda _: free.release())
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None  # the first to fail ended the others

    def _count(self, response: Archived) -> None:
        self.counts["read"] += 1
        self.counts["left"] += response.page is None

    async def _take(self, page: Page) -> None:
        (source,) = owners(self._settings, [page.url])
        with self._sites.use(source.name) as site:
            async with site.lock:
                await self._introduce(source)
                state = await asyncio.wrap_future(self._rooms.writer.page_of(source.name, Link(url=page.url), now()))
                if state.fetched_at is not None and state.fetched_at >= page.fetched_at:
                    self.counts["known"] += 1
                    return
                if site.memory is None:
                    site.memory = await asyncio.to_thread(self._rooms.store.packed_memory, source.name)
                outcome = await self._save(state, page, await self._clean(page, source, site), site, source.rules)
        self.counts[type(outcome).__name__.lower()] += 1

    async def _introduce(self, source: Source) -> None:
        """Have the database know a source that was made up for a site config.yaml does not name."""
        if source.name not in self._introduced:
            await asyncio.wrap_future(self._rooms.writer.add_sources([source], now()))
            self._introduced.add(source.name)

    async def _clean(self, page: Page, source: Source, site: _Site) -> Result:
        """The page's article, and the site's memory moved on by it."""
        assert site.memory is not None
        if not wanted(page.url, source):
            return Skipped(url=page.url, reason="filtered", detail="not among the source's pages")
        try:
            learned = await self._rooms.pool.clean(page, source, site.memory)
        except CleanError as error:
            return error
        result = judged(learned.cleaned, url=page.url, languages=source.languages)
        if isinstance(result, Cleaned):
            site.memory = learned.memory
        return result

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
