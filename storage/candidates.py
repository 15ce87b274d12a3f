"""Which articles may have much the same text as a given one, told by the index of sampled shingles.

Most shingles stand in one article alone. Some stand in thousands: the notice below every story of a site, a legal text.
They say nothing about which articles are copies, and counting them would cost more with every article stored. So where
there are many, those count that few articles have; if hardly any are left (a story that very many carry), all do, by the
newest articles that have them. What an article costs is bounded then, however large the database (docs/database.md).
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import Integer, bindparam, func, select, text

from storage.prepared import Prepared
from storage.shingles import sample, step_of
from storage.sources import CHUNK
from storage.tables import article as article_table
from storage.tables import shingle as shingle_table
from storage.tables import signature as signature_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, FromClause, Row, TextClause

    from storage.shingles import Hashes


def earliest_first(articles: FromClause) -> tuple[ColumnElement[Any], ...]:
    """What articles are ordered by: the date they claim, then the address; those without a date come last."""
    return articles.c.published.is_(None), articles.c.published, articles.c.url


#: Articles first seen further apart are not compared, unless their texts are equal.
WINDOW = timedelta(days=30)
#: Articles one is compared with at most, the likeliest first, then the earliest.
MOST: Final = 100
#: A sample tells containment with an error of about .1: what it puts below this is not compared.
_ESTIMATED = 0.35
#: Rows of the index that are simply counted. An article that is nobody's copy finds none or a few.
_MANY = 1024
#: Shingles asked for at once, or twice as many, or four times: so statements are few, made once, and known to drivers.
_FEWEST = 16
#: A shingle of so many articles says nothing, as long as so many others are left that do.
_CROWDED, _TELLING = MOST + 28, 8

_NEWEST = (
    "SELECT * FROM (SELECT hash, article_id FROM shingle WHERE hash = :h{0} AND article_id <> :id"
    " ORDER BY hash DESC, article_id DESC LIMIT :most) AS s{0}"
)
#: By number first, and only then by time. PostgreSQL plans a statement it has seen often without looking at its values, takes
#: any stretch of time for a two-hundredth of the table, and would read all articles of two months for each new one.
_NAMED = (
    select(*(article_table.c[name] for name in ("id", "first_seen_at", "text_hash", "published", "url")))
    .where(article_table.c.id.in_(bindparam("ids", expanding=True)))
    .cte("named")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
#: Asked for each: for a join PostgreSQL would read the signatures of all articles, for a few hundred.
_SIZE = func.coalesce(select(signature_table.c.shingles).where(signature_table.c.article_id == _NAMED.c.id).scalar_subquery(), 0)
_CANDIDATES = (
    select(_NAMED.c.id, _SIZE.label("shingles"))
    .where(_NAMED.c.first_seen_at.between(bindparam("since"), bindparam("until")), _NAMED.c.text_hash != bindparam("hash"))
    .order_by(*earliest_first(_NAMED))
)


class Signed(NamedTuple):
    """An article as it is compared."""

    id: int
    text: str
    text_hash: str
    first_seen_at: datetime


class _Hits(NamedTuple):
    """Article -> how many of the sampled shingles it has, and which part of those was asked for, 0 to 1."""

    counted: Counter[int]
    asked: float


def candidates(connection: Connection, article: Signed, hashes: Hashes) -> list[int]:
    """Up to `MOST` articles that may have much the same text, though not an equal one, the likeliest first.

    Args:
        connection: an open connection.
        article: the article they are wanted for.
        hashes: the shingles of its text.
    """
    sampled = sample(hashes)
    hits = _hits(connection, article.id, sampled)
    several = [other for other, count in hits.counted.most_common(CHUNK) if count > 1]
    if not several:
        return []
    asked = {
        "ids": several,
        "hash": article.text_hash,
        "since": article.first_seen_at - WINDOW,
        "until": article.first_seen_at + WINDOW,
    }
    step, found = step_of(len(hashes)), list[tuple[float, int]]()
    for row in connection.execute(_CANDIDATES, asked):
        # Where both samples keep one in so many, what they share speaks for so many times as much.
        shared = hits.counted[row.id] * max(step, step_of(row.shingles)) / hits.asked
        found.append((shared / max(1, min(len(hashes), row.shingles)), int(row.id)))
    likely = sorted((pair for pair in found if pair[0] >= _ESTIMATED), key=lambda pair: -min(1.0, pair[0]))
    return [other for _, other in likely[:MOST]]


def _hits(connection: Connection, article_id: int, sampled: list[int]) -> _Hits:
    size = max(_FEWEST, 1 << (len(sampled) - 1).bit_length())
    asked = sampled + sampled[-1:] * (size - len(sampled))
    named = {f"h{number}": value for number, value in enumerate(asked)}
    rows = _rows_of(len(asked)).all(connection, {"id": article_id, "most": _MANY, **named})
    if len(rows) < _MANY:
        return _Hits(_counted(rows), 1.0)
    newest = list[Any]()
    for start in range(0, len(sampled), CHUNK // 5):
        some = sampled[start : start + CHUNK // 5]
        named = {f"h{number}": value for number, value in enumerate(some)}
        newest += connection.execute(_newest_of(len(some)), {"id": article_id, "most": _CROWDED, **named})
    sizes = Counter(row.hash for row in newest)
    telling = {value for value in sampled if sizes[value] < _CROWDED}
    if len(telling) < _TELLING:
        return _Hits(_counted(newest), 1.0)
    return _Hits(_counted(row for row in newest if row.hash in telling), len(telling) / len(sampled))


def _counted(rows: Iterable[Row[Any]]) -> Counter[int]:
    return Counter(int(row.article_id) for row in rows)


@lru_cache(maxsize=CHUNK)
def _rows_of(count: int) -> Prepared:
    """Articles with one of so many shingles.

    In the order of the key, which nobody asks for: without statistics (a database filled a minute ago) PostgreSQL takes any
    shingle for that of one article in two hundred, and would rather read the whole table than so many rows by key. Sorting
    all of them costs more than that in its eyes, and the key has them in order.
    """
    s = shingle_table.c
    wanted = s.hash.in_([bindparam(f"h{number}", type_=s.hash.type) for number in range(count)])
    rows = select(s.hash, s.article_id).where(wanted, s.article_id != bindparam("id"))
    return Prepared(rows.order_by(s.hash, s.article_id).limit(bindparam("most", type_=Integer)))


@lru_cache(maxsize=CHUNK)
def _newest_of(count: int) -> TextClause:
    """The newest articles of each of so many shingles, in one statement."""
    return text(" UNION ALL ".join(_NEWEST.format(number) for number in range(count)))
