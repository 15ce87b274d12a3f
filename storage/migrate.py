"""Alembic, driven from here: no ini file, the migrations inside the package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from model.errors import DatabaseUnavailable, SchemaMismatch
from storage.address import Address
from storage.clusters import refresh
from storage.engine import connect_engine, foreign_errors
from storage.views import create_views, drop_views

if TYPE_CHECKING:
    from sqlalchemy import Connection


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def head() -> str | None:
    """The newest revision in the package."""
    return ScriptDirectory.from_config(_config()).get_current_head()


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
            drop_views(connection)
            command.upgrade(_config(connection), "head")
            refresh(connection)
            create_views(connection)
    except CommandError as error:
        raise SchemaMismatch(f"{address}: written by a newer newsmill; install that one ({error})") from error
    finally:
        engine.dispose()


def _touch(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as error:
        raise DatabaseUnavailable(f"{path}: cannot be written ({error.strerror})") from error
