"""When a source is polled next. APScheduler's only door: its cron arithmetic here, its ticks in `newsmill.daemon`.

The truth about *when* is a column of the database; nothing here remembers anything.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from newsmill.units import duration

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler
    from apscheduler.triggers.cron import CronTrigger

#: Shorter intervals are no politeness.
SHORTEST = timedelta(minutes=1)
#: A source that fails is visited ever more rarely, and at least this often.
RAREST = timedelta(days=7)


def check_every(every: str) -> str:
    """``every`` unchanged, when it is an interval or a cron line.

    Raises:
        ValueError: it is neither, or an interval under a minute.
    """
    interval = _interval(every)
    if interval is not None and interval < SHORTEST:
        raise ValueError(f"{every!r} is under a minute")
    if interval is None:
        _cron(every)
    return every


def next_poll(every: str, *, name: str, now: datetime, failures: int = 0) -> datetime:
    """When the source's endpoints are due again.

    Args:
        every: interval or cron line (`check_every`).
        name: the source's name: spreads intervals by a stable offset, so that sources do not fall due together.
        now: the moment of this poll.
        failures: failed polls in a row; each doubles the interval, up to a week.
    """
    interval = _interval(every)
    if interval is None:
        fire = _cron(every).get_next_fire_time(None, now)
        regular = fire.astimezone(UTC) if fire else now + RAREST
        return max(regular, now + _backed_off(timedelta(minutes=5), failures)) if failures else regular
    return now + _backed_off(interval, failures) + _offset(name, interval)


def _backed_off(interval: timedelta, failures: int) -> timedelta:
    return interval if not failures else min(interval * 2.0 ** min(failures, 20), max(interval, RAREST))


def _offset(name: str, interval: timedelta) -> timedelta:
    """0 to 10 % of the interval, always the same for one name."""
    share = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=2).digest(), "big") / 0xFFFF
    return interval * 0.1 * share


def _interval(every: str) -> timedelta | None:
    """The interval, or None for what can only be a cron line."""
    return None if len(every.split()) == 5 else duration(every)  # noqa: PLR2004 - a cron line has five fields


@cache
def _cron(line: str) -> CronTrigger:
    from apscheduler.triggers.cron import CronTrigger

    try:
        return CronTrigger.from_crontab(line, timezone=UTC)
    except ValueError as error:
        raise ValueError(f"{line!r} is not a cron line: {error}") from None


def ticking() -> AsyncIOScheduler:
    """A scheduler for the daemon's few ticks: never lost, never twice at a time, nothing stored."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    # The defaults drop a run that is a second late (docs/why.md).
    return AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1})
