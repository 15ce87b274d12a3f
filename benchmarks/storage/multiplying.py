"""Old articles made of new ones by the database itself (SQLite): a million made in Python would take hours.

They are only there to be in the way: too old to be compared, each with rows, words and bytes as many as the one it was
made of. Their texts begin elsewhere; the hashes of texts and bodies are made up, so `Store.check` would not believe them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, literal, select, text

from storage import tables

if TYPE_CHECKING:
    from datetime import timedelta

    from sqlalchemy import ColumnElement, Connection, Table

#: Columns that hold a number of an article, which its page, body, fetch, revision and event have, too.
_NUMBERS = ("id", "article_id", "fetch_id", "page_id", "raw_body_id")
_MOMENTS = ("at", "fetched_at", "first_seen_at", "last_seen_at", "published", "seen_at", "stored_at", "visited_at")
_NAMES = ("hash", "identity", "text_hash", "url")
_TABLES = (
    tables.page,
    tables.raw_body,
    tables.page_fetch,
    tables.article,
    tables.revision,
    tables.signature,
    tables.event,
)
_INDEX = text(
    "INSERT INTO article_search (rowid, title, body)"
    " SELECT article_id, title, text FROM revision WHERE article_id > :shift AND article_id <= :shift + :count"
)
#: Characters among which a text begins, prime so that few begin alike.
_TURNS = 397


def multiply(connection: Connection, *, count: int, shift: int, age: timedelta) -> None:
    """Make articles ``shift + 1`` to ``shift + count`` of articles 1 to ``count``, older by so much."""
    for table in _TABLES:
        rows = select(*(_changed(table, column.name, shift, age) for column in table.columns)).where(_number(table) <= count)
        connection.execute(insert(table).from_select([column.name for column in table.columns], rows))
    connection.execute(_INDEX, {"shift": shift, "count": count})


def _number(table: Table) -> ColumnElement[int]:
    return table.c.get("id", table.c.get("article_id"))


def _changed(table: Table, name: str, shift: int, age: timedelta) -> ColumnElement[Any]:
    column = table.c[name]
    if name in _NUMBERS:
        return column + shift
    if name in _NAMES:
        return column + literal(f"-{shift}")
    if name in _MOMENTS:
        return func.strftime("%Y-%m-%dT%H:%M:%f000Z", column, f"-{age.total_seconds():.0f} seconds")
    if name == "text":
        begin = 1 + shift % _TURNS
        return func.substr(column, begin) + " " + func.substr(column, 1, begin - 1)
    return column
