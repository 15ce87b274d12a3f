"""Clusters: articles that are one story, named by the earliest of them.

A cluster is a star: its origin, and later articles that are each like the origin itself, so that a chain of edits or a
round-up of many stories does not make strangers one. The earliest article is an origin; all it is like belong to it; of
those left the earliest is the next origin, and so on. That depends on the likenesses and dates alone, not on the order
of writes. Two articles that a person cut apart are never in one cluster.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, insert, select, true

from model.errors import NotFound, StorageError
from storage.candidates import Signed
from storage.likeness import ONE_STORY, compare, relate, unsigned
from storage.sources import CHUNK
from storage.tables import article as article_table
from storage.tables import cut as cut_table
from storage.tables import likeness as likeness_table
from storage.tables import revision as revision_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sqlalchemy import Connection, Row

#: Articles without a date come after all others.
_NEVER = datetime.max.replace(tzinfo=UTC)


def place(connection: Connection, article: Signed, *, new: bool) -> int:
    """Find an article its cluster after its text came or changed; the cluster's origin, which may be itself.

    Args:
        connection: an open transaction.
        article: the article as it is stored now.
        new: it was not there before.
    """
    touched = compare(connection, article, new=new)
    if not touched:
        return article.id
    if not (new and _joined(connection, article.id)):
        regroup(connection, touched | {article.id})
    origin = connection.scalar(select(article_table.c.duplicate_of).where(article_table.c.id == article.id))
    return article.id if origin is None else int(origin)


def _joined(connection: Connection, article_id: int) -> bool:
    """Whether a new article simply joins an earlier origin: then nobody else's place changes."""
    a, other = article_table.c, likeness_table.c
    mine = connection.execute(select(a.published, a.url).where(a.id == article_id)).one()
    query = (
        select(a.id, a.published, a.url)
        .join(likeness_table, and_(other.other_id == a.id, other.article_id == article_id, other.joins))
        .where(a.duplicate_of.is_(None))
    )
    first = min(((_age(row.published, row.url), int(row.id)) for row in connection.execute(query)), default=None)
    if first is None or first[0] > _age(mine.published, mine.url):
        return False
    connection.execute(_update(article_id).values(duplicate_of=first[1]))
    return True


def regroup(connection: Connection, seeds: Collection[int]) -> None:
    """Work out anew the clusters of these articles, and of all that are connected with them.

    Of a story with very many copies not all were compared with each other. So an article that would stand alone though one
    that it is like belongs to an origin is compared with that origin too, until nothing more comes of it.
    """
    asked: set[tuple[int, int]] = set()
    while True:
        like = _connected(connection, seeds)
        table = article_table.c
        rows = _in_chunks(connection, select(table.id, table.published, table.url, table.duplicate_of), table.id, sorted(like))
        apart = _cuts(connection, sorted(like)) if len(rows) > 1 else {}
        places = stars([row.id for row in sorted(rows, key=lambda row: _age(row.published, row.url))], like, apart)
        more = _untold(like, places) - asked
        asked |= more
        if not more or not relate(connection, more):
            break
    for row in rows:
        if row.duplicate_of != places[row.id]:
            connection.execute(_update(row.id).values(duplicate_of=places[row.id]))


def _untold(like: Mapping[int, Collection[int]], places: Mapping[int, int | None]) -> set[tuple[int, int]]:
    """Origins, each with the other origins of those it is like.

    >>> _untold({1: [2], 2: [1, 3], 3: [2]}, {1: None, 2: 1, 3: None})
    {(3, 1)}
    """
    found: set[tuple[int, int]] = set()
    for article, others in like.items():
        if places[article] is None:
            origins = {places[other] for other in others} - {None, article, *others}
            found |= {(article, origin) for origin in origins if origin is not None}
    return found


def stars(
    order: Iterable[int], like: Mapping[int, Collection[int]], apart: Mapping[int, Collection[int]]
) -> dict[int, int | None]:
    """The origin each article belongs to; None for the origins.

    Args:
        order: the articles, the earliest first.
        like: article -> those it is one story with.
        apart: article -> those it must not share a cluster with.

    >>> stars([1, 2, 3, 4], {1: [2], 2: [1, 3], 3: [2, 4], 4: [3]}, {})
    {1: None, 2: 1, 3: None, 4: 3}
    """
    waiting = dict.fromkeys(order)
    places: dict[int, int | None] = {}
    rank = {article: number for number, article in enumerate(waiting)}
    for origin in rank:
        if origin in places:
            continue
        places[origin] = None
        members = {origin}
        for article in sorted(set(like.get(origin, ())) - places.keys(), key=rank.__getitem__):
            if members.isdisjoint(apart.get(article, ())):
                places[article] = origin
                members.add(article)
    return places


