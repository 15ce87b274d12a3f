"""Leases: one holder of a name per database, freed by the system when the process dies."""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from model.errors import DatabaseBusy, DatabaseUnavailable
from storage.engine import foreign_errors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Self

    from storage.address import Address

#: What can be done where somebody else holds a lease.
_WAIT = "try again when it has ended"


@dataclass(frozen=True, slots=True)
class Lease:
    """Held until closed, or until the process ends however it does; a server that was restarted forgets it (`keep`)."""

    name: str
    _free: Callable[[], None]
    _keep: Callable[[], None]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let others have it."""
        self._free()

    def keep(self) -> None:
        """Make sure that it is still held, and take it again where a restarted server forgot it.

        Raises:
            DatabaseBusy: somebody else took it meanwhile.
            DatabaseUnavailable: the server cannot be reached.
        """
        self._keep()


def take_lease(address: Address, name: str) -> Lease:
    """Take a lease.

    Raises:
        DatabaseBusy: somebody else holds it; says who.
        DatabaseUnavailable: the database or the file beside it cannot be reached.
    """
    if address.path is not None:
        return _by_file(address.path.with_name(f"{address.path.name}.{name}.lock"), name)
    return _by_server(address, name)


def _myself() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


def _by_file(path: Path, name: str) -> Lease:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise DatabaseUnavailable(f"{path}: cannot be written ({error.strerror})") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(descriptor, 200, 0).decode("utf8", "replace").strip() or "another process"
        os.close(descriptor)
        raise DatabaseBusy(f"{holder} holds this database as its {name} ({path}); {_WAIT}") from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{_myself()}\n".encode(), 0)
    # The file stays: who deletes a lock file can delete one that another has just locked.
    return Lease(name, lambda: os.close(descriptor), lambda: None)


def _by_server(address: Address, name: str) -> Lease:
    session = _Session(address, name)
    session.take()
    return Lease(name, session.close, session.keep)


class _Session:
    """A connection of its own whose advisory lock is the lease."""

    def __init__(self, address: Address, name: str) -> None:
        self._address, self._name = address, name
        self._key = int.from_bytes(hashlib.blake2b(f"newsmill {name}".encode(), digest_size=8).digest(), "big", signed=True)
        options = {"application_name": f"newsmill {name}: {_myself()}"[:63], "connect_timeout": 10}
        self._engine = create_engine(address.url, poolclass=NullPool, connect_args=options, isolation_level="AUTOCOMMIT")
        self._connection: Connection | None = None

    def take(self) -> None:
        """Connect and lock.

        Raises:
            DatabaseBusy: somebody else holds the lock.
            DatabaseUnavailable: the server cannot be reached.
        """
        with foreign_errors(self._address):
            connection = self._engine.connect()
            if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": self._key}):
                self._connection = connection
                return
            holder = _holder(connection, self._key)
            connection.close()
        raise DatabaseBusy(f"{holder} holds this database as its {self._name} ({self._address}); {_WAIT}")

    def keep(self) -> None:
        """Lock again where the connection is lost; the lock went with it."""
        try:
            with foreign_errors(self._address):
                if self._connection is not None:
                    self._connection.scalar(text("SELECT 1"))
                    return
        except DatabaseUnavailable:
            self.close()
        self.take()

    def close(self) -> None:
        """Unlock by hanging up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _holder(connection: Connection, key: int) -> str:
    """Who holds an advisory lock; its key stands in two halves in ``pg_locks``."""
    query = text(
        "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
        " WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint = :high AND l.objid::bigint = :low"
        " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    halves = {"high": (key >> 32) & 0xFFFFFFFF, "low": key & 0xFFFFFFFF}
    name = connection.scalar(query, halves) or "another process"
    return str(name).partition(": ")[2] or str(name)
