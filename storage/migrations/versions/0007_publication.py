"""Whether people could read an article, with each of its revisions: public, paywalled, gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Words

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_BEFORE = "A text of an article; a new one only when text or title changed."
_AFTER = "A text of an article; a new one only when text, title or state changed."
#: What was said of an article is known of its current revision only.
_KNOWN = """UPDATE revision SET state = (SELECT CASE WHEN a.paywalled THEN 'paywalled' ELSE 'public' END
FROM article a WHERE a.id = revision.article_id)
WHERE EXISTS (SELECT 1 FROM article a WHERE a.id = revision.article_id AND a.revision = revision.number)"""
#: An article that was gone by then gets the revision that says so.
_GONE = """INSERT INTO revision (article_id, number, seen_at, state, changes, title, text, text_hash, word_count, fetch_id,
    engine_version, doubt, rules, memory_pages, blocks, blocks_kept)
SELECT r.article_id, r.number + 1, a.gone_at, 'gone', 'publication: [-' || r.state || '-]{+gone+}', r.title, r.text, r.text_hash,
    r.word_count, r.fetch_id, r.engine_version, r.doubt, r.rules, r.memory_pages, r.blocks, r.blocks_kept
FROM article a JOIN revision r ON r.article_id = a.id AND r.number = a.revision WHERE a.gone_at IS NOT NULL"""


def upgrade() -> None:
    comment = "public, paywalled, or gone (404, 410); empty: not known."
    op.add_column("revision", sa.Column("state", Words(), nullable=True, comment=comment))
    op.execute(_KNOWN)
    op.execute(_GONE)
    op.execute("UPDATE article SET revision = revision + 1 WHERE gone_at IS NOT NULL")
    _comment(_AFTER, _BEFORE)


def downgrade() -> None:
    _comment(_BEFORE, _AFTER)
    op.execute("UPDATE article SET revision = revision - 1 WHERE gone_at IS NOT NULL")
    op.execute("DELETE FROM revision WHERE number > (SELECT a.revision FROM article a WHERE a.id = revision.article_id)")
    op.drop_column("revision", "state")


def _comment(comment: str, existing: str) -> None:
    """A table's comment; SQLite keeps none."""
    if op.get_context().dialect.name == "postgresql":
        op.create_table_comment("revision", comment, existing_comment=existing)
