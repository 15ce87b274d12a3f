"""Pages: the addresses that endpoints list, and when each is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from model.errors import NotFound
from model.page import Origin, Validators
from model.source import Link
from storage.identity import identity
from storage.raw import keep_body
from storage.sources import CHUNK, validators_json
from storage.tables import endpoint as endpoint_table
from storage.tables import event as event_table
from storage.tables import page as page_table
from storage.tables import page_fetch as fetch_table
from storage.tables import raw_body as raw_table
from storage.values import PageState, PageStatus, PollSaved

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from storage.values import Poll

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
_KIND_ORDER = ("feed", "sitemap", "section")


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


def save_poll(connection: Connection, poll: Poll) -> PollSaved:
    """Write what a visit to an endpoint brought: links become pages, the endpoint its validators and next time.

    A known page is due at once when the endpoint gives it a later date than it gave before, and that date is later than
    the last visit. Validators are merged into those known; an empty one forgets its document.

    Raises:
        NotFound: no such endpoint.
    """
    endpoint = connection.execute(select(endpoint_table).where(endpoint_table.c.id == poll.endpoint_id)).first()
    if endpoint is None:
        raise NotFound(f"no endpoint {poll.endpoint_id}")
    saved = save_links(connection, endpoint, poll.links, poll.at)
    merged = {**endpoint.validators, **validators_json(poll.validators)}
    good = poll.error is None
    replayed = endpoint.last_polled_at == poll.at
    changes = {
        "validators": {url: value for url, value in merged.items() if any(value.values())},
        "next_poll_at": poll.next_poll_at,
        "last_polled_at": poll.at,
        "last_success_at": poll.at if good else endpoint.last_success_at,
        "failures": 0 if good else endpoint.failures + (0 if replayed else 1),
        "error": poll.error.code if poll.error else None,
        "detail": str(poll.error) if poll.error else None,
    }
    connection.execute(endpoint_table.update().where(endpoint_table.c.id == endpoint.id).values(**changes))
    if not replayed:
        ending = {"outcome": "polled" if good else "failed", "reason": changes["error"]}
        detail = changes["detail"] or f"{saved.new} new, {saved.changed} changed, {saved.known} known"
        connection.execute(
            insert(event_table).values(run_id=poll.run_id, at=poll.at, endpoint_id=endpoint.id, detail=detail, **ending)
        )
    return saved


def add_pages(connection: Connection, source: str, links: Sequence[Link], now: datetime) -> tuple[int, ...]:
    """Pages that somebody asked for by address, due at once even when known; ids in the order of the links."""
    unique = {identity(link.url): link for link in reversed(links)}
    known = _known(connection, unique)
    rows = [_new(source, None, key, link, now) for key, link in reversed(unique.items()) if key not in known]
    if rows:
        connection.execute(insert(page_table), rows)
    for row in known.values():
        connection.execute(page_table.update().where(page_table.c.id == row.id).values(next_attempt_at=now, attempts=0))
    ids = {key: int(row.id) for key, row in _known(connection, unique).items()}
    return tuple(ids[identity(link.url)] for link in links)


def add_new_pages(connection: Connection, source: str, links: Sequence[Link], now: datetime) -> int:
    """Pages that another page named, due at once where they are new; how many are. Known ones stay as they are."""
    unique = {identity(link.url): link for link in reversed(links)}
    known = _known(connection, unique)
    rows = [_new(source, None, key, link, now) for key, link in reversed(unique.items()) if key not in known]
    if rows:
        connection.execute(insert(page_table), rows)
    return len(rows)


def page_of(connection: Connection, source: str, link: Link, now: datetime) -> PageState:
    """The page of an address, made where it is not known; a new one waits for no visit until a link names it."""
    key = identity(link.url)
    if not _known(connection, [key]):
        connection.execute(insert(page_table).values(_new(source, None, key, link, now) | {"next_attempt_at": None}))
    return _state(connection.execute(select(page_table, _OF_FEED, _HASH).where(page_table.c.identity == key)).one())


def save_links(connection: Connection, endpoint: Row[Any], links: Iterable[Link], at: datetime) -> PollSaved:
    """Make pages of the links that an endpoint lists; known ones learn what is new, and are due where they changed since."""
    unique: dict[str, Link] = {}
    for link in links:
        unique.setdefault(identity(link.url), link)
    known = _known(connection, unique)
    kept = {key: keep_body(connection, link.content.encode(), at) for key, link in unique.items() if link.content}
    rows = [
        _new(endpoint.source, endpoint.id, key, link, at) | {"feed_body_id": kept.get(key)}
        for key, link in unique.items()
        if key not in known
    ]
    if rows:
        connection.execute(insert(page_table), rows)
    order = _endpoint_order(connection, known.values()) if known else {}
    changed = 0
    for key, row in known.items():
        changes = _refreshed(row, unique[key])
        if kept.get(key, row.feed_body_id) != row.feed_body_id:
            changes["feed_body_id"] = kept[key]
        if _is_due_anew(row, unique[key]):
            changed += 1
            changes |= {"next_attempt_at": at, "attempts": 0, "status": _status_anew(row)}
        if row.endpoint_id != endpoint.id and _rank(endpoint.kind, endpoint.url) < order.get(row.endpoint_id, _LAST):
            changes["endpoint_id"] = endpoint.id
        if changes:
            connection.execute(page_table.update().where(page_table.c.id == row.id).values(**changes))
    return PollSaved(new=len(rows), changed=changed, known=len(known))


def _known(connection: Connection, keys: Iterable[str]) -> dict[str, Row[Any]]:
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


def _new(source: str, endpoint_id: int | None, key: str, link: Link, now: datetime) -> dict[str, object]:
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


def _later(known: datetime | None, given: datetime | None) -> datetime | None:
    return max((moment for moment in (known, given) if moment is not None), default=None)


def _refreshed(row: Row[Any], link: Link) -> dict[str, Any]:
    """What the link says that the page does not know yet."""
    changes: dict[str, Any] = {}
    if row.title is None and link.title is not None:
        changes["title"] = link.title
    if row.published is None and link.published is not None:
        changes["published"] = link.published
    if _later(row.modified, link.modified) != row.modified:
        changes["modified"] = link.modified
    return changes


def _is_due_anew(row: Row[Any], link: Link) -> bool:
    """Dated later than the last visit, and later than before: a date in the future counts once, not at every poll."""
    given, before = _later(link.published, link.modified), _later(row.published, row.modified)
    if given is None or row.visited_at is None or given <= row.visited_at:
        return False
    return before is None or given > before


def _status_anew(row: Row[Any]) -> str:
    return str(PageStatus.STORED if row.status == PageStatus.STORED else PageStatus.PENDING)


_LAST = (len(_KIND_ORDER) + 1, "")


def _rank(kind: str, url: str) -> tuple[int, str]:
    return (_KIND_ORDER.index(kind), url)


def _endpoint_order(connection: Connection, rows: Iterable[Row[Any]]) -> dict[int, tuple[int, str]]:
    """Rank of the endpoints that list these pages: of several, the same one is named whichever was polled first."""
    ids = sorted({row.endpoint_id for row in rows if row.endpoint_id is not None})
    ranks: dict[int, tuple[int, str]] = {}
    table = endpoint_table.c
    for start in range(0, len(ids), CHUNK):
        query = select(table.id, table.kind, table.url).where(table.id.in_(ids[start : start + CHUNK]))
        ranks |= {row.id: _rank(row.kind, row.url) for row in connection.execute(query)}
    return ranks


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
