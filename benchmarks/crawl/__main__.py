"""Both crawlers alternately over the same sites: ``python -m benchmarks.crawl [HOSTS] [PAGES] [ROUNDS]``.

The sites serve the real pages of the shared corpus where it lies beside the project, and then in a second table those of a
sample site; without it those alone. CPU is that of all processes of a crawler, read from /proc twenty times a second (a
process's last twentieth is lost); the machine's noise meets both alike, so what matters are the ratios. Before they are
measured both crawl one site, so that Python has compiled their modules, as it has on a machine where they ran before.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RUNNERS = {"newsmill": "benchmarks.crawl.ours", "Scrapy + trafilatura": "benchmarks.crawl.scrapy_peer"}
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
_TICKS = 100
_EVERY = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One crawl."""

    #: Visited, and articles that came of them.
    pages: int
    articles: int
    #: Wall clock and CPU of all its processes, seconds; starting up included.
    seconds: float
    cpu: float
    #: CPU seconds by stage.
    stages: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """CPU seconds of a process so far."""

    cpu: float
    parent: int


def processes(session: int) -> dict[int, Process]:
    """The processes of a session."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                cpu = (int(fields[11]) + int(fields[12])) / _TICKS
                found[int(stat.parent.name)] = Process(cpu=cpu, parent=int(fields[1]))
    return found


def measure(module: str, origins: Sequence[str], compiled: str) -> Measured:
    """Run one crawler in a session of its own and watch it.

    Args:
        module: the crawler's.
        origins: the sites.
        compiled: folder of compiled modules.
    """
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        used: dict[int, Process] = {}
        words = [sys.executable, "-m", module, f"{folder}/news.db", *origins]
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": compiled}
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True, env=environment) as running:
            while running.poll() is None:
                used |= processes(running.pid)
                time.sleep(_EVERY)
            seconds = time.monotonic() - began
            assert running.stdout is not None
            told = json.loads(running.stdout.read())
    pages, articles = told.pop("pages"), told.pop("articles")
    stages = {**told, **_cleaning(used, running.pid)}
    return Measured(pages=pages, articles=articles, seconds=seconds, cpu=_all(used), stages=stages)


def _all(used: Mapping[int, Process]) -> float:
    return sum(process.cpu for process in used.values())


def _cleaning(used: Mapping[int, Process], main: int) -> dict[str, float]:
    """Cleaning processes are the grandchildren; their parent imports what they share."""
    parents = {process.parent for pid, process in used.items() if process.parent in used and process.parent != main}
    if not parents:
        return {}
    cleaning = sum(process.cpu for process in used.values() if process.parent in parents)
    return {"starting the cleaning processes": sum(used[pid].cpu for pid in parents), "cleaning": cleaning}


def compared(hosts: int, pages: int, rounds: int, corpus: Path | None) -> None:
    """Serve, run both in turn, print the tables."""
    words = [sys.executable, "-m", "benchmarks.crawl.sites", str(hosts), str(pages), *([str(corpus)] if corpus else [])]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as serving, tempfile.TemporaryDirectory() as compiled:
        try:
            assert serving.stdout is not None
            origins = serving.stdout.readline().split()
            for module in RUNNERS.values():
                measure(module, origins[:1], compiled)
            runs = [(name, measure(module, origins, compiled)) for _ in range(rounds) for name, module in RUNNERS.items()]
        finally:
            serving.terminate()
    kind = "real pages of the corpus" if corpus else "pages of a sample site"
    print(f"## {hosts} hosts, up to {pages} {kind} each, {rounds} rounds alternately, medians\n")
    _print({name: [run for of, run in runs if of == name] for name in RUNNERS})


def _print(runs: Mapping[str, Sequence[Measured]]) -> None:
    print("| crawler | pages | articles | seconds | pages/s | CPU ms a page |\n|---|---|---|---|---|---|")
    speeds, costs = [], []
    for name, mine in runs.items():
        fields = ("pages", "articles", "seconds", "cpu")
        pages, articles, seconds, cpu = (median(getattr(run, field) for run in mine) for field in fields)
        speeds.append(pages / seconds)
        costs.append(cpu / pages)
        print(f"| {name} | {pages:.0f} | {articles:.0f} | {seconds:.1f} | {speeds[-1]:.1f} | {1000 * costs[-1]:.1f} |")
    print(f"| newsmill to the other | | | | {speeds[0] / speeds[1]:.2f} | {costs[0] / costs[1]:.2f} |\n")
    print("| CPU by stage | ms a page |\n|---|---|")
    for name, mine in runs.items():
        for stage in mine[0].stages:
            print(f"| {name}: {stage} | {median(1000 * run.stages.get(stage, 0.0) / run.pages for run in mine):.2f} |")
    print()


def main(hosts: int, pages: int, rounds: int) -> None:
    """Real pages, then the sample site's."""
    for corpus in [CORPUS, None] if CORPUS.is_dir() else [None]:
        compared(hosts, pages, rounds, corpus)


if __name__ == "__main__":
    main(*(int(word) for word in (*sys.argv[1:], *("20", "40", "3")[len(sys.argv) - 1 :])))
