"""What all tables are made with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, MetaData

from storage.columns import Id

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

#: The Alembic revision this code reads and writes.
SCHEMA = "0009"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def fact(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]], comment: str, *more: Any, **options: Any) -> Column[Any]:  # noqa: ANN401 - handed on to SQLAlchemy
    """A column that must hold a value."""
    return Column(name, kind, *more, comment=comment, nullable=False, **options)


def maybe(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]], comment: str, *more: Any) -> Column[Any]:  # noqa: ANN401 - handed on to SQLAlchemy
    """A column that may be empty."""
    return Column(name, kind, *more, comment=comment, nullable=True)


def row_id() -> Column[Any]:
    """The column that numbers a table's rows."""
    return Column("id", Id, primary_key=True, autoincrement=True, comment="Number of the row.")
