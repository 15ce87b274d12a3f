"""The raw archive cleaned again: what an improvement makes of every page that is kept. Nothing goes to the network."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from model.article import Cleaned
from model.errors import CleanError
from model.fingerprints import text_hash
from model.outcome import Revised, Stored
from model.source import Source
from model.times import now
from newsmill.decide import completed, judged
from newsmill.rooms import LEASE
from newsmill.stopping import first_failure
from newsmill.workers import CleaningPool
from storage import Writer, open_store
from storage.recleaning import count_raw, raw_texts, save_recleaned
from storage.values import PageStatus, Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from model.memory import PackedMemory
    from newsmill.config import Settings
    from storage import Store
    from storage.recleaning import Archive, RawText

#: Raw pages read at a time, and those of them that are worked on at once.
SLICE, AT_ONCE = 50, 8
#: Changed articles that a report names.
NAMED = 1000

#: Told how many pages are done, how many there are, and what was counted.
Watch: TypeAlias = "Callable[[int, int, Mapping[str, int]], None]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """An article whose text came out differently."""

    #: None where there was none before.
    article_id: int | None
    url: str
    words_before: int
    words_after: int


@dataclass(slots=True)
class Recleaned:
    """How a re-cleaning ended. Mutable while it works."""

    #: ``unchanged``, ``revised``, ``stored`` (there was no article before), ``left`` (no article any more: the text stays as
    #: it is), ``failed``.
    counts: Counter[str] = field(default_factory=Counter)
    changed: list[Changed] = field(default_factory=list)
    interrupted: bool = False
    #: Id of the last page that was done with all before it.
    last_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is asked of one re-cleaning."""

    archive: Archive
    #: Go on behind this page.
    after: int = 0
    #: Write nothing, only tell.
    dry: bool = False


async def reclean(settings: Settings, task: Task, *, watch: Watch | None = None, stop: asyncio.Event | None = None) -> Recleaned:
    """Clean raw pages again, and write what came out differently as revisions.

    What each source's memory knows now is used; nothing is learned from pages it has seen. What was done is written
    page by page, so that an ended run can be begun again. Whoever writes holds the database's lease: a visit in between would
    be judged by a memory and followed by a revision that this run knows nothing of. A dry run waits for nobody.

    Args:
        settings: what config.yaml says; its rules hold.
        task: what is to be done.
        watch: told about every page.
        stop: once set, what is in hand is finished.

    Raises:
        DatabaseBusy: a daemon or a crawl works on this database, and the run is not dry.
        NotFound: the database knows no source of the name asked for.
        StorageError: the database cannot be used; what was written before stays.
    """
    clean = settings.clean
    with (
        open_store(settings.database) as store,
        nullcontext() if task.dry else store.lease(LEASE),
        Writer(store) as writer,
        CleaningPool(workers=clean.workers, timeout=clean.timeout, memory=clean.memory) as pool,
    ):
        if task.archive.source is not None:
            store.check_source(task.archive.source)
        run_id: int | None = None
        if not task.dry:
            run_id = await asyncio.wrap_future(writer.begin_run("reclean", now()))
        work = _Work(settings, store, writer, pool, run_id=run_id)
        await work.run(task, watch, stop or asyncio.Event())
        if run_id is not None:
            await asyncio.wrap_future(writer.end_run(run_id, now(), work.done.counts))
        return work.done


class _Work:
    """One re-cleaning in rooms that are open."""

    def __init__(self, settings: Settings, store: Store, writer: Writer, pool: CleaningPool, *, run_id: int | None) -> None:
        self._store, self._writer, self._pool, self._run_id = store, writer, pool, run_id
        self._sources = {source.name: source for source in settings.sources}
        self._memories: dict[str, PackedMemory] = {}
        self.done = Recleaned()

    async def run(self, task: Task, watch: Watch | None, stop: asyncio.Event) -> None:
        """Take page after page until there is none, or it is told to stop."""
        total = await asyncio.to_thread(count_raw, self._store.reading, task.archive)
        self.done.last_id = task.after
        free = asyncio.Semaphore(AT_ONCE)
        while not stop.is_set():
            behind = self.done.last_id
            texts = await asyncio.to_thread(raw_texts, self._store.reading, task.archive, after=behind, limit=SLICE)
            if not texts:
                return
            begun = []
            with first_failure():
                async with asyncio.TaskGroup() as group:
                    for text in texts:
                        await free.acquire()
                        if stop.is_set():
                            break
                        begun.append(text)
                        group.create_task(self._take(text)).add_done_callback(lambda _: free.release())
                        if watch:
                            watch(self.done.counts.total(), total, self.done.counts)
            self.done.last_id = begun[-1].state.id if begun else self.done.last_id
        self.done.interrupted = True

    async def _take(self, text: RawText) -> None:
        """Clean one page again and write what it comes to."""
        source = self._sources.get(text.state.source) or Source(name=text.state.source, url=text.page.url)
        try:
            learned = await self._pool.clean(text.page, source, await self._memory(source.name))
        except CleanError:
            self.done.counts["failed"] += 1
            return
        result = judged(completed(learned.cleaned, text.state.link), url=text.page.url, languages=source.languages)
        if not isinstance(result, Cleaned):
            self.done.counts["left"] += 1
            return
        ending = _compared(text, result) if self._run_id is None else await self._save(text, source, result, self._run_id)
        self.done.counts[ending] += 1
        if ending != "unchanged" and len(self.done.changed) < NAMED:
            before, after = text.word_count or 0, result.article.word_count
            self.done.changed.append(
                Changed(article_id=text.article_id, url=text.page.url, words_before=before, words_after=after)
            )

    async def _memory(self, source: str) -> PackedMemory:
        if source not in self._memories:
            self._memories[source] = await asyncio.to_thread(self._store.packed_memory, source)
        return self._memories[source]

    async def _save(self, text: RawText, source: Source, cleaned: Cleaned, run_id: int) -> str:
        visit = Visit(
            page_id=text.state.id,
            run_id=run_id,
            at=now(),
            result=cleaned,
            page=text.page,
            rules=source.rules,
            status=PageStatus.STORED,
        )
        saved = await asyncio.wrap_future(self._writer.submit(partial(save_recleaned, visit=visit, cleaned=cleaned)))
        if isinstance(saved, Revised):
            return "revised"
        return "stored" if isinstance(saved, Stored) or text.article_id is None else "unchanged"


def _compared(text: RawText, cleaned: Cleaned) -> str:
    """What writing it would come to."""
    if text.article_id is None:
        return "stored"
    same = text_hash(cleaned.article.text) == text.text_hash and " ".join(cleaned.article.title.split()) == text.title
    return "unchanged" if same else "revised"
