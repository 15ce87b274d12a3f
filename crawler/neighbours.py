"""Hosts that share an address, and so a queue, where config.yaml wants that (``fetch.group_addresses``).

One machine often serves a dozen small papers: asked politely each, it is asked too much. At large providers, though, thousands of
strangers share an address that is no one machine's, so this is a choice and not the rule.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from crawler.dialling import UnknownName, addresses_of
from crawler.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.names import Resolve
    from crawler.targets import Target

#: Seconds for which an address is believed, and for which a look-up may take: one of a dead name is told of later on.
_FRESH: Final = 600.0
_PATIENCE: Final = 10.0
_MAX_HOSTS: Final = 10_000


class _Place:
    __slots__ = ("group", "until")

    def __init__(self) -> None:
        self.group, self.until = "", float("-inf")


class Neighbours:
    """The groups of hosts.

    Args:
        resolve: names to addresses. What it says here decides about pauses only; it is asked anew to connect.
        clock: monotonic seconds.
    """

    def __init__(self, resolve: Resolve, clock: Callable[[], float]) -> None:
        self._resolve, self._clock = resolve, clock
        self._places: Shelf[_Place] = Shelf(_Place, limit=_MAX_HOSTS)

    async def group(self, target: Target) -> str:
        """The queue of a target's host: that of its lowest address, or its own where it has none."""
        with self._places.use(target.authority) as place:
            if place.until <= self._clock():
                place.group = await self._look(target)
                place.until = self._clock() + _FRESH
            return place.group

    async def _look(self, target: Target) -> str:
        try:
            async with asyncio.timeout(_PATIENCE):
                addresses = await addresses_of(target.host, self._resolve)
        except (UnknownName, TimeoutError):
            return target.authority
        return f"at {min(addresses, key=lambda address: (address.version, int(address)))}"
