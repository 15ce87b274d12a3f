"""How far the archives behind endpoints were walked back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from model.errors import NotFound
from storage.polls import save_links
from storage.tables import backfill as backfill_table
from storage.tables import endpoint as endpoint_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sqlalchemy import Connection

    from model.source import Link
    from storage.values import PollSaved


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """One archive's state."""

    endpoint_id: int
    #: The day asked for.
    since: datetime
    #: The list page to go on with; None: it begins at the first, or there is no further one.
    next_url: str | None = None
    #: List pages and sitemaps read so far, and links found that were not known.
    documents: int = 0
    links: int = 0
    updated_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None


def backfill(reading: Callable[[], AbstractContextManager[Connection]], endpoint_id: int) -> Backfill | None:
    """How far an endpoint's archive was walked; None where it never was. ``reading`` is `Store.reading`."""
    with reading() as connection:
        row = connection.execute(select(backfill_table).where(backfill_table.c.endpoint_id == endpoint_id)).first()
    return None if row is None else Backfill(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row's dict


def save_backfill(connection: Connection, state: Backfill, links: tuple[Link, ...]) -> PollSaved:
    """Write what one more page of an archive brought, and where it goes on; its links become pages like those of a poll.

    Args:
        connection: writes.
        state: how far it is now, but for the links of this page.
        links: what it brought.

    Raises:
        NotFound: no such endpoint.
    """
    endpoint = connection.execute(select(endpoint_table).where(endpoint_table.c.id == state.endpoint_id)).first()
    if endpoint is None:
        raise NotFound(f"no endpoint {state.endpoint_id}")
    saved = save_links(connection, endpoint, links, state.updated_at)
    facts = {
        "since": state.since,
        "next_url": state.next_url,
        "documents": state.documents,
        "links": state.links + saved.new,
        "updated_at": state.updated_at,
        "ended_at": state.ended_at,
        "ended_by": state.ended_by,
    }
    there = backfill_table.c.endpoint_id == state.endpoint_id
    if not connection.execute(backfill_table.update().where(there).values(**facts)).rowcount:
        connection.execute(insert(backfill_table).values(endpoint_id=state.endpoint_id, **facts))
    return saved
