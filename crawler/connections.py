"""Which connections stay open, and for how long.

httpcore's own pool asks each of its connections how it is, on every request and again when the answer ends: with hundreds of
hosts that is most of a request (https://github.com/encode/httpcore/pull/1035). It may close a connection that it has just
given to a request (https://github.com/encode/httpcore/issues/1110), and of a request that asyncio cancels it forgets some that
it was about to close. A host is asked for one thing at a time here, so one connection is kept for each, found by its name.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

import httpx

from crawler.dialogue import Dialogue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from crawler.streams import Stream

    #: Makes a connection for a request.
    Open: TypeAlias = Callable[[httpx.Request], Awaitable[Stream]]

#: Scheme, host and port.
_Place: TypeAlias = tuple[str, bytes, "int | None"]

#: How a kept connection fails that died meanwhile.
_DEAD: Final = (httpx.ReadError, httpx.RemoteProtocolError)


class Pool:
    """Connections to many hosts.

    Args:
        open_one: makes one.
        connections: open at a time, unless more than that are in use; those idle for longest make room.
        keep: seconds that one may be idle.
    """

    def __init__(self, open_one: Open, *, connections: int, keep: float) -> None:
        self._open, self._most, self._keep, self._busy = open_one, connections, keep, 0
        #: Longest idle first.
        self._idle: dict[_Place, Dialogue] = {}

    @property
    def connections(self) -> list[Dialogue]:
        """Those that are idle."""
        return list(self._idle.values())

    async def ask(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request without a body; its connection is in use until the answer is closed.

        Where a kept connection turns out to be dead, as it often is when the server hung up just now, the request is sent once
        more on a new one: what has no body changes nothing.

        Raises:
            httpx.TransportError: there is none.
        """
        place = (request.url.scheme, request.url.raw_host, request.url.port)
        if (kept := self._kept(place)) is not None:
            try:
                return await self._asked(request, place, kept)
            except _DEAD:
                pass
        return await self._asked(request, place, None)

    def close(self) -> None:
        """Close what is idle."""
        while self._idle:
            self._close_one()

    async def _asked(self, request: httpx.Request, place: _Place, connection: Dialogue | None) -> httpx.Response:
        self._busy += 1
        self._make_room()
        try:
            if connection is None:
                connection = Dialogue(await self._open(request), keep=self._keep)
            head = await connection.ask(request)
        except BaseException:
            self._give_back(place, connection)
            raise
        body = _Body(connection, partial(self._give_back, place, connection))
        return httpx.Response(head.status_code, headers=head.headers.raw_items(), stream=body)

    def _kept(self, place: _Place) -> Dialogue | None:
        connection = self._idle.pop(place, None)
        if connection is not None and connection.has_expired:
            connection.close()
            return None
        return connection

    def _make_room(self) -> None:
        while self._idle and (self._busy + len(self._idle) > self._most or next(iter(self._idle.values())).has_expired):
            self._close_one()

    def _close_one(self) -> None:
        self._idle.pop(next(iter(self._idle))).close()

    def _give_back(self, place: _Place, connection: Dialogue | None) -> None:
        """Keep a connection that may serve again, in place of any other to the same host."""
        self._busy -= 1
        if connection is not None and connection.end():
            spare = self._idle.pop(place, None)
            self._idle[place] = connection
            if spare is not None:
                spare.close()


class _Body(httpx.AsyncByteStream):
    """The body of an answer."""

    def __init__(self, connection: Dialogue, give_back: Callable[[], None]) -> None:
        self._connection, self._give_back = connection, give_back
        self._is_open = True

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._connection.pieces()

    async def aclose(self) -> None:
        if self._is_open:
            self._is_open = False
            self._give_back()
