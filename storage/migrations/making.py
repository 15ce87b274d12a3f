"""Columns, keys and indices as migrations write them, named as `storage.tables` names them.

What stands here is part of every migration that was ever run: add, but change nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op

from storage.columns import Id

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine


def number() -> sa.Column[int]:
    """The column that numbers a table's rows."""
    return sa.Column("id", Id, autoincrement=True, nullable=False, comment="Number of the row.")


def given(name: str, kind: TypeEngine[Any], comment: str) -> sa.Column[Any]:
    """A column that every row fills."""
    return sa.Column(name, kind, nullable=False, comment=comment)


def maybe(name: str, kind: TypeEngine[Any], comment: str) -> sa.Column[Any]:
    """A column that may be empty."""
    return sa.Column(name, kind, nullable=True, comment=comment)


def key(table: str, column: str) -> sa.PrimaryKeyConstraint:
    """The primary key."""
    return sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}"))


def belongs(table: str, column: str, owner: str) -> sa.ForeignKeyConstraint:
    """A foreign key; ``owner`` is ``table.column``."""
    return sa.ForeignKeyConstraint([column], [owner], name=op.f(f"fk_{table}_{column}_{owner.partition('.')[0]}"))


def unique(table: str, *columns: str) -> sa.UniqueConstraint:
    """Columns that no two rows share."""
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def index(table: str, *columns: str) -> None:
    """Make an index."""
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=False)
