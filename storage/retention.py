"""What is not kept for ever: raw bodies that grew old, and the shingles of articles too old to be compared.

A pruned body leaves its row, with hash, size and the fetches it came by: what was stored can still be told from what was not,
and nothing is due again because of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from storage.likeness import WINDOW
from storage.tables import article as article_table
from storage.tables import page_fetch as fetch_table
from storage.tables import raw_body as raw_table
from storage.tables import shingle as shingle_table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

#: Rows of one transaction: others can write in between.
SLICE = 500
#: As good as for ever, and no date before the year 1.
LONGEST = timedelta(days=365 * 500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What a pruning took away."""

    bodies: int = 0
    #: Their length as served.
    size: int = 0

    def __add__(self, other: Pruned) -> Pruned:
        return Pruned(bodies=self.bodies + other.bodies, size=self.size + other.size)


def prune_bodies(connection: Connection, before: datetime) -> Pruned:
    """Empty up to `SLICE` raw bodies of which every fetch is older than ``before``, the oldest first."""
    table = raw_table.c
    fetched_since = select(fetch_table.c.id).where(fetch_table.c.raw_body_id == table.id, fetch_table.c.fetched_at >= before)
    old = select(table.id, table.size).where(table.stored_at < before, table.body.is_not(None), ~fetched_since.exists())
    rows = connection.execute(old.order_by(table.stored_at).limit(SLICE)).all()
    if rows:
        connection.execute(raw_table.update().where(table.id.in_([row.id for row in rows])).values(body=None))
    return Pruned(bodies=len(rows), size=sum(row.size for row in rows))


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
