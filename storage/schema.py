"""docs/reference/schema.md, made from the views' and tables' own comments.

``python -m storage.schema > docs/reference/schema.md`` writes it; a test holds it current.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql

from storage.tables import SCHEMA, metadata
from storage.views import VIEWS

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = f"""# The database, column by column

Schema {SCHEMA}. Made from the database's own comments by `python -m storage.schema`; do not edit.

The views are what readers may rely on. Times are UTC: `timestamptz` in PostgreSQL, text such as
`2026-11-22T17:20:37.000000Z` in SQLite, which sorts as text and which SQLite's date functions read.
Lists are JSON: `jsonb` in PostgreSQL, text for `json_each` in SQLite.
"""
_TABLES = """## Tables

The facts behind the views. They may change with any version; `newsmill db upgrade` brings them along.
"""


def markdown() -> str:
    """The whole page."""
    return "\n".join([_HEAD, "## Views\n", *_views(), _TABLES, *_tables()])


def _views() -> Iterator[str]:
    for view in VIEWS:
        yield f"### {view.name}\n\n{view.comment}\n\n| column | what it holds |\n|---|---|"
        yield from (f"| `{name}` | {_escaped(comment)} |" for name, _, comment in view.columns)
        yield ""


def _tables() -> Iterator[str]:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call] # has no annotations
    for name, table in sorted(metadata.tables.items()):
        yield f"### {name}\n\n{table.comment}\n\n| column | type in PostgreSQL | what it holds |\n|---|---|---|"
        for column in table.columns:
            kind = column.type.compile(dialect).lower().replace("timestamp with time zone", "timestamptz")
            empty = "" if not column.nullable else ", may be empty"
            yield f"| `{column.name}` | {kind}{empty} | {_escaped(column.comment or '')} |"
        yield ""


def _escaped(comment: str) -> str:
    return comment.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(markdown())
