"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, Lists, Moment, Words

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
        sa.Column("id", Id, autoincrement=True, nullable=False, comment="Number of the row."),
        sa.Column("hash", Words(), nullable=False, comment="BLAKE2b-256 of the bytes as served, 64 hexadecimal digits."),
        sa.Column("size", sa.Integer(), nullable=False, comment="Length of the bytes as served."),
        sa.Column("encoding", Words(), nullable=False, comment="How body is packed: zstd."),
        sa.Column("body", sa.LargeBinary(), nullable=True, comment="The packed bytes; empty once pruned."),
        sa.Column("stored_at", Moment(), nullable=False, comment="When they first came."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw_body")),
        sa.UniqueConstraint("hash", name=op.f("uq_raw_body_hash")),
        comment="Pages as served, each body once; readers never need it.",
    )
    op.create_index(op.f("ix_raw_body_stored_at"), "raw_body", ["stored_at"], unique=False)


def _run() -> None:
    op.create_table(
        "run",
        sa.Column("id", Id, autoincrement=True, nullable=False, comment="Number of the row."),
        sa.Column("kind", Words(), nullable=False, comment="crawl, daemon, demo ..."),
        sa.Column("started_at", Moment(), nullable=False, comment="When it began."),
        sa.Column("ended_at", Moment(), nullable=True, comment="When it ended, or was found to have been killed."),
        sa.Column(
            "interrupted", sa.Boolean(), server_default=sa.false(), nullable=False, comment="True when it did not end by itself."
        ),
        sa.Column("counts", Lists(), nullable=False, comment="Outcome -> how often."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        comment="One run of newsmill.",
    )


def _source() -> None:
    op.create_table(
        "source",
        sa.Column("name", Words(), nullable=False, comment="The source's name in config.yaml."),
        sa.Column("url", Words(), nullable=False, comment="Home page."),
        sa.Column("every", Words(), nullable=False, comment="How often its endpoints are polled: an interval or a cron line."),
        sa.Column("language", Words(), nullable=True, comment="ISO 639-1, when the whole source is written in one."),
        sa.Column(
            "enabled", sa.Boolean(), nullable=False, comment="False when config.yaml says so, or no longer names the source."
        ),
        sa.Column(
            "configured",
            sa.Boolean(),
            nullable=False,
            comment="False when config.yaml no longer names the source; its articles stay.",
        ),
        sa.Column("first_seen_at", Moment(), nullable=False, comment="When the source first stood in config.yaml."),
        sa.Column("updated_at", Moment(), nullable=False, comment="When this row last changed."),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_source")),
        comment="A news site as config.yaml names it.",
    )


def _endpoint() -> None:
    op.create_table(
        "endpoint",
        sa.Column("id", Id, autoincrement=True, nullable=False, comment="Number of the row."),
        sa.Column("source", Words(), nullable=False, comment="Name of its source."),
        sa.Column("kind", Words(), nullable=False, comment="feed, sitemap or section."),
        sa.Column("url", Words(), nullable=False, comment="Address."),
        sa.Column(
            "validators",
            Lists(),
            nullable=False,
            comment="URL of each document behind it -> etag and last_modified, for conditional requests.",
        ),
        sa.Column("next_poll_at", Moment(), nullable=False, comment="Due from then on."),
        sa.Column("last_polled_at", Moment(), nullable=True, comment="The last poll, however it ended."),
        sa.Column("last_success_at", Moment(), nullable=True, comment="The last poll that went well."),
        sa.Column("failures", sa.Integer(), nullable=False, comment="Failed polls in a row."),
        sa.Column("error", Words(), nullable=True, comment="Code of the last poll's error."),
        sa.Column("detail", Words(), nullable=True, comment="What the last poll's error says."),
        sa.Column(
            "retired_at",
            Moment(),
            nullable=True,
            comment="When it was no longer configured or discovered; it is not polled any more.",
        ),
        sa.Column("first_seen_at", Moment(), nullable=False, comment="When it was first known."),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name=op.f("fk_endpoint_source_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoint")),
        sa.UniqueConstraint("source", "kind", "url", name=op.f("uq_endpoint_source_kind_url")),
        comment="A page of a source that lists articles.",
    )
    op.create_index(op.f("ix_endpoint_next_poll_at"), "endpoint", ["next_poll_at"], unique=False)


