"""Opening, upgrading, leases, and what is said when something is wrong."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import inspect
from sqlalchemy import text as sql
from visiting import NOON, OTHER, STORY, Site, cleaned, content, page, rows, url

from model.errors import BadStatus, DatabaseBusy, DatabaseMissing, DatabaseUnavailable, SchemaMismatch, StorageError
from storage import open_store, upgrade
from storage.address import Address
from storage.migrations.steps import head
from storage.schema import markdown
from storage.tables import SCHEMA, metadata
from storage.views import VIEWS

if TYPE_CHECKING:
    from pathlib import Path

    from storage import Store
    from storage.lease import Lease

HOLDER = """
import sys
from storage import open_store
with open_store(sys.argv[1]) as store, store.lease("daemon"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (
            "postgresql://reader:secret@db.example:5433/news?sslmode=require",
            "postgresql://reader:***@db.example:5433/news?sslmode=require",
        ),
        ("postgres://db.example/news", "postgresql://db.example/news"),
        ("postgresql+psycopg://db.example/news", "postgresql://db.example/news"),
    ],
)
def test_addresses_of_servers(given: str, shown: str) -> None:
    address = Address.parse(given)
    assert str(address) == shown
    assert address.url.drivername == "postgresql+psycopg"


def test_addresses_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Address.parse("news.db").path == Address.parse("sqlite:///news.db").path == tmp_path / "news.db"
    assert Address.parse(f"sqlite:///{tmp_path}/a").path == tmp_path / "a"


@pytest.mark.parametrize("given", ["", ":memory:", "sqlite://", "mysql://localhost/news", "://", "http://example.com/"])
def test_what_is_no_database_address(given: str) -> None:
    with pytest.raises(StorageError):
        Address.parse(given)


def test_strange_file_names(tmp_path: Path) -> None:
    for name in ("a b?c#d%20e.db", "ünï;'\".db"):
        upgrade(str(tmp_path / name))
        with open_store(str(tmp_path / name)) as store:
            Site(store).save(url("a"))
        assert (tmp_path / name).stat().st_size > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(("a b?c#d%20e.db", "ünï;'\".db"))


def test_no_database_yet(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing, match=r"news\.db; `newsmill init` makes one"):
        open_store(str(tmp_path / "news.db"))
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_our_tables(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    with pytest.raises(DatabaseMissing, match="newsmill init"):
        open_store(str(tmp_path / "empty.db"))


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("dear diary " * 100)
    with pytest.raises(StorageError, match=r"not a database .*newsmill db upgrade"):
        open_store(str(tmp_path / "notes.txt"))


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    for use in (open_store, upgrade):
        with pytest.raises(StorageError, match="is a folder; name a file in it"):
            use(str(tmp_path))


@pytest.mark.parametrize("address", ["postgresql://me:secret@host:port/news", "://me:secret@host", "~nosuchuser/news.db"])
def test_an_address_that_cannot_be_read_does_not_tell_its_password(address: str) -> None:
    with pytest.raises(StorageError) as caught:
        open_store(address)
    assert "secret" not in str(caught.value)


def test_a_database_in_a_folder_that_is_read_only_can_be_read(tmp_path: Path) -> None:
    made, folder = tmp_path / "news.db", tmp_path / "archive"
    upgrade(str(made))
    with open_store(str(made)) as store:
        Site(store).save(url("a"))
    folder.mkdir()
    shutil.copy(made, folder)
    (folder / "news.db").chmod(0o444)
    folder.chmod(0o555)

    def read() -> str:
        _without_rights_of_root()
        with pytest.raises(DatabaseUnavailable, match="may not write"):
            upgrade(str(folder / "news.db"))
        with open_store(str(folder / "news.db"), readonly=True) as store:
            return store.article(1).title

    with ThreadPoolExecutor(max_workers=1) as thread:  # whose rights are its own
        assert thread.submit(read).result() == cleaned().article.title


def _without_rights_of_root() -> None:
    """Let the rights of files hold for this thread, also where root runs the tests (capset(2))."""
    version_3, of_this_thread = 0x20080522, 0
    capset = ctypes.CDLL(None, use_errno=True).capset
    assert capset((ctypes.c_uint32 * 2)(version_3, of_this_thread), (ctypes.c_uint32 * 6)()) == 0, ctypes.get_errno()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailable, match="cannot be written"):
        upgrade(str(tmp_path / "file" / "news.db"))


