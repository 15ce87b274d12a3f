"""Options that several commands share, and what they lead to."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsmill.config import Settings
    from storage import Store

DEFAULT_CONFIG = Path("config.yaml")

Config = Annotated[
    Path,
    typer.Option("--config", "-c", envvar="NEWSMILL_CONFIG", help="The configuration file.", show_default=True),
]
Database = Annotated[
    str | None,
    typer.Option("--database", "-d", help="Database to use instead of the configured one: a file or a postgresql:// URL."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only the result.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def day(text: str) -> datetime:
    """A day or moment in ISO 8601; without a zone it is UTC.

    Raises:
        typer.BadParameter: it is neither.
    """
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the last evening of the year 9999 in the west is no moment of UTC
        raise typer.BadParameter(f"{text!r} is not a date such as 2026-11-22 or 2026-11-22T08:00") from None


OfSource = Annotated[str | None, typer.Option("--source", "-s", help="Only of this source.")]
InLanguage = Annotated[str | None, typer.Option("--language", "-l", help="Only in this language, such as en.")]
Since = Annotated[datetime | None, typer.Option(parser=day, metavar="DATE", help="Only published on or after this day (UTC).")]
Until = Annotated[datetime | None, typer.Option(parser=day, metavar="DATE", help="Only published before this day (UTC).")]


def settings_from(config: Path, database: str | None = None, *, optional: bool = False) -> Settings:
    """The settings of a file, the database replaced where one is named.

    Args:
        config: the file.
        database: what ``--database`` said.
        optional: take the defaults where the default file is not there.

    Raises:
        ConfigError: the file is missing or wrong.
    """
    from newsmill.config import load, parse

    settings = parse("") if optional and config == DEFAULT_CONFIG and not config.exists() else load(config)
    return settings.model_copy(update={"database": database}) if database else settings


@contextlib.contextmanager
def reader(config: Path, database: str | None, source: str | None = None) -> Iterator[Store]:
    """The database, for reading only.

    Args:
        config: the configuration file.
        database: what ``--database`` said.
        source: what ``--source`` said.

    Raises:
        NotFound: the database knows no such source.
    """
    from storage import open_store

    with open_store(settings_from(config, database, optional=True).database, readonly=True) as store:
        if source is not None:
            store.check_source(source)
        yield store
