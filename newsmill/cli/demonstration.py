"""The demo: sample sites served on loopback, crawled twice through the real pipeline, and what came out of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from model.errors import StorageError
from newsmill.cli.exits import ExitCode
from newsmill.cli.live import LiveProgress, print_report
from newsmill.cli.terminal import console, table_of, visible
from newsmill.config import Settings
from newsmill.crawling import Order, crawl
from newsmill.demo.server import SampleSites
from storage import open_store, upgrade

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rich.console import Console

    from model.article import Cleaned
    from newsmill.crawling import Report
    from storage import Store

#: The page that is shown before and after: one of the two samples the project began with.
SHOWN_TITLE = "US, Korea, and Japan Unite Against Threats from North Korea, China, and Russia"
#: Blocks of that page shown in the left column.
SHOWN_BLOCKS = 38
#: How many of them are the page's last ones.
SHOWN_LAST = 12
_WIDTH = 74

QUERIES = {
    "The newest stories": """SELECT published, source, title, word_count
  FROM articles ORDER BY published DESC LIMIT 5""",
    "Stories that several addresses or sites carry": """SELECT a.title, a.source AS first_on, d.source AS also_on, d.url
  FROM articles a JOIN all_articles d ON d.duplicate_of = a.id""",
    "How each source is doing": """SELECT source, state, articles, failures_in_row, last_error
  FROM sources_health ORDER BY source""",
}


def demo_settings(database: Path) -> Settings:
    """Settings that allow loopback and hurry: the sites are ours."""
    return Settings.model_validate(
        {
            "database": f"sqlite:///{database}",
            "contact": "demo@localhost",
            "fetch": {"delay": "0.02s", "networks": ["127.0.0.0/8"]},
        }
    )


def show_demo(folder: Path) -> ExitCode:
    """Run the demo and leave its database in ``folder``.

    An earlier demo's database there is replaced.

    Raises:
        StorageError: the folder cannot be written.
    """
    out = console()
    database = (folder / "newsmill.sqlite").absolute()
    try:
        for old in folder.glob("newsmill.sqlite*"):
            old.unlink()
    except OSError as error:
        raise StorageError(f"{folder}: cannot be written ({error.strerror})") from None
    upgrade(str(database))
    settings = demo_settings(database)
    with SampleSites() as sites:
        order = Order(sources=sites.sources(), kind="demo")
        out.rule("First crawl: every site is new")
        asyncio.run(_crawl(settings, order))
        seen = len(sites.log)
        out.rule("Second crawl: nothing has changed")
        second = asyncio.run(_crawl(settings, order))
        statuses = [hit.status for hit in sites.log[seen:]]
        expected = {
            sites.origins[lesson] + url: article.text
            for lesson, site in sites.expected().items()
            for url, article in site.articles.items()
        }
    told = ", ".join(f"{statuses.count(status)} times {status}" for status in sorted(set(statuses)))
    out.print(f"The servers answered the second crawl with {told}; {second.totals['new']} articles were stored anew.\n")
    with open_store(str(database), readonly=True) as store:
        show_page(out, store)
        matching = _matching(store, expected)
        _show_queries(out, store)
    out.print(Text(f"{matching} of {len(expected)} articles came out exactly as their authors wrote them.", style="bold green"))
    out.print(
        Text(
            f"The database stays in {folder}: open it with any SQLite tool, or: newsmill search -d {database} summit",
            style="bold",
        )
    )
    return ExitCode.OK if matching == len(expected) else ExitCode.SOME_FAILED


async def _crawl(settings: Settings, order: Order) -> Report:
    with LiveProgress(source.name for source in order.sources) as progress:
        report = await crawl(settings, order, observer=progress)
    print_report(report)
    return report


def _matching(store: Store, expected: Mapping[str, str]) -> int:
    stored = {article.url: article.text for article in store.articles(duplicates=True)}
    return sum(stored.get(url) == text for url, text in expected.items())


def show_page(out: Console, store: Store) -> None:
    """One page as it was served, block by block, beside what is stored of it."""
    from cleaners import clean

    shown = next(article for article in store.articles() if article.title == SHOWN_TITLE)
    page = store.raw_article(shown.id)
    cleaned = clean(page.body, url=page.url, content_type=page.header("content-type"))
    out.rule("One page, before and after")
    table = Table(show_lines=False, expand=False, pad_edge=False, box=None)
    table.add_column(f"the page: {len(cleaned.verdicts)} blocks of text", width=_WIDTH, no_wrap=True)
    table.add_column(f"the article: {shown.word_count} words", width=_WIDTH, no_wrap=True)
    lines = [line for line in shown.text.splitlines() if line]
    for before, after in zip(
        _blocks(cleaned), [shown.title, f"by {', '.join(shown.authors)}", "", *lines, *[""] * SHOWN_BLOCKS], strict=False
    ):
        table.add_row(before, Text(visible(after)))
    out.print(table, soft_wrap=False)
    out.print("Red lines were dropped; why, block by block: newsmill show --explain.\n")


def _blocks(cleaned: Cleaned) -> list[Text]:
    """The first blocks and the last ones, the dropped ones red."""
    marked = [
        Text(
            ("  " if verdict.kept else "✗ ") + visible(verdict.block.text.partition("\n")[0]), style="" if verdict.kept else "red"
        )
        for verdict in cleaned.verdicts
    ]
    return marked if len(marked) <= SHOWN_BLOCKS else [*marked[: SHOWN_BLOCKS - SHOWN_LAST], Text("  ..."), *marked[-SHOWN_LAST:]]


def _show_queries(out: Console, store: Store) -> None:
    out.rule("Three queries to try")
    with store.reading() as connection:
        for title, query in QUERIES.items():
            rows = connection.exec_driver_sql(query)
            out.print(Text(f"-- {title}\n{query};", style="cyan"))
            out.print(table_of(list(rows.keys()), [tuple(row) for row in rows.fetchmany(8)]), soft_wrap=False)
            out.print()
