"""Commands that read the database: search, show, status."""

from __future__ import annotations

import dataclasses
import json
import sys
from datetime import datetime
from typing import Annotated, Any

import typer

from newsmill.cli.exits import ExitCode
from newsmill.cli.options import DEFAULT_CONFIG, Config, Database, InLanguage, Json, OfSource, Since, Until, reader, settings_from


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        epilog="""Examples: `newsmill search 'climate AND "sea level"'`, `newsmill search 'olymp* -boxing' --since 2026-11-01`"""
    )(search)
    app.command(epilog="Examples: `newsmill show 17`, `newsmill show https://example.org/story --explain`")(show)
    app.command(epilog="Example: `newsmill status --json`")(status)


def search(
    query: Annotated[str, typer.Argument(help='Words; "a phrase", begin*, AND, OR, NOT or -word.')],
    *,
    source: OfSource = None,
    language: InLanguage = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 20,
    config: Config = DEFAULT_CONFIG,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Find articles by their words, the best first."""
    from newsmill.cli.terminal import print_hits

    with reader(config, database) as store:
        hits = store.search(query, source=source, language=language, since=since, until=until, limit=limit)
    if as_json:
        typer.echo(_json([dataclasses.asdict(hit) for hit in hits]))
    else:
        print_hits(hits)
    raise typer.Exit(ExitCode.OK if hits else ExitCode.SOME_FAILED)


def show(
    article: Annotated[str, typer.Argument(help="The article's id, or any address it is known by.")],
    *,
    revisions: Annotated[bool, typer.Option("--revisions", help="Show every text it ever had.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what each revision changed.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Clean its raw page again and show every block's verdict.")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="Print the page's bytes as they were fetched.")] = False,
    config: Config = DEFAULT_CONFIG,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Show one article: its text, what the page claims, and where it came from."""
    from newsmill.cli.terminal import print_changes, print_stored, print_verdicts

    with reader(config, database) as store:
        stored = store.article(int(article) if article.isdecimal() else article)
        texts = store.revisions(stored.id) if revisions or diff else ()
        page = store.raw_article(stored.id) if explain or raw else None
        memory = store.memory(stored.source) if explain else None
    if raw and page is not None:
        sys.stdout.buffer.writelines(part.body for part in (page, *page.parts))
    elif explain and page is not None:
        from newsmill.whole import clean_whole

        rules = {source.name: source.rules for source in settings_from(config, optional=True).sources}.get(stored.source)
        print_verdicts(clean_whole(page, rules=rules, memory=memory, language=None))
    elif as_json:
        typer.echo(
            _json(dataclasses.asdict(stored) | ({"revisions": [dataclasses.asdict(text) for text in texts]} if texts else {}))
        )
    elif diff:
        print_changes(texts)
    else:
        print_stored(stored, texts)


def status(*, config: Config = DEFAULT_CONFIG, database: Database = None, as_json: Json = False) -> None:
    """Show what the database holds and how each source is doing."""
    from model.times import now
    from newsmill.cli.terminal import print_status

    with reader(config, database) as store:
        found = store.status(now())
        address = str(store.address)
    if as_json:
        typer.echo(_json({"database": address, **dataclasses.asdict(found)}))
    else:
        print_status(found, address, now())


def _json(value: Any) -> str:  # noqa: ANN401 - any JSON
    return json.dumps(value, ensure_ascii=False, indent=1, default=_iso)


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")
