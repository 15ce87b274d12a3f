"""Commands that go to the network: discover, crawl, run."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from newsmill.cli.exits import ExitCode
from newsmill.cli.options import DEFAULT_CONFIG, Config, Database, Json, Quiet, day, settings_from
from newsmill.rooms import LIST_PAGES

if TYPE_CHECKING:
    from newsmill.config import Settings
    from newsmill.crawling import Order, Report
    from newsmill.progress import Observer


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog="Example: `newsmill discover https://www.example.org/`")(discover)
    app.command(
        epilog="Examples: `newsmill crawl`, `newsmill crawl voa --limit 20`, `newsmill crawl voa --since 2025-01-01`,"
        " `newsmill crawl --url https://example.org/a/1`"
    )(crawl)
    app.command(epilog="Example: `newsmill run --log-json 2>> newsmill.log`")(run)


def crawl(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Names of sources; all that are enabled when none is given.")
    ] = None,
    *,
    url: Annotated[list[str] | None, typer.Option("--url", help="Crawl just this address; may be given often.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="At most so many pages of each source.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(parser=day, metavar="DATE", help="Also walk sitemaps, feeds and lists back to this day (UTC): the archive."),
    ] = None,
    list_pages: Annotated[
        int | None, typer.Option("--list-pages", min=1, help=f"With --since: at most so many pages of each list ({LIST_PAGES}).")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    database: Database = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Fetch, clean and store what is new, once.

    Exit codes: 0 all sources could be read, 3 some could not, 4 none could, 1 wrong configuration or database, 2 wrong
    command line, 5 the database is locked, full or out of reach, 130 interrupted (the next crawl goes on from there).
    """
    from newsmill.cli.live import LiveProgress, print_report
    from newsmill.collecting import once_started
    from newsmill.crawling import Order, chosen, owners

    if url and (since or sources):
        raise typer.BadParameter("--url names the pages; names of sources and --since find them")
    if list_pages and not since:
        raise typer.BadParameter("--list-pages bounds the walk back that --since asks for")
    settings = settings_from(config, database, optional=bool(url))
    _remind_of_contact(settings)
    asked = owners(settings, url) if url else chosen(settings, sources or [])
    order = Order(sources=asked, urls=tuple(url or ()), limit=limit, since=since, list_pages=list_pages or LIST_PAGES)
    once_started()
    with LiveProgress((source.name for source in asked), quiet=quiet or as_json) as progress:
        report = asyncio.run(_interruptible(settings, order, progress))
    if as_json:
        typer.echo(json.dumps(_plain(report), ensure_ascii=False, indent=1))
    else:
        print_report(report)
    raise typer.Exit(_exit_code(report))


async def _interruptible(settings: Settings, order: Order, observer: Observer) -> Report:
    """A crawl that the first Ctrl-C or SIGTERM ends gently; a second Ctrl-C ends it at once."""
    from newsmill.cli.stopping import stopping_gently
    from newsmill.crawling import crawl as crawl_once

    stop = stopping_gently("finishing what is in flight")
    return await crawl_once(settings, order, observer=observer, stop=stop)


def _exit_code(report: Report) -> ExitCode:
    if report.interrupted:
        return ExitCode.INTERRUPTED
    if not report.broken:
        return ExitCode.OK
    return ExitCode.ALL_FAILED if len(report.broken) == len(report.tallies) else ExitCode.SOME_FAILED


def _plain(report: Report) -> dict[str, object]:
    return {
        "run": report.run_id,
        "interrupted": report.interrupted,
        "failed_sources": list(report.broken),
        "totals": dict(report.totals),
        "sources": {name: dict(tally.plain()) for name, tally in report.tallies.items()},
    }


def run(
    *,
    config: Config = DEFAULT_CONFIG,
    database: Database = None,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log one JSON object a line.")] = False,
) -> None:
    """Run as a daemon: poll every source when it is due, until SIGTERM or Ctrl-C.

    config.yaml is read again when it changes, or on SIGHUP; how pages are fetched and cleaned is fixed at the start. One daemon
    works on a database at a time.
    """
    from newsmill import log
    from newsmill.collecting import once_started
    from newsmill.daemon import serve

    settings = settings_from(config, database)
    log.set_up(as_json=log_json)
    _remind_of_contact(settings)
    once_started()
    asyncio.run(serve(config, settings))


def discover(
    url: Annotated[str, typer.Argument(help="The site's home page.")],
    *,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Find a site's feeds, sitemaps and sections, and print an entry for config.yaml."""
    from newsmill.cli.terminal import console
    from newsmill.surveying import survey

    found = asyncio.run(survey(settings_from(config, optional=True), url))
    if as_json:
        typer.echo(json.dumps(found.plain(), ensure_ascii=False, indent=1))
    else:
        console().print(found.as_yaml(), markup=False)
    raise typer.Exit(ExitCode.OK if found.links else ExitCode.SOME_FAILED)


def _remind_of_contact(settings: Settings) -> None:
    from newsmill.cli.terminal import note
    from newsmill.config.schema import PLACEHOLDER_CONTACT

    if settings.contact == PLACEHOLDER_CONTACT:
        note("config.yaml: `contact` is still the placeholder; put your address there, so that sites can write before they block")
