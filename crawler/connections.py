"""Which connections stay open, and for how long.

httpcore's own pool asks each of its connections how it is, on every request and again when the answer ends: with hundreds of
hosts that is most of a request (https://github.com/encode/httpcore/pull/1035). It may close a connection that it has just
given to a request (https://github.com/encode/httpcore/issues/1110), and of a request that asyncio cancels it forgets some that
it was about to close. A host is asked for one thing at a time here, so one connection is kept for each, found by its name.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import httpcore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

#: Scheme, host and port.
_Place: TypeAlias = tuple[bytes, bytes, "int | None"]


class Pool(httpcore.AsyncConnectionPool):
    """httpcore's pool with an order of its own. Closing waits for nothing, so that no cancelling comes between.

    Args:
        connections: open at a time, unless more than that are in use; those idle for longest make room.
        settings: of connections, as httpcore takes them.
    """

    def __init__(self, *, connections: int, **settings: Any) -> None:  # noqa: ANN401 - httpcore's own
        super().__init__(**settings)
        self._most, self._busy = connections, 0
        #: Longest idle first.
        self._idle: dict[_Place, httpcore.AsyncConnectionInterface] = {}

    @property
    def connections(self) -> list[httpcore.AsyncConnectionInterface]:
        """Those that are idle."""
        return list(self._idle.values())

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """The answer to a request; its connection is in use until the answer is closed.

        Raises:
            httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException: there is none.
        """
        place = (request.url.scheme, request.url.host, request.url.port)
        self._busy += 1
        connection = await self._kept(place) or self.create_connection(request.url.origin)
        await self._make_room()
        try:
            response = await connection.handle_async_request(request)
        except BaseException:
            await self._give_back(place, connection)
            raise
        body = _Body(response, partial(self._give_back, place, connection))
        return httpcore.Response(response.status, headers=response.headers, content=body, extensions=response.extensions)

    async def aclose(self) -> None:
        """Close what is idle."""
        while self._idle:
            await self._close_one()
        await asyncio.sleep(0)  # asyncio closes sockets a turn later

    async def _kept(self, place: _Place) -> httpcore.AsyncConnectionInterface | None:
        connection = self._idle.pop(place, None)
        if connection is not None and connection.has_expired():
            await connection.aclose()
            return None
        return connection

    async def _make_room(self) -> None:
        while self._idle and (self._busy + len(self._idle) > self._most or next(iter(self._idle.values())).has_expired()):
            await self._close_one()

    async def _close_one(self) -> None:
        await self._idle.pop(next(iter(self._idle))).aclose()

    async def _give_back(self, place: _Place, connection: httpcore.AsyncConnectionInterface) -> None:
        """Keep a connection that may serve again, in place of any other to the same host."""
        self._busy -= 1
        spare: httpcore.AsyncConnectionInterface | None = connection
        if connection.is_available():
            spare = self._idle.pop(place, None)
            self._idle[place] = connection
        if spare is not None:
            await spare.aclose()


class _Body:
    """The body of an answer."""

    def __init__(self, response: httpcore.Response, give_back: Callable[[], Awaitable[None]]) -> None:
        self._response, self._give_back = response, give_back
        self._is_open = True

    def __aiter__(self) -> AsyncIterator[bytes]:
        assert isinstance(self._response.stream, AsyncIterable)
        return aiter(self._response.stream)

    async def aclose(self) -> None:
        if self._is_open:
            self._is_open = False
            try:
                await self._response.aclose()
            finally:
                await self._give_back()