def _site_memory() -> None:
    op.create_table(
        "site_memory",
        sa.Column("source", Words(), nullable=False, comment="Name of its source."),
        sa.Column("pages", sa.Integer(), nullable=False, comment="Distinct pages learned from."),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="The memory, JSON packed with zstd."),
        sa.Column("updated_at", Moment(), nullable=False, comment="The visit that last taught it."),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name=op.f("fk_site_memory_source_source")),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_site_memory")),
        comment="What a site's earlier pages taught about its clutter.",
    )


def _page() -> None:
    op.create_table(
        "page",
        sa.Column("id", Id, autoincrement=True, nullable=False, comment="Number of the row."),
        sa.Column("source", Words(), nullable=False, comment="Name of its source."),
        sa.Column("url", Words(), nullable=False, comment="Address as found."),
        sa.Column("identity", Words(), nullable=False, comment="The address's identity: other spellings of it have the same."),
        sa.Column(
            "endpoint_id", Id, nullable=True, comment="The endpoint that lists it; a feed before a sitemap before a section."
        ),
        sa.Column("title", Words(), nullable=True, comment="Title as the endpoint gave it."),
        sa.Column("published", Moment(), nullable=True, comment="Date of publication as the endpoint gave it."),
        sa.Column("modified", Moment(), nullable=True, comment="Date of change as the endpoint gave it."),
        sa.Column("authors", Lists(), nullable=False, comment="Authors as the endpoint gave them."),
        sa.Column("status", Words(), nullable=False, comment="pending, stored, skipped or failed (for good)."),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="Failed visits in a row."),
        sa.Column(
            "next_attempt_at", Moment(), nullable=True, comment="Due from then on; empty: not again until a link names it anew."
        ),
        sa.Column("first_seen_at", Moment(), nullable=False, comment="When a link first named it."),
        sa.Column("visited_at", Moment(), nullable=True, comment="The last visit, however it ended."),
        sa.Column("fetched_at", Moment(), nullable=True, comment="The last visit that brought the whole page."),
        sa.Column("etag", Words(), nullable=True, comment="ETag of the last whole fetch."),
        sa.Column("last_modified", Words(), nullable=True, comment="Last-Modified of the last whole fetch."),
        sa.Column(
            "outcome",
            Words(),
            nullable=True,
            comment="How the last visit ended: stored, revised, unchanged, duplicate, skipped, failed.",
        ),
        sa.Column("reason", Words(), nullable=True, comment="Code of the reason where it was skipped or failed."),
        sa.Column("detail", Words(), nullable=True, comment="The reason in words."),
        sa.Column("fetch_id", Id, nullable=True, comment="The last fetch kept raw."),
        sa.Column("article_id", Id, nullable=True, comment="Its article."),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoint.id"], name=op.f("fk_page_endpoint_id_endpoint")),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name=op.f("fk_page_source_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page")),
        sa.UniqueConstraint("identity", name=op.f("uq_page_identity")),
        comment="An address that may hold an article.",
    )
    op.create_index(op.f("ix_page_article_id"), "page", ["article_id"], unique=False)
    op.create_index(op.f("ix_page_source_next_attempt_at"), "page", ["source", "next_attempt_at"], unique=False)
    op.create_index(op.f("ix_page_url"), "page", ["url"], unique=False)


