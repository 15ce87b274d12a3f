"""What writing, finding copies and searching cost in databases of several sizes, and whether readers are in the way."""

from __future__ import annotations

import os
import statistics
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text

import storage.articles
from benchmarks.storage.figures import Beside, Figures, Round
from benchmarks.storage.filling import made_in_full
from benchmarks.storage.readers import reading
from benchmarks.storage.synthetic import END, Made, article, body, edited
from model.article import Article, Cleaned, PageKind
from model.errors import StorageError
from model.page import Page
from model.source import Link
from storage import Writer, open_store, tables
from storage.values import PageStatus, Visit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.storage.databases import Database
    from storage import Store

#: Rounds, and what is done in each at each size: articles written, copies written, articles whose words are searched for.
ROUNDS, WRITTEN, COPIES, SEARCHED = 5, 100, 20, 4
#: Articles written while readers read.
BESIDE = 500
#: The server's processes that answer clients; one that tidies in the background comes and goes.
_BACKENDS = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'")


def measure(databases: Sequence[Database]) -> list[Figures]:
    """Measure databases in turn, round by round, so that what else the machine does meets all alike; articles are added."""
    with ExitStack() as stack:
        subjects = [_subject(stack.enter_context(open_store(database.url)), database) for database in databases]
        for number in range(ROUNDS + 1):
            for subject in subjects[:: -1 if number % 2 else 1]:
                subject.rounds.append(_round(subject, number))
        return [
            Figures(
                articles=subject.database.articles,
                size=subject.size,
                size_without_raw=subject.size_without_raw,
                rounds=tuple(subject.rounds[1:]),  # the first fills caches
                beside=_beside(subject),
            )
            for subject in subjects
        ]


@dataclass(slots=True, kw_only=True)
class _Subject:
    """A database that is being measured."""

    database: Database
    store: Store
    #: How many of its articles are as `article` makes them.
    full: int
    #: The number of the last article; new ones go on from there.
    last: int
    #: Bytes for each article before anything was added, in all and without raw pages.
    size: float
    size_without_raw: float
    rounds: list[Round] = field(default_factory=list)

    def fresh(self, count: int) -> list[Made]:
        """Articles that are not there yet."""
        self.last += count
        return [article(number, total=number) for number in range(self.last - count + 1, self.last + 1)]

    def copies(self, count: int) -> list[Made]:
        """Copies, on other sites, of late articles that are there, each of another one."""
        numbers = [one.number for one in self.fresh(count)]
        return [edited(article(self.full - number % (self.full // 2), total=self.full), number) for number in numbers]


def _subject(store: Store, database: Database) -> _Subject:
    with store.reading() as connection:
        last = connection.scalar(select(func.max(tables.article.c.id))) or 0
    whole, without_raw = _size(store)
    return _Subject(
        database=database,
        store=store,
        full=made_in_full(database.articles, multiplied=store.address.path is not None),
        last=last,
        size=whole / last,
        size_without_raw=without_raw / last,
    )


def _round(subject: _Subject, number: int) -> Round:
    store, full = subject.store, subject.full
    cpu = _cpu(store)
    chosen = (full * (1 + number * SEARCHED + place) // (1 + SEARCHED * (ROUNDS + 1)) or 1 for place in range(SEARCHED))
    searches = [took for one in chosen for took in _searches(store, article(one, total=full).text)]
    cpu = _cpu(store) - cpu
    with _timed_placing() as new:
        written = _write(store, subject.fresh(WRITTEN))
    with _timed_placing() as copies:
        copied = _write(store, subject.copies(COPIES))
    return Round(
        write=written.cpu,
        write_clock=written.clock,
        placing_new=statistics.fmean(new),
        placing_copy=statistics.fmean(copies),
        search=cpu * 1000 / len(searches),
        searches=tuple(searches),
        failed_writes=written.failed + copied.failed,
    )


def _beside(subject: _Subject) -> Beside:
    made = subject.fresh(BESIDE)
    with reading(subject.database.url) as share:
        written = _write(subject.store, made)
    return Beside(
        write_clock=written.clock,
        failed_writes=written.failed,
        failed_reads=share.failed.value,
        reads=share.good.value,
    )


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
def _timed_placing() -> Iterator[list[float]]:
    """Milliseconds of CPU of every search for copies within."""
    kept, took = storage.articles.place, list[float]()

    def timed(*given: Any, **named: Any) -> int:  # noqa: ANN401 - handed on
        began = time.thread_time()
        try:
            return kept(*given, **named)
        finally:
            took.append((time.thread_time() - began) * 1000)

    storage.articles.place = timed
    try:
        yield took
    finally:
        storage.articles.place = kept


def _searches(store: Store, told: str) -> list[float]:
    """Milliseconds of searches as people make them: a rare word, two, a phrase, a beginning, an exclusion, within a source."""
    words = told.lower().rstrip(".").split()
    rare = sorted(words, key=len)[-3:]
    queries = (
        rare[0],
        f"{rare[0]} {rare[1]}",
        f'"{words[3]} {words[4]} {words[5]}"',
        f"{rare[2][:6]}*",
        f"{rare[1]} -{rare[2]}",
    )
    took = []
    for place, query in enumerate(queries):
        began = time.perf_counter()
        store.search(query, source="site7" if place == 1 else None)
        took.append((time.perf_counter() - began) * 1000)
    return took


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
