"""What is not kept for ever: raw bodies that grew old, events, and the shingles of articles too old to be compared.

A pruned body leaves its row, with hash, size and the fetches it came by: what was stored can still be told from what was not,
and nothing is due again because of it. Old events become counts by source and day.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, case, delete, func, insert, literal, select, true

from storage.candidates import WINDOW
from storage.columns import Moment
from storage.tables import article as article_table
from storage.tables import day_count as count_table
from storage.tables import endpoint as endpoint_table
from storage.tables import event as event_table
from storage.tables import page as page_table
from storage.tables import page_fetch as fetch_table
from storage.tables import raw_body as raw_table
from storage.tables import raw_dictionary as dictionary_table
from storage.tables import shingle as shingle_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from storage.values import Keep, Keeping

#: Rows of one transaction: others can write in between.
SLICE = 500
#: As good as for ever, and no date before the year 1.
LONGEST = timedelta(days=365 * 500)
_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What a pruning took away."""

    bodies: int = 0
    #: Their length as served.
    size: int = 0
    #: Events that became counts.
    events: int = 0

    def __add__(self, other: Pruned) -> Pruned:
        return Pruned(bodies=self.bodies + other.bodies, size=self.size + other.size, events=self.events + other.events)


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """From when on raw bodies stay: for sources that have a moment of their own, and for all others."""

    sources: Mapping[str, datetime]
    others: datetime

    @property
    def earliest(self) -> datetime:
        """What stays whosever it is."""
        return min([self.others, *self.sources.values()])

    @property
    def latest(self) -> datetime:
        """What may go at all came before."""
        return max([self.others, *self.sources.values()])

    def of(self, source: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's column and expression
        """The moment for a column that names a source."""
        others = literal(self.others, Moment())
        if not self.sources:
            return others
        own = ((source == name, literal(moment, Moment())) for name, moment in sorted(self.sources.items()))
        return case(*own, else_=others)


def horizon(connection: Connection, keeping: Keeping, now: datetime) -> Horizon:
    """From when on raw bodies stay, by age and by size: whichever keeps more."""
    own = {name: _from(connection, keep, page_table.c.source == name, now) for name, keep in keeping.sources.items()}
    rest = page_table.c.source.not_in(sorted(own)) if own else true()
    return Horizon(sources=own, others=_from(connection, keeping.raw, rest, now))


def _from(connection: Connection, keep: Keep, whose: ColumnElement[bool], now: datetime) -> datetime:
    by_age = now - min(keep.age, LONGEST)
    return min(by_age, _by_size(connection, keep.size, whose)) if keep.size else by_age


def _by_size(connection: Connection, size: int, whose: ColumnElement[bool]) -> datetime:
    """When the oldest came of the newest bodies that together take ``size`` bytes as packed, or more by one."""
    f, b = fetch_table.c, raw_table.c
    at, length = func.max(f.fetched_at, type_=Moment()), func.length(b.body)
    query = (
        select(at.label("at"), length.label("size"))
        .join(raw_table, b.id == f.raw_body_id)
        .join(page_table, page_table.c.id == f.page_id)
        .where(b.body.is_not(None), whose)
        .group_by(b.id)
        .order_by(at.desc())
    )
    total = 0
    with connection.execute(query, execution_options={"yield_per": SLICE}) as rows:
        for row in rows:
            total += row.size
            if total >= size:
                oldest: datetime = row.at
                return oldest
    return _BEGINNING


def removable(connection: Connection, since: Horizon, after: int) -> Sequence[int]:
    """Up to `SLICE` ids of raw bodies that need not stay, by rising id, beginning after one."""
    query = select(raw_table.c.id).where(raw_table.c.id > after, _may_go(since)).order_by(raw_table.c.id).limit(SLICE)
    return connection.scalars(query).all()


def _may_go(since: Horizon) -> ColumnElement[bool]:
    """Bodies of which every fetch came before the moment of its source; those of no fetch, before every moment."""
    f, b = fetch_table.c, raw_table.c
    fetches = select(f.id).join(page_table, page_table.c.id == f.page_id).where(f.raw_body_id == b.id)
    stays = fetches.where(f.fetched_at >= since.of(page_table.c.source)).exists()
    of_no_fetch = and_(b.stored_at >= since.earliest, ~select(f.id).where(f.raw_body_id == b.id).exists())
    return and_(b.stored_at < since.latest, b.body.is_not(None), ~stays, ~of_no_fetch)


def prune_bodies(connection: Connection, since: Horizon, ids: Sequence[int]) -> Pruned:
    """Empty those of these raw bodies that still need not stay: one may have been fetched again meanwhile."""
    b = raw_table.c
    rows = connection.execute(select(b.id, b.size).where(b.id.in_(ids), _may_go(since))).all()
    if rows:
        gone = raw_table.update().where(b.id.in_([row.id for row in rows]))
        connection.execute(gone.values(body=None, dictionary_id=None))
    return Pruned(bodies=len(rows), size=sum(row.size for row in rows))


def prune_dictionaries(connection: Connection) -> int:
    """Take away dictionaries that no body is packed with, but for each source's newest; how many."""
    d, newer = dictionary_table.c, dictionary_table.alias()
    used = select(raw_table.c.id).where(raw_table.c.dictionary_id == d.id).exists()
    outdated = select(newer.c.id).where(newer.c.source == d.source, newer.c.id > d.id).exists()
    return connection.execute(delete(dictionary_table).where(~used, outdated)).rowcount


def fold_events(connection: Connection, before: datetime) -> Pruned:
    """Make counts of up to `SLICE` events that are older than ``before``."""
    e = event_table.c
    query = (
        select(
            e.id,
            e.at,
            e.page_id,
            e.outcome,
            e.reason,
            func.coalesce(page_table.c.source, endpoint_table.c.source).label("source"),
        )
        .outerjoin(page_table, page_table.c.id == e.page_id)
        .outerjoin(endpoint_table, endpoint_table.c.id == e.endpoint_id)
        .where(e.at < before)
        .order_by(e.id)
        .limit(SLICE)
    )
    rows = connection.execute(query).all()
    counts = Counter(
        (row.source, row.at.date().isoformat(), "endpoint" if row.page_id is None else "page", row.outcome, row.reason or "")
        for row in rows
    )
    for key, count in counts.items():
        _count(connection, dict(zip(("source", "day", "what", "outcome", "reason"), key, strict=True)), count)
    if rows:
        connection.execute(delete(event_table).where(e.id.in_([row.id for row in rows])))
    return Pruned(events=len(rows))


def _count(connection: Connection, key: dict[str, str], count: int) -> None:
    there = and_(*(count_table.c[name] == value for name, value in key.items()))
    more = count_table.update().where(there).values(count=count_table.c.count + count)
    if not connection.execute(more).rowcount:
        connection.execute(insert(count_table).values(**key, count=count))


def prune_shingles(connection: Connection, now: datetime) -> int:
    """Take the shingles of up to `SLICE` articles out of the index that no new one is compared with; how many articles."""
    a, s = article_table.c, shingle_table.c
    sampled = select(s.article_id).where(s.article_id == a.id).exists()
    # Twice the window: an article found today may have been on its way for a while.
    old = select(a.id).where(a.first_seen_at < now - 2 * WINDOW, sampled).order_by(a.first_seen_at).limit(SLICE)
    ids = list(connection.scalars(old))
    if ids:
        connection.execute(delete(shingle_table).where(s.article_id.in_(ids)))
    return len(ids)
