"""The command that cleans the raw archive again: reclean."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from newsmill.cli.exits import ExitCode
from newsmill.cli.options import DEFAULT_CONFIG, Config, Database, Json, Quiet, day, settings_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsmill.config import Settings
    from newsmill.recleaning import Recleaned, Task

#: What is counted, in the order in which it is told.
ENDINGS = ("revised", "stored", "unchanged", "left", "failed")
#: Changed articles that are named in the terminal; --json tells all.
SHOWN = 10


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog="Examples: `newsmill reclean --dry-run`, `newsmill reclean`, `newsmill reclean voa --all`")(reclean)


def reclean(
    source: Annotated[str | None, typer.Argument(help="Only pages of this source.")] = None,
    *,
    every: Annotated[
        bool, typer.Option("--all", help="Also texts that this version of cleaning made: after a change of a site's rules.")
    ] = False,
    engine: Annotated[
        str | None, typer.Option("--engine", help="Only texts that this version of cleaning made, such as 1.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(parser=day, metavar="DATE", help="Only pages fetched on or after this day (UTC).")
    ] = None,
    after: Annotated[int, typer.Option(min=0, help="Go on behind this page: how an ended run with --all goes on.")] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; tell what would change.")] = False,
    config: Config = DEFAULT_CONFIG,
    database: Database = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Clean the raw pages again that another version of cleaning made texts of, or that it died of.

    Nothing is fetched. A text that comes out differently is a new revision; one that is the same is only marked with the
    version that made it, so an ended run begun again does what is left. No crawl or daemon may work meanwhile, unless --dry-run.
    """
    from cleaners import ENGINE_VERSION
    from newsmill.recleaning import Task
    from storage.recleaning import Archive

    settings = settings_from(config, database, optional=True)
    archive = Archive(other_than=None if every or engine else ENGINE_VERSION, made_by=engine, source=source, since=since)
    done = _watched(settings, Task(archive=archive, after=after, dry=dry_run), quiet=quiet or as_json)
    if as_json:
        typer.echo(json.dumps(_plain(done), ensure_ascii=False, indent=1))
    else:
        _print(done, dry=dry_run, every=every)
    raise typer.Exit(ExitCode.INTERRUPTED if done.interrupted else ExitCode.OK)


def _watched(settings: Settings, task: Task, *, quiet: bool) -> Recleaned:
    """Do it with a bar that tells how far it is; Ctrl-C ends it gently."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    from newsmill.cli.stopping import stopping_gently
    from newsmill.cli.terminal import progress
    from newsmill.recleaning import reclean as reclean_archive

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with progress(*columns, quiet=quiet) as bar:
        shown = bar.add_task("", total=None)

        def watch(done: int, total: int, counts: Mapping[str, int]) -> None:
            bar.update(shown, completed=done, total=total, description=_told(counts))

        async def work() -> Recleaned:
            stop = stopping_gently("finishing the pages in hand")
            return await reclean_archive(settings, task, watch=watch, stop=stop)

        return asyncio.run(work())


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[name]} {name}" for name in ENDINGS if counts.get(name))


def _plain(done: Recleaned) -> dict[str, object]:
    changed = [dataclasses.asdict(article) for article in done.changed]
    return {"counts": dict(done.counts), "interrupted": done.interrupted, "last_id": done.last_id, "changed": changed}


def _print(done: Recleaned, *, dry: bool, every: bool) -> None:
    from newsmill.cli.terminal import visible

    typer.echo((_told(done.counts) or "nothing to clean again") + (" (nothing written)" if dry else ""))
    for article in done.changed[:SHOWN]:
        known = f"article {article.article_id}" if article.article_id else "new"
        typer.echo(f"  {known}: {article.words_before} words, now {article.words_after}: {visible(article.url)}")
    if len(done.changed) > SHOWN:
        typer.echo(f"  and {len(done.changed) - SHOWN} more (--json tells all)")
    if done.changed and not dry:
        typer.echo("  what changed: newsmill show ID --diff")
    if done.interrupted:
        typer.echo("not done; go on with: newsmill reclean" + (f" --all --after {done.last_id}" if every else ""))
