"""Names to addresses, by the system's resolver in threads of our own.

A look-up cannot be ended: one of a dead name holds its thread for as long as the system goes on asking, often twenty seconds.
In asyncio's shared pool of a few threads a handful of dead names would hold up all others, and everything else that
runs there. So there are more threads than requests in flight, and a name that is being looked up is not looked up twice.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import TypeAlias

from crawler.guard import Address

#: All addresses of a name; an `OSError` when there are none.
Resolve: TypeAlias = Callable[[str], Awaitable[tuple[Address, ...]]]


def look_up(host: str) -> tuple[Address, ...]:
    """The system's answer for a name, in the order in which it wants the addresses tried; blocks.

    Raises:
        OSError: there is no answer.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found))


class Names:
    """A resolver of one event loop; `close` it.

    Args:
        threads: look-ups at a time.
        ask: one look-up, as `look_up`; may block.
    """

    def __init__(self, threads: int, ask: Callable[[str], tuple[Address, ...]] = look_up) -> None:
        self._ask = ask
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="newsmill-dns")
        self._asking: dict[str, asyncio.Future[tuple[Address, ...]]] = {}

    async def __call__(self, host: str) -> tuple[Address, ...]:
        """The addresses of a name; who asks for a name that is being looked up waits for that answer.

        Raises:
            OSError: there is no answer.
        """
        asking = self._asking.get(host)
        if asking is None:
            asking = asyncio.get_running_loop().run_in_executor(self._threads, self._ask, host)
            self._asking[host] = asking
            asking.add_done_callback(lambda answer: self._answered(host, answer))
        # One who gives up must not take the answer from the others.
        return await asyncio.shield(asking)

    def _answered(self, host: str, answer: asyncio.Future[tuple[Address, ...]]) -> None:
        del self._asking[host]
        if not answer.cancelled():
            answer.exception()  # that nobody waits any more is no error to report

    def close(self) -> None:
        """Look up nothing more. Threads that still wait for an answer end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)
