"""Cleaning in processes that can be killed: pebble's only door.

A page can hang or eat memory in any HTML library, and Python's own process pool can end neither
(pages that do are in ``docs/why.md``).
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
from concurrent.futures import TimeoutError as OutOfTime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from pebble import ProcessExpired, ProcessPool

from model.errors import CleanCrashed, CleanTimeout, PageError
from newsmill.whole import clean_whole

if TYPE_CHECKING:
    from datetime import timedelta
    from types import TracebackType

    from model.article import Cleaned
    from model.memory import SiteMemory
    from model.page import Page
    from model.source import Source

#: A process is replaced after so many pages, so that what libraries leak stays small.
PAGES_PER_PROCESS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A cleaned page and the site's memory with that page in it."""

    cleaned: Cleaned
    memory: SiteMemory


class CleaningPool:
    """Processes that clean pages.

    Args:
        workers: number of processes; 0 is one for each core.
        timeout: a page that takes longer is killed.
        memory: most bytes of address space of one process.
    """

    def __init__(self, *, workers: int, timeout: timedelta, memory: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["cleaners"])
        self._timeout = timeout
        self._pool = ProcessPool(
            max_workers=workers or os.cpu_count() or 1,
            max_tasks=PAGES_PER_PROCESS,
            initializer=_begin,
            initargs=[memory],
            context=context,
        )

    async def clean(self, page: Page, source: Source, memory: SiteMemory) -> Learned:
        """Clean a page with its parts and learn from it.

        Raises:
            CleanError: the page cannot be cleaned; `CleanTimeout` and `CleanCrashed` when its process was ended or died.
        """
        future = self._pool.schedule(_clean, args=[page, source, memory], timeout=self._timeout.total_seconds())
        try:
            learned: Learned = await asyncio.wrap_future(future)
        except OutOfTime:
            raise CleanTimeout(page.url, f"cleaning took longer than {self._timeout.total_seconds():g} s") from None
        except ProcessExpired as error:
            raise CleanCrashed(page.url, f"the cleaning process died with code {error.exitcode}") from None
        except MemoryError:
            raise CleanCrashed(page.url, "cleaning took more memory than it may") from None
        return learned

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble types all but this
        self._pool.join()


def _begin(memory: int) -> None:
    """Runs once in each process."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _clean(page: Page, source: Source, memory: SiteMemory) -> Learned:
    """Runs in the process."""
    from cleaners import learn

    try:
        cleaned = clean_whole(page, rules=source.rules, memory=memory, language=source.language)
        return Learned(cleaned=cleaned, memory=learn(memory, cleaned))
    except (PageError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - the border of the process: whatever a parser throws at a page is that page's outcome
        raise CleanCrashed(page.url, f"{type(error).__name__}: {error}") from None
