"""Commands that make and keep a database: init, db."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsmill.cli.exits import ExitCode
from newsmill.cli.options import DEFAULT_CONFIG, Config, Database, Quiet, settings_from

_db = typer.Typer(help="Keep the database.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog="Example: `newsmill init && newsmill crawl`")(init)
    _db.command(epilog="Example: `newsmill db upgrade`")(upgrade)
    _db.command(epilog="Examples: `newsmill db cut 17 42`, `newsmill db cut 17 42 --undo`")(cut)
    _db.command(epilog="Examples: `newsmill db prune`, `newsmill db prune --older-than 90d`")(prune)
    _db.command(epilog="Example: `newsmill db check`")(check)
    _db.command(epilog="Example: `newsmill db copy sqlite:///news.db postgresql://user@host/news`")(copy)
    app.add_typer(_db, name="db")


def init(
    folder: Annotated[Path, typer.Argument(help="Where config.yaml is to stand.")] = Path(),
) -> None:
    """Write a commented config.yaml to start from, and make the database it names.

    A config.yaml that is there is kept as it is.
    """
    from model.errors import ConfigError
    from newsmill.config import load
    from newsmill.shipped import default_config
    from storage import upgrade as upgrade_database

    file = folder / DEFAULT_CONFIG
    if file.exists():
        typer.echo(f"{file} is there and stays as it is")
    else:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file.write_text(default_config(), encoding="utf8")
        except OSError as error:
            raise ConfigError(f"cannot be written: {error.strerror}", file=str(file)) from None
        typer.echo(f"wrote {file}: look through it, put your contact address in")
    settings = load(file)
    upgrade_database(settings.database)
    typer.echo("the database is ready; next: newsmill crawl")


def upgrade(*, config: Config = DEFAULT_CONFIG, database: Database = None) -> None:
    """Bring the database to the schema of this version; makes it when it is not there."""
    from storage import upgrade as upgrade_database

    upgrade_database(settings_from(config, database, optional=True).database)
    typer.echo("the database is up to date")


def cut(
    one: Annotated[int, typer.Argument(help="An article's id.")],
    other: Annotated[int, typer.Argument(help="The id of the one it was taken for a copy of.")],
    *,
    undo: Annotated[bool, typer.Option("--undo", help="Take back an earlier cut.")] = False,
    config: Config = DEFAULT_CONFIG,
    database: Database = None,
) -> None:
    """Say that two articles are not one story; they are never put into one cluster again."""
    from model.times import now
    from storage import open_store

    with open_store(settings_from(config, database, optional=True).database) as store:
        if undo:
            store.mend(one, other)
        else:
            store.cut(one, other, now())
    typer.echo(f"articles {one} and {other} " + ("are compared again" if undo else "are cut apart for good"))


def prune(
    *,
    older_than: Annotated[
        str | None,
        typer.Option("--older-than", help="Instead of retention.raw of config.yaml, such as 90d; never less than that."),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    database: Database = None,
) -> None:
    """Remove what config.yaml does not want kept: old raw pages; single visits and polls, which become counts by day.

    Articles and revisions always stay, and no page is fetched again because of it. The daemon does it once a day.
    """
    from model.errors import ConfigError
    from model.times import now
    from newsmill.units import duration
    from storage import open_store

    settings = settings_from(config, database, optional=True)
    age = None
    if older_than is not None:
        try:
            age = duration(older_than)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
        if age < settings.retention.raw:
            raise ConfigError(f"retention.raw of {config} wants raw pages kept for {settings.retention.raw.days} days")
    with open_store(settings.database) as store:
        pruned = store.prune(settings.keeping(raw=age), now())
    megabytes = f"{pruned.size / 1e6:.1f} MB as they were served"
    typer.echo(f"{pruned.bodies} raw pages removed, {megabytes}; {pruned.events} old events counted")


def check(*, config: Config = DEFAULT_CONFIG, database: Database = None) -> None:
    """Check that the database holds together: hashes of texts and raw pages, references, search index, counts."""
    from storage import open_store

    with open_store(settings_from(config, database, optional=True).database, readonly=True) as store:
        findings = list(store.check())
    for finding in findings:
        if finding.wrong:
            typer.echo(f"{finding.wrong:>8} {finding.what}")
    if any(finding.wrong for finding in findings):
        raise typer.Exit(ExitCode.ERROR)
    typer.echo(f"nothing wrong: {len(findings)} checks")


def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The database: a file or a postgresql:// URL.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Where to: a file that is not there yet, or an empty database.")],
    *,
    quiet: Quiet = False,
) -> None:
    """Copy a whole database into an empty one, SQLite or PostgreSQL, and check every row.

    Of a copy that fails or is ended nothing is left: begin it again.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn

    from newsmill.cli.terminal import progress
    from storage import copy as copy_database

    columns = (TextColumn("{task.description:<20}"), BarColumn(), MofNCompleteColumn())
    with progress(*columns, quiet=quiet) as bar:
        task = bar.add_task("")

        def watch(table: str, done: int, rows: int) -> None:
            bar.update(task, description=table, completed=done, total=rows)

        copied = copy_database(source, target, watch=watch)
    typer.echo(f"{copied['article']} articles, {sum(copied.values())} rows in {len(copied)} tables copied and checked")
