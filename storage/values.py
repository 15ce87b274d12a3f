"""What storage hands out and takes in, beyond the model's own values."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """One row of the view `articles` (or `all_articles`), field by field."""

    id: int
    source: str
    title: str
    text: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    published: datetime | None
    modified: datetime | None
    url: str
    canonical_url: str | None
    site_name: str | None
    language: str | None
    kind: str
    description: str | None
    image: str | None
    paywalled: bool
    word_count: int
    #: Number of the current revision, which is how many there are.
    revision: int
    #: Other articles with this text.
    duplicates: int
    #: The representative of the group with this text; None: it is that itself.
    duplicate_of: int | None
    first_seen_at: datetime
    last_seen_at: datetime
    #: When the site said it is gone (404, 410).
    gone_at: datetime | None
    #: Where the page came from: the endpoint that lists it, the addresses asked, the answer.
    endpoint_kind: str | None
    endpoint_url: str | None
    url_chain: tuple[str, ...]
    fetched_at: datetime | None
    http_status: int | None
    #: Headers of the answer, each as ``name: value``.
    http_headers: tuple[str, ...]
    #: Seconds from the first request to the last byte.
    fetch_seconds: float | None
    raw_body_id: int | None
    engine_version: str
    doubt: float
    #: The rules of config.yaml that cleaning followed, as JSON.
    rules: str | None
    #: Pages that the site's memory had learned from by then.
    memory_pages: int | None
    blocks: int | None
    blocks_kept: int | None
    #: ``page``, or ``feed`` where the page was refused or gave a teaser and its feed carries the text.
    text_from: str
    #: How many pages the text was joined from.
    parts: int
    #: Why a further one is not in it; None: it is whole.
    missing_part: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRevision:
    """One row of the view `revisions`."""

    article_id: int
    #: 1 is the first text seen.
    number: int
    title: str
    text: str
    word_count: int
    #: ``public``, ``paywalled`` or ``gone``; None: not known, of revisions that version 0.1 wrote.
    state: str | None
    seen_at: datetime
    fetched_at: datetime | None
    raw_body_id: int | None
    engine_version: str
    doubt: float
    #: The rules of config.yaml that cleaning followed, as JSON.
    rules: str | None
    #: Pages that the site's memory had learned from by then.
    memory_pages: int | None
    blocks: int | None
    blocks_kept: int | None
    #: ``page`` or ``feed``.
    text_from: str
    #: How many pages the text was joined from.
    parts: int
    #: Why a further one is not in it; None: it is whole.
    missing_part: str | None
    #: What changed since the one before, as `storage.difference` writes it; None for the first.
    changes: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article found by full-text search."""

    id: int
    source: str
    title: str
    url: str
    published: datetime | None
    #: A piece of the text around the first words found, which stand between ``**``; white space folded.
    snippet: str
    #: Higher is better; comparable within one search only.
    rank: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """One row of the view `sources_health`."""

    source: str
    #: ok, quiet, failing or disabled.
    state: str
    articles: int
    articles_24h: int
    articles_7d: int
    last_success_at: datetime | None
    last_article_at: datetime | None
    failures_in_row: int
    last_error: str | None
    next_poll_at: datetime | None
    pages_due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One run of newsmill."""

    id: int
    kind: str
    started_at: datetime
    ended_at: datetime | None
    interrupted: bool
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The database at a glance."""

    #: Stories, each once.
    articles: int
    #: Articles whose text another one holds already.
    duplicates: int
    revisions: int
    #: Page status -> how many.
    pages: Mapping[str, int]
    pages_due: int
    sources: tuple[SourceHealth, ...]
    last_run: RunSummary | None
    schema_version: str
