"""Hosts that were not to be asked for a while: those that want to be left alone, and those that come back."""

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
#: Codes of errors that are no host's: a cleaning process died of the page.
_OF_THE_PAGE = ("clean_crashed", "clean_timeout")
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


def wake(connection: Connection, source: str, now: datetime) -> int:
    """Make pages due that wait because their host had a bad time, as it answers again; how many these are.

    Args:
        connection: writes.
        source: name of the source.
        now: the moment.
    """
    page = page_table.c
    waiting = (page.source == source, page.status == "pending", page.attempts > 0, page.next_attempt_at > now)
    change = page_table.update().where(*waiting, page.reason.not_in(_OF_THE_PAGE)).values(next_attempt_at=now)
    return int(connection.execute(change).rowcount)


def _last_good(connection: Connection, sources: set[str]) -> Mapping[str, datetime]:
    """Source -> when something of it was read last."""
    page, endpoint = page_table.c, endpoint_table.c
    read: dict[str, datetime] = {}
    for source, moment in ((page.source, page.fetched_at), (endpoint.source, endpoint.last_success_at)):
        query = select(source, func.max(moment)).where(source.in_(sources), moment.is_not(None)).group_by(source)
        for name, last in connection.execute(query):
            read[name] = max(last, read.get(name, last))
    return read
