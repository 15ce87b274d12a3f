"""Whose turn it is: one request at a time per host, with pauses, and rest for a host that asks for it.

`Pace` decides and knows no clock; `Turns` waits.

The pause between two requests is the longest of what config.yaml says, what robots.txt asks for, what refusals have added, and a
multiple of what the host lately took to answer (Heritrix's delay-factor: a machine that labours is left alone for longer).
"""

from __future__ import annotations

import asyncio
import hashlib
import math
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from crawler.shelf import Shelf
from model.errors import HostAbsent, HostResting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from crawler.options import FetchOptions

#: Statuses by which a server says that it is asked too much.
REFUSALS: Final = frozenset({429, 503})
#: The longest Retry-After that is believed: a day.
MAX_RETRY_AFTER: Final = 86_400.0
#: Seconds between requests after the first refusal, doubled by each further one.
_FIRST_SLOWDOWN: Final = 2.0
#: What a good answer leaves of the slowdown, and below how many seconds it is over.
_RECOVERY: Final = 0.75
_RECOVERED: Final = 0.5
#: Seconds of rest for a host that could not be connected to, doubled each further time up to the longest. Without it each page
#: of a dead host would cost the whole time that connecting may take.
_FIRST_ABSENCE: Final = 30.0
_LONGEST_ABSENCE: Final = 3600.0
#: How much the last answer counts in the smoothed answer time.
_FRESHNESS: Final = 0.3
#: Each host's pauses are longer by a share of its own between nothing and this, so that hosts begun together drift apart.
_MAX_OFFSET: Final = 0.1
#: What the parts of one page (scripts that a browser loads) wait for each other, as a share of the delay between pages.
_PART_SHARE: Final = 0.1
_MAX_HOSTS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What one host can take; moments are seconds of one monotonic clock."""

    #: End of the last request.
    ended: float = -math.inf
    #: The host asked not to be asked before this.
    rests_until: float = -math.inf
    #: Seconds that refusals have put on the pause between requests; 0 for a host in good health.
    slowdown: float = 0.0
    #: Seconds of rest after the last attempt to connect, which failed; 0 for a host that answered.
    absence: float = 0.0
    #: Seconds that an answer took lately, smoothed; 0 before the first.
    answer: float = 0.0

    def starts(self, delay: float, *, max_delay: float, factor: float = 0.0) -> float:
        """When the next request may start, where ``delay`` and ``factor`` times an answer are asked for anyway."""
        return max(self.ended + min(max(delay, self.slowdown, factor * self.answer), max_delay), self.rests_until)

    def took(self, seconds: float) -> Pace:
        """The pace after a request of so many seconds, whatever came of it."""
        smoothed = seconds if not self.answer else self.answer + _FRESHNESS * (seconds - self.answer)
        return replace(self, answer=smoothed)

    def answered(self, *, now: float, status: int, retry_after: float | None = None, max_delay: float) -> Pace:
        """The pace after an answer: a refusal doubles the pause, a good answer takes a quarter of what was added away."""
        if status in REFUSALS:
            slowdown = min(max(2 * self.slowdown, _FIRST_SLOWDOWN), max_delay)
            return replace(self, ended=now, slowdown=slowdown, rests_until=now + (retry_after or 0.0), absence=0.0)
        slowdown = self.slowdown * _RECOVERY
        return replace(self, ended=now, slowdown=slowdown if slowdown >= _RECOVERED else 0.0, absence=0.0)

    def absent(self, *, now: float) -> Pace:
        """The pace after no connection came about: a rest, each time twice as long."""
        absence = min(max(2 * self.absence, _FIRST_ABSENCE), _LONGEST_ABSENCE)
        return replace(self, ended=now, absence=absence, rests_until=now + absence)

    def broke_off(self, *, now: float) -> Pace:
        """The pace after a request without an answer."""
        return replace(self, ended=now)

    def forgettable(self, *, now: float, max_delay: float) -> bool:
        """Whether a host never heard of would be treated the same."""
        return not self.slowdown and self.starts(max_delay, max_delay=max_delay) <= now


class Turn:
    """One request's time with a host."""

    def __init__(self, host: _Host, options: FetchOptions, clock: Callable[[], float]) -> None:
        self._host, self._options, self._clock = host, options, clock

    def answered(self, status: int, retry_after: float | None) -> None:
        """Learn from the answer; to be called while the turn lasts."""
        self._host.pace = self._host.pace.answered(
            now=self._clock(), status=status, retry_after=retry_after, max_delay=self._options.max_delay
        )

    def took(self, seconds: float) -> None:
        """Learn how long the request took, answered or not; to be called while the turn lasts."""
        self._host.pace = self._host.pace.took(seconds)

    def absent(self) -> None:
        """Learn that no connection came about; to be called while the turn lasts."""
        self._host.pace = self._host.pace.absent(now=self._clock())


