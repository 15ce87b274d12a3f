"""Site memories are arrays of numbers; those written as JSON are read as they are and written anew with the next page."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BEFORE = "The memory, JSON packed with zstd."
_AFTER = "The memory, packed with zstd."


def upgrade() -> None:
    _comment(_AFTER, _BEFORE)


def downgrade() -> None:
    _comment(_BEFORE, _AFTER)


def _comment(comment: str, existing: str) -> None:
    """A column's comment; SQLite keeps none."""
    if op.get_context().dialect.name == "postgresql":
        op.alter_column("site_memory", "body", comment=comment, existing_comment=existing)
