"""What a database says, without what may differ between two right runs: ids and moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import open_store

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = tuple[object, ...]

_QUERIES = {
    "articles": """
        SELECT a.url, a.source, a.title, a.text, a.authors, a.published, a.language, a.kind, a.revision, d.url AS duplicate_of
        FROM all_articles a LEFT JOIN all_articles d ON d.id = a.duplicate_of ORDER BY a.url""",
    "pages": "SELECT url, source, status, outcome, reason FROM page ORDER BY url",
    "endpoints": "SELECT source, kind, url FROM endpoint ORDER BY source, url",
}


def snapshot(database: str) -> Mapping[str, list[Row]]:
    with open_store(database, readonly=True) as store, store.reading() as connection:
        return {name: [_plain(row) for row in connection.exec_driver_sql(query)] for name, query in _QUERIES.items()}


def _plain(row: object) -> Row:
    return tuple(str(cell) for cell in row)  # type: ignore[attr-defined]  # a row is a tuple
