"""What changed with each revision, readable in SQL."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Words
from storage.difference import Version, difference

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COMMENT = "What changed since the revision before: words taken out in [-…-], put in in {+…+}; empty for the first."
_PAIRS = """SELECT r.id, p.title, p.text, r.title, r.text FROM revision r
JOIN revision p ON p.article_id = r.article_id AND p.number = r.number - 1 WHERE r.id > :last ORDER BY r.id LIMIT 200"""


def upgrade() -> None:
    op.add_column("revision", sa.Column("changes", Words(), nullable=True, comment=_COMMENT))
    connection, last = op.get_bind(), 0
    while rows := connection.execute(sa.text(_PAIRS), {"last": last}).all():
        for key, *texts in rows:
            changes = difference(Version(*texts[:2]), Version(*texts[2:]))
            connection.execute(sa.text("UPDATE revision SET changes = :changes WHERE id = :id"), {"changes": changes, "id": key})
        last = rows[-1][0]


def downgrade() -> None:
    op.drop_column("revision", "changes")
