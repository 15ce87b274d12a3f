"""What a run tells while it works: events, and a tally of them for each source."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from model.outcome import Duplicate, Failed, Outcome, Revised, Skipped, Stored, Unchanged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.errors import PageError
    from model.source import Endpoint
    from storage.values import PollSaved

#: Columns of the table that ends a crawl, in order.
COLUMNS = ("fetched", "new", "revised", "duplicate", "unchanged", "skipped", "failed")

_COLUMN_OF = {
    Stored: "new",
    Revised: "revised",
    Duplicate: "duplicate",
    Unchanged: "unchanged",
    Skipped: "skipped",
    Failed: "failed",
}


@dataclass(slots=True)
class Tally:
    """Counts of one source in one run. Mutable: it is a counter, and lives no longer than the run."""

    counts: Counter[str] = field(default_factory=Counter)
    #: "skipped: robots" or "failed: bad_status: HTTP 500" -> how often.
    reasons: Counter[str] = field(default_factory=Counter)
    #: Links found that were not known before.
    links: int = 0
    #: Endpoints that could be read, and those that could not.
    polled: int = 0
    unread: int = 0

    def add(self, outcome: Outcome, *, fetched: bool) -> None:
        """Count how one visit ended."""
        self.counts["fetched"] += fetched
        self.counts[_COLUMN_OF[type(outcome)]] += 1
        match outcome:
            case Skipped():
                self.reasons[f"skipped: {outcome.reason}"] += 1
            case Failed():
                self.reasons[f"failed: {outcome.error}: {outcome.detail}"] += 1
            case Duplicate():
                self.reasons["duplicate: text or address known"] += 1

    def add_poll(self, error: PageError | None, *, new: int) -> None:
        """Count how a visit to an endpoint ended, and the links in it that were not known."""
        self.links += new
        if error is None:
            self.polled += 1
        else:
            self.unread += 1
            self.reasons[f"endpoint failed: {error.code}: {error.detail}"] += 1

    @property
    def broken(self) -> bool:
        """True when nothing at all of the source could be read."""
        done = sum(self.counts[column] for column in COLUMNS if column not in {"fetched", "failed"})
        return not done and not self.polled and bool(self.unread or self.counts["failed"])

    def plain(self) -> Mapping[str, object]:
        """For machines."""
        return {column: self.counts[column] for column in COLUMNS} | {
            "links": self.links,
            "endpoints_read": self.polled,
            "endpoints_failed": self.unread,
            "reasons": dict(self.reasons),
        }


class Observer(Protocol):
    """Who watches a run: the terminal, a log, nobody."""

    def polled(self, source: str, endpoint: Endpoint, saved: PollSaved, error: PageError | None) -> None:
        """An endpoint was visited."""

    def visited(self, source: str, outcome: Outcome) -> None:
        """A page was visited."""

    def waiting(self, source: str, pages: int) -> None:
        """So many pages of the source are due now."""

    def finished(self, source: str, tally: Tally) -> None:
        """The source is done for this run."""


class Silent:
    """Watches nothing."""

    def polled(self, source: str, endpoint: Endpoint, saved: PollSaved, error: PageError | None) -> None:
        """Nothing to tell."""

    def visited(self, source: str, outcome: Outcome) -> None:
        """Nothing to tell."""

    def waiting(self, source: str, pages: int) -> None:
        """Nothing to tell."""

    def finished(self, source: str, tally: Tally) -> None:
        """Nothing to tell."""
