from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text as sql
from visiting import NOON, STORY, Site, cleaned, page, rows, story, url

from model.errors import DatabaseBusy, NotFound, StorageError
from model.outcome import Duplicate, Stored
from storage import Writer, open_store
from storage import engine as engine_module
from storage import writer as writer_module

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage import Store


def test_many_calls_from_many_threads_are_all_written(store: Store) -> None:
    site = Site(store)
    visits = [site.visit(url(str(n)), cleaned(title=f"T{n}", text=story(n))) for n in range(120)]
    with Writer(store) as writer:
        futures = []
        threads = [
            threading.Thread(target=lambda part=visits[k::4]: futures.extend(map(writer.save_visit, part))) for k in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert all(isinstance(future.result(timeout=0), Stored) for future in futures)
    assert len(list(store.articles())) == 120


def test_calls_that_wait_share_a_transaction(store: Store) -> None:
    gate = threading.Event()
    with Writer(store) as writer:
        started = threading.Event()

        def first(connection: Connection) -> int:
            started.set()
            gate.wait(10)
            return _transaction(connection)

        futures = [writer.submit(first)]
        started.wait(10)
        futures += [writer.submit(_transaction) for _ in range(5)]
        gate.set()
        waited = [future.result(10) for future in futures]
        alone = writer.submit(_transaction).result(10)
    assert waited == [waited[0]] * 6
    assert alone != waited[0]


def test_patient_calls_wait_for_as_many_as_lately_came_together(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "_PATIENCE", 60.0)
    monkeypatch.setattr(writer_module, "MOST_SECONDS", 0.0)  # a transaction is for those it was begun for
    gate, started = threading.Event(), threading.Event()

    def first(connection: Connection) -> int:
        started.set()
        gate.wait(10)
        return _transaction(connection)

    with Writer(store) as writer:
        futures = [writer.submit(first, patient=True)]
        started.wait(10)
        futures += [writer.submit(_transaction, patient=True) for _ in range(2)]
        gate.set()
        assert [future.result(10) for future in futures] == [1, 2, 2]
        lone = writer.submit(_transaction, patient=True)
        with pytest.raises(TimeoutError):
            lone.result(0.2)
        hurried = writer.submit(_transaction)
        assert (lone.result(10), hurried.result(10)) == (3, 3)


def test_who_writes_alone_waits_once_in_vain(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "_PATIENCE", 0.0)
    with Writer(store) as writer:
        numbers = [writer.submit(_transaction, patient=True).result(10) for _ in range(3)]
    assert numbers == [1, 2, 3]


def test_closing_ends_the_waiting(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "_PATIENCE", 60.0)
    with Writer(store) as writer:
        writer._expected = 2  # as after two that came together
        alone = writer.submit(_transaction, patient=True)
    assert alone.result(0) == 1


def _transaction(connection: Connection) -> int:
    """Something that is another in each transaction: the runs written so far plus a mark of the transaction's own."""
    info = connection.info
    transaction = connection.get_transaction()
    assert transaction is not None
    known = info.setdefault("seen", [])
    if not known or known[-1] is not transaction:
        known.append(transaction)
    return len(known)


def test_a_call_that_fails_takes_no_other_with_it(store: Store) -> None:
    site = Site(store)

    def half(connection: Connection) -> None:
        connection.execute(sql("UPDATE page SET status = 'broken'"))
        raise LookupError("after half of the work")

    with Writer(store) as writer:
        good = writer.save_visit(site.visit(url("a")))
        bad = writer.submit(half)
        wrong = writer.submit(lambda connection: connection.execute(sql("SELECT nonsense FROM nowhere")))
        later = writer.save_visit(site.visit(url("b"), cleaned(text=story(1))))
    assert isinstance(good.result(), Stored)
    assert isinstance(later.result(), Stored)
    assert rows(store, "SELECT DISTINCT status FROM page") == [("stored",)]
    with pytest.raises(LookupError):
        bad.result()
    with pytest.raises(StorageError):
        wrong.result()


def test_errors_of_our_own_come_back_as_they_are(store: Store) -> None:
    from dataclasses import replace

    visit = replace(Site(store).visit(url("a")), page_id=404)
    with Writer(store) as writer, pytest.raises(NotFound):
        writer.save_visit(visit).result()


def test_a_call_that_was_cancelled_is_not_made(store: Store) -> None:
    gate, made = threading.Event(), []
    with Writer(store) as writer:
        writer.submit(lambda _: gate.wait(10))
        second = writer.submit(lambda _: made.append(1))
        assert second.cancel()
        gate.set()
    assert made == []


def test_a_closed_writer_has_written_all_and_takes_no_more(store: Store) -> None:
    site = Site(store)
    writer = Writer(store)
    futures = [writer.save_visit(site.visit(url(str(n)))) for n in range(10)]
    writer.close()
    writer.close()
    assert all(isinstance(future.result(timeout=0), Stored | Duplicate) for future in futures)
    with pytest.raises(StorageError, match="closed"):
        writer.begin_run("crawl", NOON)


def test_a_locked_database_says_so_and_works_again(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "BUSY_TIMEOUT", 50)
    path = sqlite_url.removeprefix("sqlite:///")
    with (
        open_store(sqlite_url) as store,
        Writer(store) as writer,
        contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusy, match=r"news\.db: database is locked \(another process is writing to it"):
            writer.begin_run("crawl", NOON).result()
        other.execute("ROLLBACK")
        assert writer.begin_run("crawl", NOON).result() == 1


def test_a_locked_postgres_says_so(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "BUSY_TIMEOUT", 50)
    with open_store(postgres_url) as store, open_store(postgres_url) as other, other.writing(), pytest.raises(DatabaseBusy):
        store.begin_run("crawl", NOON)


def test_a_server_that_went_away_fails_each_future_and_comes_back(postgres_url: str) -> None:
    with open_store(postgres_url) as store, Writer(store) as writer:
        assert writer.begin_run("crawl", NOON).result() == 1

        def cut(connection: Connection) -> None:
            connection.execute(sql("SELECT pg_terminate_backend(pg_backend_pid())"))

        with pytest.raises(StorageError):
            writer.submit(cut).result()
        assert writer.begin_run("crawl", NOON).result() >= 2


def test_a_full_disk_loses_nothing_that_was_written(sqlite_url: str) -> None:
    with open_store(sqlite_url) as store:
        site = Site(store)
        site.save(url("a"))
        with store.writing() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
        huge = site.visit(url("b"), page=page(url("b"), body=os.urandom(200_000)))
        with pytest.raises(StorageError, match="full"):
            store.save_visit(huge)
        assert [article.url for article in store.articles(duplicates=True)] == [url("a")]
        assert rows(store, f"SELECT status FROM page WHERE url = '{url('b')}'") == [("pending",)]


def test_readers_are_not_blocked_by_a_writer_and_see_what_was_committed(database_url: str) -> None:
    with open_store(database_url) as store, open_store(database_url, readonly=True) as reader:
        site = Site(store)
        site.save(url("a"))
        with store.writing() as connection:
            connection.execute(sql("UPDATE revision SET title = 'half done'"))
            assert [article.title for article in reader.articles()] == ["Lighthouse opens"]
        assert [article.title for article in reader.articles()] == ["half done"]


def test_a_reader_in_the_middle_does_not_block_the_writer(store: Store) -> None:
    site = Site(store)
    for n in range(3):
        site.save(url(str(n)), cleaned(text=story(n)))
    articles = iter(store.articles())
    next(articles)
    with store.reading() as connection:
        assert connection.execute(sql("SELECT count(*) FROM articles")).scalar_one() == 3
        site.save(url("0"), cleaned(text=STORY), at=NOON + timedelta(1))
        assert connection.execute(sql("SELECT max(revision) FROM articles")).scalar_one() in {1, 2}
    assert len(list(articles)) == 2


def killed_while_writing(database_url: str, lines: int) -> int:
    """Runs tests/storage/endless.py until it has reported so many batches, then kills it; articles reported as written."""
    command = [sys.executable, str(Path(__file__).with_name("endless.py")), database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        last = 0
        for _ in range(lines):
            last = int(process.stdout.readline() or last)
        process.send_signal(signal.SIGKILL)
        last = max([last, *(int(line) for line in process.stdout if line.endswith("\n"))])
    assert process.returncode == -signal.SIGKILL
    return last


@pytest.mark.slow
def test_kill_9_in_mid_batch_loses_nothing_and_leaves_nothing_half(database_url: str) -> None:
    reported = 0
    for attempt in range(5):
        reported = max(reported, killed_while_writing(database_url, 3 + attempt * 7))
        with open_store(database_url) as store:
            stored = {article.title for article in store.articles(duplicates=True)}
            assert stored >= {f"Story {n}" for n in range(reported)}
            assert rows(store, "SELECT count(*) FROM article WHERE id NOT IN (SELECT article_id FROM revision)") == [(0,)]
            assert rows(store, "SELECT count(*) FROM page WHERE status = 'stored' AND article_id IS NULL") == [(0,)]
            assert rows(store, "SELECT count(*) FROM page WHERE status <> 'stored' AND article_id IS NOT NULL") == [(0,)]
            assert len(store.search("lighthouse", limit=10_000)) == len(stored)
            assert store.memory("daily").pages == len(stored)
            store.begin_run("crawl", NOON)
    assert reported > 0
