"""Connections as bytes both ways, on asyncio's own transports: TCP, and TLS over it.

httpcore, which httpx brings, has such streams on anyio; what those do besides, to be cancelled in anyio's manner and to serve
trio too, is a quarter of a request's CPU time.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.guard import Address

_Result = TypeVar("_Result")

#: Bytes that may arrive before anybody reads them; then the other side has to wait.
_AHEAD: Final = 1 << 18
#: Bytes of TLS taken at a time, and the most that one of its records holds (RFC 8446, 5.1): more never comes out at once.
_STEP: Final = 1 << 16
_RECORD: Final = 1 << 14


async def connect(address: Address, port: int, seconds: float | None) -> TcpStream:
    """A connection to an address.

    Raises:
        httpx.ConnectError: nobody answers there.
        httpx.ConnectTimeout: not in time.
    """
    try:
        async with asyncio.timeout(seconds):
            _, inbox = await asyncio.get_running_loop().create_connection(_Inbox, str(address), port)
    except TimeoutError as error:
        raise httpx.ConnectTimeout("") from error
    except OSError as error:
        raise httpx.ConnectError(str(error)) from error
    return TcpStream(inbox)


class Stream(ABC):
    """A connection."""

    @abstractmethod
    async def read(self, most: int, seconds: float | None = None) -> bytes:
        """The next bytes, as soon as there are any; none where the other side has ended.

        Args:
            most: so many of them.
            seconds: to wait.

        Raises:
            httpx.ReadError: the connection broke.
            httpx.ReadTimeout: nothing came in time.
        """

    @abstractmethod
    async def write(self, sent: bytes, seconds: float | None = None) -> None:
        """Send bytes, all of them.

        Raises:
            httpx.WriteError: the connection broke, or the other side has ended.
            httpx.WriteTimeout: it does not take them in time.
        """

    @abstractmethod
    def close(self) -> None:
        """Hang up. Nothing is waited for, so that no cancelling can come between."""

    @property
    @abstractmethod
    def is_readable(self) -> bool:
        """Of an idle connection, that the other side ended it or spoke unasked."""

    async def start_tls(self, context: ssl.SSLContext, host: str, seconds: float | None = None) -> TlsStream:
        """Shake hands over this stream; where that fails it is closed.

        Raises:
            httpx.ConnectError: the other side speaks no TLS, or cannot prove to be the host.
            httpx.ConnectTimeout: not in time.
        """
        try:
            async with asyncio.timeout(seconds):
                return await TlsStream(self, context, host).shaken()
        except BaseException as error:
            self.close()
            if isinstance(error, TimeoutError):
                raise httpx.ConnectTimeout("") from error
            if isinstance(error, ssl.SSLError | httpx.NetworkError):
                raise httpx.ConnectError(str(error)) from error
            raise


class TcpStream(Stream):
    """A plain connection; see `connect`."""

    def __init__(self, inbox: _Inbox) -> None:
        self._inbox = inbox

    async def read(self, most: int, seconds: float | None = None) -> bytes:
        """See `Stream.read`."""
        if not self._inbox.news.is_set():
            try:
                async with asyncio.timeout(seconds):
                    await self._inbox.news.wait()
            except TimeoutError as error:
                raise httpx.ReadTimeout("") from error
        return self._inbox.take(most)

    async def write(self, sent: bytes, seconds: float | None = None) -> None:
        """See `Stream.write`."""
        inbox = self._inbox
        if sent and not inbox.ended:
            inbox.transport.write(sent)
        if not inbox.flushed.is_set():
            try:
                async with asyncio.timeout(seconds):
                    await inbox.flushed.wait()
            except TimeoutError as error:
                raise httpx.WriteTimeout("") from error
        if inbox.ended:
            raise httpx.WriteError("the other side hung up")

    def close(self) -> None:
        """See `Stream.close`."""
        self._inbox.transport.abort()

    @property
    def is_readable(self) -> bool:
        """See `Stream.is_readable`."""
        return self._inbox.news.is_set()


class TlsStream(Stream):
    """TLS over another stream; that may be one over TLS itself, to a proxy.

    A connection that ends without TLS saying so has ended all the same, as everywhere on the web.
    """

    def __init__(self, stream: Stream, context: ssl.SSLContext, host: str) -> None:
        self._stream = stream
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    async def shaken(self) -> TlsStream:
        """The same after the handshake.

        Raises:
            httpx.NetworkError: the connection broke.
            ssl.SSLError: no TLS, or not the host.
        """
        await self._through(self._tls.do_handshake, None)
        return self

    async def read(self, most: int, seconds: float | None = None) -> bytes:
        """See `Stream.read`."""
        try:
            return await self._through(partial(self._tls.read, min(most, _RECORD)), seconds)
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""
        except ssl.SSLError as error:
            raise httpx.ReadError(str(error)) from error

    async def write(self, sent: bytes, seconds: float | None = None) -> None:
        """See `Stream.write`."""
        if sent:
            try:
                await self._through(partial(self._tls.write, sent), seconds)
            except ssl.SSLError as error:
                raise httpx.WriteError(str(error)) from error

    def close(self) -> None:
        """See `Stream.close`."""
        self._stream.close()

    @property
    def is_readable(self) -> bool:
        """See `Stream.is_readable`."""
        return self._stream.is_readable

    async def _through(self, step: Callable[[], _Result], seconds: float | None) -> _Result:
        """What a step of TLS gives: sent is what it wants to send, read what it wants to read. Seconds are for each time."""
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                await self._send(seconds)
                if piece := await self._stream.read(_STEP, seconds):
                    self._incoming.write(piece)
                else:
                    self._incoming.write_eof()
            else:
                await self._send(seconds)
                return result

    async def _send(self, seconds: float | None) -> None:
        if self._outgoing.pending:
            await self._stream.write(self._outgoing.read(), seconds)


class _Landing(threading.local):
    """Where bytes arrive, of whichever connection: one place for a thread, as it runs one event loop at a time.

    asyncio would take new memory for each piece that arrives, as much as the longest may be, and the system has to clear it:
    five times the work of copying what came. A loop hands on what it read before it reads again (all of asyncio's but
    Windows' own, where no cleaning process could be forked either).
    """

    def __init__(self) -> None:
        self.place = memoryview(bytearray(_AHEAD))


_LANDING: Final = _Landing()


class _Inbox(asyncio.BufferedProtocol):
    """What arrived on a connection and was not read yet."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        #: Set while there is something to read, and once nothing more will come.
        self.news = asyncio.Event()
        #: Set while all that was written is on its way.
        self.flushed = asyncio.Event()
        self.flushed.set()
        self.ended = False
        self._error: Exception | None = None
        self._bytes = bytearray()

    def take(self, size: int) -> bytes:
        """The next bytes, at most so many; none after the last.

        Raises:
            httpx.ReadError: the connection broke.
        """
        with memoryview(self._bytes) as held:
            taken = bytes(held[:size])
        del self._bytes[:size]
        if not taken and self._error is not None:
            raise httpx.ReadError(str(self._error)) from self._error
        if not self._bytes and not self.ended:
            self.news.clear()
            self.transport.resume_reading()
        return taken

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.set_write_buffer_limits(0)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's interface
        return _LANDING.place

    def buffer_updated(self, nbytes: int) -> None:
        self._bytes += _LANDING.place[:nbytes]
        self.news.set()
        if len(self._bytes) > _AHEAD:
            self.transport.pause_reading()

    def eof_received(self) -> None:
        self.ended = True
        self.news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended, self._error = True, exc
        self.news.set()
        self.flushed.set()

    def pause_writing(self) -> None:
        self.flushed.clear()

    def resume_writing(self) -> None:
        self.flushed.set()
