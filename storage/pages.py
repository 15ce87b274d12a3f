"""Pages: the addresses that endpoints list, and when each is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from model.page import Origin, Validators
from model.source import Link
from storage.identity import identity
from storage.sources import CHUNK
from storage.tables import page as page_table
from storage.tables import page_fetch as fetch_table
from storage.tables import raw_body as raw_table
from storage.values import PageState, PageStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row


#: Whether what was last kept of a page is the text that its feed carries.
_OF_FEED = (
    select(fetch_table.c.id)
    .where(
        (fetch_table.c.id == page_table.c.fetch_id) | (fetch_table.c.first_id == page_table.c.fetch_id),
        fetch_table.c.origin == Origin.FEED.value,
    )
    .exists()
    .label("is_of_feed")
)
#: Hash of the page as last kept, where it was one page and whole.
_parts = fetch_table.alias()
_HASH = (
    select(raw_table.c.hash)
    .join(fetch_table, fetch_table.c.raw_body_id == raw_table.c.id)
    .where(
        fetch_table.c.id == page_table.c.fetch_id,
        fetch_table.c.origin == Origin.PAGE.value,
        fetch_table.c.missing.is_(None),
        ~select(_parts.c.id).where(_parts.c.first_id == fetch_table.c.id).exists(),
    )
    .correlate(page_table)
    .scalar_subquery()
    .label("body_hash")
)


def due_pages(connection: Connection, source: str, now: datetime, *, limit: int) -> tuple[PageState, ...]:
    """Pages of a source whose time has come, in the order they were first seen."""
    table = page_table.c
    query = select(page_table, _OF_FEED, _HASH).where(table.source == source, table.next_attempt_at <= now)
    query = query.order_by(table.id).limit(limit)
    return tuple(_state(row) for row in connection.execute(query))


def pages(connection: Connection, page_ids: Sequence[int]) -> tuple[PageState, ...]:
    """These pages, in the order of their ids; unknown ids are left out."""
    rows: list[Row[Any]] = []
    for start in range(0, len(page_ids), CHUNK):
        query = select(page_table, _OF_FEED, _HASH).where(page_table.c.id.in_(page_ids[start : start + CHUNK]))
        rows.extend(connection.execute(query))
    return tuple(_state(row) for row in sorted(rows, key=lambda row: int(row.id)))


def add_pages(connection: Connection, source: str, links: Sequence[Link], now: datetime) -> tuple[int, ...]:
    """Pages that somebody asked for by address, due at once even when known; ids in the order of the links."""
    unique = {identity(link.url): link for link in reversed(links)}
    known = known_pages(connection, unique)
    rows = [new_page(source, None, key, link, now) for key, link in reversed(unique.items()) if key not in known]
    if rows:
        connection.execute(insert(page_table), rows)
    for row in known.values():
        connection.execute(page_table.update().where(page_table.c.id == row.id).values(next_attempt_at=now, attempts=0))
    ids = {key: int(row.id) for key, row in known_pages(connection, unique).items()}
    return tuple(ids[identity(link.url)] for link in links)


def add_new_pages(connection: Connection, source: str, links: Sequence[Link], now: datetime) -> int:
    """Pages that another page named, due at once where they are new; how many are. Known ones stay as they are."""
    unique = {identity(link.url): link for link in reversed(links)}
    known = known_pages(connection, unique)
    rows = [new_page(source, None, key, link, now) for key, link in reversed(unique.items()) if key not in known]
    if rows:
        connection.execute(insert(page_table), rows)
    return len(rows)


def page_of(connection: Connection, source: str, link: Link, now: datetime) -> PageState:
    """The page of an address, made where it is not known; a new one waits for no visit until a link names it."""
    key = identity(link.url)
    if not known_pages(connection, [key]):
        connection.execute(insert(page_table).values(new_page(source, None, key, link, now) | {"next_attempt_at": None}))
    return _state(connection.execute(select(page_table, _OF_FEED, _HASH).where(page_table.c.identity == key)).one())


def known_pages(connection: Connection, keys: Iterable[str]) -> dict[str, Row[Any]]:
    """Pages by identity, asked for in chunks."""
    wanted = list(keys)
    table = page_table.c
    columns = (
        table.id,
        table.identity,
        table.endpoint_id,
        table.title,
        table.published,
        table.modified,
        table.status,
        table.visited_at,
        table.feed_body_id,
    )
    found: dict[str, Row[Any]] = {}
    for start in range(0, len(wanted), CHUNK):
        query = select(*columns).where(table.identity.in_(wanted[start : start + CHUNK]))
        found |= {row.identity: row for row in connection.execute(query)}
    return found


def new_page(source: str, endpoint_id: int | None, key: str, link: Link, now: datetime) -> dict[str, object]:
    """The row of a page that a link names for the first time, due at once."""
    return {
        "source": source,
        "url": link.url,
        "identity": key,
        "endpoint_id": endpoint_id,
        "title": link.title,
        "published": link.published,
        "modified": link.modified,
        "authors": list(link.authors),
        "status": PageStatus.PENDING.value,
        "attempts": 0,
        "next_attempt_at": now,
        "first_seen_at": now,
    }


def _state(row: Row[Any]) -> PageState:
    stored = row.status == PageStatus.STORED
    link = Link(url=row.url, title=row.title, published=row.published, modified=row.modified, authors=tuple(row.authors))
    return PageState(
        id=row.id,
        source=row.source,
        link=link,
        status=PageStatus(row.status),
        attempts=row.attempts,
        validators=Validators(etag=row.etag, last_modified=row.last_modified) if stored else Validators(),
        first_seen_at=row.first_seen_at,
        fetched_at=row.fetched_at,
        has_feed_text=row.feed_body_id is not None,
        is_of_feed=row.is_of_feed,
        body_hash=row.body_hash,
    )
