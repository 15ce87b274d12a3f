"""Hosts that asked to be left alone for longer than one run lasts: who runs next leaves them alone, too."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from storage.tables import endpoint as endpoint_table
from storage.tables import page as page_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sqlalchemy import Connection

#: Code of the error by which a host asks for a rest (`model.errors.HostResting`).
_RESTING = "host_resting"
#: No rest is longer; what is due later waits for other reasons.
_LONGEST = timedelta(days=1)


def rests(
    reading: Callable[[], AbstractContextManager[Connection]], sources: Sequence[str], now: datetime
) -> Mapping[str, datetime]:
    """Addresses of pages and endpoints whose last visit met with that request, and until when they are left alone.

    Of sources that answered well since then there are none.

    Args:
        reading: opens a transaction that reads: `Store.reading`.
        sources: names of the sources to look at.
        now: the moment.
    """
    page, endpoint = page_table.c, endpoint_table.c
    pages = select(page.source, page.url, page.next_attempt_at, page.visited_at).where(
        page.source.in_(sources), page.next_attempt_at > now, page.reason == _RESTING
    )
    endpoints = select(endpoint.source, endpoint.url, endpoint.next_poll_at, endpoint.last_polled_at).where(
        endpoint.source.in_(sources), endpoint.next_poll_at > now, endpoint.error == _RESTING
    )
    with reading() as connection:
        rows = [*connection.execute(pages), *connection.execute(endpoints)]
        good = _last_good(connection, {row.source for row in rows})
    fresh = [(url, due, seen) for source, url, due, seen in rows if seen + _LONGEST > now and not good.get(source, seen) > seen]
    return {url: min(due, seen + _LONGEST) for url, due, seen in fresh}


def _last_good(connection: Connection, sources: set[str]) -> Mapping[str, datetime]:
    """Source -> when something of it was read last."""
    page, endpoint = page_table.c, endpoint_table.c
    read: dict[str, datetime] = {}
    for source, moment in ((page.source, page.fetched_at), (endpoint.source, endpoint.last_success_at)):
        query = select(source, func.max(moment)).where(source.in_(sources), moment.is_not(None)).group_by(source)
        for name, last in connection.execute(query):
            read[name] = max(last, read.get(name, last))
    return read
