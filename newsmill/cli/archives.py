"""The command that reads archives of pages: import."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsmill.cli.options import DEFAULT_CONFIG, Config, Database, Json, Quiet, day, settings_from

if TYPE_CHECKING:
    from collections.abc import Mapping

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="WARC files: .warc, .warc.gz, .warc.zst.")
]
Hosts = Annotated[
    list[str] | None, typer.Option("--host", help="Only pages of this site, such as example.org; may be given often.")
]
Since = Annotated[
    datetime | None, typer.Option(parser=day, metavar="DATE", help="Only pages fetched on or after this day (UTC).")
]
Until = Annotated[datetime | None, typer.Option(parser=day, metavar="DATE", help="Only pages fetched before this day (UTC).")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "import",
        epilog="Examples: `newsmill import crawl.warc.gz`, `newsmill import CC-NEWS-*.warc.gz --host example.org`",
    )(import_)


def import_(
    files: Files,
    *,
    host: Hosts = None,
    since: Since = None,
    until: Until = None,
    config: Config = DEFAULT_CONFIG,
    database: Database = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Clean and store the pages of WARC files, as if they had been fetched then; asks no site for anything.

    Needs the extra newsmill[warc]. An import that was ended can be begun again: what is stored stays as it is.
    """
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn

    from newsmill.cli.terminal import progress
    from newsmill.importing import import_files
    from newsmill.warc import Selection

    settings = settings_from(config, database, optional=True)
    selection = Selection(hosts=tuple(host or ()), since=since, until=until, largest=settings.fetch.max_page)
    columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with progress(*columns, quiet=quiet or as_json) as bar:
        task = bar.add_task("", total=sum(file.stat().st_size for file in files))

        def watch(position: int, counts: Mapping[str, int]) -> None:
            bar.update(task, completed=position, description=f"{counts.get('stored', 0)} stored")

        counts = asyncio.run(import_files(settings, files, selection, watch=watch))
    if as_json:
        typer.echo(json.dumps(dict(counts)))
    else:
        typer.echo(", ".join(f"{number} {name}" for name, number in counts.items() if number) or "no responses")
