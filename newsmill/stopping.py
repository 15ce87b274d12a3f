"""Work that ends soon once the run is told to stop, and work of which one failure ends the rest."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

#: Seconds that what is in flight has left once the run is told to stop; what waits for its turn longer is not begun.
GRACE = 10.0

T = TypeVar("T")


@contextmanager
def first_failure() -> Iterator[None]:
    """Around a task group: the error that ended it comes out by itself, as if there were no group."""
    try:
        yield
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None


class Stopped(Exception):
    """The work in hand was not done, and is due again."""


async def unless_stopped(stop: asyncio.Event, work: Coroutine[None, None, T]) -> T:
    """The result of work on the network.

    Raises:
        Stopped: the run was told to stop, and the work had not begun or did not end in time.
    """
    if stop.is_set():
        work.close()
        raise Stopped
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            await asyncio.wait({working}, timeout=GRACE)
        if working.done():
            return working.result()
        raise Stopped
    finally:
        working.cancel()
        stopping.cancel()
