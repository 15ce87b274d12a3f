"""What readers ask of the views, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from model.errors import NotFound
from storage import runs
from storage.answers import SourceHealth, Status, StoredArticle, StoredRevision
from storage.identity import identity
from storage.tables import SCHEMA
from storage.tables import article as article_table
from storage.tables import page as page_table
from storage.tables import revision as revision_table
from storage.views import ALL_ARTICLES, REVISIONS, SOURCES_HEALTH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sqlalchemy import Connection, Row

#: Articles read in one transaction: a reader that pauses holds nothing open.
_CHUNK = 500
#: The largest number both databases hold.
LARGEST_ID = 2**63 - 1
_ALL_ARTICLES, _REVISIONS, _HEALTH = ALL_ARTICLES.table(), REVISIONS.table(), SOURCES_HEALTH.table()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which articles; empty means all stories."""

    source: str | None = None
    #: Published from then on; an article without a date counts from when it was first seen.
    since: datetime | None = None
    #: Published before then.
    until: datetime | None = None
    language: str | None = None
    #: Articles whose text another one holds already, too.
    duplicates: bool = False

    def conditions(self, columns: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 - any table's column collection
        """The filter over the columns of the table `article` or one of its views."""
        wanted: list[ColumnElement[bool]] = []
        if self.source is not None:
            wanted.append(columns.source == self.source)
        if self.language is not None:
            wanted.append(columns.language == self.language)
        if self.since is not None:
            undated = and_(columns.published.is_(None), columns.first_seen_at >= self.since)
            wanted.append(or_(columns.published >= self.since, undated))
        if self.until is not None:
            undated = and_(columns.published.is_(None), columns.first_seen_at < self.until)
            wanted.append(or_(columns.published < self.until, undated))
        if not self.duplicates:
            wanted.append(columns.duplicate_of.is_(None))
        return wanted


def articles(
    reading: Callable[[], AbstractContextManager[Connection]], wanted: Filter, *, since_id: int = 0, limit: int | None = None
) -> Iterator[StoredArticle]:
    """Articles by rising id, beginning after ``since_id``; read in pieces, each in a transaction of its own."""
    left = limit
    columns, since_id = _ALL_ARTICLES.c, min(since_id, LARGEST_ID)
    while left is None or left > 0:
        size = _CHUNK if left is None else min(left, _CHUNK)
        query = select(_ALL_ARTICLES).where(columns.id > since_id, *wanted.conditions(columns)).order_by(columns.id).limit(size)
        with reading() as connection:
            rows = connection.execute(query).all()
        yield from map(_article, rows)
        if len(rows) < size:
            return
        since_id = rows[-1].id
        left = None if left is None else left - len(rows)


def article(connection: Connection, key: int | str) -> StoredArticle:
    """An article by its id, or by any address it is known by.

    Raises:
        NotFound: no such article.
    """
    article_id = (key if 0 < key <= LARGEST_ID else None) if isinstance(key, int) else _by_address(connection, key)
    row = connection.execute(select(_ALL_ARTICLES).where(_ALL_ARTICLES.c.id == article_id)).first()
    if row is None:
        raise NotFound(f"no article {key}" if isinstance(key, int) else f"no article is known by the address {key}")
    return _article(row)


def _by_address(connection: Connection, address: str) -> int | None:
    wanted = identity(address)
    lookups = (
        select(article_table.c.id).where(article_table.c.identity == wanted),
        select(page_table.c.article_id).where(page_table.c.identity == wanted, page_table.c.article_id.is_not(None)),
        select(article_table.c.id).where(or_(article_table.c.url == address, article_table.c.canonical_url == address)),
        select(page_table.c.article_id).where(page_table.c.url == address, page_table.c.article_id.is_not(None)),
    )
    for lookup in lookups:
        if (found := connection.scalar(lookup.limit(1))) is not None:
            return int(found)
    return None


def revisions(connection: Connection, article_id: int) -> tuple[StoredRevision, ...]:
    """All texts an article ever had, the first one first.

    Raises:
        NotFound: no such article.
    """
    query = select(_REVISIONS).where(_REVISIONS.c.article_id == article_id).order_by(_REVISIONS.c.number)
    rows = connection.execute(query).all() if 0 < article_id <= LARGEST_ID else []
    if not rows:
        raise NotFound(f"no article {article_id}")
    return tuple(StoredRevision(**row._mapping) for row in rows)  # noqa: SLF001 - SQLAlchemy's public name for a row's dict


def status(connection: Connection, now: datetime) -> Status:
    """The database at a glance."""
    unique = article_table.c.duplicate_of.is_(None)
    counts = connection.execute(select(unique, func.count()).group_by(unique)).all()
    by_kind = {bool(is_unique): count for is_unique, count in counts}
    pages = connection.execute(select(page_table.c.status, func.count()).group_by(page_table.c.status)).all()
    due = select(func.count()).select_from(page_table).where(page_table.c.next_attempt_at <= now)
    return Status(
        articles=by_kind.get(True, 0),
        duplicates=by_kind.get(False, 0),
        revisions=connection.scalar(select(func.count()).select_from(revision_table)) or 0,
        pages={str(name): int(count) for name, count in pages},
        pages_due=connection.scalar(due) or 0,
        sources=tuple(
            SourceHealth(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row's dict
            for row in connection.execute(select(_HEALTH).order_by(_HEALTH.c.source))
        ),
        last_run=runs.last_run(connection),
        schema_version=SCHEMA,
    )


def _article(row: Row[Any]) -> StoredArticle:
    facts = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row's dict
    lists = {name: tuple(facts[name] or ()) for name in ("authors", "tags", "url_chain")}
    headers = tuple(f"{name}: {value}" for name, value in facts["http_headers"] or ())
    return StoredArticle(**{**facts, **lists, "http_headers": headers, "paywalled": bool(facts["paywalled"])})
