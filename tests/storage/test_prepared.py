from __future__ import annotations

from datetime import timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import bindparam, insert, select
from sqlalchemy import text as sql
from visiting import NOON, rows

from model.errors import DatabaseUnavailable, StorageError
from storage import open_store
from storage.prepared import Prepared
from storage.tables import run

if TYPE_CHECKING:
    from storage import Store

NEW = Prepared(insert(run).returning(run.c.id))
CHANGE = Prepared(run.update().where(run.c.id == bindparam("of")))
FIRST_TWO = Prepared(select(run).where(run.c.kind != bindparam("but")).order_by(run.c.id).limit(2))
BEGUN = {"kind": "crawl", "started_at": NOON, "counts": {}}


def test_values_go_in_and_come_out_as_by_sqlalchemy_itself(store: Store) -> None:
    row = {"kind": "cr\x00awl", "started_at": NOON.astimezone(timezone(timedelta(hours=9))), "counts": {"stored": [1, None]}}
    with store.writing() as connection:
        assert NEW.scalar(connection, row) == 1
        connection.execute(insert(run), row)
        found = FIRST_TWO.all(connection, {"but": "demo"})
    first, second = found
    assert tuple(first)[1:] == tuple(second)[1:]
    assert (first.id, first.kind, first.started_at, first.ended_at) == (1, "crawl", NOON, None)
    assert (first.interrupted, first.counts) == (False, {"stored": [1, None]})


def test_what_comes_back_of_several_rows_and_of_none(store: Store) -> None:
    with store.writing() as connection:
        ids = [NEW.scalar(connection, BEGUN) for _ in range(3)]
        assert [row.id for row in FIRST_TWO.all(connection, {"but": "demo"})] == ids[:2]
        first = FIRST_TWO.first(connection, {"but": "demo"})
        assert first is not None
        assert first.id == ids[0]
        assert FIRST_TWO.first(connection, {"but": "crawl"}) is None
        assert FIRST_TWO.scalar(connection, {"but": "crawl"}) is None
        assert FIRST_TWO.all(connection, {"but": "crawl"}) == []


def test_one_statement_changes_now_these_columns_now_those(store: Store) -> None:
    with store.writing() as connection:
        first, second = (NEW.scalar(connection, BEGUN) for _ in range(2))
        assert CHANGE.run(connection, {"of": first, "kind": "demo"}) == 1
        assert CHANGE.run(connection, {"of": second, "kind": "daemon", "interrupted": True}) == 1
        assert CHANGE.run(connection, {"of": 404, "kind": "nobody"}) == 0
    assert [tuple(row) for row in rows(store, "SELECT kind, interrupted FROM run ORDER BY id")] == [("demo", 0), ("daemon", 1)]


@pytest.mark.parametrize("wrong", [{"kind": None}, {"started_at": NOON.replace(tzinfo=None)}])
def test_what_fails_is_told_in_our_own_words_and_nothing_is_written(store: Store, wrong: dict[str, object]) -> None:
    def begin_two() -> None:
        with store.writing() as connection:
            NEW.scalar(connection, BEGUN)
            NEW.scalar(connection, {**BEGUN, **wrong})

    with pytest.raises(StorageError, match=r"(?i)not.null|without zone"):
        begin_two()
    assert rows(store, "SELECT count(*) FROM run") == [(0,)]


def test_a_server_that_went_away_says_so_and_the_store_comes_back(postgres_url: str) -> None:
    def begin_cut_off(store: Store) -> None:
        with open_store(postgres_url) as other, store.writing() as connection:
            process = connection.execute(sql("SELECT pg_backend_pid()")).scalar_one()
            with other.reading() as second:
                second.execute(sql("SELECT pg_terminate_backend(:process, 10000)"), {"process": process})
            NEW.scalar(connection, BEGUN)

    with open_store(postgres_url) as store:
        with pytest.raises(DatabaseUnavailable):
            begin_cut_off(store)
        with store.writing() as connection:
            assert NEW.scalar(connection, BEGUN) >= 1
