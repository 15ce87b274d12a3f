"""Hosts that asked an earlier run to leave them alone (Retry-After) are left alone by this one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from model.times import now
from model.urls import host_key
from storage.rests import rests

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from model.source import Source
    from newsmill.rooms import Rooms


async def heed_rests(rooms: Rooms, sources: Iterable[Source]) -> None:
    """Have the fetcher leave resting hosts alone until the first of their pages is due again.

    Raises:
        StorageError: the database cannot be read.
    """
    at = now()
    found = await asyncio.to_thread(rests, rooms.store.reading, [source.name for source in sources], at)
    hosts: dict[str, tuple[datetime, str]] = {}
    for url, until in found.items():
        key = host_key(url)
        hosts[key] = min(hosts.get(key, (until, url)), (until, url))
    for until, url in hosts.values():
        await rooms.fetcher.rest(url, (until - at).total_seconds())
