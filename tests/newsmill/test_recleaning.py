"""The archive cleaned again: revisions where the text comes out differently, marks where it does not, nothing fetched."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from configuring import settings_for
from sqlalchemy import text as sql
from test_warc import NOON, archive, page
from typer.testing import CliRunner

from cleaners import ENGINE_VERSION
from model.errors import CleanCrashed, DatabaseBusy
from model.source import Link
from newsmill.importing import import_files
from newsmill.recleaning import Recleaned, Task, reclean
from newsmill.warc import Selection
from storage import open_store
from storage.recleaning import Archive
from storage.values import PageStatus, Visit

if TYPE_CHECKING:
    from pathlib import Path

STALE = Archive(other_than=ENGINE_VERSION)


def filled(database: str, folder: Path, count: int = 6) -> None:
    """Articles as if an older version had cleaned them: all of them marked so, the first one's text a poorer one."""
    file = folder / "pages.warc.gz"
    pages = [page(f"story-{number}", host=f"paper{number % 2}.example") for number in range(count)]
    file.write_bytes(archive(*pages))
    asyncio.run(import_files(settings_for(database), [file], Selection()))
    write(database, "UPDATE revision SET engine_version = '0'")


def write(database: str, *statements: str) -> None:
    with open_store(database) as store, store.writing() as connection:
        for statement in statements:
            connection.execute(sql(statement))


def read(database: str, query: str) -> list[tuple[Any, ...]]:
    with open_store(database, readonly=True) as store, store.reading() as connection:
        return [tuple(row) for row in connection.execute(sql(query))]


def poorer(database: str, article_id: int) -> str:
    """Give an article a text that lacks its end; what it was before."""
    with open_store(database) as store:
        before = store.article(article_id).text
        short = before.rpartition("\n\n")[0]
        with store.writing() as connection:
            changes = {"text": short, "id": article_id}
            connection.execute(sql("UPDATE revision SET text = :text, text_hash = 'x' WHERE article_id = :id"), changes)
            connection.execute(sql("UPDATE article SET text_hash = 'x' WHERE id = :id"), {"id": article_id})
    return before


def recleaned(database: str, archive: Archive = STALE, **task: Any) -> Recleaned:
    return asyncio.run(reclean(settings_for(database), Task(archive=archive, **task)))


def test_what_comes_out_differently_is_a_revision_the_rest_is_marked(database_url: str, tmp_path: Path) -> None:
    filled(database_url, tmp_path)
    before = poorer(database_url, 1)
    done = recleaned(database_url)
    assert done.counts == {"unchanged": 5, "revised": 1}
    (changed,) = done.changed
    assert (changed.article_id, changed.words_after) == (1, len(before.split()))
    versions = read(database_url, "SELECT article_id, number, engine_version FROM revisions ORDER BY article_id, number")
    assert versions == [(1, 1, "0"), (1, 2, ENGINE_VERSION), *((number, 1, ENGINE_VERSION) for number in range(2, 7))]
    with open_store(database_url, readonly=True) as store:
        first, second = store.revisions(1)
        assert second.text == before
        assert (first.raw_body_id, first.fetched_at) == (second.raw_body_id, NOON)
        assert second.raw_body_id == first.raw_body_id
        assert second.changes
        assert not any(finding.wrong for finding in store.check() if "hash" not in finding.what and "text" not in finding.what)
    assert recleaned(database_url).counts == {}


def test_nothing_but_texts_is_touched(database_url: str, tmp_path: Path) -> None:
    filled(database_url, tmp_path)
    write(database_url, f"UPDATE article SET gone_at = '{NOON:%Y-%m-%dT%H:%M:%S.%fZ}' WHERE id = 2")
    poorer(database_url, 2)
    visits = "SELECT url, visited_at, fetched_at, next_attempt_at, outcome, status FROM page ORDER BY id"
    times = "SELECT id, first_seen_at, last_seen_at, gone_at FROM article ORDER BY id"
    before = [
        read(database_url, query) for query in (visits, times, "SELECT count(*) FROM event", "SELECT count(*) FROM page_fetch")
    ]
    assert recleaned(database_url).counts["revised"] == 1
    assert before == [
        read(database_url, query) for query in (visits, times, "SELECT count(*) FROM event", "SELECT count(*) FROM page_fetch")
    ]


def test_a_dry_run_tells_and_writes_nothing(sqlite_url: str, tmp_path: Path) -> None:
    filled(sqlite_url, tmp_path)
    poorer(sqlite_url, 3)
    before = read(sqlite_url, "SELECT * FROM revision"), read(sqlite_url, "SELECT * FROM run")
    assert recleaned(sqlite_url, dry=True).counts == {"unchanged": 5, "revised": 1}
    assert before == (read(sqlite_url, "SELECT * FROM revision"), read(sqlite_url, "SELECT * FROM run"))


