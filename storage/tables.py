"""The tables: the facts. Readers use the views (`storage.views`); tables may change between versions.

Every table and column carries its comment; docs/reference/schema.md is generated from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    false,
)

from storage.columns import Id, Lists, Moment, Words

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

#: The Alembic revision this code reads and writes.
SCHEMA = "0004"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _column(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]], comment: str, *more: Any, **options: Any) -> Column[Any]:  # noqa: ANN401 - handed on to SQLAlchemy
    """A column that must hold a value."""
    return Column(name, kind, *more, comment=comment, nullable=False, **options)


def _maybe(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]], comment: str, *more: Any) -> Column[Any]:  # noqa: ANN401 - handed on to SQLAlchemy
    """A column that may be empty."""
    return Column(name, kind, *more, comment=comment, nullable=True)


def _id() -> Column[Any]:
    return Column("id", Id, primary_key=True, autoincrement=True, comment="Number of the row.")


source = Table(
    "source",
    metadata,
    Column("name", Words, primary_key=True, comment="The source's name in config.yaml."),
    _column("url", Words, "Home page."),
    _column("every", Words, "How often its endpoints are polled: an interval or a cron line."),
    _maybe("language", Words, "ISO 639-1, when the whole source is written in one."),
    _column("enabled", Boolean, "False when config.yaml says so, or no longer names the source."),
    _column("configured", Boolean, "False when config.yaml no longer names the source; its articles stay."),
    _column("first_seen_at", Moment, "When the source first stood in config.yaml."),
    _column("updated_at", Moment, "When this row last changed."),
    comment="A news site as config.yaml names it.",
)

endpoint = Table(
    "endpoint",
    metadata,
    _id(),
    _column("source", Words, "Name of its source.", ForeignKey("source.name")),
    _column("kind", Words, "feed, sitemap or section."),
    _column("url", Words, "Address."),
    _column("validators", Lists, "URL of each document behind it -> etag and last_modified, for conditional requests."),
    _column("next_poll_at", Moment, "Due from then on."),
    _maybe("last_polled_at", Moment, "The last poll, however it ended."),
    _maybe("last_success_at", Moment, "The last poll that went well."),
    _column("failures", Integer, "Failed polls in a row."),
    _maybe("error", Words, "Code of the last poll's error."),
    _maybe("detail", Words, "What the last poll's error says."),
    _maybe("retired_at", Moment, "When it was no longer configured or discovered; it is not polled any more."),
    _column("first_seen_at", Moment, "When it was first known."),
    UniqueConstraint("source", "kind", "url"),
    Index(None, "next_poll_at"),
    comment="A page of a source that lists articles.",
)

run = Table(
    "run",
    metadata,
    _id(),
    _column("kind", Words, "crawl, daemon, demo ..."),
    _column("started_at", Moment, "When it began."),
    _maybe("ended_at", Moment, "When it ended, or was found to have been killed."),
    _column("interrupted", Boolean, "True when it did not end by itself.", server_default=false()),
    _column("counts", Lists, "Outcome -> how often."),
    comment="One run of newsmill.",
)

raw_body = Table(
    "raw_body",
    metadata,
    _id(),
    _column("hash", Words, "BLAKE2b-256 of the bytes as served, 64 hexadecimal digits.", unique=True),
    _column("size", Integer, "Length of the bytes as served."),
    _column("encoding", Words, "How body is packed: zstd."),
    _maybe("body", LargeBinary, "The packed bytes; empty once pruned."),
    _column("stored_at", Moment, "When they first came."),
    Index(None, "stored_at"),
    comment="Pages as served, each body once; readers never need it.",
)

page = Table(
    "page",
    metadata,
    _id(),
    _column("source", Words, "Name of its source.", ForeignKey("source.name")),
    _column("url", Words, "Address as found."),
    _column("identity", Words, "The address's identity: other spellings of it have the same.", unique=True),
    _maybe("endpoint_id", Id, "The endpoint that lists it; a feed before a sitemap before a section.", ForeignKey("endpoint.id")),
    _maybe("title", Words, "Title as the endpoint gave it."),
    _maybe("published", Moment, "Date of publication as the endpoint gave it."),
    _maybe("modified", Moment, "Date of change as the endpoint gave it."),
    _column("authors", Lists, "Authors as the endpoint gave them."),
    _column("status", Words, "pending, stored, skipped or failed (for good)."),
    _column("attempts", Integer, "Failed visits in a row."),
    _maybe("next_attempt_at", Moment, "Due from then on; empty: not again until a link names it anew."),
    _column("first_seen_at", Moment, "When a link first named it."),
    _maybe("visited_at", Moment, "The last visit, however it ended."),
    _maybe("fetched_at", Moment, "The last visit that brought the whole page."),
    _maybe("etag", Words, "ETag of the last whole fetch."),
    _maybe("last_modified", Words, "Last-Modified of the last whole fetch."),
    _maybe("outcome", Words, "How the last visit ended: stored, revised, unchanged, duplicate, skipped, failed."),
    _maybe("reason", Words, "Code of the reason where it was skipped or failed."),
    _maybe("detail", Words, "The reason in words."),
    _maybe("fetch_id", Id, "The last fetch kept raw."),
    _maybe("article_id", Id, "Its article."),
    Index(None, "source", "next_attempt_at"),
    Index(None, "article_id"),
    Index(None, "url"),
    comment="An address that may hold an article.",
)

page_fetch = Table(
    "page_fetch",
    metadata,
    _id(),
    _column("page_id", Id, "The page that was asked for.", ForeignKey("page.id")),
    _column("run_id", Id, "The run that asked.", ForeignKey("run.id")),
    _column("url", Words, "The address the body came from, after redirects."),
    _column("chain", Lists, "Every address asked, in order."),
    _column("status", Integer, "HTTP status."),
    _column("headers", Lists, "Pairs of header name and value, in order."),
    _column("fetched_at", Moment, "When the last byte came."),
    _column("elapsed", Float, "Seconds from the first request to the last byte."),
    _column("raw_body_id", Id, "The bytes.", ForeignKey("raw_body.id")),
    UniqueConstraint("page_id", "fetched_at"),
    Index(None, "raw_body_id"),
    comment="A fetch whose body was kept: first ones, those that brought a revision, those that could not be cleaned.",
)

article = Table(
    "article",
    metadata,
    _id(),
    _column("source", Words, "Name of the source of its page.", ForeignKey("source.name")),
    _column("identity", Words, "Identity of its canonical address, else of its page's.", unique=True),
    _column("page_id", Id, "The page its content is taken from.", ForeignKey("page.id")),
    _column("url", Words, "Where the content came from, after redirects."),
    _maybe("canonical_url", Words, "The address the page names as its own."),
    _column("kind", Words, "article, live, gallery, video, listing, teaser or other."),
    _maybe("language", Words, "ISO 639-1."),
    _maybe("published", Moment, "Date of publication as the page claims."),
    _maybe("modified", Moment, "Date of change as the page claims."),
    _column("authors", Lists, "Authors as the page names them."),
    _maybe("site_name", Words, "The site's name as the page gives it."),
    _maybe("description", Words, "Summary as the page gives it."),
    _maybe("image", Words, "Lead image's address."),
    _column("tags", Lists, "Keywords as the page gives them."),
    _column("paywalled", Boolean, "The page says that only a part is free."),
    _column("revision", Integer, "Number of the current revision."),
    _column("text_hash", Words, "Identity of the current text: texts that differ in space, case or marks only have the same."),
    _column("word_count", Integer, "Words of the current text; in scripts without spaces every character counts."),
    _maybe(
        "duplicate_of",
        Id,
        "The earliest of its cluster; empty: it is that itself, or there is no other.",
        ForeignKey("article.id"),
    ),
    _column("first_seen_at", Moment, "The visit that found it."),
    _column("last_seen_at", Moment, "The last visit that found it there."),
    _maybe("gone_at", Moment, "The visit that was told it is gone (404, 410); the text stays."),
    Index(None, "source", "id"),
    Index(None, "source", "first_seen_at"),
    Index(None, "published"),
    Index(None, "first_seen_at"),
    Index(None, "text_hash"),
    Index(None, "duplicate_of"),
    Index(None, "page_id"),
    Index(None, "url"),
    Index(None, "canonical_url"),
    comment="An article: what it claims and which revision is current.",
)

revision = Table(
    "revision",
    metadata,
    _id(),
    _column("article_id", Id, "Its article.", ForeignKey("article.id")),
    _column("number", Integer, "1 is the first text seen."),
    _column("title", Words, "Headline."),
    _column("text", Words, "Clean text, paragraphs apart by a blank line."),
    _column("text_hash", Words, "Identity of the text."),
    _column("word_count", Integer, "Words of the text."),
    _column("seen_at", Moment, "The visit that brought it."),
    _maybe("fetch_id", Id, "The fetch it was cleaned from.", ForeignKey("page_fetch.id")),
    _column("engine_version", Words, "Version of the cleaning that made it."),
    _column("doubt", Float, "0 to 1: how far cleaning mistrusts its result."),
    _maybe(
        "changes",
        Words,
        "What changed since the revision before: words taken out in [-…-], put in in {+…+}; empty for the first.",
    ),
    UniqueConstraint("article_id", "number"),
    Index(None, "seen_at"),
    Index(None, "fetch_id"),
    comment="A text of an article; a new one only when text or title changed.",
)

signature = Table(
    "signature",
    metadata,
    Column("article_id", Id, ForeignKey("article.id"), primary_key=True, autoincrement=False, comment="The article."),
    _column("algorithm", Words, "What computed it, with its version."),
    _column("shingles", Integer, "Different shingles of the current text; 0 where it is too short to tell."),
    _column("step", Integer, "One in so many of them is in the table shingle."),
    Index(None, "algorithm"),
    comment="What an article's current text is compared by.",
)

shingle = Table(
    "shingle",
    metadata,
    Column("hash", BigInteger, primary_key=True, autoincrement=False, comment="Four words, or five characters, as a number."),
    Column("article_id", Id, ForeignKey("article.id"), primary_key=True, autoincrement=False, comment="An article with it."),
    Index(None, "article_id"),
    comment="The sampled shingles by which candidates for a cluster are found; of articles first seen lately.",
    sqlite_with_rowid=False,
)

likeness = Table(
    "likeness",
    metadata,
    Column("article_id", Id, ForeignKey("article.id"), primary_key=True, autoincrement=False, comment="An article."),
    Column(
        "other_id", Id, ForeignKey("article.id"), primary_key=True, autoincrement=False, comment="One with much the same text."
    ),
    _column("shared", Integer, "Shingles that both have."),
    _column("shingles", Integer, "Different shingles of the article."),
    _column("other_shingles", Integer, "Different shingles of the other."),
    _column("similarity", Float, "Shared shingles of all that either has, 0 to 1."),
    _column("containment", Float, "Shared shingles of the shorter text's, 0 to 1."),
    _column("joins", Boolean, "The two are one story; false: one holds the other and much more, or a person cut them apart."),
    Index(None, "other_id"),
    comment="Two articles with much the same text; each pair stands here both ways round.",
)

cut = Table(
    "cut",
    metadata,
    Column(
        "article_id", Id, ForeignKey("article.id"), primary_key=True, autoincrement=False, comment="The one with the lower id."
    ),
    Column(
        "other_id", Id, ForeignKey("article.id"), primary_key=True, autoincrement=False, comment="The one with the higher id."
    ),
    _column("cut_at", Moment, "When."),
    comment="Two articles that a person said are not one story; they are never in one cluster again.",
)

site_memory = Table(
    "site_memory",
    metadata,
    Column("source", Words, ForeignKey("source.name"), primary_key=True, comment="Name of its source."),
    _column("pages", Integer, "Distinct pages learned from."),
    _column("body", LargeBinary, "The memory, packed with zstd."),
    _column("updated_at", Moment, "The visit that last taught it."),
    comment="What a site's earlier pages taught about its clutter.",
)

event = Table(
    "event",
    metadata,
    _id(),
    _column("run_id", Id, "The run.", ForeignKey("run.id")),
    _column("at", Moment, "When."),
    _maybe("page_id", Id, "The page visited.", ForeignKey("page.id")),
    _maybe("endpoint_id", Id, "The endpoint polled.", ForeignKey("endpoint.id")),
    _column("outcome", Words, "stored, revised, unchanged, duplicate, skipped, failed; of a poll: polled or failed."),
    _maybe("reason", Words, "Code of the reason where it was skipped or failed."),
    _maybe("detail", Words, "The reason in words; of a poll: how many links were new."),
    UniqueConstraint("page_id", "at"),
    UniqueConstraint("endpoint_id", "at"),
    Index(None, "run_id"),
    comment="Every visit to a page and every poll of an endpoint.",
)
