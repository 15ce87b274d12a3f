"""One thread that writes: calls from many places, grouped into few transactions."""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from model.errors import DatabaseBusy, DatabaseUnavailable, StorageError
from storage import pages, polls, runs, sources, visits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from typing import Self

    from sqlalchemy import Connection

    from model.outcome import Outcome
    from model.source import Endpoint, Link, Source
    from storage.store import Store
    from storage.values import PageState, Poll, PollSaved, Visit

T = TypeVar("T")

#: A transaction ends after so many calls, or so many seconds, or when nobody waits.
MOST_CALLS, MOST_SECONDS = 100, 0.2
#: Visits that a transaction is begun for together at most, and seconds that the first of them waits for the others.
_TOGETHER, _PATIENCE = 8, 0.1


class _Call(Generic[T]):
    """A call on its way, and where its result is awaited."""

    def __init__(self, call: Callable[[Connection], T], *, patient: bool) -> None:
        self.call, self.patient, self.future = call, patient, Future[T]()
        self._result: Callable[[], None] | None = None

    def run(self, connection: Connection) -> None:
        """Make the call; it may be made again, in another transaction, when this one is lost."""
        result = self.call(connection)
        self._result = lambda: self.future.set_result(result)

    def fail(self, error: BaseException) -> None:
        """Nothing of it was written."""
        self._result = lambda: self.future.set_exception(error)

    def settle(self) -> None:
        """Tell the one who waits; only once the transaction is committed or lost."""
        if self._result is not None:
            self._result()


class Writer:
    """The writing side of a store.

    Each method returns at once; its future is done when the write is committed, or holds the `StorageError`.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: queue.SimpleQueue[_Call[Any] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        #: Patient calls that lately came close enough to share a transaction.
        self._expected = 1
        self._thread = threading.Thread(target=self._work, name="newsmill-writer", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write what was submitted, then end the thread; further calls are refused."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def submit(self, call: Callable[[Connection], T], *, patient: bool = False) -> Future[T]:
        """Have a function of a connection called within the next transaction.

        Args:
            call: the function.
            patient: it may wait a moment for others to share that transaction, if such came lately.

        Raises:
            StorageError: the writer is closed.
        """
        waiting = _Call(call, patient=patient)
        with self._lock:
            if self._closed:
                raise StorageError("the writer is closed")
            self._queue.put(waiting)
        return waiting.future

    def save_sources(self, configured: Sequence[Source], now: datetime) -> Future[None]:
        """See `storage.sources.save_sources`."""
        return self.submit(lambda connection: sources.save_sources(connection, configured, now))

    def add_sources(self, made_up: Sequence[Source], now: datetime) -> Future[None]:
        """See `storage.sources.add_sources`."""
        return self.submit(lambda connection: sources.add_sources(connection, made_up, now))

    def save_endpoints(self, source: str, endpoints: Sequence[Endpoint], now: datetime) -> Future[None]:
        """See `storage.sources.save_endpoints`."""
        return self.submit(lambda connection: sources.save_endpoints(connection, source, endpoints, now))

    def begin_run(self, kind: str, now: datetime) -> Future[int]:
        """See `storage.runs.begin_run`."""
        return self.submit(lambda connection: runs.begin_run(connection, kind, now))

    def end_run(self, run_id: int, now: datetime, counts: Mapping[str, int]) -> Future[None]:
        """See `storage.runs.end_run`."""
        return self.submit(lambda connection: runs.end_run(connection, run_id, now, counts))

    def save_poll(self, poll: Poll) -> Future[PollSaved]:
        """See `storage.polls.save_poll`."""
        return self.submit(lambda connection: polls.save_poll(connection, poll))

    def add_pages(self, source: str, links: Sequence[Link], now: datetime) -> Future[tuple[int, ...]]:
        """See `storage.pages.add_pages`."""
        return self.submit(lambda connection: pages.add_pages(connection, source, links, now))

    def add_new_pages(self, source: str, links: Sequence[Link], now: datetime) -> Future[int]:
        """See `storage.pages.add_new_pages`."""
        return self.submit(lambda connection: pages.add_new_pages(connection, source, links, now))

    def page_of(self, source: str, link: Link, now: datetime) -> Future[PageState]:
        """See `storage.pages.page_of`."""
        return self.submit(lambda connection: pages.page_of(connection, source, link, now))

    def save_visit(self, visit: Visit) -> Future[Outcome]:
        """See `storage.visits.save_visit`."""
        return self.submit(lambda connection: visits.save_visit(connection, visit), patient=True)

    def _work(self) -> None:
        while (first := self._queue.get()) is not None:
            if not first.future.set_running_or_notify_cancel():
                continue
            batch = self._gathered(first)
            try:
                with self._store.writing() as connection:
                    self._fill(connection, batch)
            except Exception as error:  # noqa: BLE001 - a future hands on whatever was raised, as executors do
                self._after(error, batch)
            if not self._queue.empty():
                self._expected = min(self._expected + 1, _TOGETHER)
            for waiting in batch:
                waiting.settle()

    def _gathered(self, first: _Call[Any]) -> list[_Call[Any]]:
        """A call with those that are expected close behind: visits of many sources cost a sixth less five at a time.

        That others wait when a transaction ends raises the expectation, and waiting in vain lowers it, so that whoever
        writes alone never waits twice.
        """
        batch, until = [first], time.monotonic() + _PATIENCE
        while len(batch) < self._expected and batch[-1].patient:
            try:
                waiting = self._queue.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                self._expected -= 1
                break
            if waiting is None:
                self._queue.put(None)  # the end is for the outer loop
                break
            if waiting.future.set_running_or_notify_cancel():
                batch.append(waiting)
        return batch

    def _after(self, error: Exception, batch: Sequence[_Call[Any]]) -> None:
        """Nothing of the transaction was written: a call that failed takes no other with it, so each is made again alone.

        Savepoints around all calls would do the same, at two statements more for each of the many that do not fail.
        """
        if len(batch) == 1 or isinstance(error, (DatabaseBusy, DatabaseUnavailable)):
            for waiting in batch:
                waiting.fail(error)
            return
        for waiting in batch:
            try:
                with self._store.writing() as connection:
                    waiting.run(connection)
            except Exception as own:  # noqa: BLE001 - as above
                waiting.fail(own)

    def _fill(self, connection: Connection, batch: list[_Call[Any]]) -> None:
        """Make the calls of the batch and those that wait, appending each, until the transaction is full or nobody waits."""
        until = time.monotonic() + MOST_SECONDS
        for gathered in batch:
            gathered.run(connection)
        while len(batch) < MOST_CALLS and time.monotonic() < until:
            waiting = self._next()
            if waiting is None:
                return
            if waiting.future.set_running_or_notify_cancel():
                batch.append(waiting)
                waiting.run(connection)

    def _next(self) -> _Call[Any] | None:
        try:
            waiting = self._queue.get_nowait()
        except queue.Empty:
            return None
        if waiting is None:
            self._queue.put(None)  # as above
        return waiting
