"""What writing, finding copies and searching cost in a database of some size, and whether readers are in the way."""

from __future__ import annotations

import multiprocessing
import os
import statistics
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

import storage.articles
from benchmarks.storage.filling import made_in_full
from benchmarks.storage.synthetic import END, Made, article, body, edited
from model.article import Article, Cleaned, PageKind
from model.errors import StorageError
from model.page import Page
from model.source import Link
from storage import Writer, open_store
from storage.values import PageStatus, Visit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.sharedctypes import Synchronized
    from multiprocessing.synchronize import Barrier, Event

    from storage import Store

#: Articles written for each figure; one in five of them is a copy of one that is there.
WRITTEN = 500
#: Articles from this number on are in no database yet.
_NEW = 100_000_000
READERS, _PROCESSES = 50, 5
#: Seconds in which a process has started, also on a machine that others keep busy.
_START = 600
#: What a reader waits between two queries: fifty that never rest would measure two cores, not a database.
_REST = 1.0
_READ = (
    "SELECT id, title, published FROM articles WHERE source = 'site7' ORDER BY id DESC LIMIT 20",
    "SELECT source, count(*) FROM articles WHERE first_seen_at > '2025-12-31' GROUP BY source",
    "SELECT * FROM articles WHERE id = 77",
)
#: The server's processes that answer clients; one that tidies in the background comes and goes.
_BACKENDS = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One database measured."""

    articles: int
    #: Milliseconds of CPU for each article written, ours and the server's, and milliseconds by the clock.
    write: float
    write_clock: float
    #: Milliseconds of our CPU for finding and placing the copies of a new article, and of one that has a copy there.
    placing_new: float
    placing_copy: float
    #: Milliseconds by the clock for a search, the median and the slowest but one in twenty; and of our CPU, the mean.
    search: float
    slow_search: float
    search_cpu: float
    #: Bytes for each article in all, and without raw pages.
    size: float
    size_without_raw: float
    #: Milliseconds by the clock for a write while fifty readers read.
    read_write: float
    failed_writes: int
    failed_reads: int
    reads: int


@dataclass(slots=True)
class _Clock:
    """How long calls took, in seconds."""

    seconds: list[float] = field(default_factory=list)

    @property
    def mean(self) -> float:
        """In milliseconds."""
        return statistics.fmean(self.seconds) * 1000 if self.seconds else 0.0


def measure(url: str, total: int) -> Figures:
    """Measure a database of ``total`` articles; some are added to it."""
    with open_store(url) as store:
        size, without_raw = _size(store)
        full = made_in_full(total, multiplied=store.address.path is not None)
        cpu = time.process_time()
        searches = _searches(store, full)
        cpu = (time.process_time() - cpu) / len(searches)
        new, copies = _Clock(), _Clock()
        with _timed_placing(new):
            alone = _write(store, _fresh(0))
        taken = [edited(article(full - number, total=full), 3 * _NEW + number) for number in range(WRITTEN // 5)]
        with _timed_placing(copies):
            _write(store, taken)
        with _reading(url) as share:
            beside = _write(store, _fresh(WRITTEN))
    return Figures(
        articles=total,
        write=alone.cpu,
        write_clock=alone.clock,
        placing_new=new.mean,
        placing_copy=copies.mean,
        search=statistics.median(searches) * 1000,
        slow_search=statistics.quantiles(searches, n=20)[-1] * 1000,
        search_cpu=cpu * 1000,
        size=size / total,
        size_without_raw=without_raw / total,
        read_write=beside.clock,
        failed_writes=alone.failed + beside.failed,
        failed_reads=share.failed.value,
        reads=share.good.value,
    )


def _fresh(offset: int) -> list[Made]:
    """Articles that are in no database yet."""
    return [article(number, total=number) for number in range(_NEW + offset, _NEW + offset + WRITTEN)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """What writes cost, in milliseconds each."""

    cpu: float
    clock: float
    failed: int


def _write(store: Store, made: list[Made]) -> _Written:
    """Write articles by the road that a crawl takes."""
    run_id = store.begin_run("bench", END)
    ids = [store.add_pages(one.source, [Link(url=one.url)], END)[0] for one in made]
    visits = [_visit(one, page_id, run_id) for one, page_id in zip(made, ids, strict=True)]
    began, cpu, failed = time.perf_counter(), _cpu(store), 0
    with Writer(store) as writer:
        for future in [writer.save_visit(visit) for visit in visits]:
            try:
                future.result()
            except StorageError:
                failed += 1
    each = 1000 / len(made)
    return _Written(cpu=(_cpu(store) - cpu) * each, clock=(time.perf_counter() - began) * each, failed=failed)


def _cpu(store: Store) -> float:
    """Seconds of CPU that this process took, and those of a server on this machine that work for it."""
    own = time.process_time()
    with store.reading() as connection:
        if connection.dialect.name != "postgresql":
            return own
        backends = connection.scalars(_BACKENDS).all()
    files = (Path(f"/proc/{pid}/stat") for pid in backends)
    ticks = (file.read_text().rpartition(")")[2].split()[11:13] for file in files if file.exists())
    return own + sum(int(number) for pair in ticks for number in pair) / os.sysconf("SC_CLK_TCK")


def _visit(one: Made, page_id: int, run_id: int) -> Visit:
    served = Page(url=one.url, chain=(one.url,), status=200, headers=(), body=body(one), fetched_at=one.at, elapsed=0.5)
    said = Article(title=one.title, text=one.text, published=one.at, language="en")
    cleaned = Cleaned(article=said, verdicts=(), kind=PageKind.ARTICLE, doubt=0.0, engine_version="bench")
    return Visit(page_id=page_id, run_id=run_id, at=one.at, result=cleaned, page=served, status=PageStatus.STORED)


@contextmanager
def _timed_placing(clock: _Clock) -> Iterator[None]:
    """Clock every search for copies within."""
    kept = storage.articles.place

    def timed(*given: Any, **named: Any) -> int:  # noqa: ANN401 - handed on
        began = time.thread_time()
        try:
            return kept(*given, **named)
        finally:
            clock.seconds.append(time.thread_time() - began)

    storage.articles.place = timed
    try:
        yield
    finally:
        storage.articles.place = kept


def _searches(store: Store, total: int) -> list[float]:
    """Seconds of searches as people make them: a rare word, two, a phrase, a beginning, an exclusion, within a source."""
    seconds = []
    for number in range(1, 21):
        words = article(total * number // 21 or 1, total=total).text.lower().rstrip(".").split()
        rare = sorted(words, key=len)[-3:]
        queries = (
            rare[0],
            f"{rare[0]} {rare[1]}",
            f'"{words[3]} {words[4]} {words[5]}"',
            f"{rare[2][:6]}*",
            f"{rare[1]} -{rare[2]}",
        )
        for place, query in enumerate(queries):
            began = time.perf_counter()
            store.search(query, source="site7" if place == 1 else None)
            seconds.append(time.perf_counter() - began)
    return seconds


def _size(store: Store) -> tuple[float, float]:
    with store.reading() as connection:
        raw = "SELECT sum(length(body)) FROM raw_body"
        packed = int(connection.scalar(text(raw)) or 0)
        if connection.dialect.name == "postgresql":
            whole = int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
        else:
            pages = connection.scalar(text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))
            whole = int(pages or 0)
    return whole, whole - packed


@dataclass(frozen=True, slots=True)
class _Share:
    """What the processes of readers have in common."""

    url: str
    good: Synchronized[int]
    failed: Synchronized[int]
    stop: Event
    ready: Barrier


@contextmanager
def _reading(url: str) -> Iterator[_Share]:
    """Fifty readers at work."""
    context = multiprocessing.get_context("spawn")
    share = _Share(url, context.Value("i", 0), context.Value("i", 0), context.Event(), context.Barrier(_PROCESSES + 1))
    processes = [context.Process(target=_read_all, args=(share,), daemon=True) for _ in range(_PROCESSES)]
    for process in processes:
        process.start()
    share.ready.wait(_START)
    try:
        yield share
    finally:
        share.stop.set()
        for process in processes:
            process.join(60)


def _read_all(share: _Share) -> None:
    """Runs in a process of its own: so many threads, each with a connection."""
    with open_store(share.url, readonly=True) as store:
        threads = [Thread(target=_read, args=(store, number, share)) for number in range(READERS // _PROCESSES)]
        share.ready.wait(_START)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _read(store: Store, number: int, share: _Share) -> None:
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
