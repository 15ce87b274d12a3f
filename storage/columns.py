"""Column types: the one gate every text, time and list passes on its way into the database and out of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import JSON, BigInteger, DateTime, Integer, String, Text
from sqlalchemy.types import TypeDecorator

from model.times import utc

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

#: C0 controls but tab and newline, DEL, and lone surrogates: PostgreSQL refuses NUL, UTF-8 the surrogates, readers the rest.
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

#: What JSON columns hold.
Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


def storable(text: str) -> str:
    """The text without characters that a database cannot hold or a terminal would obey."""
    return text if text.isprintable() else _UNSTORABLE.sub("", text)  # nearly all short ones are, and that is told sooner


def _storable_json(value: Any) -> Any:  # noqa: ANN401 - JSON nests freely
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(key): _storable_json(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_storable_json(inner) for inner in value]
    return value


class Words(TypeDecorator[str]):
    """Text that passed `storable`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Strip what cannot be stored."""
        return None if value is None else storable(value)


class Lists(TypeDecorator[Any]):
    """JSON: text in SQLite (readable by ``json_each``), ``jsonb`` in PostgreSQL."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """``jsonb`` where there is one."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(JSON(none_as_null=True))
        from sqlalchemy.dialects.postgresql import JSONB  # takes 30 ms, which SQLite's users need not wait for

        return dialect.type_descriptor(JSONB(none_as_null=True))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002 - JSON; SQLAlchemy's signature
        """Strip what cannot be stored from every string inside."""
        return _storable_json(value)


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment: ``timestamptz`` in PostgreSQL, text like 2026-11-22T17:20:37.000000Z in SQLite.

    The text has a fixed width, so that it sorts and compares as text, and SQLite's own date functions read it.

    Raises:
        ValueError: a datetime without zone is bound.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """``timestamptz`` where there is one."""
        return dialect.type_descriptor(DateTime(timezone=True) if dialect.name == "postgresql" else String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401 - text or datetime, by dialect
        """Refuse naive moments, turn the others to UTC."""
        if value is None:
            return None
        return utc(value) if dialect.name == "postgresql" else moment_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002 - text or datetime
        """Always aware, always UTC."""
        if value is None:
            return None
        return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


def moment_text(moment: datetime) -> str:
    """The moment as SQLite stores it, e.g. 2026-11-22T17:20:37.000000Z."""
    return utc(moment).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


#: Row ids: SQLite numbers only INTEGER primary keys by itself; PostgreSQL needs room for more than two thousand million.
Id = BigInteger().with_variant(Integer(), "sqlite")

__all__ = ["Id", "Json", "Lists", "Moment", "Words", "moment_text", "storable"]
