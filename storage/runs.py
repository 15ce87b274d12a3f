"""Runs: when newsmill worked, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from storage.answers import RunSummary
from storage.tables import run as run_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection


def begin_run(connection: Connection, kind: str, now: datetime) -> int:
    """Open a run and return its id; one that a kill left open is closed as interrupted."""
    table = run_table.c
    connection.execute(run_table.update().where(table.ended_at.is_(None)).values(ended_at=now, interrupted=True))
    new = run_table.insert().values(kind=kind, started_at=now, interrupted=False, counts={})
    return int(connection.execute(new.returning(table.id)).scalar_one())


def end_run(connection: Connection, run_id: int, now: datetime, counts: Mapping[str, int]) -> None:
    """Close a run with its counts."""
    done = run_table.update().where(run_table.c.id == run_id)
    connection.execute(done.values(ended_at=now, interrupted=False, counts=dict(counts)))


def last_run(connection: Connection) -> RunSummary | None:
    """The run begun last."""
    row = connection.execute(select(run_table).order_by(run_table.c.id.desc()).limit(1)).first()
    return None if row is None else RunSummary(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row's dict
