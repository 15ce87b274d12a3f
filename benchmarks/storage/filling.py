"""A database filled with many articles at once: the rows that visits would have left, written table by table.

`Store.check` finds nothing wrong with what comes out; a test holds it to that.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import event, func, insert, select, text

from benchmarks.storage.multiplying import multiply
from benchmarks.storage.synthetic import END, PER_DAY, SOURCES, article, body
from model.fingerprints import body_hash, text_hash
from model.source import Source
from model.urls import identity
from storage import fulltext, open_store, tables, upgrade
from storage.candidates import WINDOW
from storage.engine import connect_engine
from storage.packing import pack_page
from storage.shingles import ALGORITHM, WIDTH, sample, shingles, step_of
from storage.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine

    from benchmarks.storage.synthetic import Made
    from storage.address import Address

#: Articles of one transaction.
_BATCH = 500
#: The newest articles, which are made one by one: those of fifty days. Of so many of them older ones are made.
IN_FULL, SEEDS = 50 * PER_DAY, 10 * PER_DAY
#: No log and no waiting for the disk; a gigabyte of cache.
_CARELESS = ("journal_mode=DELETE", "journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-1000000")
_NUMBERED = ("page", "raw_body", "page_fetch", "article", "revision", "event")


def fill(url: str, total: int, *, watch: Callable[[int], None] = lambda _: None) -> None:
    """Make a database with articles 1 to ``total``, as a daemon that tidies daily would leave it.

    In a large one (SQLite only) those that are too old to be compared have the numbers from `IN_FULL` on, and are made of
    the first ones.
    """
    upgrade(url)
    with open_store(url) as store:
        store.save_sources([Source(name=f"site{n}", url=f"https://site{n}.example/") for n in range(SOURCES)], END)
        run_id = store.begin_run("bench", END - timedelta(days=1))
        address, multiplied = store.address, store.address.path is not None
    full = made_in_full(total, multiplied=multiplied)
    with _careless_engine(address) as engine:
        for step in _steps(total, multiplied=multiplied):
            with engine.begin() as connection:
                _take(connection, step=step, total=full, run_id=run_id)
            watch(step.last)
        with engine.begin() as connection:
            _restart_numbers(connection)


@contextmanager
def _careless_engine(address: Address) -> Iterator[Engine]:
    """Writes a SQLite file once, not by way of a log too: half the CPU, for a file that is worthless until it is whole."""
    engine = connect_engine(address, readonly=False)
    if address.path is not None:

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
            for pragma in _CARELESS:
                connection.execute(f"PRAGMA {pragma}")

    try:
        yield engine
    finally:
        engine.dispose()


class _Step(NamedTuple):
    """Articles of one transaction, and by how much their numbers are above those they are made of; None: of nothing."""

    first: int
    last: int
    shift: int | None = None


def made_in_full(total: int, *, multiplied: bool) -> int:
    """How many articles are made one by one."""
    return min(total, IN_FULL) if multiplied else total


def _steps(total: int, *, multiplied: bool) -> Iterator[_Step]:
    """Articles 1 to ``total`` in order."""
    full = made_in_full(total, multiplied=multiplied)
    for start in range(1, full + 1, _BATCH):
        yield _Step(start, min(start + _BATCH - 1, full))
    for shift in range(full, total, SEEDS):
        yield _Step(shift + 1, min(shift + SEEDS, total), shift)


def _take(connection: Connection, *, step: _Step, total: int, run_id: int) -> None:
    if step.shift is not None:
        age = timedelta(days=(step.shift - IN_FULL + SEEDS) / PER_DAY)
        multiply(connection, count=step.last - step.shift, shift=step.shift, age=age)
    else:
        _add(connection, [article(number, total=total) for number in range(step.first, step.last + 1)], run_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """An article with what several tables ask of it, worked out once: filling a million takes hours else."""

    made: Made
    body: bytes
    body_hash: str
    text_hash: str
    words: int
    shingles: int
    #: None where it is too old to be compared: those are taken out daily.
    sampled: list[int] | None


def _prepared(made: Made) -> _Prepared:
    whole, words = body(made), len(tokens(made.text))
    hashes = shingles(made.text) if made.at >= END - 2 * WINDOW else None
    return _Prepared(
        made=made,
        body=whole,
        body_hash=body_hash(whole),
        text_hash=text_hash(made.text),
        words=words,
        shingles=words - WIDTH + 1 if hashes is None else len(hashes),
        sampled=None if hashes is None else sample(hashes),
    )


def _add(connection: Connection, made: list[Made], run_id: int) -> None:
    ready = [_prepared(one) for one in made]
    connection.execute(insert(tables.page), [_page(one) for one in made])
    connection.execute(insert(tables.raw_body), [_raw(connection, one) for one in ready])
    connection.execute(insert(tables.page_fetch), [_fetch(one, run_id) for one in made])
    connection.execute(insert(tables.article), [_article(one) for one in ready])
    connection.execute(insert(tables.revision), [_revision(one) for one in ready])
    _sign(connection, ready)
    fulltext.add_all(connection, [(one.number, one.title, one.text) for one in made])
    connection.execute(insert(tables.event), [_event(one, run_id) for one in made])


def _page(one: Made) -> dict[str, Any]:
    seen = {"first_seen_at": one.at, "visited_at": one.at, "fetched_at": one.at}
    place = {"id": one.number, "source": one.source, "url": one.url, "identity": identity(one.url), "authors": [], "attempts": 0}
    return {**place, **seen, "status": "stored", "outcome": "stored", "fetch_id": one.number, "article_id": one.number}


def _raw(connection: Connection, one: _Prepared) -> dict[str, Any]:
    number, at = one.made.number, one.made.at
    packed = pack_page(connection, number, one.body, one.body_hash, at)
    facts = {"id": number, "hash": one.body_hash, "size": len(one.body), "encoding": "zstd", "stored_at": at}
    return {**facts, **packed._asdict()}


def _fetch(one: Made, run_id: int) -> dict[str, Any]:
    answer = {"status": 200, "headers": [["content-type", "text/html"]], "fetched_at": one.at, "elapsed": 0.5}
    ids = {"id": one.number, "page_id": one.number, "run_id": run_id, "raw_body_id": one.number}
    return {**ids, **answer, "url": one.url, "chain": [one.url], "origin": "page", "part": 1}


def _article(ready: _Prepared) -> dict[str, Any]:
    one = ready.made
    said = {"kind": "article", "language": "en", "published": one.at, "authors": [], "tags": [], "paywalled": False}
    text = {"text_hash": ready.text_hash, "word_count": ready.words, "revision": 1}
    place = {"id": one.number, "source": one.source, "identity": identity(one.url), "page_id": one.number, "url": one.url}
    return {**place, **said, **text, "first_seen_at": one.at, "last_seen_at": one.at}


def _revision(ready: _Prepared) -> dict[str, Any]:
    one = ready.made
    text = {"title": one.title, "text": one.text, "text_hash": ready.text_hash, "word_count": ready.words}
    ids = {"id": one.number, "article_id": one.number, "number": 1, "fetch_id": one.number}
    return {**ids, **text, "seen_at": one.at, "state": "public", "engine_version": "bench", "doubt": 0.0}


def _event(one: Made, run_id: int) -> dict[str, Any]:
    return {"id": one.number, "run_id": run_id, "at": one.at, "page_id": one.number, "outcome": "stored"}


def _sign(connection: Connection, ready: list[_Prepared]) -> None:
    signatures = [
        {"article_id": one.made.number, "algorithm": ALGORITHM, "shingles": one.shingles, "step": step_of(one.shingles)}
        for one in ready
    ]
    connection.execute(insert(tables.signature), signatures)
    sampled = [{"hash": value, "article_id": one.made.number} for one in ready for value in one.sampled or ()]
    if sampled:
        connection.execute(insert(tables.shingle), sorted(sampled, key=itemgetter("hash")))


def _restart_numbers(connection: Connection) -> None:
    """PostgreSQL's sequences know nothing of rows that brought their number."""
    if connection.dialect.name != "postgresql":
        return
    for name in _NUMBERED:
        top = connection.scalar(select(func.max(tables.metadata.tables[name].c.id)))
        connection.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :top)"), {"name": name, "top": top})