def test_pages_that_cleaning_died_of_get_their_article(database_url: str, tmp_path: Path) -> None:
    filled(database_url, tmp_path, count=1)
    died = page("died", host="paper0.example")
    with open_store(database_url) as store:
        (page_id,) = store.add_pages("paper0.example", [Link(url=died.url)], NOON)
        visit = Visit(page_id=page_id, run_id=1, at=NOON, result=CleanCrashed(died.url), page=died, status=PageStatus.PENDING)
        store.save_visit(visit)
    assert recleaned(database_url).counts == {"stored": 1, "unchanged": 1}
    found = read(database_url, f"SELECT status, reason, attempts, article_id FROM page WHERE id = {page_id}")
    assert found == [("stored", None, 0, 2)]


def test_sources_versions_and_days_choose(sqlite_url: str, tmp_path: Path) -> None:
    filled(sqlite_url, tmp_path)
    assert recleaned(sqlite_url, Archive(other_than=ENGINE_VERSION, source="paper1.example"), dry=True).counts.total() == 3
    assert recleaned(sqlite_url, Archive(made_by="1"), dry=True).counts.total() == 0
    assert recleaned(sqlite_url, Archive(made_by="0"), dry=True).counts.total() == 6
    assert recleaned(sqlite_url, Archive(since=NOON), dry=True).counts.total() == 6
    assert recleaned(sqlite_url, Archive(since=NOON.replace(day=21)), dry=True).counts.total() == 0
    assert recleaned(sqlite_url, Archive(), after=4, dry=True).counts.total() == 2


def test_what_is_no_article_any_more_keeps_its_text(sqlite_url: str, tmp_path: Path) -> None:
    filled(sqlite_url, tmp_path, count=1)
    import zstandard

    from model.fingerprints import body_hash

    body = b"<html><body><nav><a href='/'>Home</a></nav></body></html>"
    facts = {"body": zstandard.compress(body), "hash": body_hash(body), "size": len(body)}
    with open_store(sqlite_url) as store, store.writing() as connection:
        connection.execute(sql("UPDATE raw_body SET body = :body, hash = :hash, size = :size"), facts)
    assert recleaned(sqlite_url).counts == {"left": 1}
    assert read(sqlite_url, "SELECT count(*) FROM revision") == [(1,)]


def test_pruned_pages_are_left_out(sqlite_url: str, tmp_path: Path) -> None:
    filled(sqlite_url, tmp_path)
    write(sqlite_url, "UPDATE raw_body SET body = NULL WHERE id < 3")
    assert recleaned(sqlite_url).counts.total() == 4


def test_it_ends_gently_and_the_next_does_what_is_left(database_url: str, tmp_path: Path) -> None:
    filled(database_url, tmp_path, count=30)

    async def ended() -> Recleaned:
        stop = asyncio.Event()

        def watch(done: int, total: int, _: object) -> None:
            assert total == 30
            if done >= 2:
                stop.set()

        return await reclean(settings_for(database_url), Task(archive=STALE), watch=watch, stop=stop)

    first = asyncio.run(ended())
    assert first.interrupted
    assert 2 <= first.counts.total() < 30
    second = recleaned(database_url)
    assert first.counts.total() + second.counts.total() == 30
    assert read(database_url, "SELECT DISTINCT engine_version FROM revision") == [(ENGINE_VERSION,)]


def test_it_waits_for_nobody_who_writes_and_a_dry_run_asks_nobody(sqlite_url: str) -> None:
    with open_store(sqlite_url) as store, store.lease("crawl"):
        with pytest.raises(DatabaseBusy):
            recleaned(sqlite_url)
        assert recleaned(sqlite_url, dry=True).counts == {}


def test_the_command(sqlite_url: str, tmp_path: Path) -> None:
    from newsmill.cli import app

    filled(sqlite_url, tmp_path)
    poorer(sqlite_url, 1)
    ((source,),) = read(sqlite_url, "SELECT source FROM articles WHERE id = 1")  # pages come in any order
    done = CliRunner().invoke(app, ["reclean", "--dry-run", "--quiet", "--database", sqlite_url])
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "1 revised, 5 unchanged (nothing written)")
    done = CliRunner().invoke(app, ["reclean", source, "--json", "--database", sqlite_url])
    assert '"revised": 1' in done.stdout
    done = CliRunner().invoke(app, ["reclean", "--quiet", "--database", sqlite_url])
    assert done.stdout == "3 unchanged\n"
    done = CliRunner().invoke(app, ["reclean", "--quiet", "--database", sqlite_url])
    assert done.stdout == "nothing to clean again\n"
