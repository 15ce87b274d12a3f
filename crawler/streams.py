"""Connections as httpcore reads and writes them, on asyncio's own transports.

httpcore brings such streams on anyio; what those do besides, to be cancelled in anyio's manner and to serve trio too, is a
quarter of a request's CPU time.
"""

from __future__ import annotations

import asyncio
import ssl
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import httpcore

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.guard import Address

_Result = TypeVar("_Result")

#: Bytes that may arrive before anybody reads them; then the other side has to wait.
_AHEAD: Final = 1 << 18
#: Bytes of TLS taken at a time.
_STEP: Final = 1 << 16


async def connect(address: Address, port: int, seconds: float | None) -> TcpStream:
    """A connection to an address.

    Raises:
        httpcore.ConnectError: nobody answers there.
        httpcore.ConnectTimeout: not in time.
    """
    try:
        async with asyncio.timeout(seconds):
            _, inbox = await asyncio.get_running_loop().create_connection(_Inbox, str(address), port)
    except TimeoutError as error:
        raise httpcore.ConnectTimeout from error
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
    return TcpStream(inbox)


class _Stream(httpcore.AsyncNetworkStream):
    """What both kinds have in common."""

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
    ) -> TlsStream:
        """Shake hands over this stream; where that fails it is closed.

        Raises:
            httpcore.ConnectError: the other side speaks no TLS, or cannot prove to be the host.
            httpcore.ConnectTimeout: not in time.
        """
        try:
            async with asyncio.timeout(timeout):
                return await TlsStream(self, ssl_context, server_hostname).shaken()
        except BaseException as error:
            await self.aclose()
            if isinstance(error, TimeoutError):
                raise httpcore.ConnectTimeout from error
            if isinstance(error, ssl.SSLError | httpcore.NetworkError):
                raise httpcore.ConnectError(str(error)) from error
            raise


class TcpStream(_Stream):
    """A plain connection; see `connect`."""

    def __init__(self, inbox: _Inbox) -> None:
        self._inbox = inbox

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's interface
        """The next bytes, as soon as there are any; none where the other side has ended.

        Raises:
            httpcore.ReadError: the connection broke.
            httpcore.ReadTimeout: nothing came in time.
        """
        if not self._inbox.news.is_set():
            try:
                async with asyncio.timeout(timeout):
                    await self._inbox.news.wait()
            except TimeoutError as error:
                raise httpcore.ReadTimeout from error
        return self._inbox.take(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's interface
        """Send bytes, all of them.

        Raises:
            httpcore.WriteError: the connection broke, or the other side has ended.
            httpcore.WriteTimeout: it does not take them in time.
        """
        inbox = self._inbox
        if buffer and not inbox.ended:
            inbox.transport.write(buffer)
        if not inbox.flushed.is_set():
            try:
                async with asyncio.timeout(timeout):
                    await inbox.flushed.wait()
            except TimeoutError as error:
                raise httpcore.WriteTimeout from error
        if inbox.ended:
            raise httpcore.WriteError("the other side hung up")

    async def aclose(self) -> None:
        """Hang up. Nothing is waited for, so that no cancelling can come between."""
        self._inbox.transport.abort()

    def get_extra_info(self, info: str) -> object:
        """``is_readable``: for an idle connection, that the other side ended it or spoke unasked."""
        return self._inbox.news.is_set() if info == "is_readable" else None


class TlsStream(_Stream):
    """TLS over another stream; that may be one over TLS itself, to a proxy.

    A connection that ends without TLS saying so has ended all the same, as everywhere on the web.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream, context: ssl.SSLContext, host: str | None) -> None:
        self._stream = stream
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    async def shaken(self) -> TlsStream:
        """The same after the handshake.

        Raises:
            httpcore.NetworkError: the connection broke.
            ssl.SSLError: no TLS, or not the host.
        """
        await self._through(self._tls.do_handshake, None)
        return self

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's interface
        """As `TcpStream.read`."""
        try:
            return await self._through(partial(self._tls.read, max_bytes), timeout)
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""
        except ssl.SSLError as error:
            raise httpcore.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's interface
        """As `TcpStream.write`."""
        if buffer:
            try:
                await self._through(partial(self._tls.write, buffer), timeout)
            except ssl.SSLError as error:
                raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        """As `TcpStream.aclose`."""
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> object:
        """``ssl_object``, and what the stream below tells."""
        return self._tls if info == "ssl_object" else self._stream.get_extra_info(info)

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


class _Inbox(asyncio.Protocol):
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
            httpcore.ReadError: the connection broke.
        """
        taken = bytes(self._bytes[:size])
        del self._bytes[:size]
        if not taken and self._error is not None:
            raise httpcore.ReadError(str(self._error)) from self._error
        if not self._bytes and not self.ended:
            self.news.clear()
            self.transport.resume_reading()
        return taken

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.set_write_buffer_limits(0)

    def data_received(self, data: bytes) -> None:
        self._bytes += data
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
