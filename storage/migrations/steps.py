"""Alembic, driven from here: no ini file, the migrations inside the package.

Imported only for a database that an older version made (or a newer one): Alembic takes a tenth of a second.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from model.errors import SchemaMismatch

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.address import Address


def configuration(connection: Connection | None = None) -> Config:
    """What Alembic's commands ask for; those that change a database need a connection to it."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def head() -> str | None:
    """The newest revision in the package."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def run(connection: Connection, address: Address) -> None:
    """Take all steps that the database has not taken yet, from the first one where it has taken none.

    Raises:
        SchemaMismatch: it has taken one that this version does not know.
    """
    try:
        command.upgrade(configuration(connection), "head")
    except CommandError as error:
        raise SchemaMismatch(f"{address}: written by a newer newsmill; install that one ({error})") from error
