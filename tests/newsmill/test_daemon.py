"""The daemon as a user runs it: a process on a database, ended and reloaded by signals."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from configuring import write_config

from newsmill.cli.exits import ExitCode
from storage import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from newsmill.demo.server import SampleSites


class Running:
    """A daemon process."""

    def __init__(self, config: Path) -> None:
        self.log = config.with_name("daemon.log")
        with self.log.open("ab") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "newsmill", "run", "--log-json", "--config", str(config)], stderr=stream, stdout=stream
            )

    def events(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.read_text("utf8").splitlines() if line.startswith("{")]

    def said(self, event: str) -> bool:
        return any(entry["event"] == event for entry in self.events())

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


def until(true: Callable[[], bool], running: Running) -> None:
    """Wait for something to become true while the process lives; bounded, for machines that others keep busy too."""
    for _ in range(2000):
        if true():
            return
        assert running.process.poll() is None, running.log.read_text("utf8")
        time.sleep(0.1)
    pytest.fail(f"never came true:\n{running.log.read_text('utf8')[-4000:]}")


@pytest.fixture
def config(tmp_path: Path, sqlite_url: str, sites: SampleSites) -> Path:
    return write_config(tmp_path, sites, sqlite_url)


@pytest.fixture
def daemon(config: Path) -> Iterator[Running]:
    running = Running(config)
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.wait()


def stored(database: str) -> int:
    with open_store(database, readonly=True) as store:
        return sum(1 for _ in store.articles(duplicates=True))


@pytest.mark.slow
def test_it_crawls_what_is_due_refuses_a_second_one_and_ends_cleanly(daemon: Running, config: Path, sqlite_url: str) -> None:
    until(lambda: stored(sqlite_url) >= 60, daemon)
    second = subprocess.run(
        [sys.executable, "-m", "newsmill", "run", "--config", str(config)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == ExitCode.DATABASE
    assert f"process {daemon.process.pid}" in second.stderr
    assert daemon.end() == 0
    assert daemon.said("stopped")
    with open_store(sqlite_url, readonly=True) as store, store.reading() as connection:
        ended = connection.exec_driver_sql("SELECT ended_at, interrupted FROM run WHERE kind = 'daemon'").one()
    assert ended[0] is not None
    assert not ended[1]


@pytest.mark.slow
def test_sighup_takes_over_a_changed_file_and_a_wrong_one_changes_nothing(daemon: Running, config: Path) -> None:
    until(lambda: daemon.said("started"), daemon)
    good = config.read_text("utf8")
    config.write_text(good + "wrong: 1\n", encoding="utf8")
    daemon.process.send_signal(signal.SIGHUP)
    until(lambda: daemon.said("config.yaml not taken over"), daemon)
    config.write_text(good + "- name: added\n  url: http://127.0.0.1:9/\n", encoding="utf8")
    daemon.process.send_signal(signal.SIGHUP)
    until(lambda: any(entry.get("source") == "added" for entry in daemon.events()), daemon)
    assert daemon.end() == 0


@pytest.mark.slow
def test_a_changed_file_is_noticed_without_a_signal(daemon: Running, config: Path) -> None:
    until(lambda: daemon.said("started"), daemon)
    changed = config.read_text("utf8").replace("contact: ", "contact: another-") + "- name: added\n  url: http://127.0.0.1:9/\n"
    config.write_text(changed, encoding="utf8")
    until(lambda: daemon.said("changed keys that count from the next start on"), daemon)
    assert daemon.said("config.yaml read again")
    assert [entry["keys"] for entry in daemon.events() if "keys" in entry] == [["contact"]]
    assert daemon.end() == 0
