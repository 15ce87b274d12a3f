"""``kill -9`` at any moment loses nothing and stores nothing twice."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from configuring import write_config
from snapshots import differences, snapshot

from newsmill.cli.exits import ExitCode
from newsmill.demo.server import SampleSites
from storage import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from snapshots import Row

#: Kills on each kind of database, in rounds that each begin with an empty one and end with a crawl that is let finish.
KILLS, ROUNDS = 20, 4
#: Between two requests to one host: spreads the crawl, so that kills meet it at work.
DELAY = "0.03s"


def command(config: Path) -> list[str]:
    return [sys.executable, "-m", "newsmill", "crawl", "--quiet", "--config", str(config)]


def finish(config: Path) -> None:
    done = subprocess.run(command(config), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def kill_after(config: Path, seconds: float, *, how: signal.Signals = signal.SIGKILL) -> int | None:
    """Begin a crawl and end it; its exit code, None where it was done before."""
    process = subprocess.Popen(command(config), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(how)
        return process.wait(timeout=60)
    return None


@dataclass(frozen=True)
class Undisturbed:
    """A crawl that nobody killed."""

    sites: SampleSites
    snapshot: Mapping[str, list[Row]]
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    folder = tmp_path_factory.mktemp("undisturbed")
    database = f"sqlite:///{folder / 'news.db'}"
    upgrade(database)
    with SampleSites() as sites:
        config = write_config(folder, sites, database, delay=DELAY)
        began = time.monotonic()
        finish(config)
        yield Undisturbed(sites=sites, snapshot=snapshot(database), seconds=time.monotonic() - began)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_crawl_killed_at_random_moments_ends_like_an_undisturbed_one(
    seed: int, database_url: str, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    config = write_config(tmp_path, undisturbed.sites, database_url, delay=DELAY)
    chance = random.Random(seed)
    for _ in range(KILLS // ROUNDS):
        kill_after(config, chance.uniform(0.2, 0.7) * undisturbed.seconds)
    finish(config)
    assert len(undisturbed.snapshot["articles"]) >= 60
    assert not differences(snapshot(database_url), undisturbed.snapshot)


@pytest.mark.slow
def test_a_crawl_told_to_end_says_so_and_the_next_ones_complete_it(
    database_url: str, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    config = write_config(tmp_path, undisturbed.sites, database_url, delay=DELAY)
    chance = random.Random(7)
    ends = [kill_after(config, chance.uniform(0.3, 0.6) * undisturbed.seconds, how=signal.SIGTERM) for _ in range(3)]
    assert set(ends) <= {None, ExitCode.INTERRUPTED, -signal.SIGTERM}  # the last: before it listened
    finish(config)
    assert not differences(snapshot(database_url), undisturbed.snapshot)