def _article() -> None:
    op.create_table(
        "article",
        sa.Column("id", Id, autoincrement=True, nullable=False, comment="Number of the row."),
        sa.Column("source", Words(), nullable=False, comment="Name of the source of its page."),
        sa.Column("identity", Words(), nullable=False, comment="Identity of its canonical address, else of its page's."),
        sa.Column("page_id", Id, nullable=False, comment="The page its content is taken from."),
        sa.Column("url", Words(), nullable=False, comment="Where the content came from, after redirects."),
        sa.Column("canonical_url", Words(), nullable=True, comment="The address the page names as its own."),
        sa.Column("kind", Words(), nullable=False, comment="article, live, gallery, video, listing, teaser or other."),
        sa.Column("language", Words(), nullable=True, comment="ISO 639-1."),
        sa.Column("published", Moment(), nullable=True, comment="Date of publication as the page claims."),
        sa.Column("modified", Moment(), nullable=True, comment="Date of change as the page claims."),
        sa.Column("authors", Lists(), nullable=False, comment="Authors as the page names them."),
        sa.Column("site_name", Words(), nullable=True, comment="The site's name as the page gives it."),
        sa.Column("description", Words(), nullable=True, comment="Summary as the page gives it."),
        sa.Column("image", Words(), nullable=True, comment="Lead image's address."),
        sa.Column("tags", Lists(), nullable=False, comment="Keywords as the page gives them."),
        sa.Column("paywalled", sa.Boolean(), nullable=False, comment="The page says that only a part is free."),
        sa.Column("revision", sa.Integer(), nullable=False, comment="Number of the current revision."),
        sa.Column(
            "text_hash",
            Words(),
            nullable=False,
            comment="Identity of the current text: texts that differ in space, case or marks only have the same.",
        ),
        sa.Column(
            "word_count",
            sa.Integer(),
            nullable=False,
            comment="Words of the current text; in scripts without spaces every character counts.",
        ),
        sa.Column(
            "duplicate_of",
            Id,
            nullable=True,
            comment="The representative of all articles with this text; empty: it is that itself.",
        ),
        sa.Column("first_seen_at", Moment(), nullable=False, comment="The visit that found it."),
        sa.Column("last_seen_at", Moment(), nullable=False, comment="The last visit that found it there."),
        sa.Column("gone_at", Moment(), nullable=True, comment="The visit that was told it is gone (404, 410); the text stays."),
        sa.ForeignKeyConstraint(["duplicate_of"], ["article.id"], name=op.f("fk_article_duplicate_of_article")),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_article_page_id_page")),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name=op.f("fk_article_source_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("identity", name=op.f("uq_article_identity")),
        comment="An article: what it claims and which revision is current.",
    )
    op.create_index(op.f("ix_article_canonical_url"), "article", ["canonical_url"], unique=False)
    op.create_index(op.f("ix_article_duplicate_of"), "article", ["duplicate_of"], unique=False)
    op.create_index(op.f("ix_article_first_seen_at"), "article", ["first_seen_at"], unique=False)
    op.create_index(op.f("ix_article_page_id"), "article", ["page_id"], unique=False)
    op.create_index(op.f("ix_article_published"), "article", ["published"], unique=False)
    op.create_index(op.f("ix_article_source_first_seen_at"), "article", ["source", "first_seen_at"], unique=False)
    op.create_index(op.f("ix_article_source_id"), "article", ["source", "id"], unique=False)
    op.create_index(op.f("ix_article_text_hash"), "article", ["text_hash"], unique=False)
    op.create_index(op.f("ix_article_url"), "article", ["url"], unique=False)


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("id", Id, autoincrement=True, nullable=False, comment="Number of the row."),
        sa.Column("run_id", Id, nullable=False, comment="The run."),
        sa.Column("at", Moment(), nullable=False, comment="When."),
        sa.Column("page_id", Id, nullable=True, comment="The page visited."),
        sa.Column("endpoint_id", Id, nullable=True, comment="The endpoint polled."),
        sa.Column(
            "outcome",
            Words(),
            nullable=False,
            comment="stored, revised, unchanged, duplicate, skipped, failed; of a poll: polled or failed.",
        ),
        sa.Column("reason", Words(), nullable=True, comment="Code of the reason where it was skipped or failed."),
        sa.Column("detail", Words(), nullable=True, comment="The reason in words; of a poll: how many links were new."),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoint.id"], name=op.f("fk_event_endpoint_id_endpoint")),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_event_page_id_page")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_event_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("endpoint_id", "at", name=op.f("uq_event_endpoint_id_at")),
        sa.UniqueConstraint("page_id", "at", name=op.f("uq_event_page_id_at")),
        comment="Every visit to a page and every poll of an endpoint.",
    )
    op.create_index(op.f("ix_event_run_id"), "event", ["run_id"], unique=False)


