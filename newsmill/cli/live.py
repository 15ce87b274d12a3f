"""A crawl in the terminal: progress while it works, a table when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from newsmill.cli.terminal import console, visible
from newsmill.progress import COLUMNS, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from model.errors import PageError
    from model.outcome import Outcome
    from model.source import Endpoint
    from newsmill.crawling import Report
    from storage.values import PollSaved

#: How many distinct reasons of a source are shown under the table.
SHOWN_REASONS = 5
_COLOURS = {"new": "green", "revised": "cyan", "duplicate": "yellow", "skipped": "bright_black", "failed": "red"}


class LiveProgress:
    """A line for each source while a crawl works, on standard error; plain lines where nobody looks."""

    def __init__(self, sources: Iterable[str], *, quiet: bool = False) -> None:
        self._console = console(stderr=True)
        self._live = self._console.is_terminal and not quiet
        self._quiet = quiet
        self._tallies = {name: Tally() for name in sources}
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[counts]}"),
            console=self._console,
            disable=not self._live,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        for name in self._tallies:
            self._tasks[name] = self._progress.add_task(escape(name), total=None, counts="looking for links")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._progress.stop()

    def polled(self, source: str, endpoint: Endpoint, saved: PollSaved, error: PageError | None) -> None:
        """An endpoint was visited."""
        if error is not None:
            self._say(source, f"[red]{escape(visible(f'{endpoint.url}: {error.code}: {error.detail}'))}")
        else:
            self._say(source, f"{saved.new} new links in {escape(visible(endpoint.url))}")

    def waiting(self, source: str, pages: int) -> None:
        """So many pages are due."""
        task = self._tasks[source]
        self._progress.update(task, total=(self._progress.tasks[task].total or 0) + pages)

    def visited(self, source: str, outcome: Outcome) -> None:
        """A page was visited."""
        tally = self._tallies[source]
        tally.add(outcome, fetched=False)
        self._progress.update(self._tasks[source], advance=1, counts=_counts(tally))

    def finished(self, source: str, tally: Tally) -> None:
        """The source is done."""
        task = self._tasks[source]
        done = self._progress.tasks[task].completed
        self._progress.update(task, total=done or 1, completed=done or 1, counts=_counts(tally))
        if not self._live and not self._quiet:
            self._console.print(f"{escape(source)}: {_counts(tally)}")

    def _say(self, source: str, what: str) -> None:
        if self._live:
            self._progress.update(self._tasks[source], counts=what)


def _counts(tally: Tally) -> str:
    shown = [
        f"[{_COLOURS.get(column, 'default')}]{tally.counts[column]} {column}[/]" for column in COLUMNS if tally.counts[column]
    ]
    return " ".join(shown) or ("[red]nothing could be read[/]" if tally.broken else "nothing due")


def report_table(report: Report) -> Table:
    """The table that ends a crawl."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("source")
    for column in COLUMNS:
        table.add_column(column, justify="right", style=_COLOURS.get(column))
    for name in sorted(report.tallies):
        counts = report.tallies[name].counts
        table.add_row(Text(name), *(str(counts[column] or "·") for column in COLUMNS))
    if len(report.tallies) > 1:
        table.add_section()
        table.add_row("all", *(str(report.totals[column]) for column in COLUMNS), style="bold")
    return table


def print_report(report: Report) -> None:
    """The table, and why pages or endpoints are missing from it."""
    out = console()
    out.print(report_table(report), soft_wrap=False)
    for name in sorted(report.tallies):
        reasons = report.tallies[name].reasons.most_common()
        for reason, times in reasons[:SHOWN_REASONS]:
            told = f"  {name}: {visible(reason)}" + (f" ({times} times)" if times > 1 else "")
            out.print(Text(told, style="bright_black" if reason.startswith(("skipped", "duplicate")) else "red"))
        if len(reasons) > SHOWN_REASONS:
            out.print(Text(f"  {name}: and {len(reasons) - SHOWN_REASONS} more reasons (--json tells all)", style="bright_black"))
