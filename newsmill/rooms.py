"""The opened rooms that a run works in, and what it is to do there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from crawler import Fetcher
    from model.errors import PageError
    from model.page import NotModified, Page
    from newsmill.workers import CleaningPool
    from storage import Store, Writer

#: Whoever crawls, imports or cleans again holds this lease: no host is asked by two processes at once, no page written by two.
LEASE = "crawl"

#: List pages of one archive that a walk back reads, unless it is told otherwise.
LIST_PAGES = 200

#: How a fetch ends.
Fetched: TypeAlias = "Page | NotModified | PageError"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """The opened rooms a run works in."""

    store: Store
    writer: Writer
    fetcher: Fetcher
    pool: CleaningPool


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What one run is to do with each source."""

    run_id: int
    #: Poll endpoints whether they are due or not.
    poll_all: bool = False
    #: Only these pages, and no endpoint.
    pages: tuple[int, ...] | None = None
    #: At most so many pages a source.
    limit: int | None = None
    recheck: tuple[timedelta, ...] = ()
    #: Walk archives back to this day first, each over at most so many list pages.
    since: datetime | None = None
    list_pages: int = LIST_PAGES
