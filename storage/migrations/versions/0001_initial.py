"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, Lists, Moment, Words
from storage.migrations.making import belongs, given, index, key, maybe, number, unique

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEARCH = {
    "sqlite": ("CREATE VIRTUAL TABLE article_search USING fts5(title, body, content='', tokenize='ascii', prefix='1 2')",),
    "postgresql": (
        "CREATE TABLE article_search (article_id bigint PRIMARY KEY REFERENCES article (id), words tsvector NOT NULL)",
        "CREATE INDEX ix_article_search_words ON article_search USING gin (words)",
        "COMMENT ON TABLE article_search IS 'Full-text index: lexemes of the title weigh A, those of the text D.'",
    ),
}


def upgrade() -> None:
    _raw_body()
    _run()
    _source()
    _endpoint()
    _site_memory()
    _page()
    _article()
    _event()
    _page_fetch()
    _revision()
    for statement in SEARCH[op.get_context().dialect.name]:
        op.execute(statement)


def _raw_body() -> None:
    op.create_table(
        "raw_body",
        number(),
        given("hash", Words(), "BLAKE2b-256 of the bytes as served, 64 hexadecimal digits."),
        given("size", sa.Integer(), "Length of the bytes as served."),
        given("encoding", Words(), "How body is packed: zstd."),
        maybe("body", sa.LargeBinary(), "The packed bytes; empty once pruned."),
        given("stored_at", Moment(), "When they first came."),
        key("raw_body", "id"),
        unique("raw_body", "hash"),
        comment="Pages as served, each body once; readers never need it.",
    )
    index("raw_body", "stored_at")


def _run() -> None:
    op.create_table(
        "run",
        number(),
        given("kind", Words(), "crawl, daemon, demo ..."),
        given("started_at", Moment(), "When it began."),
        maybe("ended_at", Moment(), "When it ended, or was found to have been killed."),
        sa.Column(
            "interrupted", sa.Boolean(), server_default=sa.false(), nullable=False, comment="True when it did not end by itself."
        ),
        given("counts", Lists(), "Outcome -> how often."),
        key("run", "id"),
        comment="One run of newsmill.",
    )


def _source() -> None:
    op.create_table(
        "source",
        given("name", Words(), "The source's name in config.yaml."),
        given("url", Words(), "Home page."),
        given("every", Words(), "How often its endpoints are polled: an interval or a cron line."),
        maybe("language", Words(), "ISO 639-1, when the whole source is written in one."),
        given("enabled", sa.Boolean(), "False when config.yaml says so, or no longer names the source."),
        given("configured", sa.Boolean(), "False when config.yaml no longer names the source; its articles stay."),
        given("first_seen_at", Moment(), "When the source first stood in config.yaml."),
        given("updated_at", Moment(), "When this row last changed."),
        key("source", "name"),
        comment="A news site as config.yaml names it.",
    )


def _endpoint() -> None:
    op.create_table(
        "endpoint",
        number(),
        given("source", Words(), "Name of its source."),
        given("kind", Words(), "feed, sitemap or section."),
        given("url", Words(), "Address."),
        given("validators", Lists(), "URL of each document behind it -> etag and last_modified, for conditional requests."),
        given("next_poll_at", Moment(), "Due from then on."),
        maybe("last_polled_at", Moment(), "The last poll, however it ended."),
        maybe("last_success_at", Moment(), "The last poll that went well."),
        given("failures", sa.Integer(), "Failed polls in a row."),
        maybe("error", Words(), "Code of the last poll's error."),
        maybe("detail", Words(), "What the last poll's error says."),
        maybe("retired_at", Moment(), "When it was no longer configured or discovered; it is not polled any more."),
        given("first_seen_at", Moment(), "When it was first known."),
        belongs("endpoint", "source", "source.name"),
        key("endpoint", "id"),
        unique("endpoint", "source", "kind", "url"),
        comment="A page of a source that lists articles.",
    )
    index("endpoint", "next_poll_at")


