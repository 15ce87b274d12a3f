"""What the pipeline hands to storage and gets from it, beyond the model's own values; readers get `storage.answers`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from model.article import Cleaned
    from model.errors import PageError
    from model.memory import PackedMemory, SiteMemory
    from model.outcome import Skipped
    from model.page import NotModified, Page, Validators
    from model.source import Endpoint, Link, Rules


class PageStatus(StrEnum):
    """Where a page stands in its life."""

    #: Waits for its first visit, or for another try.
    PENDING = "pending"
    #: Its article is stored.
    STORED = "stored"
    #: Visited, and nothing of it is to be stored.
    SKIPPED = "skipped"
    #: Given up for good (404, 410, not HTML), until a link names it anew with a later date.
    FAILED = "failed"


class Publication(StrEnum):
    """Whether people can read an article where it was published."""

    PUBLIC = "public"
    #: The page says that only a part of it is free.
    PAYWALLED = "paywalled"
    #: The page answers that it is gone (404, 410).
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointState:
    """An endpoint and what is known of its visits."""

    id: int
    endpoint: Endpoint
    #: URL of each document behind the endpoint (a sitemap index has many) -> its validators.
    validators: Mapping[str, Validators] = field(default_factory=dict)
    next_poll_at: datetime
    last_polled_at: datetime | None = None
    #: The last poll of which no part failed.
    last_success_at: datetime | None = None
    #: Failed polls in a row.
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """A page that is due, and what its next visit needs to know."""

    id: int
    source: str
    link: Link
    status: PageStatus
    #: Failed visits in a row.
    attempts: int = 0
    #: For a conditional request; empty when the whole page is wanted.
    validators: Validators
    #: When the page was first seen and last fetched whole.
    first_seen_at: datetime
    fetched_at: datetime | None = None
    #: Its feed carries the article's text (`Store.feed_text`).
    has_feed_text: bool = False
    #: What is stored of it is that text.
    is_of_feed: bool = False
    #: `model.fingerprints.body_hash` of the page as last kept; None where that was not one whole page.
    body_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """The end of one visit to an endpoint."""

    endpoint_id: int
    run_id: int
    at: datetime
    next_poll_at: datetime
    #: Links in the order they were found; those known already only refresh their dates.
    links: tuple[Link, ...] = ()
    validators: Mapping[str, Validators] = field(default_factory=dict)
    #: None when it went well; a poll may bring links and an error (one broken part of a sitemap index).
    error: PageError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSaved:
    """What a saved poll changed."""

    new: int
    #: Known pages that the endpoint says have changed since they were fetched; due at once.
    changed: int
    known: int


#: What came of a visit to a page.
Result: TypeAlias = "Cleaned | NotModified | Skipped | PageError"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The end of one visit to a page; everything that follows from it is written in one transaction."""

    page_id: int
    run_id: int
    at: datetime
    result: Result
    #: The page as fetched, kept raw even where cleaning failed; None where no body came.
    page: Page | None = None
    #: The rules that cleaning followed; None where there are none.
    rules: Rules | None = None
    #: The source's memory after this page, when it learned.
    memory: PackedMemory | SiteMemory | None = None
    status: PageStatus
    #: None: not again until a link names the page anew.
    next_attempt_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Which raw pages stay: all that are young enough, and of the older ones the newest that fit."""

    age: timedelta
    #: Bytes as packed; 0: size keeps none.
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What stays when a database is pruned; never less."""

    #: For all sources together that have nothing of their own.
    raw: Keep
    #: Source -> what stays of its pages.
    sources: Mapping[str, Keep] = field(default_factory=dict)
    #: Events younger than this stay; older ones become counts by source and day.
    events: timedelta = timedelta.max