class _Host:
    """A host's queue (the lock is first come, first served) and its pace."""

    __slots__ = ("lock", "pace")

    def __init__(self) -> None:
        self.lock, self.pace = asyncio.Lock(), Pace()


class Turns:
    """The queues of all hosts.

    A turn must never be asked for while another is held: two chains of redirects that cross would wait for each other.
    """

    def __init__(self, options: FetchOptions, clock: Callable[[], float]) -> None:
        self._options, self._clock = options, clock
        self._hosts: Shelf[_Host] = Shelf(_Host, limit=_MAX_HOSTS, spent=self._spent)

    @asynccontextmanager
    async def turn(self, host: str, url: str, *, crawl_delay: float = 0.0, part: bool = False) -> AsyncIterator[Turn]:
        """Wait for the host to be free and its pause to be over, and hold it.

        Args:
            host: identity of the host: `Target.authority`, or that of all hosts at one address.
            url: for the error.
            crawl_delay: what its robots.txt asks for.
            part: whether it is a part of the page that was asked for just before.

        Raises:
            HostResting: the host asked for a rest that lasts longer than ``patience``; as `HostAbsent`: it could not be
                connected to just now.
        """
        with self._hosts.use(host) as state:
            async with state.lock:
                await self._pause(host, state.pace, url, *self._wanted(crawl_delay, part=part))
                try:
                    yield Turn(state, self._options, self._clock)
                finally:
                    state.pace = state.pace.broke_off(now=self._clock())

    def rest(self, host: str, seconds: float) -> None:
        """Leave a host alone for so long, as it asked somebody before us."""
        with self._hosts.use(host) as state:
            state.pace = replace(state.pace, rests_until=max(state.pace.rests_until, self._clock() + seconds))

    def _wanted(self, crawl_delay: float, *, part: bool) -> tuple[float, float]:
        """The delay asked for, and how many times the host's answer time is."""
        delay = self._options.delay
        if part:
            return delay * _PART_SHARE, 0.0
        return max(delay, crawl_delay), self._options.delay_factor if delay else 0.0

    async def _pause(self, host: str, pace: Pace, url: str, delay: float, factor: float) -> None:
        now = self._clock()
        rest = pace.rests_until - now
        if rest > 0 and pace.absence:
            raise HostAbsent(url, f"no connection to the host lately; not tried for another {rest:.0f} s", retry_after=rest)
        if rest > self._options.patience:
            raise HostResting(url, f"the host asked for {rest:.0f} s without requests", retry_after=rest)
        # A configured delay stands even above the cap, which is for what hosts ask.
        ceiling = max(self._options.max_delay, self._options.delay)
        wait = pace.starts(delay, max_delay=ceiling, factor=factor) - now
        if wait > 0:
            await asyncio.sleep(wait * (1 + offset(host)))

    def _spent(self, host: _Host) -> bool:
        return host.pace.forgettable(now=self._clock(), max_delay=self._options.max_delay)


def offset(host: str) -> float:
    """A host's own share by which its pauses are longer: 0 to 0.1, always the same for one name."""
    return _MAX_OFFSET * int.from_bytes(hashlib.blake2b(host.encode(), digest_size=2).digest(), "big") / 0xFFFF


def retry_after(value: str | None, *, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, at most a day; None where there is none that can be read.

    Args:
        value: seconds or an HTTP date (RFC 9110, 10.2.3).
        now: aware UTC.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), MAX_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    # A date without zone, or with the RFC's "-0000" for an unknown one, is taken for UTC as HTTP demands.
    seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)