def _site_memory() -> None:
    op.create_table(
        "site_memory",
        given("source", Words(), "Name of its source."),
        given("pages", sa.Integer(), "Distinct pages learned from."),
        given("body", sa.LargeBinary(), "The memory, JSON packed with zstd."),
        given("updated_at", Moment(), "The visit that last taught it."),
        belongs("site_memory", "source", "source.name"),
        key("site_memory", "source"),
        comment="What a site's earlier pages taught about its clutter.",
    )


def _page() -> None:
    op.create_table(
        "page",
        number(),
        given("source", Words(), "Name of its source."),
        given("url", Words(), "Address as found."),
        given("identity", Words(), "The address's identity: other spellings of it have the same."),
        maybe("endpoint_id", Id, "The endpoint that lists it; a feed before a sitemap before a section."),
        maybe("title", Words(), "Title as the endpoint gave it."),
        maybe("published", Moment(), "Date of publication as the endpoint gave it."),
        maybe("modified", Moment(), "Date of change as the endpoint gave it."),
        given("authors", Lists(), "Authors as the endpoint gave them."),
        given("status", Words(), "pending, stored, skipped or failed (for good)."),
        given("attempts", sa.Integer(), "Failed visits in a row."),
        maybe("next_attempt_at", Moment(), "Due from then on; empty: not again until a link names it anew."),
        given("first_seen_at", Moment(), "When a link first named it."),
        maybe("visited_at", Moment(), "The last visit, however it ended."),
        maybe("fetched_at", Moment(), "The last visit that brought the whole page."),
        maybe("etag", Words(), "ETag of the last whole fetch."),
        maybe("last_modified", Words(), "Last-Modified of the last whole fetch."),
        maybe("outcome", Words(), "How the last visit ended: stored, revised, unchanged, duplicate, skipped, failed."),
        maybe("reason", Words(), "Code of the reason where it was skipped or failed."),
        maybe("detail", Words(), "The reason in words."),
        maybe("fetch_id", Id, "The last fetch kept raw."),
        maybe("article_id", Id, "Its article."),
        belongs("page", "endpoint_id", "endpoint.id"),
        belongs("page", "source", "source.name"),
        key("page", "id"),
        unique("page", "identity"),
        comment="An address that may hold an article.",
    )
    index("page", "article_id")
    index("page", "source", "next_attempt_at")
    index("page", "url")


def _article() -> None:
    op.create_table(
        "article",
        number(),
        given("source", Words(), "Name of the source of its page."),
        given("identity", Words(), "Identity of its canonical address, else of its page's."),
        given("page_id", Id, "The page its content is taken from."),
        given("url", Words(), "Where the content came from, after redirects."),
        maybe("canonical_url", Words(), "The address the page names as its own."),
        given("kind", Words(), "article, live, gallery, video, listing, teaser or other."),
        maybe("language", Words(), "ISO 639-1."),
        maybe("published", Moment(), "Date of publication as the page claims."),
        maybe("modified", Moment(), "Date of change as the page claims."),
        given("authors", Lists(), "Authors as the page names them."),
        maybe("site_name", Words(), "The site's name as the page gives it."),
        maybe("description", Words(), "Summary as the page gives it."),
        maybe("image", Words(), "Lead image's address."),
        given("tags", Lists(), "Keywords as the page gives them."),
        given("paywalled", sa.Boolean(), "The page says that only a part is free."),
        given("revision", sa.Integer(), "Number of the current revision."),
        given(
            "text_hash", Words(), "Identity of the current text: texts that differ in space, case or marks only have the same."
        ),
        given("word_count", sa.Integer(), "Words of the current text; in scripts without spaces every character counts."),
        maybe("duplicate_of", Id, "The representative of all articles with this text; empty: it is that itself."),
        given("first_seen_at", Moment(), "The visit that found it."),
        given("last_seen_at", Moment(), "The last visit that found it there."),
        maybe("gone_at", Moment(), "The visit that was told it is gone (404, 410); the text stays."),
        belongs("article", "duplicate_of", "article.id"),
        belongs("article", "page_id", "page.id"),
        belongs("article", "source", "source.name"),
        key("article", "id"),
        unique("article", "identity"),
        comment="An article: what it claims and which revision is current.",
    )
    _article_indices()


