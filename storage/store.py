"""A database, open: each call one transaction."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from model.errors import DatabaseMissing, DatabaseUnavailable, SchemaMismatch, StorageError
from storage import clusters, fulltext, integrity, memories, pages, polls, raw, reading, retention, runs, search, sources, visits
from storage.address import Address
from storage.engine import MAKES_ONE, connect_engine, foreign_errors, schema_version
from storage.frames import Articles
from storage.lease import Lease, take_lease
from storage.tables import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime
    from typing import Self

    from sqlalchemy import Connection

    from model.memory import PackedMemory, SiteMemory
    from model.outcome import Outcome
    from model.page import Page
    from model.source import Endpoint, Link, Source
    from storage.answers import Hit, Status, StoredArticle, StoredRevision
    from storage.values import EndpointState, Keeping, PageState, Poll, PollSaved, Visit

T = TypeVar("T")


def open_store(url: str, *, readonly: bool = False) -> Store:
    """Open a database that `upgrade` made.

    Args:
        url: ``sqlite:///path``, a path, or ``postgresql://user@host/name``.
        readonly: never write, and never be in a writer's way.

    Raises:
        DatabaseMissing: there is none yet.
        SchemaMismatch: it was made by an older or newer version.
        DatabaseUnavailable: it cannot be reached.
    """
    address = Address.parse(url)
    if address.path is not None and not address.path.exists():
        raise DatabaseMissing(f"there is no database at {address}; {MAKES_ONE}")
    store = Store(address, readonly=readonly)
    try:
        store.check_schema()
    except StorageError:
        store.close()
        raise
    return store


def open_readonly(url: str) -> Store:
    """Open a database to read it: never in a writer's way, whatever is asked of it; errors as of `open_store`."""
    return open_store(url, readonly=True)


