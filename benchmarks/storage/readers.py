"""Fifty readers at work, as people with a notebook or a dashboard read."""

from __future__ import annotations

import multiprocessing
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING

from sqlalchemy import text

from model.errors import StorageError
from storage import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.sharedctypes import Synchronized
    from multiprocessing.synchronize import Barrier, Event

    from storage import Store

READERS, PROCESSES = 50, 5
#: Seconds in which a process has started, also on a machine that others keep busy.
_START = 600
#: What a reader waits between two queries: fifty that never rest would measure two cores, not a database.
_REST = 1.0
_READ = (
    "SELECT id, title, published FROM articles WHERE source = 'site7' ORDER BY id DESC LIMIT 20",
    "SELECT source, count(*) FROM articles WHERE first_seen_at > '2025-12-31' GROUP BY source",
    "SELECT * FROM articles WHERE id = 77",
)


@dataclass(frozen=True, slots=True)
class Share:
    """What the processes of readers have in common."""

    url: str
    good: Synchronized[int]
    failed: Synchronized[int]
    stop: Event
    ready: Barrier


@contextmanager
def reading(url: str) -> Iterator[Share]:
    """Readers at work; what they count is final once this ends."""
    context = multiprocessing.get_context("spawn")
    share = Share(url, context.Value("i", 0), context.Value("i", 0), context.Event(), context.Barrier(PROCESSES + 1))
    processes = [context.Process(target=_read_all, args=(share, READERS // PROCESSES), daemon=True) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    share.ready.wait(_START)
    try:
        yield share
    finally:
        share.stop.set()
        for process in processes:
            process.join(60)


def _read_all(share: Share, readers: int) -> None:
    """Runs in a process of its own: so many threads, each with a connection."""
    with open_store(share.url, readonly=True) as store:
        threads = [Thread(target=_read, args=(store, number, share)) for number in range(readers)]
        share.ready.wait(_START)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _read(store: Store, number: int, share: Share) -> None:
    while not share.stop.wait(_REST):
        try:
            with store.reading() as connection:
                connection.execute(text(_READ[number % len(_READ)])).all()
        except StorageError:
            _count(share.failed)
        else:
            _count(share.good)


def _count(counter: Synchronized[int]) -> None:
    with counter.get_lock():
        counter.value += 1
