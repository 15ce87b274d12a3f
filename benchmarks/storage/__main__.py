"""Cost of an article as the database grows, on SQLite and PostgreSQL: write, find copies, search, bytes; with fifty readers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.storage.databases import postgresql, sqlite
from benchmarks.storage.figures import HEAD, growth_line, is_bounded, line
from benchmarks.storage.measuring import measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.storage.databases import Database


def run(name: str, databases: Sequence[Database]) -> bool:
    """Measure one kind of database at every size; whether all is as it should be."""
    measured = measure(databases)
    print(f"\n{name}\n\n{HEAD}", *map(line, measured), sep="\n")
    print("", *(growth_line(measured[0], figures) for figures in measured[1:]), sep="\n", flush=True)
    return is_bounded(measured)


def main() -> int:
    """Measure; 1 when something grows that must not, or a write failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sqlite", type=int, nargs="*", default=[10_000, 100_000, 1_000_000], metavar="N")
    parser.add_argument("--postgresql", type=int, nargs="*", default=[10_000, 100_000], metavar="N")
    parser.add_argument("--folder", type=Path, help="keep SQLite files here, and use those that an earlier run left here")
    parser.add_argument("--server", help="address of a PostgreSQL server to use; one is started when none is given")
    asked = parser.parse_args()
    fine = True
    if asked.sqlite:
        with sqlite(sorted(asked.sqlite), asked.folder) as databases:
            fine &= run("SQLite", databases)
    if asked.postgresql:
        with postgresql(sorted(asked.postgresql), asked.server) as databases:
            fine &= run("PostgreSQL", databases)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
