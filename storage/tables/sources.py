"""What config.yaml names, and what is known of it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, UniqueConstraint

from storage.columns import Id, Lists, Moment, Words
from storage.tables.base import fact, maybe, metadata, row_id

source = Table(
    "source",
    metadata,
    Column("name", Words, primary_key=True, comment="The source's name in config.yaml."),
    fact("url", Words, "Home page."),
    fact("every", Words, "How often its endpoints are polled: an interval or a cron line."),
    maybe("language", Words, "ISO 639-1, when the whole source is written in one."),
    fact("enabled", Boolean, "False when config.yaml says so, or no longer names the source."),
    fact("configured", Boolean, "False when config.yaml no longer names the source; its articles stay."),
    fact("first_seen_at", Moment, "When the source first stood in config.yaml."),
    fact("updated_at", Moment, "When this row last changed."),
    comment="A news site as config.yaml names it.",
)

endpoint = Table(
    "endpoint",
    metadata,
    row_id(),
    fact("source", Words, "Name of its source.", ForeignKey("source.name")),
    fact("kind", Words, "feed, sitemap or section."),
    fact("url", Words, "Address."),
    fact("validators", Lists, "URL of each document behind it -> etag and last_modified, for conditional requests."),
    fact("next_poll_at", Moment, "Due from then on."),
    maybe("last_polled_at", Moment, "The last poll, however it ended."),
    maybe("last_success_at", Moment, "The last poll that went well."),
    fact("failures", Integer, "Failed polls in a row."),
    maybe("error", Words, "Code of the last poll's error."),
    maybe("detail", Words, "What the last poll's error says."),
    maybe("retired_at", Moment, "When it was no longer configured or discovered; it is not polled any more."),
    fact("first_seen_at", Moment, "When it was first known."),
    UniqueConstraint("source", "kind", "url"),
    Index(None, "next_poll_at"),
    comment="A page of a source that lists articles.",
)

backfill = Table(
    "backfill",
    metadata,
    Column(
        "endpoint_id",
        Id,
        ForeignKey("endpoint.id"),
        primary_key=True,
        autoincrement=False,
        comment="The endpoint whose archive it is.",
    ),
    fact("since", Moment, "The day asked for: older entries are left."),
    maybe("next_url", Words, "The list page to go on with; empty: it begins at the first."),
    fact("documents", Integer, "List pages and sitemaps read so far."),
    fact("links", Integer, "Links found so far that were not known."),
    fact("updated_at", Moment, "When it last moved on."),
    maybe("ended_at", Moment, "When its end was reached; empty: it is not."),
    maybe("ended_by", Words, "What the end was, in words."),
    comment="How far the archive of an endpoint was walked back (newsmill crawl --since).",
)

site_memory = Table(
    "site_memory",
    metadata,
    Column("source", Words, ForeignKey("source.name"), primary_key=True, comment="Name of its source."),
    fact("pages", Integer, "Distinct pages learned from."),
    fact("body", LargeBinary, "The memory, packed with zstd."),
    fact("updated_at", Moment, "The visit it was last written whole with."),
    comment="What a site's earlier pages taught about its clutter, but for the last ones (table site_lesson).",
)

site_lesson = Table(
    "site_lesson",
    metadata,
    Column("source", Words, ForeignKey("source.name"), primary_key=True, comment="Name of its source."),
    Column("pages", Integer, primary_key=True, autoincrement=False, comment="Distinct pages learned from, this one among them."),
    fact("body", LargeBinary, "The memory of that page alone, packed with zstd."),
    fact("learned_at", Moment, "The visit that taught it."),
    comment="What a page taught about its site since the site's memory was last written whole.",
)