def cut(connection: Connection, one: int, other: int, now: datetime) -> None:
    """Say that two articles are not one story; it holds for good.

    Raises:
        NotFound: no such article.
        StorageError: both are the same.
    """
    low, high = _pair(connection, one, other)
    if connection.scalar(select(cut_table.c.cut_at).where(_is_cut(low, high))) is None:
        connection.execute(insert(cut_table).values(article_id=low, other_id=high, cut_at=now))
    connection.execute(likeness_table.update().where(_is_alike(low, high)).values(joins=False))
    regroup(connection, {low, high})


def mend(connection: Connection, one: int, other: int) -> None:
    """Take a cut back.

    Raises:
        NotFound: no such article, or they were not cut.
        StorageError: both are the same.
    """
    low, high = _pair(connection, one, other)
    if not connection.execute(delete(cut_table).where(_is_cut(low, high))).rowcount:
        raise NotFound(f"articles {low} and {high} were not cut")
    table = likeness_table.c
    one_story = and_(table.shared >= ONE_STORY * table.shingles, table.shared >= ONE_STORY * table.other_shingles)
    connection.execute(likeness_table.update().where(_is_alike(low, high), one_story).values(joins=True))
    regroup(connection, {low, high})


def refresh(connection: Connection) -> int:
    """Sign and place every article that the algorithm of this version has not seen; how many there were."""
    a, r = article_table.c, revision_table.c
    query = select(a.id, r.text, a.text_hash, a.first_seen_at).join(
        revision_table, and_(r.article_id == a.id, r.number == a.revision)
    )
    ids = unsigned(connection)
    for article_id in ids:
        row = connection.execute(query.where(a.id == article_id)).one()
        place(connection, Signed(*row), new=False)
    return len(ids)


def _age(published: datetime | None, url: str) -> tuple[datetime, str]:
    """What the order of articles goes by: the date they claim, then the address."""
    return (published or _NEVER, url)


def _update(article_id: int) -> Any:  # noqa: ANN401 - SQLAlchemy's Update
    return article_table.update().where(article_table.c.id == article_id)


def _connected(connection: Connection, seeds: Collection[int]) -> dict[int, set[int]]:
    """Article -> those it is one story with, for the seeds and all that can be reached from them."""
    table = likeness_table.c
    like: dict[int, set[int]] = {}
    frontier = set(seeds)
    while frontier:
        like |= {article: set() for article in frontier}
        query = select(table.article_id, table.other_id).where(table.joins == true())
        for row in _in_chunks(connection, query, table.article_id, sorted(frontier)):
            like[row.article_id].add(row.other_id)
        frontier = {other for article in frontier for other in like[article]} - like.keys()
    return like


def _cuts(connection: Connection, ids: list[int]) -> dict[int, set[int]]:
    apart: dict[int, set[int]] = {}
    for row in _in_chunks(connection, select(cut_table), cut_table.c.article_id, ids):
        apart.setdefault(row.article_id, set()).add(row.other_id)
        apart.setdefault(row.other_id, set()).add(row.article_id)
    return apart


def _in_chunks(connection: Connection, query: Any, column: Any, ids: list[int]) -> list[Row[Any]]:  # noqa: ANN401 - SQLAlchemy's
    """The rows of a query whose column is one of these ids."""
    rows: list[Row[Any]] = []
    for start in range(0, len(ids), CHUNK):
        rows += connection.execute(query.where(column.in_(ids[start : start + CHUNK])))
    return rows


def _pair(connection: Connection, one: int, other: int) -> tuple[int, int]:
    if one == other:
        raise StorageError(f"article {one} cannot be cut from itself")
    for article_id in (one, other):
        if connection.scalar(select(article_table.c.id).where(article_table.c.id == article_id)) is None:
            raise NotFound(f"no article {article_id}")
    return min(one, other), max(one, other)


def _is_cut(low: int, high: int) -> Any:  # noqa: ANN401 - SQLAlchemy's condition
    return and_(cut_table.c.article_id == low, cut_table.c.other_id == high)


def _is_alike(low: int, high: int) -> Any:  # noqa: ANN401 - SQLAlchemy's condition
    table = likeness_table.c
    return and_(table.article_id.in_((low, high)), table.other_id.in_((low, high)))
