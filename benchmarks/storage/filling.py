"""A database filled with many articles at once: the rows that visits would have left, written table by table.

`Store.check` finds nothing wrong with what comes out; a test holds it to that.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, text

from benchmarks.storage.synthetic import END, SOURCES, article, body
from model.fingerprints import body_hash, text_hash
from model.source import Source
from model.urls import identity
from storage import fulltext, open_store, tables, upgrade
from storage.likeness import WINDOW
from storage.packing import pack_page
from storage.shingles import ALGORITHM, sample, shingles, step_of
from storage.tokens import count_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from benchmarks.storage.synthetic import Made
    from storage import Store

#: Articles of one transaction.
_BATCH = 500
_NUMBERED = ("page", "raw_body", "page_fetch", "article", "revision", "event")


def fill(url: str, total: int, *, watch: Callable[[int], None] = lambda _: None) -> None:
    """Make a database with articles 1 to ``total``, as a daemon that tidies daily would leave it."""
    upgrade(url)
    with open_store(url) as store:
        store.save_sources([Source(name=f"site{n}", url=f"https://site{n}.example/") for n in range(SOURCES)], END)
        run_id = store.begin_run("bench", END - timedelta(days=1))
        for start in range(1, total + 1, _BATCH):
            _add(store, [article(number, total=total) for number in range(start, min(start + _BATCH, total + 1))], run_id)
            watch(start)
        with store.writing() as connection:
            _restart_numbers(connection)


def _add(store: Store, made: list[Made], run_id: int) -> None:
    with store.writing() as connection:
        connection.execute(insert(tables.page), [_page(one) for one in made])
        connection.execute(insert(tables.raw_body), [_raw(connection, one) for one in made])
        connection.execute(insert(tables.page_fetch), [_fetch(one, run_id) for one in made])
        connection.execute(insert(tables.article), [_article(one) for one in made])
        connection.execute(insert(tables.revision), [_revision(one) for one in made])
        _sign(connection, made)
        for one in made:
            fulltext.add(connection, one.number, one.title, one.text)
        connection.execute(insert(tables.event), [_event(one, run_id) for one in made])


def _page(one: Made) -> dict[str, Any]:
    seen = {"first_seen_at": one.at, "visited_at": one.at, "fetched_at": one.at}
    place = {"id": one.number, "source": one.source, "url": one.url, "identity": identity(one.url), "authors": [], "attempts": 0}
    return {**place, **seen, "status": "stored", "outcome": "stored", "fetch_id": one.number, "article_id": one.number}


def _raw(connection: Connection, one: Made) -> dict[str, Any]:
    whole = body(one)
    packed = pack_page(connection, one.number, whole, body_hash(whole), one.at)
    facts = {"id": one.number, "hash": body_hash(whole), "size": len(whole), "encoding": "zstd", "stored_at": one.at}
    return {**facts, **packed._asdict()}


def _fetch(one: Made, run_id: int) -> dict[str, Any]:
    answer = {"status": 200, "headers": [["content-type", "text/html"]], "fetched_at": one.at, "elapsed": 0.5}
    ids = {"id": one.number, "page_id": one.number, "run_id": run_id, "raw_body_id": one.number}
    return {**ids, **answer, "url": one.url, "chain": [one.url], "origin": "page", "part": 1}


def _article(one: Made) -> dict[str, Any]:
    said = {"kind": "article", "language": "en", "published": one.at, "authors": [], "tags": [], "paywalled": False}
    text = {"text_hash": text_hash(one.text), "word_count": count_words(one.text), "revision": 1}
    place = {"id": one.number, "source": one.source, "identity": identity(one.url), "page_id": one.number, "url": one.url}
    return {**place, **said, **text, "first_seen_at": one.at, "last_seen_at": one.at}


def _revision(one: Made) -> dict[str, Any]:
    text = {"title": one.title, "text": one.text, "text_hash": text_hash(one.text), "word_count": count_words(one.text)}
    ids = {"id": one.number, "article_id": one.number, "number": 1, "fetch_id": one.number}
    return {**ids, **text, "seen_at": one.at, "engine_version": "bench", "doubt": 0.0}


def _event(one: Made, run_id: int) -> dict[str, Any]:
    return {"id": one.number, "run_id": run_id, "at": one.at, "page_id": one.number, "outcome": "stored"}


def _sign(connection: Connection, made: list[Made]) -> None:
    signatures: list[dict[str, Any]] = []
    sampled: list[dict[str, int]] = []
    for one in made:
        hashes = shingles(one.text)
        facts = {"algorithm": ALGORITHM, "shingles": len(hashes), "step": step_of(len(hashes))}
        signatures.append({"article_id": one.number, **facts})
        if one.at >= END - 2 * WINDOW:  # older ones are taken out daily
            sampled += [{"hash": value, "article_id": one.number} for value in sample(hashes)]
    connection.execute(insert(tables.signature), signatures)
    if sampled:
        connection.execute(insert(tables.shingle), sampled)


def _restart_numbers(connection: Connection) -> None:
    """PostgreSQL's sequences know nothing of rows that brought their number."""
    if connection.dialect.name != "postgresql":
        return
    for name in _NUMBERED:
        top = connection.scalar(select(func.max(tables.metadata.tables[name].c.id)))
        connection.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :top)"), {"name": name, "top": top})