class Store:
    """A newsmill database. Safe to share between threads; close it, or use it as a context manager."""

    def __init__(self, address: Address, *, readonly: bool) -> None:
        self.address = address
        self._readers = connect_engine(address, readonly=True)
        self._writers = None if readonly else connect_engine(address, readonly=False)
        self._leases: dict[str, Lease] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give all connections back."""
        self._readers.dispose()
        if self._writers is not None:
            self._writers.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write; others that would wait for its end.

        Raises:
            DatabaseUnavailable: opened for reading only, or a lease that was taken through this store is lost.
        """
        if self._writers is None:
            raise DatabaseUnavailable(f"{self.address} was opened for reading only")
        with foreign_errors(self.address), self._writers.begin() as connection:
            for lease in tuple(self._leases.values()):  # within the transaction: a restart after this ends both
                lease.confirm()
            with fulltext.written_at_the_end(connection):
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with foreign_errors(self.address), self._readers.begin() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A transaction that reads the database as it is at its beginning, however long it takes and whatever others write."""
        with foreign_errors(self.address), self._readers.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def check_schema(self) -> None:
        """Make sure that this version knows the database's tables.

        Raises:
            DatabaseMissing: newsmill never wrote here.
            SchemaMismatch: another version did.
        """
        with self.reading() as connection:
            there = schema_version(connection)
        if there is None:
            raise DatabaseMissing(f"{self.address} holds no newsmill tables yet; {MAKES_ONE}")
        if there < SCHEMA:
            raise SchemaMismatch(f"{self.address} has schema {there}, this version needs {SCHEMA}; run `newsmill db upgrade`")
        if there > SCHEMA:
            raise SchemaMismatch(f"{self.address} has schema {there}, this version knows {SCHEMA}; install the newer newsmill")

    def lease(self, name: str) -> Lease:
        """Be the only one who holds this name on this database, until the lease is closed or the process ends.

        Where the lease is lost before that, this store writes nothing more: `Lease.keep` may take it again.

        Raises:
            DatabaseBusy: somebody else holds it; says who.
        """
        lease = self._leases[name] = take_lease(self.address, name)
        return lease

    # Writes, each a transaction of its own; `Writer` groups them.

    def write(self, call: Callable[[Connection], T]) -> T:
        """A function of a connection, called in a transaction of its own."""
        with self.writing() as connection:
            return call(connection)

    def _read(self, call: Callable[[Connection], T]) -> T:
        with self.reading() as connection:
            return call(connection)

    def save_sources(self, configured: Sequence[Source], now: datetime) -> None:
        """See `storage.sources.save_sources`."""
        self.write(lambda connection: sources.save_sources(connection, configured, now))

    def save_endpoints(self, source: str, endpoints: Sequence[Endpoint], now: datetime) -> None:
        """See `storage.sources.save_endpoints`."""
        self.write(lambda connection: sources.save_endpoints(connection, source, endpoints, now))

    def begin_run(self, kind: str, now: datetime) -> int:
        """See `storage.runs.begin_run`."""
        return self.write(lambda connection: runs.begin_run(connection, kind, now))

    def end_run(self, run_id: int, now: datetime, counts: Mapping[str, int]) -> None:
        """See `storage.runs.end_run`."""
        self.write(lambda connection: runs.end_run(connection, run_id, now, counts))

    def save_poll(self, poll: Poll) -> PollSaved:
        """See `storage.polls.save_poll`."""
        return self.write(lambda connection: polls.save_poll(connection, poll))

    def add_pages(self, source: str, links: Sequence[Link], now: datetime) -> tuple[int, ...]:
        """See `storage.pages.add_pages`."""
        return self.write(lambda connection: pages.add_pages(connection, source, links, now))

    def save_visit(self, visit: Visit) -> Outcome:
        """See `storage.visits.save_visit`."""
        return self.write(lambda connection: visits.save_visit(connection, visit))

    def cut(self, one: int, other: int, now: datetime) -> None:
        """See `storage.clusters.cut`."""
        self.write(lambda connection: clusters.cut(connection, one, other, now))

    def mend(self, one: int, other: int) -> None:
        """See `storage.clusters.mend`."""
        self.write(lambda connection: clusters.mend(connection, one, other))

    def prune(self, keeping: Keeping, now: datetime) -> retention.Pruned:
        """Empty raw bodies that need not stay, count old events, tidy the index of shingles; in many small transactions."""
        with self.reading() as connection:
            since = retention.horizon(connection, keeping, now)
        pruned, last = retention.Pruned(), 0
        while ids := self._read(partial(retention.removable, since=since, after=last)):
            pruned += self.write(partial(retention.prune_bodies, since=since, ids=ids))
            last = ids[-1]
        if pruned.bodies:
            self.write(retention.prune_dictionaries)
        before = now - min(keeping.events, retention.LONGEST)
        while (folded := self.write(lambda connection: retention.fold_events(connection, before))).events:
            pruned += folded
        while self.write(lambda connection: retention.prune_shingles(connection, now)):
            pass
        return pruned

    # Reads for the pipeline.

    def check_source(self, name: str) -> None:
        """See `storage.sources.check_source`."""
        self._read(lambda connection: sources.check_source(connection, name))

    def endpoints(self, source: str | None = None) -> tuple[EndpointState, ...]:
        """See `storage.sources.endpoints`."""
        return self._read(lambda connection: sources.endpoints(connection, source))

    def due_endpoints(self, now: datetime, names: Collection[str]) -> tuple[EndpointState, ...]:
        """See `storage.sources.due_endpoints`."""
        return self._read(lambda connection: sources.due_endpoints(connection, now, names))

    def due_sources(self, now: datetime, names: Collection[str]) -> frozenset[str]:
        """See `storage.sources.due_sources`."""
        return self._read(lambda connection: sources.due_sources(connection, now, names))

    def due_pages(self, source: str, now: datetime, *, limit: int) -> tuple[PageState, ...]:
        """See `storage.pages.due_pages`."""
        return self._read(lambda connection: pages.due_pages(connection, source, now, limit=limit))

    def pages(self, page_ids: Sequence[int]) -> tuple[PageState, ...]:
        """See `storage.pages.pages`."""
        return self._read(lambda connection: pages.pages(connection, page_ids))

    def memory(self, source: str) -> SiteMemory:
        """See `storage.memories.memory`."""
        return self._read(lambda connection: memories.memory(connection, source))

    def packed_memory(self, source: str) -> PackedMemory:
        """See `storage.memories.packed_memory`."""
        return self._read(lambda connection: memories.packed_memory(connection, source))

    # Reads for people.

    def articles(
        self,
        *,
        source: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        language: str | None = None,
        since_id: int = 0,
        limit: int | None = None,
        duplicates: bool = False,
    ) -> Articles:
        """Articles to go through one by one, or whole as a table of pandas or polars; see `storage.frames.Articles`."""
        wanted = reading.Filter(source=source, since=since, until=until, language=language, duplicates=duplicates)
        return Articles(self.reading, wanted, since_id=since_id, limit=limit)

    def article(self, key: int | str) -> StoredArticle:
        """See `storage.reading.article`."""
        return self._read(lambda connection: reading.article(connection, key))

    def revisions(self, article_id: int) -> tuple[StoredRevision, ...]:
        """See `storage.reading.revisions`."""
        return self._read(lambda connection: reading.revisions(connection, article_id))

    def raw_page(self, page_id: int) -> Page:
        """See `storage.raw.raw_page`."""
        return self._read(lambda connection: raw.raw_page(connection, page_id))

    def raw_article(self, article_id: int) -> Page:
        """See `storage.raw.raw_article`."""
        return self._read(lambda connection: raw.raw_article(connection, article_id))

    def feed_text(self, page_id: int) -> str:
        """See `storage.raw.feed_text`."""
        return self._read(lambda connection: raw.feed_text(connection, page_id))

    def search(
        self,
        query: str,
        *,
        source: str | None = None,
        language: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 20,
    ) -> tuple[Hit, ...]:
        """See `storage.search.search`."""
        wanted = reading.Filter(source=source, since=since, until=until, language=language)
        return self._read(lambda connection: search.search(connection, query, wanted, limit=limit))

    def check(self) -> Iterator[integrity.Finding]:
        """See `storage.integrity.check`."""
        return integrity.check(self.reading)

    def status(self, now: datetime) -> Status:
        """See `storage.reading.status`."""
        return self._read(lambda connection: reading.status(connection, now))
