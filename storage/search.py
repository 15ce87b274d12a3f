"""Full-text search: the same words find the same articles on both databases, though not always in the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Float, and_, bindparam, cast, column, func, literal_column, select, table, text

from storage.answers import Hit
from storage.query import Node, parse, terms, to_fts5, to_tsquery
from storage.snippet import snippet
from storage.tables import article as article_table
from storage.tables import revision as revision_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from storage.reading import Filter

_INDEX = table("article_search")
#: A word in the title counts as much as this many in the text.
_TITLE = 5.0
#: Nobody reads further; also, SQLite takes 32,766 parameters in one statement at most.
MOST_HITS = 10_000
#: The same for ``ts_rank_cd``: weights of D (the text), C, B and A (the title); 1 divides by the logarithm of the length.
_WEIGHTS: ColumnElement[object] = literal_column(f"CAST('{{{1 / _TITLE},0,0,1}}' AS real[])")
_BY_LENGTH = 1


def search(connection: Connection, query: str, wanted: Filter, *, limit: int = 20) -> tuple[Hit, ...]:
    """Articles that match, the best first; a query without words finds nothing.

    Args:
        connection: an open transaction.
        query: see `storage.query`.
        wanted: further conditions.
        limit: at most so many.
    """
    tree = parse(query)
    if tree is None or limit < 1:
        return ()
    a = article_table.c
    match, rank, values = _dialect(connection, tree)
    # Ids first: sorting what matches must not carry all the texts along.
    best = (
        select(a.id, rank.label("rank"))
        .select_from(_INDEX)
        .join(article_table, a.id == _key(connection))
        .where(match, *wanted.conditions(a))
        .order_by(literal_column("rank").desc(), a.id.desc())
        .limit(min(limit, MOST_HITS))
    )
    ranks = {int(row.id): float(row.rank) for row in connection.execute(best, values)}
    return tuple(_hits(connection, tree, ranks))


def _key(connection: Connection) -> ColumnElement[int]:
    return literal_column("article_search.rowid" if connection.dialect.name == "sqlite" else "article_search.article_id")


def _dialect(connection: Connection, tree: Node) -> tuple[Any, ColumnElement[float], dict[str, str]]:
    """The condition, the rank (higher is better) and the query's value, in the database's own words."""
    if connection.dialect.name == "sqlite":
        rank = literal_column(f"-bm25(article_search, {_TITLE}, 1.0)", Float)
        return text("article_search MATCH :query"), rank, {"query": to_fts5(tree)}
    from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR  # as in `storage.columns`

    asked = cast(bindparam("query"), TSQUERY)
    words = column("words", TSVECTOR)
    return words.op("@@")(asked), func.ts_rank_cd(_WEIGHTS, words, asked, _BY_LENGTH), {"query": to_tsquery(tree)}


def _hits(connection: Connection, tree: Node, ranks: Mapping[int, float]) -> list[Hit]:
    """The articles as hits, in the order of the mapping."""
    a, r = article_table.c, revision_table.c
    query = (
        select(a.id, a.source, r.title, a.url, a.published, r.text)
        .join(revision_table, and_(r.article_id == a.id, r.number == a.revision))
        .where(a.id.in_(ranks))
    )
    rows = {row.id: row for row in connection.execute(query)}
    wanted = terms(tree)
    return [
        Hit(
            id=row.id,
            source=row.source,
            title=row.title,
            url=row.url,
            published=row.published,
            snippet=snippet(row.text, wanted),
            rank=ranks[row.id],
        )
        for row in map(rows.__getitem__, ranks)
    ]
