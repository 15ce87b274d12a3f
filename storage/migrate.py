"""A database brought to this version: made at once where there is none, by migrations where an older version made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text
from sqlalchemy.schema import CreateIndex, CreateTable, SetColumnComment, SetTableComment

from model.errors import DatabaseUnavailable
from storage import fulltext
from storage.address import Address
from storage.clusters import refresh
from storage.engine import connect_engine, foreign_errors, schema_version
from storage.tables import SCHEMA, metadata
from storage.views import create_views, drop_views

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

#: Alembic's own table, as it makes it.
_VERSIONS: Final = """CREATE TABLE IF NOT EXISTS alembic_version
(version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"""


def upgrade(url: str) -> None:
    """Create the database's tables and views, or bring them to this version; in one transaction.

    Articles whose signatures an earlier version computed, or none did, are signed again: about 3 ms each.

    Raises:
        SchemaMismatch: the database was written by a newer version.
        DatabaseBusy: somebody else is writing.
        DatabaseMissing: no such PostgreSQL database.
        DatabaseUnavailable: it cannot be reached or written.
    """
    address = Address.parse(url)
    if address.path is not None:
        _touch(address.path)
    engine = connect_engine(address, readonly=False)
    try:
        with foreign_errors(address), engine.begin() as connection:
            there = schema_version(connection)
            drop_views(connection)
            if there is None:
                create(connection)
            else:
                _bring_along(connection, there, address)
            create_views(connection)
    finally:
        engine.dispose()


def create(connection: Connection) -> None:
    """Make all tables of this version, as taking every migration would leave them, in a fifth of the CPU."""
    for table in metadata.sorted_tables:
        connection.execute(CreateTable(table))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):  # a set of SQLAlchemy's, of any order
            connection.execute(CreateIndex(index))
        if connection.dialect.supports_comments:
            connection.execute(SetTableComment(table))
            for column in table.columns:
                connection.execute(SetColumnComment(column))
    fulltext.create(connection)
    connection.execute(text(_VERSIONS))
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:version)"), {"version": SCHEMA})


def _bring_along(connection: Connection, there: str, address: Address) -> None:
    if there != SCHEMA:
        from storage.migrations import steps  # see there

        steps.run(connection, address)
    refresh(connection)


def _touch(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as error:
        raise DatabaseUnavailable(f"{path}: cannot be written ({error.strerror})") from error
