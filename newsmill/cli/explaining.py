"""The command that writes down what was removed from many articles' pages: explain."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from newsmill.cli.options import DEFAULT_CONFIG, Config, Database, InLanguage, OfSource, Since, Until, settings_from


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog="Examples: `newsmill explain --source nasa --limit 500`, `newsmill explain --forget`")(explain)


def explain(
    *,
    source: OfSource = None,
    language: InLanguage = None,
    since: Since = None,
    until: Until = None,
    since_id: Annotated[int, typer.Option(min=0, help="Only articles with a greater id.")] = 0,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="At most so many.")] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Empty the view removed_blocks again.")] = False,
    config: Config = DEFAULT_CONFIG,
    database: Database = None,
) -> None:
    """Clean raw pages again and write what is not in the text, and why, for the view removed_blocks.

    It takes about 40 KB an article; `newsmill show ID --explain` shows one without writing anything.
    """
    from newsmill.cli.terminal import console
    from newsmill.explaining import explain as explain_all
    from newsmill.explaining import forget as forget_all

    settings = settings_from(config, database, optional=True)
    if forget:
        forget_all(settings)
        typer.echo("removed_blocks is empty")
        return
    chosen = {"source": source, "language": language, "since": since, "until": until, "since_id": since_id, "limit": limit}
    with console(stderr=True).status("") as status:
        counts = asyncio.run(explain_all(settings, chosen, watch=lambda done: status.update(f"{done} articles")))
    typer.echo(
        f"{counts['explained']} articles explained, {counts['blocks']} blocks in removed_blocks;"
        f" {counts['pruned']} without a raw page, {counts['failed']} that cannot be cleaned"
    )
