"""Cleaning in processes that can be killed.

A page can hang or eat memory in any HTML library, and Python's own process pool can end neither (pages that do are in
``docs/why.md``). So each process is at the end of a socket: it is sent one page at a time, and ended by the kernel when
the page has used up its CPU time. A source's pages go to the same process as far as the load allows, because that one has the
site's memory at hand.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import socket
from collections import Counter
from multiprocessing import forkserver
from typing import TYPE_CHECKING, Self

from model.errors import CleanCrashed, CleanTimeout, PageError
from model.memory import PackedMemory
from newsmill.cleaning import LENGTH, MOST_SITES, OUT_OF_TIME, Job, Learned, serve

if TYPE_CHECKING:
    from datetime import timedelta
    from multiprocessing.context import ForkServerProcess
    from types import TracebackType

    from model.page import Page
    from model.source import Source
    from newsmill.cleaning import Answer

#: A process is replaced after so many pages, so that what libraries leak stays small.
PAGES_PER_PROCESS = 1000
#: So many more pages may wait for a source's process than for the idlest one before the source moves.
_PATIENCE = 2
#: A page may take so many times its CPU time by the clock: on a busy machine it waits, but it must not for ever.
WAITING = 12.0
#: Lessons of a memory after which it is packed whole: reading many takes time, packing a full memory with each page more.
MOST_LESSONS = 64
#: Bytes of an answer that are read ahead.
_READ_AHEAD = 1 << 20
#: Seconds a process has to be gone after it was told or killed.
_ENDING = 5.0


class CleaningPool:
    """Processes that clean pages; each is started with the first page it gets.

    Args:
        workers: number of processes; 0 is one for each core.
        timeout: a page that takes more CPU time is killed.
        memory: most bytes of address space of one process.
    """

    def __init__(self, *, workers: int, timeout: timedelta, memory: int) -> None:
        self._workers = [_Worker(timeout.total_seconds(), memory) for _ in range(workers or os.cpu_count() or 1)]
        #: Source -> its process.
        self._of: dict[str, _Worker] = {}

    async def clean(self, page: Page, source: Source, memory: PackedMemory, *, explained: bool = False) -> Learned:
        """Clean a page with its parts and learn from it.

        Args:
            page: the page.
            source: whose page it is.
            memory: what is known of its site.
            explained: its verdicts are wanted, not only their number.

        Raises:
            CleanError: the page cannot be cleaned; `CleanTimeout` and `CleanCrashed` when its process was ended or died.
        """
        worker = self._of[source.name] = self._chosen(source.name)
        worker.waiting += 1
        try:
            async with worker.turn:
                return await worker.clean(page, source, memory, explained=explained)
        finally:
            worker.waiting -= 1

    def _chosen(self, source: str) -> _Worker:
        """The source's process, unless too many pages wait for it."""
        sources = Counter(self._of.values())
        idlest = min(self._workers, key=lambda worker: (worker.waiting, sources[worker]))
        own = self._of.get(source, idlest)
        return own if own.waiting <= idlest.waiting + _PATIENCE else idlest

    def __enter__(self) -> Self:
        """Start the process that all others are forked from: it takes half a second to be ready, while the feeds are asked."""
        forkserver.set_forkserver_preload(["newsmill.preloaded"])
        forkserver.ensure_running()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for worker in self._workers:
            worker.end()


class _Worker:
    """One process, seen from outside. Who cleans holds its `turn`."""

    def __init__(self, timeout: float, memory: int) -> None:
        self.turn = asyncio.Lock()
        #: Pages that wait or are being cleaned.
        self.waiting = 0
        self._timeout, self._memory = timeout, memory
        self._process: ForkServerProcess | None = None
        self._pages = 0
        #: Source -> the memories the process holds: the one used last, and the one learned from it.
        self._held: dict[str, tuple[PackedMemory, PackedMemory]] = {}

    async def clean(self, page: Page, source: Source, memory: PackedMemory, *, explained: bool) -> Learned:
        """See `CleaningPool.clean`."""
        await self._ready()
        held = self._held.pop(source.name, ())
        which = next((number for number, known in enumerate(held) if known is memory), None)
        sent = memory if which is None else which
        job = Job(
            page=page,
            source=source.name,
            rules=source.rules,
            language=source.language,
            memory=sent,
            whole=len(memory.lessons) >= MOST_LESSONS,
            explained=explained,
        )
        answer: Answer = pickle.loads(await self._answer(job))  # noqa: S301 - from our own process
        if isinstance(answer, PageError):
            raise answer
        if isinstance(answer, MemoryError):
            raise CleanCrashed(page.url, "cleaning took more memory than it may")
        learned = _with_lesson(memory, answer.lesson)
        self._held[source.name] = (memory, learned)
        if len(self._held) > MOST_SITES:
            del self._held[next(iter(self._held))]
        return Learned(cleaned=answer.cleaned, memory=learned)

    async def _ready(self) -> None:
        """A process that may take a page: a fresh one at first, after one ended, and after many pages."""
        if self._pages >= PAGES_PER_PROCESS:
            self.end()
        if self._process is None:
            await self._start()

    async def _answer(self, job: Job) -> bytes:
        try:
            async with asyncio.timeout(self._timeout * WAITING):
                return await self._exchanged(pickle.dumps(job, pickle.HIGHEST_PROTOCOL))
        except TimeoutError:
            self.end()
            raise CleanTimeout(job.page.url, f"cleaning did not end in {self._timeout * WAITING:g} s") from None
        except (ConnectionError, asyncio.IncompleteReadError):
            code = self.end(wait=True)
            if code == -OUT_OF_TIME:
                raise CleanTimeout(job.page.url, f"cleaning took more than {self._timeout:g} s of CPU") from None
            raise CleanCrashed(job.page.url, f"the cleaning process died with code {code}") from None
        except BaseException:
            self.end()  # what it would answer now must not be taken for the next page's
            raise

    async def _exchanged(self, body: bytes) -> bytes:
        self._pages += 1
        self._writer.writelines([LENGTH.pack(len(body)), body])
        await self._writer.drain()
        (length,) = LENGTH.unpack(await self._reader.readexactly(LENGTH.size))
        return await self._reader.readexactly(length)

    async def _start(self) -> None:
        context = multiprocessing.get_context("forkserver")
        ours, theirs = socket.socketpair()
        with theirs:
            process = context.Process(target=serve, args=(theirs, self._memory, self._timeout), daemon=True)
            await asyncio.to_thread(process.start)
        self._reader, self._writer = await asyncio.open_connection(sock=ours, limit=_READ_AHEAD)
        self._process, self._pages, self._held = process, 0, {}

    def end(self, *, wait: bool = False) -> int | None:
        """End the process, if there is one; its exit code.

        Args:
            wait: it is about to end by itself.
        """
        process, self._process, self._held = self._process, None, {}
        if process is None:
            return None
        self._writer.transport.abort()
        if wait:
            process.join(_ENDING)
        process.kill()
        process.join(_ENDING)
        return process.exitcode


def _with_lesson(memory: PackedMemory, lesson: bytes | PackedMemory | None) -> PackedMemory:
    """The memory after a page: the same one where that taught nothing."""
    if isinstance(lesson, PackedMemory):
        return lesson
    return memory if lesson is None else memory.followed_by(lesson)