def _article_indices() -> None:
    index("article", "canonical_url")
    index("article", "duplicate_of")
    index("article", "first_seen_at")
    index("article", "page_id")
    index("article", "published")
    index("article", "source", "first_seen_at")
    index("article", "source", "id")
    index("article", "text_hash")
    index("article", "url")


def _event() -> None:
    op.create_table(
        "event",
        number(),
        given("run_id", Id, "The run."),
        given("at", Moment(), "When."),
        maybe("page_id", Id, "The page visited."),
        maybe("endpoint_id", Id, "The endpoint polled."),
        given("outcome", Words(), "stored, revised, unchanged, duplicate, skipped, failed; of a poll: polled or failed."),
        maybe("reason", Words(), "Code of the reason where it was skipped or failed."),
        maybe("detail", Words(), "The reason in words; of a poll: how many links were new."),
        belongs("event", "endpoint_id", "endpoint.id"),
        belongs("event", "page_id", "page.id"),
        belongs("event", "run_id", "run.id"),
        key("event", "id"),
        unique("event", "endpoint_id", "at"),
        unique("event", "page_id", "at"),
        comment="Every visit to a page and every poll of an endpoint.",
    )
    index("event", "run_id")


def _page_fetch() -> None:
    op.create_table(
        "page_fetch",
        number(),
        given("page_id", Id, "The page that was asked for."),
        given("run_id", Id, "The run that asked."),
        given("url", Words(), "The address the body came from, after redirects."),
        given("chain", Lists(), "Every address asked, in order."),
        given("status", sa.Integer(), "HTTP status."),
        given("headers", Lists(), "Pairs of header name and value, in order."),
        given("fetched_at", Moment(), "When the last byte came."),
        given("elapsed", sa.Float(), "Seconds from the first request to the last byte."),
        given("raw_body_id", Id, "The bytes."),
        belongs("page_fetch", "page_id", "page.id"),
        belongs("page_fetch", "raw_body_id", "raw_body.id"),
        belongs("page_fetch", "run_id", "run.id"),
        key("page_fetch", "id"),
        unique("page_fetch", "page_id", "fetched_at"),
        comment="A fetch whose body was kept: first ones, those that brought a revision, those that could not be cleaned.",
    )
    index("page_fetch", "raw_body_id")


def _revision() -> None:
    op.create_table(
        "revision",
        number(),
        given("article_id", Id, "Its article."),
        given("number", sa.Integer(), "1 is the first text seen."),
        given("title", Words(), "Headline."),
        given("text", Words(), "Clean text, paragraphs apart by a blank line."),
        given("text_hash", Words(), "Identity of the text."),
        given("word_count", sa.Integer(), "Words of the text."),
        given("seen_at", Moment(), "The visit that brought it."),
        maybe("fetch_id", Id, "The fetch it was cleaned from."),
        given("engine_version", Words(), "Version of the cleaning that made it."),
        given("doubt", sa.Float(), "0 to 1: how far cleaning mistrusts its result."),
        belongs("revision", "article_id", "article.id"),
        belongs("revision", "fetch_id", "page_fetch.id"),
        key("revision", "id"),
        unique("revision", "article_id", "number"),
        comment="A text of an article; a new one only when text or title changed.",
    )
    index("revision", "fetch_id")
    index("revision", "seen_at")


def downgrade() -> None:
    op.execute("DROP TABLE article_search")
    op.drop_table("revision")
    op.drop_table("page_fetch")
    op.drop_table("event")
    op.drop_table("article")
    op.drop_table("page")
    op.drop_table("site_memory")
    op.drop_table("endpoint")
    op.drop_table("source")
    op.drop_table("run")
    op.drop_table("raw_body")
