"""Addresses, visits to them, and the bytes that came."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, Table, UniqueConstraint, false

from storage.columns import Id, Lists, Moment, Words
from storage.tables.base import fact, maybe, metadata, row_id

run = Table(
    "run",
    metadata,
    row_id(),
    fact("kind", Words, "crawl, daemon, demo ..."),
    fact("started_at", Moment, "When it began."),
    maybe("ended_at", Moment, "When it ended, or was found to have been killed."),
    fact("interrupted", Boolean, "True when it did not end by itself.", server_default=false()),
    fact("counts", Lists, "Outcome -> how often."),
    comment="One run of newsmill.",
)

raw_body = Table(
    "raw_body",
    metadata,
    row_id(),
    fact("hash", Words, "BLAKE2b-256 of the bytes as served, 64 hexadecimal digits.", unique=True),
    fact("size", Integer, "Length of the bytes as served."),
    fact("encoding", Words, "How body is packed: zstd."),
    maybe("body", LargeBinary, "The packed bytes; empty once pruned."),
    fact("stored_at", Moment, "When they first came."),
    maybe("dictionary_id", Id, "The earlier page of the site it was packed with (table raw_dictionary); empty: alone."),
    Index(None, "stored_at"),
    Index(None, "dictionary_id"),
    comment="Pages as served, each body once; readers never need it.",
)

raw_dictionary = Table(
    "raw_dictionary",
    metadata,
    row_id(),
    fact("source", Words, "The source whose pages it packs.", ForeignKey("source.name")),
    fact("body", LargeBinary, "The beginning of one of its pages, packed with zstd."),
    fact("made_at", Moment, "When that page came."),
    Index(None, "source", "id"),
    comment="Pages that others of their site are packed with: what they have in common is kept once.",
)

page = Table(
    "page",
    metadata,
    row_id(),
    fact("source", Words, "Name of its source.", ForeignKey("source.name")),
    fact("url", Words, "Address as found."),
    fact("identity", Words, "The address's identity: other spellings of it have the same.", unique=True),
    maybe("endpoint_id", Id, "The endpoint that lists it; a feed before a sitemap before a section.", ForeignKey("endpoint.id")),
    maybe("title", Words, "Title as the endpoint gave it."),
    maybe("published", Moment, "Date of publication as the endpoint gave it."),
    maybe("modified", Moment, "Date of change as the endpoint gave it."),
    fact("authors", Lists, "Authors as the endpoint gave them."),
    fact("status", Words, "pending, stored, skipped or failed (for good)."),
    fact("attempts", Integer, "Failed visits in a row."),
    maybe("next_attempt_at", Moment, "Due from then on; empty: not again until a link names it anew."),
    fact("first_seen_at", Moment, "When a link first named it."),
    maybe("visited_at", Moment, "The last visit, however it ended."),
    maybe("fetched_at", Moment, "The last visit that brought the whole page."),
    maybe("etag", Words, "ETag of the last whole fetch."),
    maybe("last_modified", Words, "Last-Modified of the last whole fetch."),
    maybe("outcome", Words, "How the last visit ended: stored, revised, unchanged, duplicate, skipped, failed."),
    maybe("reason", Words, "Code of the reason where it was skipped or failed."),
    maybe("detail", Words, "The reason in words."),
    maybe("fetch_id", Id, "The last fetch kept raw."),
    maybe("article_id", Id, "Its article."),
    maybe("feed_body_id", Id, "The article's text as its feed carries it (table raw_body)."),
    Index(None, "source", "next_attempt_at"),
    Index(None, "article_id"),
    Index(None, "url"),
    comment="An address that may hold an article.",
)

page_fetch = Table(
    "page_fetch",
    metadata,
    row_id(),
    fact("page_id", Id, "The page that was asked for.", ForeignKey("page.id")),
    fact("run_id", Id, "The run that asked.", ForeignKey("run.id")),
    fact("url", Words, "The address the body came from, after redirects."),
    fact("chain", Lists, "Every address asked, in order."),
    fact("status", Integer, "HTTP status."),
    fact("headers", Lists, "Pairs of header name and value, in order."),
    fact("fetched_at", Moment, "When the last byte came."),
    fact("elapsed", Float, "Seconds from the first request to the last byte."),
    fact("raw_body_id", Id, "The bytes.", ForeignKey("raw_body.id")),
    fact(
        "origin",
        Words,
        "page: as the site answered; feed: the text its feed carries, in place of the page's.",
        server_default="page",
    ),
    maybe("first_id", Id, "The fetch of the first part; empty: this is it."),
    fact("part", Integer, "Which part of the article, from 1.", server_default="1"),
    maybe("missing", Words, "Why a further part is not among them; empty: all are."),
    UniqueConstraint("page_id", "fetched_at"),
    Index(None, "raw_body_id"),
    Index(None, "first_id"),
    comment=(
        "A fetch whose body was kept: first ones, those that brought a revision, those that could not be cleaned;"
        " and the further parts of each."
    ),
)

event = Table(
    "event",
    metadata,
    row_id(),
    fact("run_id", Id, "The run.", ForeignKey("run.id")),
    fact("at", Moment, "When."),
    maybe("page_id", Id, "The page visited.", ForeignKey("page.id")),
    maybe("endpoint_id", Id, "The endpoint polled.", ForeignKey("endpoint.id")),
    fact("outcome", Words, "stored, revised, unchanged, duplicate, skipped, failed; of a poll: polled or failed."),
    maybe("reason", Words, "Code of the reason where it was skipped or failed."),
    maybe("detail", Words, "The reason in words; of a poll: how many links were new."),
    UniqueConstraint("endpoint_id", "at"),
    UniqueConstraint("page_id", "at"),
    Index(None, "run_id"),
    comment="Every visit to a page and every poll of an endpoint.",
)

day_count = Table(
    "day_count",
    metadata,
    Column("source", Words, ForeignKey("source.name"), primary_key=True, comment="Name of the source."),
    Column("day", Words, primary_key=True, comment="The day in UTC, such as 2026-11-22."),
    Column("what", Words, primary_key=True, comment="page: visits to pages; endpoint: polls of endpoints."),
    Column("outcome", Words, primary_key=True, comment="As in the table event."),
    Column("reason", Words, primary_key=True, comment="As in the table event; empty text where there was none."),
    fact("count", Integer, "How often."),
    comment="What became of events that grew old: counts by source and day.",
)
