"""Leases: one holder of a name per database, freed by the system when the process dies."""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
from abc import ABC, abstractmethod
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from model.errors import DatabaseBusy, DatabaseUnavailable, StorageError
from storage.engine import foreign_errors

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from storage.address import Address

#: What can be done where somebody else holds a lease.
_WAIT = "try again when it has ended"


class Lease(ABC):
    """Held until closed, or until the process ends however it does.

    A PostgreSQL server that was restarted forgets it: `confirm` tells, `keep` takes it again.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Let others have it."""

    @abstractmethod
    def confirm(self) -> None:
        """Make sure that it was not lost while it was to be held.

        Raises:
            DatabaseUnavailable: it was lost, so somebody else may hold it by now.
        """

    @abstractmethod
    def keep(self) -> None:
        """Make sure that it is still held, and take it again where a restarted server forgot it.

        Raises:
            DatabaseBusy: somebody else took it meanwhile.
            DatabaseUnavailable: the server cannot be reached.
        """


def take_lease(address: Address, name: str) -> Lease:
    """Take a lease.

    Raises:
        DatabaseBusy: somebody else holds it; says who.
        DatabaseUnavailable: the database or the file beside it cannot be reached.
    """
    if address.path is not None:
        return _FileLease(address.path.with_name(f"{address.path.name}.{name}.lock"), name)
    return _ServerLease(address, name)


def _myself() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


class _FileLease(Lease):
    """A lock on a file beside the database. The system keeps it, so it is never lost."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(name)
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise DatabaseUnavailable(f"{path}: cannot be written ({error.strerror})") from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._descriptor, 200, 0).decode("utf8", "replace").strip() or "another process"
            os.close(self._descriptor)
            raise DatabaseBusy(f"{holder} holds this database as its {name} ({path}); {_WAIT}") from error
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{_myself()}\n".encode(), 0)

    def close(self) -> None:
        # The file stays: who deletes a lock file can delete one that another has just locked.
        os.close(self._descriptor)

    def confirm(self) -> None:
        pass

    def keep(self) -> None:
        pass


class _ServerLease(Lease):
    """A connection of its own whose advisory lock is the lease. Threads may share it."""

    def __init__(self, address: Address, name: str) -> None:
        super().__init__(name)
        self._address = address
        self._key = int.from_bytes(hashlib.blake2b(f"newsmill {name}".encode(), digest_size=8).digest(), "big", signed=True)
        options = {"application_name": f"newsmill {name}: {_myself()}"[:63], "connect_timeout": 10}
        self._engine = create_engine(address.url, poolclass=NullPool, connect_args=options, isolation_level="AUTOCOMMIT")
        #: None: closed, or lost.
        self._connection: Connection | None = None
        self._lost = False
        self._lock = Lock()
        self._take()

    def close(self) -> None:
        with self._lock:
            self._hang_up()

    def confirm(self) -> None:
        with self._lock:
            if self._lost:
                raise DatabaseUnavailable(
                    f"{self._address}: the connection that kept other processes out was lost; what was written stays, begin again"
                )
            if self._connection is not None:
                self._ask(self._connection)

    def keep(self) -> None:
        with self._lock:
            with suppress(DatabaseUnavailable):
                if self._connection is not None:
                    self._ask(self._connection)
            if self._connection is None:
                self._take()

    def _take(self) -> None:
        with foreign_errors(self._address):
            connection = self._engine.connect()
            if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": self._key}):
                self._connection, self._lost = connection, False
                return
            holder = _holder(connection, self._key)
            connection.close()
        raise DatabaseBusy(f"{holder} holds this database as its {self.name} ({self._address}); {_WAIT}")

    def _ask(self, connection: Connection) -> None:
        """Any answer will do: the lock lives as long as its connection."""
        try:
            with foreign_errors(self._address):
                connection.exec_driver_sql("SELECT 1")
        except StorageError:
            self._hang_up()
            self._lost = True
            raise

    def _hang_up(self) -> None:
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
