"""What is said on one connection: requests and answers of HTTP/1.1, the one door of h11.

httpcore, which httpx brings, says the same behind three locks of anyio's, each a turn of the event loop, and with every step
traced: a third of a request's CPU time. Here a connection serves one request at a time, and its pool knows which.
"""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Final

import h11
import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from crawler.streams import Stream

#: Bytes that a head may have.
_MAX_HEAD: Final = 100 * 1024
#: Words before an answer ("100 Continue") that are listened to.
_MAX_HINTS: Final = 20
#: Bytes read at a time: of crumbs, as many as may be taken before others have their turn.
_STEP: Final = 1 << 16


class Dialogue:
    """A connection that takes requests in turn.

    Args:
        stream: connected, TLS included.
        keep: seconds that it may be idle.
    """

    def __init__(self, stream: Stream, *, keep: float) -> None:
        self._stream, self._keep = stream, keep
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD)
        #: Seconds to wait for each piece of the answer in hand.
        self._patience: float | None = None
        self._idle_since = monotonic()
        self.is_closed = False

    @property
    def has_expired(self) -> bool:
        """Of an idle one: it may serve no more."""
        return monotonic() > self._idle_since + self._keep or self._stream.is_readable

    async def ask(self, request: httpx.Request) -> h11.Response:
        """Send a request without a body; the head of its answer, whose pieces are to follow.

        Raises:
            httpx.LocalProtocolError: not a request that can be sent.
            httpx.RemoteProtocolError: what comes is no HTTP, or nothing does.
            httpx.NetworkError, httpx.TimeoutException: the connection broke, or stands still.
        """
        limits = request.extensions.get("timeout", {})
        self._patience = limits.get("read")
        try:
            asked = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
            sent = self._http.send(asked)
            self._http.send(h11.EndOfMessage())
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error
        assert sent is not None
        with suppress(httpx.WriteError):  # who does not listen may have spoken: a refusal, before hanging up
            await self._stream.write(sent, limits.get("write"))
        for _ in range(_MAX_HINTS):
            if isinstance(event := await self._next(), h11.Response):
                return event
        raise httpx.RemoteProtocolError("much is said before the answer")

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body of the answer, as it comes.

        Raises:
            httpx.RemoteProtocolError: it breaks off, or is no HTTP.
            httpx.NetworkError, httpx.TimeoutException: as `ask`.
        """
        while isinstance(event := await self._next(), h11.Data):
            yield bytes(event.data)

    def end(self) -> bool:
        """Be done with the answer; whether another request can follow. If not, the connection is closed."""
        http = self._http
        is_over = http.our_state is h11.DONE and http.their_state is h11.DONE
        if not is_over or http.trailing_data[0]:  # what was said unasked is no answer to the next request
            self.close()
            return False
        http.start_next_cycle()
        self._idle_since = monotonic()
        return True

    def close(self) -> None:
        """Hang up."""
        self.is_closed = True
        self._stream.close()

    async def _next(self) -> object:
        """What h11 makes of the bytes to come."""
        http = self._http
        while True:
            try:
                event = http.next_event()
            except h11.RemoteProtocolError as error:
                raise httpx.RemoteProtocolError(str(error)) from error
            if event is not h11.NEED_DATA:
                return event
            piece = await self._stream.read(_STEP, self._patience)
            if not piece and http.their_state is h11.SEND_RESPONSE:
                raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
            http.receive_data(piece)
