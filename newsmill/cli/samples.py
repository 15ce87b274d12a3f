"""The command that shows all of it on sample sites."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog="Example: `newsmill demo --folder try-it`")(demo)


def demo(
    *,
    folder: Annotated[Path, typer.Option(help="Where the demo's database is left.")] = Path("newsmill-demo"),
) -> None:
    """Serve sample news sites on loopback, crawl them twice into SQLite, and show what came out."""
    from newsmill.cli.demonstration import show_demo

    raise typer.Exit(show_demo(folder))
