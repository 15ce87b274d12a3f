"""A whole database into another one, of either kind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy import text as sql
from visiting import NOON, OTHER, Site, cleaned, kept, page, rows, story, url

from model.errors import BadStatus, DatabaseMissing, StorageError
from model.memory import PathRecord, SiteMemory
from model.page import Validators
from model.source import Link
from storage import copy, copying, open_store
from storage.tables import article, metadata
from storage.values import PageStatus

if TYPE_CHECKING:
    from pathlib import Path

    from storage import Store

DAY = timedelta(days=1)
HANGUL = "등대가 다시 문을 열었다고 항구 관리소가 밝혔다. 여러 해 동안 수리한 끝에 방문객을 맞는다."

COPIER = """
import os, signal, sys
from storage import copy
def watch(table, done, rows):
    if table == "article checked":
        os.kill(os.getpid(), signal.SIGKILL)
copy(sys.argv[1], sys.argv[2], watch=watch)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def target_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind; the SQLite file is not there yet."""
    return f"sqlite:///{tmp_path}/copy.db" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def source_url(request: pytest.FixtureRequest, target_url: str, tmp_path: Path) -> str:
    """A filled SQLite database; where that is what is copied to, too."""
    filled = str(request.getfixturevalue("sqlite_url"))
    with open_store(filled) as store:
        fill(store)
    return filled


def fill(store: Store) -> None:
    """Some of everything: copies of earlier and later articles, revisions, failures, pruned bodies, a cut, a memory."""
    site = Site(store)
    for number in range(5):
        at = NOON + number * DAY
        facts: dict[str, Any] = {"published": at, "authors": ("Ann \U0001f469\u200d\U0001f680", "Bo"), "tags": ("a", "b")}
        visited = page(url(str(number)), at, body=b"\x00\xff%d" % number * 999, chain=(url("r"),), etag='"x"')
        site.save(url(str(number)), cleaned(title=f"T{number}", text=story(number), **facts), at=at, page=visited)
    rival = Site(store, "rival")
    # The earliest comes last: an article with a lower number is a copy of one with a higher one.
    rival.save(url("copy", "rival.example"), cleaned(text=story(0), published=NOON - DAY), at=NOON + 6 * DAY)
    rival.save(url("cut", "rival.example"), cleaned(text=story(1)), at=NOON + 6 * DAY)
    rival.save(url("hangul", "rival.example"), cleaned(title="등대", text=HANGUL, published=NOON), at=NOON + 6 * DAY)
    store.cut(2, 7, NOON)
    memory = SiteMemory(pages=3, texts={-5: 2}, paths={"html/body": PathRecord(blocks=3, score=0.1)}, seen=(1, 2))
    site.save(url("2"), cleaned(title="T2", text=OTHER), at=NOON + 7 * DAY, memory=memory)
    site.save(url("gone"), BadStatus(url("gone"), status=404), at=NOON + 7 * DAY, status=PageStatus.FAILED)
    site.poll(Link(url=url("new")), at=NOON + 8 * DAY, validators={url("feed"): Validators(etag="e")})
    store.prune(kept(DAY), NOON + 3 * DAY)


def tables(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        }


@pytest.fixture
def back_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/back.db"


def test_everything_is_there_and_back_again(source_url: str, target_url: str, back_url: str) -> None:
    told: list[tuple[str, int, int]] = []
    copied = copy(source_url, target_url, watch=lambda *said: told.append(said))
    copy(target_url, back_url)
    with open_store(source_url) as first, open_store(target_url) as second, open_store(back_url) as third:
        wanted = tables(first)
        assert all(rows for name, rows in wanted.items() if copied.get(name))
        assert len([name for name, count in copied.items() if count]) >= 13
        assert tables(second) == wanted
        assert tables(third) == wanted
        assert second.raw_article(4) == first.raw_article(4)
        assert [finding for finding in second.check() if finding.wrong] == []
    assert ("article", 8, 8) in told
    assert ("article_search", 8, 8) in told
    assert ("raw_body checked", copied["raw_body"], copied["raw_body"]) in told


def test_search_works_there_at_once(source_url: str, target_url: str) -> None:
    copy(source_url, target_url)
    with open_store(source_url) as first, open_store(target_url) as second:
        for query in ("lighthouse", "등대가", "seabirds", "light*"):
            assert {hit.id for hit in second.search(query)} == {hit.id for hit in first.search(query)} != set()


def test_postgresql_knows_at_once_how_much_came(sqlite_url: str, postgres_url: str) -> None:
    with open_store(sqlite_url) as source:
        fill(source)
    counts = copy(sqlite_url, postgres_url)
    with open_store(postgres_url) as target:
        known = dict(rows(target, "SELECT relname, reltuples FROM pg_class WHERE relname IN ('article', 'shingle')"))
    assert known == {"article": counts["article"], "shingle": counts["shingle"]}


def test_writing_goes_on_there(source_url: str, target_url: str) -> None:
    copy(source_url, target_url)
    with open_store(target_url) as store:
        site = Site(store, "third")
        saved = site.save(url("new", "third.example"), cleaned(text=story(77)), at=NOON + 9 * DAY)
        assert saved.article_id == 9  # type: ignore[union-attr]  # a stored article
        assert [hit.id for hit in store.search("lighthouse 77")] == [9]
        assert [finding for finding in store.check() if finding.wrong] == []


def test_a_target_that_holds_something_is_refused_and_stays(source_url: str, target_url: str) -> None:
    copy(source_url, target_url)
    with open_store(target_url) as store:
        before = tables(store)
    with pytest.raises(StorageError, match="is not empty"):
        copy(source_url, target_url)
    with open_store(target_url) as store:
        assert tables(store) == before


def test_a_target_of_another_version_is_refused(source_url: str, sqlite_template: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    old.write_bytes(sqlite_template.read_bytes())
    with open_store(str(old)) as store, store.writing() as connection:
        connection.execute(sql("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(StorageError, match="holds a database already"):
        copy(source_url, str(old))


def test_no_copy_into_itself_or_from_nowhere(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="into itself"):
        copy(sqlite_url, sqlite_url.removeprefix("sqlite:///"))
    with pytest.raises(DatabaseMissing):
        copy(str(tmp_path / "none.db"), str(tmp_path / "copy.db"))
    assert not (tmp_path / "copy.db").exists()


def test_a_copy_that_is_killed_leaves_nothing_and_is_begun_again(source_url: str, target_url: str) -> None:
    done = subprocess.run([sys.executable, "-c", COPIER, source_url, target_url], check=False, env={**os.environ})
    assert done.returncode == -signal.SIGKILL
    with open_store(target_url) as store:
        assert all(not found for found in tables(store).values())
    assert copy(source_url, target_url)["article"] == 8


def test_a_row_that_arrives_otherwise_is_noticed(source_url: str, target_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a database would that cannot hold what the other one does."""
    kept = copying._copy_table

    def altered(table: Any, *others: Any) -> Any:
        digest = kept(table, *others)
        if table is article:
            others[1].execute(sql("UPDATE article SET description = 'other' WHERE id = 3"))
        return digest

    monkeypatch.setattr(copying, "_copy_table", altered)
    with pytest.raises(StorageError, match="table article is not what it was: its contents differ"):
        copy(source_url, target_url)
    with open_store(target_url) as store:
        assert rows(store, "SELECT count(*) FROM article") == [(0,)]


def test_a_row_that_is_lost_is_noticed(source_url: str, target_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = copying._copy_table

    def losing(table: Any, *others: Any) -> Any:
        digest = kept(table, *others)
        return replace(digest, rows=digest.rows + 1) if table.name == "cut" else digest

    monkeypatch.setattr(copying, "_copy_table", losing)
    with pytest.raises(StorageError, match="table cut is not what it was: 1 rows of 2"):
        copy(source_url, target_url)
