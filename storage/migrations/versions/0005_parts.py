"""Articles of several pages, texts that a feed gave, archives walked back: what is kept of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, Moment, Words

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BEFORE = "A fetch whose body was kept: first ones, those that brought a revision, those that could not be cleaned."
_AFTER = (
    "A fetch whose body was kept: first ones, those that brought a revision, those that could not be cleaned;"
    " and the further parts of each."
)


def upgrade() -> None:
    add = op.add_column
    add(
        "page_fetch",
        sa.Column(
            "origin",
            Words(),
            nullable=False,
            server_default="page",
            comment="page: as the site answered; feed: the text its feed carries, in place of the page's.",
        ),
    )
    add("page_fetch", sa.Column("first_id", Id, nullable=True, comment="The fetch of the first part; empty: this is it."))
    add(
        "page_fetch",
        sa.Column("part", sa.Integer(), nullable=False, server_default="1", comment="Which part of the article, from 1."),
    )
    add(
        "page_fetch",
        sa.Column("missing", Words(), nullable=True, comment="Why a further part is not among them; empty: all are."),
    )
    op.create_index(op.f("ix_page_fetch_first_id"), "page_fetch", ["first_id"])
    add(
        "page",
        sa.Column("feed_body_id", Id, nullable=True, comment="The article's text as its feed carries it (table raw_body)."),
    )
    op.create_table(
        "backfill",
        sa.Column("endpoint_id", Id, nullable=False, autoincrement=False, comment="The endpoint whose archive it is."),
        sa.Column("since", Moment(), nullable=False, comment="The day asked for: older entries are left."),
        sa.Column("next_url", Words(), nullable=True, comment="The list page to go on with; empty: it begins at the first."),
        sa.Column("documents", sa.Integer(), nullable=False, comment="List pages and sitemaps read so far."),
        sa.Column("links", sa.Integer(), nullable=False, comment="Links found so far that were not known."),
        sa.Column("updated_at", Moment(), nullable=False, comment="When it last moved on."),
        sa.Column("ended_at", Moment(), nullable=True, comment="When its end was reached; empty: it is not."),
        sa.Column("ended_by", Words(), nullable=True, comment="What the end was, in words."),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoint.id"], name=op.f("fk_backfill_endpoint_id_endpoint")),
        sa.PrimaryKeyConstraint("endpoint_id", name=op.f("pk_backfill")),
        comment="How far the archive of an endpoint was walked back (newsmill crawl --since).",
    )
    _comment(_AFTER, _BEFORE)


def downgrade() -> None:
    _comment(_BEFORE, _AFTER)
    op.drop_table("backfill")
    op.drop_column("page", "feed_body_id")
    op.execute("DELETE FROM page_fetch WHERE first_id IS NOT NULL")
    op.drop_index(op.f("ix_page_fetch_first_id"), "page_fetch")
    for column in ("missing", "part", "first_id", "origin"):
        op.drop_column("page_fetch", column)


def _comment(comment: str, existing: str) -> None:
    """A table's comment; SQLite keeps none."""
    if op.get_context().dialect.name == "postgresql":
        op.create_table_comment("page_fetch", comment, existing_comment=existing)
