"""Commands that read the database: search, show, status."""

from __future__ import annotations

import dataclasses
import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from model.source import Source
from newsmill.cli.exits import ExitCode
from newsmill.cli.options import DEFAULT_CONFIG, Config, Database, InLanguage, Json, OfSource, Since, Until, reader, settings_from

if TYPE_CHECKING:
    from pathlib import Path

    from storage import Store
    from storage.answers import StoredArticle


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

    with reader(config, database, source) as store:
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
    from newsmill.cli.terminal import print_changes, print_stored

    if raw + explain + (revisions or diff) > 1 or (raw and as_json):
        raise typer.BadParameter("--raw, --explain, and --revisions or --diff are asked for one at a time; --raw is never JSON")
    with reader(config, database) as store:
        stored = store.article(int(article) if article.isdecimal() else article)
        if raw:
            page = store.raw_article(stored.id)
            sys.stdout.buffer.writelines(part.body for part in (page, *page.parts))
            return
        if explain:
            _print_explained(store, stored, config, as_json=as_json)
            return
        texts = store.revisions(stored.id) if revisions or diff else ()
    if as_json:
        plain = dataclasses.asdict(stored) | ({"revisions": [dataclasses.asdict(text) for text in texts]} if texts else {})
        typer.echo(_json(plain))
    elif diff:
        print_changes(texts)
    else:
        print_stored(stored, texts)


def _print_explained(store: Store, stored: StoredArticle, config: Path, *, as_json: bool) -> None:
    """Clean an article's raw page as its source's pages are cleaned now, and print every block's verdict."""
    from cleaners.forms import plain_verdicts
    from newsmill.cli.terminal import print_verdicts
    from newsmill.whole import clean_whole

    known = (source for source in settings_from(config, optional=True).sources if source.name == stored.source)
    source = next(known, Source(name=stored.source, url=stored.url))
    page, memory = store.raw_article(stored.id), store.memory(stored.source)
    cleaned = clean_whole(page, rules=source.rules, memory=memory, language=source.language)
    if as_json:
        typer.echo(_json({"doubt": cleaned.doubt, "kind": cleaned.kind, "verdicts": plain_verdicts(cleaned)}))
    else:
        print_verdicts(cleaned)


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
