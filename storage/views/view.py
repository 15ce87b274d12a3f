"""What a view is made of. Each column is given once, with its comment; SQL and documentation are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, column, table
from sqlalchemy.types import NullType

from storage.columns import Lists, Moment

if TYPE_CHECKING:
    from sqlalchemy import TableClause
    from sqlalchemy.types import TypeEngine


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A view: its columns as (name, expression, comment), and what follows FROM."""

    name: str
    comment: str
    columns: tuple[tuple[str, str, str], ...]
    tables: str

    def table(self) -> TableClause:
        """The view as something to select from, its columns typed by their names."""
        return table(self.name, *(column(name, _type(name)) for name, _, _ in self.columns))

    def sql(self, dialect: str) -> str:
        """The CREATE VIEW statement for ``sqlite`` or ``postgresql``."""
        columns = ",\n  ".join(f"{expression} AS {name}" for name, expression, _ in self.columns)
        statement = f"CREATE VIEW {self.name} AS\nSELECT\n  {columns}\nFROM {self.tables}"
        for placeholder, fragments in _FRAGMENTS.items():
            statement = statement.replace(placeholder, fragments[dialect])
        return statement


_LISTS = frozenset({"authors", "http_headers", "tags", "url_chain"})
_MOMENTS = frozenset({"published", "modified"})


def _type(name: str) -> TypeEngine[Any]:
    if name in _MOMENTS or name.endswith("_at"):
        return Moment()
    if name in _LISTS:
        return Lists()
    return Boolean() if name == "paywalled" else NullType()


#: Placeholder -> what it is in each dialect.
_FRAGMENTS = {
    "{a_day_ago}": {"sqlite": "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')", "postgresql": "now() - interval '1 day'"},
    "{a_week_ago}": {"sqlite": "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-7 days')", "postgresql": "now() - interval '7 days'"},
    "{another_day}": {
        "sqlite": "substr(a.published, 1, 10) <> substr(o.published, 1, 10)",
        "postgresql": "(a.published AT TIME ZONE 'UTC')::date <> (o.published AT TIME ZONE 'UTC')::date",
    },
    "{two_days_ago}": {
        "sqlite": "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-2 days')",
        "postgresql": "now() - interval '2 days'",
    },
    "{day}": {"sqlite": "substr(e.at, 1, 10)", "postgresql": "to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD')"},
    "{now}": {"sqlite": "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')", "postgresql": "now()"},
}
