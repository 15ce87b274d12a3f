"""Near-duplicates: signatures, sampled shingles, likenesses and cuts.

The tables come empty; `storage.migrate.upgrade` signs the articles there are, as it does whenever the algorithm changes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, Moment, Words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BEFORE = "The representative of all articles with this text; empty: it is that itself."
_AFTER = "The earliest of its cluster; empty: it is that itself, or there is no other."
#: Duplicates that the schema before did not know.
_ONLY_NEAR = """UPDATE article SET duplicate_of = NULL WHERE duplicate_of IS NOT NULL AND text_hash <>
(SELECT original.text_hash FROM article AS original WHERE original.id = article.duplicate_of)"""


def _article(name: str, comment: str) -> sa.Column[int]:
    return sa.Column(name, Id, sa.ForeignKey("article.id"), autoincrement=False, nullable=False, comment=comment)


def upgrade() -> None:
    _signature()
    _shingle()
    _likeness()
    _cut()
    _comment(_AFTER, _BEFORE)


def _signature() -> None:
    op.create_table(
        "signature",
        _article("article_id", "The article."),
        sa.Column("algorithm", Words(), nullable=False, comment="What computed it, with its version."),
        sa.Column(
            "shingles",
            sa.Integer(),
            nullable=False,
            comment="Different shingles of the current text; 0 where it is too short to tell.",
        ),
        sa.Column("step", sa.Integer(), nullable=False, comment="One in so many of them is in the table shingle."),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_signature")),
        comment="What an article's current text is compared by.",
    )
    op.create_index(op.f("ix_signature_algorithm"), "signature", ["algorithm"])


def _shingle() -> None:
    op.create_table(
        "shingle",
        sa.Column(
            "hash", sa.BigInteger(), autoincrement=False, nullable=False, comment="Four words, or five characters, as a number."
        ),
        _article("article_id", "An article with it."),
        sa.PrimaryKeyConstraint("hash", "article_id", name=op.f("pk_shingle")),
        comment="The sampled shingles by which candidates for a cluster are found; of articles first seen lately.",
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_shingle_article_id"), "shingle", ["article_id"])


def _likeness() -> None:
    op.create_table(
        "likeness",
        _article("article_id", "An article."),
        _article("other_id", "One with much the same text."),
        sa.Column("shared", sa.Integer(), nullable=False, comment="Shingles that both have."),
        sa.Column("shingles", sa.Integer(), nullable=False, comment="Different shingles of the article."),
        sa.Column("other_shingles", sa.Integer(), nullable=False, comment="Different shingles of the other."),
        sa.Column("similarity", sa.Float(), nullable=False, comment="Shared shingles of all that either has, 0 to 1."),
        sa.Column("containment", sa.Float(), nullable=False, comment="Shared shingles of the shorter text's, 0 to 1."),
        sa.Column(
            "joins",
            sa.Boolean(),
            nullable=False,
            comment="The two are one story; false: one holds the other and much more, or a person cut them apart.",
        ),
        sa.PrimaryKeyConstraint("article_id", "other_id", name=op.f("pk_likeness")),
        comment="Two articles with much the same text; each pair stands here both ways round.",
    )
    op.create_index(op.f("ix_likeness_other_id"), "likeness", ["other_id"])


def _cut() -> None:
    op.create_table(
        "cut",
        _article("article_id", "The one with the lower id."),
        _article("other_id", "The one with the higher id."),
        sa.Column("cut_at", Moment(), nullable=False, comment="When."),
        sa.PrimaryKeyConstraint("article_id", "other_id", name=op.f("pk_cut")),
        comment="Two articles that a person said are not one story; they are never in one cluster again.",
    )


def downgrade() -> None:
    _comment(_BEFORE, _AFTER)
    op.execute(_ONLY_NEAR)
    for table in ("cut", "likeness", "shingle", "signature"):
        op.drop_table(table)


def _comment(comment: str, existing: str) -> None:
    """A column's comment; SQLite keeps none, and would copy the whole table for it."""
    if op.get_context().dialect.name == "postgresql":
        op.alter_column("article", "duplicate_of", comment=comment, existing_comment=existing, existing_type=Id)
