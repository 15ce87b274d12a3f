"""What each page taught since its site's memory was last written whole."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment, Words
from storage.migrations.making import belongs, given

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_PAGES = "Distinct pages learned from, this one among them."
_BEFORE = "What a site's earlier pages taught about its clutter."
_AFTER = "What a site's earlier pages taught about its clutter, but for the last ones (table site_lesson)."
_MOMENT_BEFORE = "The visit that last taught it."
_MOMENT_AFTER = "The visit it was last written whole with."


def upgrade() -> None:
    op.create_table(
        "site_lesson",
        given("source", Words(), "Name of its source."),
        sa.Column(
            "pages",
            sa.Integer(),
            nullable=False,
            autoincrement=False,
            comment="Distinct pages learned from, this one among them.",
        ),
        given("body", sa.LargeBinary(), "The memory of that page alone, packed with zstd."),
        given("learned_at", Moment(), "The visit that taught it."),
        belongs("site_lesson", "source", "source.name"),
        sa.PrimaryKeyConstraint("source", "pages", name=op.f("pk_site_lesson")),
        comment="What a page taught about its site since the site's memory was last written whole.",
    )
    _comment(_AFTER, _BEFORE, _MOMENT_AFTER, _MOMENT_BEFORE)


def downgrade() -> None:
    """What the last pages taught is forgotten: some sixty of each site at most."""
    _comment(_BEFORE, _AFTER, _MOMENT_BEFORE, _MOMENT_AFTER)
    op.drop_table("site_lesson")


def _comment(comment: str, existing: str, moment: str, existing_moment: str) -> None:
    """Comments of the table and of its moment; SQLite keeps none."""
    if op.get_context().dialect.name == "postgresql":
        op.create_table_comment("site_memory", comment, existing_comment=existing)
        op.alter_column("site_memory", "updated_at", comment=moment, existing_comment=existing_moment)