def _page_fetch() -> None:
    op.create_table(
        "page_fetch",
        sa.Column("id", Id, autoincrement=True, nullable=False, comment="Number of the row."),
        sa.Column("page_id", Id, nullable=False, comment="The page that was asked for."),
        sa.Column("run_id", Id, nullable=False, comment="The run that asked."),
        sa.Column("url", Words(), nullable=False, comment="The address the body came from, after redirects."),
        sa.Column("chain", Lists(), nullable=False, comment="Every address asked, in order."),
        sa.Column("status", sa.Integer(), nullable=False, comment="HTTP status."),
        sa.Column("headers", Lists(), nullable=False, comment="Pairs of header name and value, in order."),
        sa.Column("fetched_at", Moment(), nullable=False, comment="When the last byte came."),
        sa.Column("elapsed", sa.Float(), nullable=False, comment="Seconds from the first request to the last byte."),
        sa.Column("raw_body_id", Id, nullable=False, comment="The bytes."),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_page_fetch_page_id_page")),
        sa.ForeignKeyConstraint(["raw_body_id"], ["raw_body.id"], name=op.f("fk_page_fetch_raw_body_id_raw_body")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_page_fetch_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_fetch")),
        sa.UniqueConstraint("page_id", "fetched_at", name=op.f("uq_page_fetch_page_id_fetched_at")),
        comment="A fetch whose body was kept: first ones, those that brought a revision, those that could not be cleaned.",
    )
    op.create_index(op.f("ix_page_fetch_raw_body_id"), "page_fetch", ["raw_body_id"], unique=False)


def _revision() -> None:
    op.create_table(
        "revision",
        sa.Column("id", Id, autoincrement=True, nullable=False, comment="Number of the row."),
        sa.Column("article_id", Id, nullable=False, comment="Its article."),
        sa.Column("number", sa.Integer(), nullable=False, comment="1 is the first text seen."),
        sa.Column("title", Words(), nullable=False, comment="Headline."),
        sa.Column("text", Words(), nullable=False, comment="Clean text, paragraphs apart by a blank line."),
        sa.Column("text_hash", Words(), nullable=False, comment="Identity of the text."),
        sa.Column("word_count", sa.Integer(), nullable=False, comment="Words of the text."),
        sa.Column("seen_at", Moment(), nullable=False, comment="The visit that brought it."),
        sa.Column("fetch_id", Id, nullable=True, comment="The fetch it was cleaned from."),
        sa.Column("engine_version", Words(), nullable=False, comment="Version of the cleaning that made it."),
        sa.Column("doubt", sa.Float(), nullable=False, comment="0 to 1: how far cleaning mistrusts its result."),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_revision_article_id_article")),
        sa.ForeignKeyConstraint(["fetch_id"], ["page_fetch.id"], name=op.f("fk_revision_fetch_id_page_fetch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("article_id", "number", name=op.f("uq_revision_article_id_number")),
        comment="A text of an article; a new one only when text or title changed.",
    )
    op.create_index(op.f("ix_revision_fetch_id"), "revision", ["fetch_id"], unique=False)
    op.create_index(op.f("ix_revision_seen_at"), "revision", ["seen_at"], unique=False)


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
