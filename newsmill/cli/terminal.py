"""How things look in a terminal: one console, nothing a page says obeyed as a command to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress, ProgressColumn
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from model.article import Cleaned
    from storage.answers import Hit, Status, StoredArticle, StoredRevision

#: Characters of a block that `--explain` shows.
SHOWN_WIDTH = 160
_FOUND = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_STATE_COLOURS = {"ok": "green", "quiet": "yellow", "failing": "red", "disabled": "bright_black"}


def console(*, stderr: bool = False) -> Console:
    """A console on standard output or standard error; colour only where a person looks."""
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def progress(*columns: ProgressColumn, quiet: bool) -> Progress:
    """A bar on standard error that is gone when all is done; nothing where nobody looks."""
    out = console(stderr=True)
    return Progress(*columns, console=out, transient=True, disable=quiet or not out.is_terminal)


def complain(message: str) -> None:
    """An error, on standard error."""
    console(stderr=True).print(Text("newsmill: ", style="bold red") + Text(visible(message)))


def note(message: str) -> None:
    """A hint, on standard error."""
    console(stderr=True).print(Text(visible(message), style="yellow"))


def visible(text: str) -> str:
    """The text with control characters shown, not obeyed: pages write what they like."""
    return "".join(character if character.isprintable() or character == "\n" else repr(character)[1:-1] for character in text)


def print_verdicts(cleaned: Cleaned) -> None:
    """Every block of a page: kept or dropped, how sure, and why."""
    out = console()
    for verdict in cleaned.verdicts:
        mark, style = ("✓", "green") if verdict.kept else ("✗", "red")
        out.print(
            Text(f"{mark} {verdict.score:4.2f} ", style=f"bold {style}")
            + Text(f"{verdict.block.kind.value:<12} ", style="bright_black")
            + Text(visible(verdict.reason), style=style if not verdict.kept else "bright_black")
        )
        text = visible(" ⏎ ".join(verdict.block.text.splitlines()))
        out.print(
            Text(
                "       " + (text if len(text) <= SHOWN_WIDTH else text[: SHOWN_WIDTH - 1] + "…"),
                style="" if verdict.kept else "dim",
            )
        )
    kept = sum(verdict.kept for verdict in cleaned.verdicts)
    out.print(
        Text(f"{kept} of {len(cleaned.verdicts)} blocks kept; kind {cleaned.kind.value}, doubt {cleaned.doubt:.2f}", style="bold")
    )


def table_of(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A plain table whose cells are never read as markup."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(Text("" if cell is None else visible(str(cell))) for cell in row))
    return table


def print_hits(hits: Sequence[Hit]) -> None:
    """What a search found, the words found in bold."""
    out = console()
    if not hits:
        out.print("nothing found")
    for hit in hits:
        day = hit.published.date().isoformat() if hit.published else "no date"
        out.print(Text(f"{hit.id:>6} ", style="bright_black") + Text(visible(hit.title), style="bold"))
        out.print(Text(visible(f"       {hit.source} · {day} · {hit.url}"), style="bright_black"))
        out.print(Text("       ") + _marked(visible(hit.snippet)))


def _marked(snippet: str) -> Text:
    """A snippet with what stands between ``**`` in bold."""
    text, end = Text(), 0
    for found in _FOUND.finditer(snippet):
        text.append(snippet[end : found.start()]).append(found[1], style="bold yellow")
        end = found.end()
    return text.append(snippet[end:])


def print_stored(article: StoredArticle, revisions: Sequence[StoredRevision]) -> None:
    """An article with its facts, or with every text it ever had."""
    out = console()
    out.print(Text(visible(article.title), style="bold"))
    for name, fact in _facts(article):
        out.print(Text(f"{name:<12}", style="bright_black") + Text(visible(fact)))
    if not revisions:
        out.print(Text("\n" + visible(article.text)))
    for revision in revisions:
        out.print(
            Text(f"\nrevision {revision.number}, seen {_moment(revision.seen_at)}: {visible(revision.title)}", style="bold cyan")
        )
        out.print(Text(visible(revision.text)))


def print_changes(revisions: Sequence[StoredRevision]) -> None:
    """What each revision changed, words taken out in red and put in in green."""
    out = console()
    for revision in revisions:
        out.print(Text(f"revision {revision.number}, seen {_moment(revision.seen_at)}", style="bold cyan"))
        if revision.changes is None:
            out.print(Text(f"first seen: {visible(revision.title)}, {revision.word_count} words"))
            continue
        told = Text(visible(revision.changes))
        told.highlight_regex(r"(?s)\[-.*?-\]", "red")
        told.highlight_regex(r"(?s)\{\+.*?\+\}", "green")
        out.print(told)


def _facts(article: StoredArticle) -> Iterable[tuple[str, str]]:
    facts = {
        "id": str(article.id),
        "source": article.source,
        "address": article.url,
        "authors": ", ".join(article.authors),
        "published": _moment(article.published),
        "modified": _moment(article.modified),
        "language": article.language or "",
        "words": str(article.word_count),
        "first seen": _moment(article.first_seen_at),
        "last seen": _moment(article.last_seen_at),
        "revision": str(article.revision),
        "copies": str(article.duplicates or ""),
        "copy of": str(article.duplicate_of or ""),
        "found by": f"{article.endpoint_kind} {article.endpoint_url}" if article.endpoint_url else "",
        "asked": " → ".join(article.url_chain) if len(article.url_chain) > 1 else "",
        "fetched": f"{_moment(article.fetched_at)}, HTTP {article.http_status}" if article.fetched_at else "",
        "text from": "its feed" if article.text_from == "feed" else f"{article.parts} pages" if article.parts > 1 else "",
        "missing": article.missing_part or "",
        "cleaned by": _cleaning(article),
        "rules": article.rules or "",
        "gone since": _moment(article.gone_at),
    }
    return [(name, fact) for name, fact in facts.items() if fact]


def _cleaning(article: StoredArticle) -> str:
    """Which engine made the text, and what it kept."""
    kept = f", {article.blocks_kept} of {article.blocks} blocks kept" if article.blocks is not None else ""
    learned = f", {article.memory_pages} pages learned from" if article.memory_pages else ""
    return f"engine {article.engine_version}, doubt {article.doubt:.2f}{kept}{learned}"


def print_status(status: Status, address: str, now: datetime) -> None:
    """The database at a glance, and a line for each source."""
    out = console()
    out.print(Text(address, style="bold"))
    out.print(f"{status.articles} articles, {status.duplicates} copies of them, {status.revisions} revisions")
    out.print(f"{status.pages_due} pages due")
    if (run := status.last_run) is not None:
        ended = "interrupted" if run.interrupted else f"ended {_moment(run.ended_at)}" if run.ended_at else "at work"
        out.print(f"last run: {run.kind}, began {_moment(run.started_at)}, {ended}")
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("source", "state", "articles", "24 h", "7 days", "last article", "next poll (UTC)"):
        table.add_column(column)
    for source in status.sources:
        cells = (source.articles, source.articles_24h, source.articles_7d, _minute(source.last_article_at))
        following = "now" if source.next_poll_at and source.next_poll_at <= now else _minute(source.next_poll_at)
        state = Text(source.state, style=_STATE_COLOURS.get(source.state, ""))
        table.add_row(Text(source.source), state, *(str(cell) for cell in cells), following)
    out.print(table, soft_wrap=False)
    for source in status.sources:
        if source.last_error:
            out.print(Text(f"  {source.source}: {visible(source.last_error)}", style="red"))


def _moment(moment: datetime | None) -> str:
    return f"{_minute(moment)} UTC" if moment else ""


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