def test_a_server_database_that_is_missing_or_empty(postgres_server: str, postgres_url: str) -> None:
    with pytest.raises(DatabaseMissing, match="nosuchdatabase"):
        open_store(postgres_url.replace("newsmill_test", "nosuchdatabase"))
    with pytest.raises(DatabaseMissing, match="newsmill init"):
        open_store(postgres_server)


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable):
        open_store(f"postgresql:///news?host={tmp_path}")


@pytest.mark.parametrize(("version", "advice"), [("0000", "newsmill db upgrade"), ("9999", "newer newsmill")])
def test_another_schema_says_what_to_run(database_url: str, version: str, advice: str) -> None:
    with open_store(database_url) as store, store.writing() as connection:
        connection.execute(sql("UPDATE alembic_version SET version_num = :version"), {"version": version})
    with pytest.raises(SchemaMismatch, match=advice):
        open_store(database_url)


def test_a_newer_database_is_not_touched_by_upgrade(database_url: str) -> None:
    with open_store(database_url) as store, store.writing() as connection:
        connection.execute(sql("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaMismatch, match="newer newsmill"):
        upgrade(database_url)


def test_a_reader_cannot_write(database_url: str) -> None:
    with open_store(database_url, readonly=True) as reader:
        with pytest.raises(DatabaseUnavailable, match="for reading only"):
            Site(reader)
        with pytest.raises(StorageError), reader.reading() as connection:
            connection.execute(sql("DELETE FROM article"))


def test_an_upgrade_again_changes_nothing(database_url: str) -> None:
    with open_store(database_url) as store:
        Site(store).save(url("a"))
    upgrade(database_url)
    with open_store(database_url) as store:
        assert len(list(store.articles())) == 1


def test_migrations_make_the_tables_that_the_code_reads(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _ours, "compare_type": True})
        assert compare_metadata(context, metadata) == []
    assert head() == SCHEMA


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not (name or "").startswith("article_search")


def test_the_first_migration_can_be_taken_back(database_url: str) -> None:
    from alembic import command

    from storage.migrations.steps import configuration
    from storage.views import drop_views

    with open_store(database_url) as store, store.writing() as connection:
        drop_views(connection)
        command.downgrade(configuration(connection), "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]


@pytest.mark.parametrize("version", ["0001", "0002", "0003", "0004", "0005", "0006"])
def test_every_earlier_version_comes_up_with_its_data(database_url: str, version: str) -> None:
    from alembic import command

    from storage.migrations.steps import configuration
    from storage.views import drop_views

    with open_store(database_url) as store:
        site, later = Site(store), NOON + timedelta(days=1)
        site.save(url("a"), page=page(url("a"), body=b"<p>template</p>" * 50, etag="e"))
        site.save(url("b"), cleaned(text=OTHER), page=page(url("b"), body=b"<p>template</p>" * 50 + b"b"))
        site.save(url("a"), cleaned(title="Changed"), at=later)
        site.save(url("b"), BadStatus(url("b"), status=410), at=later)
        Site(store, "rival").save("https://rival.example/a", cleaned(text=f"{STORY} More."), at=later)
        before, bodies = content(store), [store.raw_article(number).body for number in (1, 2, 3)]
        with store.writing() as connection:
            drop_views(connection)
            command.downgrade(configuration(connection), version)
    with pytest.raises(SchemaMismatch, match="newsmill db upgrade"):
        open_store(database_url)
    upgrade(database_url)
    with open_store(database_url) as store:
        assert content(store) == before
        assert [store.raw_article(number).body for number in (1, 2, 3)] == bodies
        assert [hit.id for hit in store.search("seabirds")] == [2]
        assert [(it.state, it.changes) for it in store.revisions(1)] == [
            (None, None),
            ("public", "title: [-Lighthouse opens-]{+Changed+}"),
        ]
        gone = store.revisions(2)[1]
        assert (gone.state, gone.text, gone.seen_at) == ("gone", OTHER, later)
        assert gone.changes == "publication: [-public-]{+gone+}"
        assert [finding for finding in store.check() if finding.wrong] == []


def test_the_views_have_the_columns_that_are_documented(store: Store) -> None:
    with store.reading() as connection:
        there = inspect(connection)
        for view in VIEWS:
            assert [column["name"] for column in there.get_columns(view.name)] == [name for name, _, _ in view.columns]
        assert sorted(there.get_view_names()) == sorted(view.name for view in VIEWS)


def test_every_table_and_column_has_a_comment() -> None:
    for table in metadata.tables.values():
        assert table.comment, table
        assert all(column.comment for column in table.columns), table
    for view in VIEWS:
        assert view.comment
        assert all(comment for _, _, comment in view.columns)


def test_comments_stand_in_postgres_itself(postgres_url: str) -> None:
    with open_store(postgres_url) as store:
        (found,) = rows(store, "SELECT col_description('articles'::regclass, 3)")
        assert found == ("Headline.",)


def test_the_documentation_is_current(request: pytest.FixtureRequest) -> None:
    page = request.config.rootpath / "docs" / "reference" / "schema.md"
    assert page.read_text() == markdown(), "run: python -m storage.schema > docs/reference/schema.md"


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_frequent_questions_use_an_index(sqlite_url: str, view: object) -> None:
    questions = {
        "articles": ("id = 1", "source = 'a' AND id > 5", "published > '2026'", "first_seen_at > '2026'", "url = 'x'"),
        "all_articles": ("duplicate_of = 1", "id > 7"),
        "revisions": ("article_id = 1", "seen_at > '2026'"),
        "clusters": ("id = 1",),
        "cluster_members": ("cluster_id = 1", "article_id = 1"),
        "related": ("article_id = 1", "other_id = 1"),
        "pages": ("source = 'a' AND next_attempt_at < '2026'", "url = 'x'", "article_id = 1"),
    }
    with open_store(sqlite_url) as store:
        for question in questions.get(view.name, ()):  # type: ignore[attr-defined]
            plan = rows(store, f"EXPLAIN QUERY PLAN SELECT * FROM {view.name} WHERE {question}")  # type: ignore[attr-defined]
            scans = [row[3] for row in plan if row[3].startswith("SCAN")]
            assert scans == [], (question, plan)


def test_a_second_lease_is_refused_and_says_who_holds_it(database_url: str) -> None:
    command = [sys.executable, "-c", HOLDER, database_url]
    with open_store(database_url) as store:
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(DatabaseBusy, match=rf"process {holder.pid} on .* holds this database as its daemon"):
                store.lease("daemon")
            with store.lease("another name"):
                pass
            holder.kill()
        with (
            freed(store, "daemon"),
            open_store(database_url) as other,
            pytest.raises(DatabaseBusy, match=f"process {os.getpid()}"),
        ):
            other.lease("daemon")
        freed(store, "daemon").close()


def freed(store: Store, name: str) -> Lease:
    """The lease, once its last holder is gone: a server notices the end of a connection a moment later."""
    for _ in range(200):
        try:
            return store.lease(name)
        except DatabaseBusy:
            time.sleep(0.05)
    return store.lease(name)


def test_importing_storage_imports_no_sqlalchemy() -> None:
    check = "import sys, storage, storage.values; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
