"""Sources and their endpoints: what is configured, what is due."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from model.errors import NotFound
from model.page import Validators
from model.source import Endpoint, EndpointKind
from storage.columns import Moment
from storage.tables import endpoint as endpoint_table
from storage.tables import page as page_table
from storage.tables import source as source_table
from storage.values import EndpointState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from model.source import Source

#: Parameters in one IN (...): SQLite allows 32,766, older ones 999.
CHUNK = 500


def save_sources(connection: Connection, sources: Sequence[Source], now: datetime) -> None:
    """Make the table say what config.yaml says; sources it no longer names are disabled, nothing is deleted."""
    add_sources(connection, sources, now)
    named = {source.name for source in sources}
    table = source_table.c
    for name in connection.execute(select(table.name).where(table.configured)).scalars().all():
        if name not in named:
            gone = source_table.update().where(table.name == name)
            connection.execute(gone.values(configured=False, enabled=False, updated_at=now))


def add_sources(connection: Connection, sources: Sequence[Source], now: datetime) -> None:
    """Make the table hold these sources as they are, and leave the others alone."""
    table = source_table.c
    for source in sources:
        facts = {
            "url": source.url,
            "every": source.every,
            "language": source.language,
            "enabled": source.enabled,
            "configured": True,
        }
        row = connection.execute(select(source_table).where(table.name == source.name)).one_or_none()
        if row is None:
            new = source_table.insert().values(name=source.name, first_seen_at=now, updated_at=now, **facts)
            connection.execute(new)
        elif any(getattr(row, name) != value for name, value in facts.items()):
            connection.execute(source_table.update().where(table.name == source.name).values(updated_at=now, **facts))


def check_source(connection: Connection, name: str) -> None:
    """Make sure that the database knows a source of this name.

    Raises:
        NotFound: it does not; says which there are.
    """
    names = connection.scalars(select(source_table.c.name).order_by(source_table.c.name)).all()
    if name not in names:
        raise NotFound(f"no source is named {name}; there are: {', '.join(names) or 'none'}")


def save_endpoints(connection: Connection, source: str, endpoints: Sequence[Endpoint], now: datetime) -> None:
    """Make the table hold exactly these endpoints of the source as active ones.

    New ones are due at once, those that are not there any more are retired, retired ones that come back are due at once.
    """
    table = endpoint_table.c
    rows = connection.execute(select(table.id, table.kind, table.url, table.retired_at).where(table.source == source))
    known = {(row.kind, row.url): row for row in rows}
    for endpoint in dict.fromkeys(endpoints):
        row = known.pop((endpoint.kind.value, endpoint.url), None)
        if row is None:
            fresh = {"validators": {}, "next_poll_at": now, "failures": 0, "first_seen_at": now}
            new = endpoint_table.insert().values(source=source, kind=endpoint.kind.value, url=endpoint.url, **fresh)
            connection.execute(new)
        elif row.retired_at is not None:
            back = endpoint_table.update().where(table.id == row.id)
            connection.execute(back.values(retired_at=None, next_poll_at=now, failures=0))
    for row in known.values():
        if row.retired_at is None:
            connection.execute(endpoint_table.update().where(table.id == row.id).values(retired_at=now))


def endpoints(connection: Connection, source: str | None = None) -> tuple[EndpointState, ...]:
    """Active endpoints, of one source or of all, in the order they were first known."""
    query = select(endpoint_table).where(endpoint_table.c.retired_at.is_(None)).order_by(endpoint_table.c.id)
    if source is not None:
        query = query.where(endpoint_table.c.source == source)
    return tuple(_state(row) for row in connection.execute(query))


def due_endpoints(connection: Connection, now: datetime, sources: Collection[str]) -> tuple[EndpointState, ...]:
    """Active endpoints of these sources whose time has come, in the order they were first known."""
    table = endpoint_table.c
    query = select(endpoint_table).where(table.retired_at.is_(None), table.next_poll_at <= now).order_by(table.id)
    wanted = frozenset(sources)
    return tuple(_state(row) for row in connection.execute(query) if row.source in wanted)


def due_sources(connection: Connection, now: datetime, sources: Collection[str]) -> frozenset[str]:
    """Those of the sources that have an endpoint or a page whose time has come, or no endpoint yet."""
    table, page = endpoint_table.c, page_table.c
    first = func.min(table.next_poll_at, type_=Moment()).label("first")
    polls = select(table.source, first).where(table.retired_at.is_(None)).group_by(table.source)
    active = {row.source: row.first for row in connection.execute(polls)}
    due = {name for name in sources if name not in active or active[name] <= now}
    for name in sorted(frozenset(sources) - due):
        if connection.scalar(select(page.id).where(page.source == name, page.next_attempt_at <= now).limit(1)) is not None:
            due.add(name)
    return frozenset(due)


def validators_json(validators: Mapping[str, Validators]) -> dict[str, dict[str, str | None]]:
    """Validators as the endpoint's column holds them."""
    return {url: asdict(value) for url, value in validators.items()}


def _state(row: Row[tuple[object, ...]]) -> EndpointState:
    return EndpointState(
        id=row.id,
        endpoint=Endpoint(source=row.source, kind=EndpointKind(row.kind), url=row.url),
        validators={url: Validators(**value) for url, value in row.validators.items()},
        next_poll_at=row.next_poll_at,
        last_polled_at=row.last_polled_at,
        last_success_at=row.last_success_at,
        failures=row.failures,
    )
