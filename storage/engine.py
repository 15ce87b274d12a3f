"""The one door to SQLAlchemy's engines: connections, transactions, and foreign errors in our own words."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from model.errors import DatabaseBusy, DatabaseMissing, DatabaseUnavailable, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.address import Address

# psycopg logs what it could not tidy up on a lost connection; the error itself reaches the caller in our words.
logging.getLogger("psycopg").setLevel(logging.CRITICAL)

#: Milliseconds a writer waits for another one.
BUSY_TIMEOUT = 5000
#: KB of a SQLite database that its writer keeps at hand. SQLite's own 2,000 do not hold the indices of a large one: a write
#: to 100,000 articles takes some 7 % less CPU.
WRITER_CACHE = 65_536
#: Key of the PostgreSQL advisory lock that makes writers take turns, as SQLite does by itself.
_WRITERS = 0x6E6577736D696C6C
#: SQLSTATE (or its class, the first two characters) -> our error.
_BY_SQLSTATE: dict[str, type[StorageError]] = {
    "08": DatabaseUnavailable,  # connection lost or refused
    "28": DatabaseUnavailable,  # user or password refused
    "3D": DatabaseMissing,  # no such database
    "3F": DatabaseMissing,  # no such schema
    "40": DatabaseBusy,  # deadlock, serialisation
    "42P01": DatabaseMissing,  # no such table
    "53": DatabaseUnavailable,  # disk full, out of memory, too many connections
    "55P03": DatabaseBusy,  # lock timeout
    "57": DatabaseUnavailable,  # shut down
    "58": DatabaseUnavailable,  # I/O
}
#: What PostgreSQL calls an error that has no other name.
_INTERNAL = "XX000"
#: Piece of the message -> our error, where there is no code that tells: Python 3.11 gives not every one of SQLite's, and
#: PostgreSQL calls a file that may not grow an internal error.
_BY_MESSAGE: tuple[tuple[str, type[StorageError]], ...] = (
    ("is locked", DatabaseBusy),
    ("no such table", DatabaseMissing),
    ("unable to open", DatabaseUnavailable),
    ("is full", DatabaseUnavailable),
    ("disk I/O", DatabaseUnavailable),
    ("readonly", DatabaseUnavailable),
    ("malformed", DatabaseUnavailable),
    ("not a database", StorageError),
    ("could not extend file", DatabaseUnavailable),
    ("could not write", DatabaseUnavailable),
)
#: What makes a database that is not there.
MAKES_ONE = "`newsmill init` makes one with a config.yaml, `newsmill db upgrade` one alone"
#: Piece of a message, else our error -> what can be done.
_ADVICE: dict[str | type[StorageError], str] = {
    "readonly": "newsmill may not write to it or to its folder",
    "not a database": f"name a file that newsmill made; {MAKES_ONE}",
    DatabaseBusy: "another process is writing to it; try again",
    DatabaseMissing: f"it holds no newsmill tables yet; {MAKES_ONE}",
    DatabaseUnavailable: "what was written stays; begin again when it can be used",
}


def _translate(error: SQLAlchemyError, address: Address) -> StorageError:
    if isinstance(error, PoolTimeout):
        return DatabaseBusy(f"{address}: too many readers at once")
    if not isinstance(error, DBAPIError) or error.orig is None:
        return StorageError(f"{address}: {getattr(error, 'orig', None) or error}")
    message = " ".join(str(error.orig).split())
    state = getattr(error.orig, "sqlstate", None) or ""
    kind = _BY_SQLSTATE.get(state) or _BY_SQLSTATE.get(state[:2])
    if kind is None and (isinstance(error.orig, sqlite3.Error) or state == _INTERNAL):
        kind = next((kind for piece, kind in _BY_MESSAGE if piece in message), None)
    if kind is None:
        kind = DatabaseMissing if "does not exist" in message and not state else None
    if kind is None:
        kind = DatabaseUnavailable if error.connection_invalidated or (not state and "connect" in message) else StorageError
    advice = next((told for of, told in _ADVICE.items() if of is kind or (isinstance(of, str) and of in message)), None)
    return kind(f"{address}: {message}" + (f" ({advice})" if advice else ""))


@contextmanager
def foreign_errors(address: Address) -> Iterator[None]:
    """Raise SQLAlchemy's and the drivers' errors as `StorageError`."""
    try:
        yield
    except SQLAlchemyError as error:
        raise _translate(error, address) from error
    except OverflowError as error:  # sqlite3's own, of an id that nobody has
        raise StorageError(f"{address}: a number larger than databases hold") from error


def connect_engine(address: Address, *, readonly: bool) -> Engine:
    """An engine whose connections are set up as docs/database.md says; connects only when used."""
    engine = _sqlite(address.path, address, readonly=readonly) if address.path else _postgres(address, readonly=readonly)
    return engine.execution_options(newsmill_address=address)


def _sqlite(path: Path, address: Address, *, readonly: bool) -> Engine:
    def connect() -> sqlite3.Connection:
        uri = _uri(path, readonly=readonly)
        return sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT / 1000, isolation_level=None, check_same_thread=False)

    engine = create_engine(address.url, creator=connect, json_serializer=_json, pool_size=8, max_overflow=56)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA query_only={'ON' if readonly else 'OFF'}")
        if not readonly:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(f"PRAGMA cache_size=-{WRITER_CACHE}")

    def begin(connection: Any) -> None:  # noqa: ANN401 - the driver's connection
        # A transaction that begins by reading and writes later fails at once when another wrote in between,
        # whatever the timeout says: writers announce themselves.
        connection.execute("BEGIN" if readonly else "BEGIN IMMEDIATE")

    # Not by the event "begin": an engine with any listener asks for listeners at each step of each statement.
    engine.dialect.do_begin = begin  # type: ignore[assignment] # as dialects of SQLAlchemy's own do
    return engine


def _uri(path: Path, *, readonly: bool) -> str:
    """The file as SQLite takes it (https://www.sqlite.org/uri.html).

    Readers of a WAL database need a file beside it that they may write, too. Where they may not, in a folder or on a disk
    that is read-only, and no WAL holds anything, it is read as what never changes.
    """
    escaped = str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    if not readonly:
        return f"file:{escaped}?mode=rw"
    log = path.with_name(f"{path.name}-wal")
    writable = os.access(path, os.W_OK) or os.access(path.parent, os.W_OK)
    still = not writable and not (log.exists() and log.stat().st_size)
    return f"file:{escaped}?mode=ro" + ("&immutable=1" if still else "")


def _postgres(address: Address, *, readonly: bool) -> Engine:
    if find_spec("psycopg") is None:
        raise DatabaseUnavailable(f"{address} needs psycopg: pip install 'newsmill[postgres]'")
    options = "-c default_transaction_read_only=on" if readonly else f"-c lock_timeout={BUSY_TIMEOUT}"
    engine = create_engine(
        address.url,
        json_serializer=_json,
        pool_size=8,
        max_overflow=56,
        pool_pre_ping=True,
        connect_args={"options": f"{options} -c timezone=UTC", "connect_timeout": 10},
    )
    if not readonly:

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")

    return engine


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def schema_version(connection: Connection) -> str | None:
    """The Alembic revision of the database; None where no newsmill lives in it."""
    if connection.dialect.name == "sqlite":
        there = connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"))
    else:
        there = connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    return connection.scalar(text("SELECT version_num FROM alembic_version")) if there else None
