"""The command that writes articles and pages to files: export."""

from __future__ import annotations

import contextlib
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsmill.cli.options import DEFAULT_CONFIG, Config, Database, InLanguage, OfSource, Since, Until, reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from storage.answers import StoredArticle


class Format(StrEnum):
    """What an export is written as."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    MARKDOWN = "markdown"
    WARC = "warc"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog="Examples: `newsmill export > all.jsonl`, `newsmill export --format csv --source nasa -o nasa.csv`,"
        " `newsmill export --format markdown --out articles`"
    )(export)


def export(
    *,
    form: Annotated[
        Format, typer.Option("--format", "-f", help="What to write; parquet and warc need the extras of their name.")
    ] = Format.JSONL,
    output: Annotated[
        Path | None,
        typer.Option("--output", "--out", "-o", help="The file (Markdown: the folder); standard output when none is given."),
    ] = None,
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
    """Write articles as JSON Lines, CSV or Parquet, one row a story, or as Markdown, one file a story; or raw pages as WARC.

    Raw pages are dated by their fetching.
    """
    from model.errors import ConfigError

    _check_output(form, output)
    if form is Format.WARC:
        if language or since_id or duplicates:
            raise ConfigError("raw pages are chosen by --source, --since, --until and --limit only")
        _export_pages(config, database, output, source=source, since=since, until=until, limit=limit)
        return
    with reader(config, database, source) as store:
        articles = _Passing(
            store.articles(
                source=source, since=since, until=until, language=language, since_id=since_id, limit=limit, duplicates=duplicates
            )
        )
        written = _write(form, articles, output)
    _tell(output, f"{written} articles", f"; --since-id {articles.last} goes on from here" if written else "")


def _check_output(form: Format, output: Path | None) -> None:
    from model.errors import ConfigError

    if form is Format.MARKDOWN and output is None:
        raise ConfigError("Markdown is a file for each article; name a folder with --out")
    if form is Format.PARQUET and output is None and sys.stdout.isatty():
        raise ConfigError("Parquet is not for a terminal; name a file with --output")


def _write(form: Format, articles: Iterable[StoredArticle], output: Path | None) -> int:
    from storage import export as write
    from storage.markdown import write_markdown

    if form is Format.MARKDOWN and output is not None:
        return write_markdown(articles, output)
    with _target(output) as stream:
        return write(form.value, articles, stream)


class _Passing:
    """Articles on their way, and the id of the last that came by."""

    def __init__(self, articles: Iterable[StoredArticle]) -> None:
        self._articles, self.last = articles, 0

    def __iter__(self) -> Iterator[StoredArticle]:
        for article in self._articles:
            yield article
            self.last = article.id


def _export_pages(config: Path, database: str | None, output: Path | None, **chosen: Any) -> None:  # noqa: ANN401 - as `raw_pages` has them
    from newsmill import __version__
    from newsmill.warc import write_warc
    from storage.raw import raw_pages

    with reader(config, database, chosen["source"]) as store, _target(output) as stream:
        written = write_warc(raw_pages(store.reading, **chosen), stream, software=f"newsmill/{__version__}")
    _tell(output, f"{written} pages")


def _tell(output: Path | None, what: str, more: str = "") -> None:
    """What was written, on standard error, where the result itself is not on standard output."""
    from newsmill.cli.terminal import note

    if output is not None:
        note(f"{what} written to {output}{more}")


@contextlib.contextmanager
def _target(output: Path | None) -> Iterator[BinaryIO]:
    """Where an export goes; a file appears under its name only once it is whole.

    Raises:
        StorageError: the file cannot be written.
    """
    from model.errors import StorageError

    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    partial = output.with_name(f".{output.name}.partial")
    try:
        with partial.open("wb") as stream:
            yield stream
        partial.replace(output)
    except OSError as error:
        raise StorageError(f"{output}: cannot be written ({error.strerror or error})") from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
