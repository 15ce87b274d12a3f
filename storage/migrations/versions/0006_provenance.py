"""What cleaning knew and followed, removed blocks on demand, pages packed with others of their site, old events as counts."""

from __future__ import annotations

import sqlalchemy as sa
import zstandard
from alembic import op

from storage.columns import Id, Moment, Words

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_COUNTED = (
    ("memory_pages", "Pages that the site's memory had learned from when cleaning asked it; empty: not known."),
    ("blocks", "Blocks of the page; empty: not known."),
    ("blocks_kept", "Blocks that are in the text; empty: not known."),
)
_PACKED = """SELECT r.id, r.body, d.body FROM raw_body r JOIN raw_dictionary d ON d.id = r.dictionary_id
WHERE r.id > :last AND r.body IS NOT NULL ORDER BY r.id LIMIT 50"""


def upgrade() -> None:
    _dictionaries()
    rules = "The rules of config.yaml that cleaning followed, as JSON; empty: none."
    op.add_column("revision", sa.Column("rules", Words(), nullable=True, comment=rules))
    for name, comment in _COUNTED:
        op.add_column("revision", sa.Column(name, sa.Integer(), nullable=True, comment=comment))
    _removed()
    _days()


def _dictionaries() -> None:
    op.create_table(
        "raw_dictionary",
        sa.Column("id", Id, autoincrement=True, nullable=False, comment="Number of the row."),
        sa.Column("source", Words(), nullable=False, comment="The source whose pages it packs."),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="The beginning of one of its pages, packed with zstd."),
        sa.Column("made_at", Moment(), nullable=False, comment="When that page came."),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name=op.f("fk_raw_dictionary_source_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw_dictionary")),
        comment="Pages that others of their site are packed with: what they have in common is kept once.",
    )
    op.create_index(op.f("ix_raw_dictionary_source_id"), "raw_dictionary", ["source", "id"])
    packed = "The earlier page of the site it was packed with (table raw_dictionary); empty: alone."
    op.add_column("raw_body", sa.Column("dictionary_id", Id, nullable=True, comment=packed))
    op.create_index(op.f("ix_raw_body_dictionary_id"), "raw_body", ["dictionary_id"])


def _removed() -> None:
    op.create_table(
        "explanation",
        sa.Column("article_id", Id, autoincrement=False, nullable=False, comment="The article."),
        sa.Column("revision", sa.Integer(), nullable=False, comment="Number of the revision that was cleaned again."),
        sa.Column("engine_version", Words(), nullable=False, comment="Version of the cleaning that was asked."),
        sa.Column("explained_at", Moment(), nullable=False, comment="When."),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_explanation_article_id_article")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_explanation")),
        comment="An article whose removed blocks were written down (newsmill explain).",
    )
    score = "Probability that it belongs to the article, 0 to 1, before words and rules spoke."
    op.create_table(
        "removed_block",
        sa.Column("article_id", Id, autoincrement=False, nullable=False, comment="The article."),
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="Position of the block on the page, from 0."
        ),
        sa.Column("kind", Words(), nullable=False, comment="What it is in the page's markup: paragraph, heading, list_item ..."),
        sa.Column("score", sa.Float(), nullable=False, comment=score),
        sa.Column("reason", Words(), nullable=False, comment="Why it was removed."),
        sa.Column("text", Words(), nullable=False, comment="Its text, the first 500 characters."),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_removed_block_article_id_article")),
        sa.PrimaryKeyConstraint("article_id", "number", name=op.f("pk_removed_block")),
        comment="Blocks of a page that are not in the article's text; only of articles that were explained.",
    )


def _days() -> None:
    op.create_table(
        "day_count",
        sa.Column("source", Words(), nullable=False, comment="Name of the source."),
        sa.Column("day", Words(), nullable=False, comment="The day in UTC, such as 2026-11-22."),
        sa.Column("what", Words(), nullable=False, comment="page: visits to pages; endpoint: polls of endpoints."),
        sa.Column("outcome", Words(), nullable=False, comment="As in the table event."),
        sa.Column("reason", Words(), nullable=False, comment="As in the table event; empty text where there was none."),
        sa.Column("count", sa.Integer(), nullable=False, comment="How often."),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name=op.f("fk_day_count_source_source")),
        sa.PrimaryKeyConstraint("source", "day", "what", "outcome", "reason", name=op.f("pk_day_count")),
        comment="What became of events that grew old: counts by source and day.",
    )


def downgrade() -> None:
    for table in ("day_count", "removed_block", "explanation"):
        op.drop_table(table)
    for column in ("blocks_kept", "blocks", "memory_pages", "rules"):
        op.drop_column("revision", column)
    _pack_alone()
    op.drop_index(op.f("ix_raw_body_dictionary_id"), "raw_body")
    op.drop_column("raw_body", "dictionary_id")
    op.drop_table("raw_dictionary")


def _pack_alone() -> None:
    """Earlier versions know of no dictionaries."""
    connection, last, plain = op.get_bind(), 0, zstandard.ZstdDecompressor()
    while rows := connection.execute(sa.text(_PACKED), {"last": last}).all():
        for number, body, dictionary in rows:
            shared = zstandard.ZstdCompressionDict(plain.decompress(dictionary), dict_type=zstandard.DICT_TYPE_RAWCONTENT)
            whole = zstandard.ZstdDecompressor(dict_data=shared).decompress(body)
            alone = {"id": number, "body": zstandard.ZstdCompressor(level=3).compress(whole)}
            connection.execute(sa.text("UPDATE raw_body SET body = :body WHERE id = :id"), alone)
        last = rows[-1][0]
