"""Time is aware UTC everywhere; a naive datetime is refused at the door it comes in by."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware UTC. Deciders never call it: they take ``now`` as an argument."""
    return datetime.now(UTC)


def utc(moment: datetime) -> datetime:
    """The same moment in UTC.

    Raises:
        ValueError: ``moment`` has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"a datetime without zone: {moment.isoformat()}")
    return moment.astimezone(UTC)
