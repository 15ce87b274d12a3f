"""Commands that read the database: search, show, status, export."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsmill.cli.exits import ExitCode
from newsmill.cli.options import DEFAULT_CONFIG, Config, Database, Json, day, settings_from

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from storage import Store


class Format(StrEnum):
    """What an export is written as."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    WARC = "warc"


OfSource = Annotated[str | None, typer.Option("--source", "-s", help="Only of this source.")]
InLanguage = Annotated[str | None, typer.Option("--language", "-l", help="Only in this language, such as en.")]
Since = Annotated[datetime | None, typer.Option(parser=day, metavar="DATE", help="Only published on or after this day (UTC).")]
Until = Annotated[datetime | None, typer.Option(parser=day, metavar="DATE", help="Only published before this day (UTC).")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        epilog="""Examples: `newsmill search 'climate AND "sea level"'`, `newsmill search 'olymp* -boxing' --since 2026-11-01`"""
    )(search)
    app.command(epilog="Examples: `newsmill show 17`, `newsmill show https://example.org/story --explain`")(show)
    app.command(epilog="Example: `newsmill status --json`")(status)
    app.command(epilog="Examples: `newsmill export > all.jsonl`, `newsmill export --format csv --source nasa -o nasa.csv`")(
        export
    )


@contextlib.contextmanager
def _reader(config: Path, database: str | None) -> Iterator[Store]:
    """The database, for reading only."""
    from storage import open_store

    with open_store(settings_from(config, database, optional=True).database, readonly=True) as store:
        yield store


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

    with _reader(config, database) as store:
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

    with _reader(config, database) as store:
        stored = store.article(int(article) if article.isdecimal() else article)
        texts = store.revisions(stored.id) if revisions or diff else ()
        page = store.raw_article(stored.id) if explain or raw else None
        memory = store.memory(stored.source) if explain else None
    if raw and page is not None:
        sys.stdout.buffer.write(page.body)
    elif explain and page is not None:
        from cleaners import clean

        rules = {source.name: source.rules for source in settings_from(config, optional=True).sources}.get(stored.source)
        print_verdicts(clean(page.body, url=page.url, content_type=page.header("content-type"), memory=memory, rules=rules))
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

    with _reader(config, database) as store:
        found = store.status(now())
        address = str(store.address)
    if as_json:
        typer.echo(_json({"database": address, **dataclasses.asdict(found)}))
    else:
        print_status(found, address, now())


def export(
    *,
    form: Annotated[
        Format, typer.Option("--format", "-f", help="What to write; parquet and warc need the extras of their name.")
    ] = Format.JSONL,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file; standard output when none is given.")] = None,
    source: OfSource = None,
    language: InLanguage = None,
    since: Since = None,
    until: Until = None,
    since_id: Annotated[
        int, typer.Option(min=0, help="Only articles with a greater id: how an export goes on from the last.")
    ] = 0,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="At most so many.")] = None,
    duplicates: Annotated[bool, typer.Option("--duplicates", help="Articles whose text another one holds, too.")] = False,
    config: Config = DEFAULT_CONFIG,
    database: Database = None,
) -> None:
    """Write articles as JSON Lines, CSV or Parquet, one row a story; or raw pages as WARC, dated by their fetching."""
    from model.errors import ConfigError
    from newsmill.cli.terminal import note
    from storage import export as write

    if form is Format.PARQUET and output is None and sys.stdout.isatty():
        raise ConfigError("Parquet is not for a terminal; name a file with --output")
    if form is Format.WARC:
        if language or since_id or duplicates:
            raise ConfigError("raw pages are chosen by --source, --since, --until and --limit only")
        _export_pages(config, database, output, source=source, since=since, until=until, limit=limit)
        return
    with _reader(config, database) as store, _target(output) as stream:
        articles = store.articles(
            source=source, since=since, until=until, language=language, since_id=since_id, limit=limit, duplicates=duplicates
        )
        written = write(form.value, articles, stream)
    if output is not None:
        note(f"{written} articles written to {output}")


def _export_pages(config: Path, database: str | None, output: Path | None, **chosen: Any) -> None:  # noqa: ANN401 - as `raw_pages` has them
    from newsmill import __version__
    from newsmill.cli.terminal import note
    from newsmill.warc import write_warc
    from storage.raw import raw_pages

    with _reader(config, database) as store, _target(output) as stream:
        written = write_warc(raw_pages(store.reading, **chosen), stream, software=f"newsmill/{__version__}")
    if output is not None:
        note(f"{written} pages written to {output}")


@contextlib.contextmanager
def _target(output: Path | None) -> Iterator[BinaryIO]:
    """Where an export goes; a file appears under its name only once it is whole."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    partial = output.with_name(f".{output.name}.partial")
    try:
        with partial.open("wb") as stream:
            yield stream
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)


def _json(value: Any) -> str:  # noqa: ANN401 - any JSON
    return json.dumps(value, ensure_ascii=False, indent=1, default=_iso)


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")
