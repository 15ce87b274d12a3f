"""Both crawlers alternately over the same sites: ``python -m benchmarks.crawl [HOSTS] [PAGES] [ROUNDS]``.

CPU is that of all processes of a crawler, read from /proc twenty times a second (a process's last twentieth is lost), so
what matters are the ratios.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

RUNNERS = {"newsmill": "benchmarks.crawl.ours", "Scrapy + trafilatura": "benchmarks.crawl.scrapy_peer"}
_TICKS = 100
_EVERY = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One crawl."""

    pages: int
    #: Wall clock and CPU of all its processes, seconds; starting up included.
    seconds: float
    cpu: float


def cpu_by_process(session: int) -> dict[str, float]:
    """CPU seconds of each process of a session."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                found[stat.parent.name] = (int(fields[11]) + int(fields[12])) / _TICKS
    return found


def measure(module: str, origins: list[str]) -> Measured:
    """Run one crawler in a session of its own and watch it."""
    with tempfile.TemporaryDirectory() as folder:
        began, used = time.monotonic(), {}
        words = [sys.executable, "-m", module, f"{folder}/news.db", *origins]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True) as running:
            while running.poll() is None:
                used |= cpu_by_process(running.pid)
                time.sleep(_EVERY)
            seconds = time.monotonic() - began
            assert running.stdout is not None
            return Measured(pages=int(running.stdout.read().split()[-1]), seconds=seconds, cpu=sum(used.values()))


def main(hosts: int, pages: int, rounds: int) -> None:
    """Serve, run both in turn, print the table."""
    words = [sys.executable, "-m", "benchmarks.crawl.sites", str(hosts), str(pages)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as serving:
        try:
            assert serving.stdout is not None
            origins = serving.stdout.readline().split()
            runs = [(name, measure(module, origins)) for _ in range(rounds) for name, module in RUNNERS.items()]
        finally:
            serving.terminate()
    print(f"{hosts} hosts, {pages} pages each, {rounds} rounds, medians\n")
    print("| crawler | articles | seconds | pages/s | CPU ms a page | pages per CPU second |\n|---|---|---|---|---|---|")
    for name in RUNNERS:
        mine = [run for of, run in runs if of == name]
        stored, seconds, cpu = (median(getattr(run, field) for run in mine) for field in ("pages", "seconds", "cpu"))
        print(
            f"| {name} | {stored:.0f} | {seconds:.1f} | {stored / seconds:.1f} | {1000 * cpu / stored:.1f} | {stored / cpu:.1f} |"
        )


if __name__ == "__main__":
    main(*(int(word) for word in (*sys.argv[1:], *("20", "20", "3")[len(sys.argv) - 1 :])))
