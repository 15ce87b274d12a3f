"""The command line. Every command imports what it needs when it runs, so that ``--help`` answers at once."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from newsmill import __version__
from newsmill.cli import archives, cleaning, crawls, databases, explaining, exporting, reading, recleaning, samples
from newsmill.cli.exits import ExitCode

app = typer.Typer(
    name="newsmill",
    help="Turn news sites into a clean, deduplicated text database.",
    epilog="Start with `newsmill init`, then `newsmill crawl`; `newsmill demo` shows all of it on sample sites.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:  # noqa: FBT001 - typer's callback signature
    if asked:
        typer.echo(f"newsmill {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Turn news sites into a clean, deduplicated text database."""


for module in (databases, crawls, archives, recleaning, cleaning, reading, explaining, exporting, samples):
    module.register(app)


def main() -> None:
    """Entry point of the console command: errors of ours end in one line and an exit code, not in a trace."""
    from model.errors import DatabaseBusy, DatabaseUnavailable, NewsmillError
    from newsmill.collecting import while_starting

    while_starting()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that lacks a character shows its number
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except NewsmillError as error:
        from newsmill.cli.terminal import complain

        complain(str(error))
        sys.exit(ExitCode.DATABASE if isinstance(error, DatabaseBusy | DatabaseUnavailable) else ExitCode.ERROR)
    except SystemExit as end:
        if not isinstance(end.__context__, BrokenPipeError):
            raise
        # `newsmill export | head`: typer and rich end it as a failure, and Python flushes once more as it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.OK)
