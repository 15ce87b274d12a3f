"""Texts made anew from raw pages: which there are, and what becomes of their articles.

No visit is recorded: nobody was asked for anything. A text that comes out the same is only marked with the version that
made it; one that differs is a revision like any other, taken from the same fetch as the one before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from model.errors import CleanCrashed, CleanTimeout, NotFound, Unreadable
from storage.arrivals import arrival_of
from storage.articles import Saved, save_article
from storage.memories import pages_learned
from storage.pages import pages
from storage.raw import raw_article, raw_page
from storage.tables import article as article_table
from storage.tables import page as page_table
from storage.tables import page_fetch as fetch_table
from storage.tables import raw_body as raw_table
from storage.tables import revision as revision_table
from storage.values import PageStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from model.article import Cleaned
    from model.page import Page
    from storage.values import PageState, Visit

#: Why a page has no article though its bytes are kept.
_UNCLEAN = tuple(kind("").code for kind in (CleanTimeout, CleanCrashed, Unreadable))


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Which raw pages are cleaned again; empty takes all."""

    #: Texts that this version made are left as they are.
    other_than: str | None = None
    #: Only texts that this version made.
    made_by: str | None = None
    source: str | None = None
    #: Fetched from then on.
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawText:
    """A raw page, and the text that was made of it."""

    state: PageState
    page: Page
    #: None where cleaning died of it, as the other facts then are.
    article_id: int | None
    title: str | None
    text_hash: str | None
    word_count: int | None


def count_raw(reading: Callable[[], AbstractContextManager[Connection]], wanted: Archive) -> int:
    """How many raw pages are to be cleaned again; ``reading`` opens a transaction: `Store.reading`."""
    with reading() as connection:
        return connection.scalar(_query(wanted, func.count())) or 0


def raw_texts(
    reading: Callable[[], AbstractContextManager[Connection]], wanted: Archive, *, after: int, limit: int
) -> tuple[RawText, ...]:
    """The next raw pages to clean again, by rising id of their page.

    Args:
        reading: opens a transaction that reads: `Store.reading`.
        wanted: which.
        after: id of the page to go on behind.
        limit: at most so many.
    """
    columns = (page_table.c.id, article_table.c.id.label("article_id"))
    facts = (revision_table.c.title, revision_table.c.text_hash, revision_table.c.word_count)
    query = _query(wanted, *columns, *facts).where(page_table.c.id > after).order_by(page_table.c.id).limit(limit)
    with reading() as connection:
        return tuple(_texts(connection, connection.execute(query).all()))


def _texts(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[RawText]:
    states = {state.id: state for state in pages(connection, [row.id for row in rows])}
    for row in rows:
        try:
            page = raw_page(connection, row.id) if row.article_id is None else raw_article(connection, row.article_id)
        except NotFound:  # one of its parts was pruned
            continue
        text = {"title": row.title, "text_hash": row.text_hash, "word_count": row.word_count}
        yield RawText(state=states[row.id], page=page, article_id=row.article_id, **text)


def save_recleaned(connection: Connection, visit: Visit, cleaned: Cleaned) -> Saved:
    """Write what a raw page comes to now.

    Args:
        connection: writes.
        visit: the raw page with its parts; its moment is that of a new revision.
        cleaned: the article.

    Raises:
        NotFound: no such page.
    """
    learned = pages_learned(page_table.c.source).label("memory_pages")
    query = select(page_table, learned).where(page_table.c.id == visit.page_id)
    page = connection.execute(query).first()
    if page is None:
        raise NotFound(f"no page {visit.page_id}")
    table = article_table.c
    before = connection.execute(select(table.last_seen_at, table.gone_at).where(table.id == page.article_id)).first()
    arrival = arrival_of(visit, page, cleaned)._replace(gone_at=before.gone_at if before is not None else None)
    outcome = save_article(connection, arrival)
    of_article = table.id == outcome.article_id
    if before is not None and outcome.article_id == page.article_id:
        connection.execute(article_table.update().where(of_article).values(last_seen_at=before.last_seen_at))
    current = select(table.revision).where(of_article, table.page_id == page.id).scalar_subquery()
    there = and_(revision_table.c.article_id == outcome.article_id, revision_table.c.number == current)
    connection.execute(revision_table.update().where(there).values(**arrival.making()))
    connection.execute(page_table.update().where(page_table.c.id == page.id).values(**_page_facts(outcome, page)))
    return outcome


def _page_facts(outcome: Saved, page: Row[Any]) -> dict[str, Any]:
    """What becomes of the page: one that cleaning died of has its article now."""
    facts: dict[str, Any] = {"article_id": outcome.article_id}
    if page.reason in _UNCLEAN:
        facts |= {"status": PageStatus.STORED.value, "attempts": 0, "outcome": "stored", "reason": None, "detail": None}
    return facts


def _query(wanted: Archive, *columns: Any) -> Select[Any]:  # noqa: ANN401 - SQLAlchemy's columns
    """Pages that speak for an article, with the fetch of its current text; and pages that cleaning died of, with their last."""
    p, a, r, f = page_table.c, article_table.c, revision_table.c, fetch_table.c
    fetch_id = func.coalesce(r.fetch_id, p.fetch_id)
    query = (
        select(*columns)
        .select_from(page_table)
        .outerjoin(article_table, a.page_id == p.id)
        .outerjoin(revision_table, and_(r.article_id == a.id, r.number == a.revision))
        .join(fetch_table, f.id == fetch_id)
        .join(raw_table, raw_table.c.id == f.raw_body_id)
        .where(raw_table.c.body.is_not(None), or_(a.id.is_not(None), and_(p.article_id.is_(None), p.reason.in_(_UNCLEAN))))
    )
    chosen: Sequence[Any] = (
        [] if wanted.other_than is None else [or_(r.id.is_(None), r.engine_version != wanted.other_than)],
        [] if wanted.made_by is None else [r.engine_version == wanted.made_by],
        [] if wanted.source is None else [p.source == wanted.source],
        [] if wanted.since is None else [f.fetched_at >= wanted.since],
    )
    return query.where(*(condition for conditions in chosen for condition in conditions))
