"""The command that cleans one page: from a file, an address or standard input."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsmill.cli.exits import ExitCode
from newsmill.cli.options import DEFAULT_CONFIG, Config, Json, settings_from

if TYPE_CHECKING:
    from model.article import Cleaned
    from model.page import Page

#: A tag that every HTML page has somewhere near its start, and no text dump.
_TAG = re.compile(rb"<(?:!doctype|html|head|body|div|p|table|article|title|meta)\b", re.IGNORECASE)


class Output(StrEnum):
    """What comes out: `cleaners.Form` by the same names, told apart so that `--help` loads nothing heavy."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"


class Shape(StrEnum):
    """What the input is."""

    AUTO = "auto"
    HTML = "html"
    TEXT = "text"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The input: a page's bytes, and what is known of them."""

    body: bytes
    url: str | None = None
    content_type: str | None = None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog="Examples: `newsmill clean page.html --explain`, `newsmill clean - < dump.txt`")(clean)


def clean(
    page: Annotated[str, typer.Argument(help="A file, an address, or - for standard input.")],
    *,
    explain: Annotated[bool, typer.Option("--explain", help="Show every block, kept or dropped, with score and reason.")] = False,
    as_json: Json = False,
    output: Annotated[Output | None, typer.Option("--format", help="text with its facts, markdown, html or json.")] = None,
    links: Annotated[bool, typer.Option("--links", help="Keep the text's links, in Markdown and HTML.")] = False,
    url: Annotated[str | None, typer.Option("--url", help="The address the page came from, where it is a file.")] = None,
    shape: Annotated[Shape, typer.Option("--input", help="What the input is; told by its looks unless said.")] = Shape.AUTO,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Print the article of one page: its headline, its facts and its clean text. Nothing is stored."""
    from newsmill.cli.terminal import note, print_verdicts

    if output not in (None, Output.JSON) and (as_json or explain):
        raise typer.BadParameter("--format writes the article; --json and --explain have a form of their own")
    given = _given(page, url, config)
    cleaned = _cleaned(given, shape)
    if as_json:
        typer.echo(json.dumps(_plain(cleaned, explain=explain), ensure_ascii=False, indent=1))
    elif explain and output is not Output.JSON:
        print_verdicts(cleaned)
    elif output not in (None, Output.TEXT):
        _print_rendered(cleaned, output, given if links else None)
    else:
        _print_article(cleaned)
    if not cleaned.article.text:
        note("no article found" + ("" if explain else "; --explain says why of every block"))
        raise typer.Exit(ExitCode.SOME_FAILED)


def _given(page: str, url: str | None, config: Path) -> Given:
    """The input's bytes.

    Raises:
        ConfigError: there is no such file.
        FetchError: the address cannot be fetched.
    """
    from model.errors import ConfigError

    if page == "-":
        return Given(body=sys.stdin.buffer.read(), url=url)
    if page.startswith(("http://", "https://")):
        fetched = asyncio.run(_fetched(page, config))
        return Given(body=fetched.body, url=url or fetched.url, content_type=fetched.header("content-type"))
    try:
        return Given(body=Path(page).read_bytes(), url=url)
    except OSError as error:
        raise ConfigError(f"{page}: {error.strerror}; give a file, an address that starts with http, or -") from None


async def _fetched(url: str, config: Path) -> Page:
    from crawler import Fetcher
    from model.page import Page, Request
    from newsmill.crawling import fetch_options

    async with Fetcher(fetch_options(settings_from(config, optional=True))) as fetcher:
        page = await fetcher.fetch(Request(url=url))
    assert isinstance(page, Page)  # nothing was asked conditionally
    return page


def _cleaned(given: Given, shape: Shape) -> Cleaned:
    from cleaners import clean as clean_page
    from cleaners import clean_text, decode

    if shape is Shape.AUTO:
        shape = Shape.HTML if _TAG.search(given.body[:20_000]) else Shape.TEXT
    if shape is Shape.HTML:
        return clean_page(given.body, url=given.url, content_type=given.content_type)
    return clean_text(decode(given.body, given.content_type).text)


def _print_rendered(cleaned: Cleaned, output: Output, linking: Given | None) -> None:
    """Write another form than text; with links where the page they are on is given."""
    from cleaners import Form, anchors_of, render

    anchors = anchors_of(linking.body, linking.url) if linking else ()
    typer.echo(render(cleaned, Form(output), anchors=anchors).rstrip("\n"))


def _print_article(cleaned: Cleaned) -> None:
    article = cleaned.article
    facts = [", ".join(article.authors), article.published and article.published.isoformat(), article.site_name, article.language]
    lines = [article.title, " · ".join(fact for fact in facts if fact), "", article.text]
    typer.echo("\n".join(lines).strip("\n"))


def _plain(cleaned: Cleaned, *, explain: bool) -> dict[str, object]:
    """JSON-ready: the article's fields, and with ``explain`` every verdict."""
    from cleaners.forms import plain_article, plain_verdicts

    return plain_article(cleaned) | ({"verdicts": plain_verdicts(cleaned)} if explain else {})
