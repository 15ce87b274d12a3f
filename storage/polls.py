"""Polls: the end of a visit to an endpoint, and what its links mean for pages known and new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from model.errors import NotFound
from storage.identity import identity
from storage.pages import known_pages, new_page
from storage.raw import keep_body
from storage.sources import CHUNK, validators_json
from storage.tables import endpoint as endpoint_table
from storage.tables import event as event_table
from storage.tables import page as page_table
from storage.values import PageStatus, PollSaved

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from model.source import Link
    from storage.values import Poll

_KIND_ORDER = ("feed", "sitemap", "section")
_LAST = (len(_KIND_ORDER) + 1, "")


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


def save_links(connection: Connection, endpoint: Row[Any], links: Iterable[Link], at: datetime) -> PollSaved:
    """Make pages of the links that an endpoint lists; known ones learn what is new, and are due where they changed since."""
    unique: dict[str, Link] = {}
    for link in links:
        unique.setdefault(identity(link.url), link)
    known = known_pages(connection, unique)
    kept = {key: keep_body(connection, link.content.encode(), at) for key, link in unique.items() if link.content}
    rows = [
        new_page(endpoint.source, endpoint.id, key, link, at) | {"feed_body_id": kept.get(key)}
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


def _later(known: datetime | None, given: datetime | None) -> datetime | None:
    return max((moment for moment in (known, given) if moment is not None), default=None)


def _is_due_anew(row: Row[Any], link: Link) -> bool:
    """Dated later than the last visit, and later than before: a date in the future counts once, not at every poll."""
    given, before = _later(link.published, link.modified), _later(row.published, row.modified)
    if given is None or row.visited_at is None or given <= row.visited_at:
        return False
    return before is None or given > before


def _status_anew(row: Row[Any]) -> str:
    return str(PageStatus.STORED if row.status == PageStatus.STORED else PageStatus.PENDING)


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
