"""What readers get: rows of the views, and the database at a glance.

Classes name the columns of their views in the views' order, which exports follow. So those that articles and revisions have in
common stand in both: a common base would put them first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


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
