"""What was measured, as rows of a table, and how it grows from one size to another."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: What an article may cost in the largest database, of what it costs in the smallest.
MOST: Final = 1.5
HEAD: Final = (
    "| articles | ms a write: CPU / clock | CPU ms to place: a new one / a copy | ms a search: CPU / median / slow |"
    " KB an article / without raw | clock ms a write, 50 readers | failed writes / reads |\n|---|---|---|---|---|---|---|"
)
#: What grows by rounds, and its name there.
_COSTS = {"a write": "write", "placing a new one": "placing_new", "placing a copy": "placing_copy"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round at one size, in milliseconds."""

    #: CPU for each article written, ours and the server's; and by the clock.
    write: float
    write_clock: float
    #: Of our CPU, for finding and placing the copies of a new article, and of one that has a copy there.
    placing_new: float
    placing_copy: float
    #: CPU for each search, ours and the server's; and each one by the clock.
    search: float
    searches: tuple[float, ...]
    failed_writes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Writes while fifty readers read."""

    #: Milliseconds by the clock for each.
    write_clock: float
    failed_writes: int
    failed_reads: int
    reads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One database measured."""

    articles: int
    #: Bytes for each article in all, and without raw pages.
    size: float
    size_without_raw: float
    rounds: tuple[Round, ...]
    beside: Beside

    def typical(self, name: str) -> float:
        """The median of the rounds."""
        return float(statistics.median(getattr(measured, name) for measured in self.rounds))

    @property
    def failed_writes(self) -> int:
        """With readers and without."""
        return self.beside.failed_writes + sum(measured.failed_writes for measured in self.rounds)


def line(figures: Figures) -> str:
    """One row of the table."""
    searches = [took for measured in figures.rounds for took in measured.searches]
    slow = statistics.quantiles(searches, n=20)[-1]
    beside = figures.beside
    cells = (
        f"{figures.articles:,}",
        f"{figures.typical('write'):.1f} / {figures.typical('write_clock'):.1f}",
        f"{figures.typical('placing_new'):.1f} / {figures.typical('placing_copy'):.1f}",
        f"{figures.typical('search'):.1f} / {statistics.median(searches):.1f} / {slow:.0f}",
        f"{figures.size / 1000:.1f} / {figures.size_without_raw / 1000:.1f}",
        f"{beside.write_clock:.1f}",
        f"{figures.failed_writes} / {beside.failed_reads} of {beside.reads:,}",
    )
    return f"| {' | '.join(cells)} |"


def growth(first: Figures, last: Figures) -> Mapping[str, Sequence[float]]:
    """What costs how many times as much: in each round, since both were measured in the same minutes, or once."""
    rounds = list(zip(first.rounds, last.rounds, strict=True))
    times = {what: [getattr(after, name) / getattr(before, name) for before, after in rounds] for what, name in _COSTS.items()}
    once = {"bytes": [last.size / first.size], "bytes without raw": [last.size_without_raw / first.size_without_raw]}
    return {**times, **once}


def growth_line(first: Figures, last: Figures) -> str:
    """Growth in words: the median of the rounds, and the least and the most."""
    told = []
    for what, times in growth(first, last).items():
        span = f" ({min(times):.2f} to {max(times):.2f})" if len(times) > 1 else ""
        told.append(f"{what} {statistics.median(times):.2f}{span}")
    return f"{last.articles:,} to {first.articles:,}: {', '.join(told)}"


def is_bounded(measured: Sequence[Figures]) -> bool:
    """Whether nothing grew too much from the first to the last, and no write failed."""
    grown = growth(measured[0], measured[-1]).values()
    return all(statistics.median(times) <= MOST for times in grown) and not any(figures.failed_writes for figures in measured)
