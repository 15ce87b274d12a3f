"""One GET over the wire: the door to httpx. It follows nothing, decides nothing, and keeps no cookies."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

import httpx

from crawler.dialling import UnknownName
from crawler.transport import GuardedTransport
from model.errors import ConnectionFailed, FetchTimeout, InvalidAddress

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable, Iterable
    from types import TracebackType
    from typing import Self

    from crawler.inflate import Body
    from crawler.names import Resolve
    from crawler.options import FetchOptions
    from crawler.targets import Target
    from model.access import Proxy
    from model.errors import FetchError

Headers: TypeAlias = tuple[tuple[str, str], ...]

#: Connections open through one proxy.
_PER_PROXY: Final = 16
#: Bytes and seconds up to which the body of a redirect or an error is heard out rather than hung up on.
_SHORT: Final = 8192
_SHORT_SECONDS: Final = 0.5

#: What a GET sends besides its head; named, so that httpx makes no headers for it.
_NOTHING: Final = httpx.ByteStream(b"")

#: httpx's errors and ours, the first that fits.
_ERRORS: Final = (
    (httpx.ConnectTimeout, FetchTimeout, "no connection in time"),
    (httpx.ReadTimeout, FetchTimeout, "the server fell silent"),
    (httpx.TimeoutException, FetchTimeout, "the server does not take the request"),
    (httpx.ConnectError, ConnectionFailed, "no connection"),
    (httpx.RemoteProtocolError, ConnectionFailed, "not HTTP"),
    (httpx.LocalProtocolError, InvalidAddress, "cannot be asked"),
    (httpx.TransportError, ConnectionFailed, "the connection broke"),
)
#: Those of them by which a host is not there, as opposed to one that answers badly.
_NO_CONNECTION: Final = (httpx.ConnectError, httpx.ConnectTimeout)


class NoConnection(Exception):
    """The host could not be connected to: a matter of the host, not of the page.

    Args:
        reason: the error of the page.
    """

    def __init__(self, reason: FetchError) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The beginning of an answer."""

    status: int
    #: Names in lower case; bytes outside ASCII as Latin-1, so that a value can be sent back verbatim.
    headers: Headers

    def header(self, name: str) -> str:
        """The first value of a header; "" where the server sent none."""
        return next((value for key, value in self.headers if key == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a GET brought."""

    head: Head
    #: None when the body was not wanted.
    body: bytes | None


class _Client:
    """A pool of connections, and how many of them are free."""

    def __init__(self, transport: GuardedTransport, connections: int) -> None:
        self.transport, self.places = transport, asyncio.Semaphore(connections)


class Wire:
    """Connections to all hosts: one client for those made straight, and one for each proxy.

    Args:
        options: limits and networks.
        resolve: names to addresses.
    """

    def __init__(self, options: FetchOptions, resolve: Resolve) -> None:
        self._options, self._resolve = options, resolve
        self._clients: dict[Proxy | None, _Client] = {}
        self._in_flight = asyncio.Semaphore(options.concurrency)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for client in self._clients.values():
            await client.transport.aclose()

    @asynccontextmanager
    async def place(self, target: Target, proxy: Proxy | None = None) -> AsyncIterator[Place]:
        """Wait for a free connection to the target's host; the waiting is not the server's fault and not timed."""
        client = self._clients.get(proxy) or self._clients.setdefault(proxy, self._client(proxy))
        async with client.places, self._in_flight:
            yield Place(client.transport, self._options, target)

    def _client(self, proxy: Proxy | None) -> _Client:
        count = self._options.connections if proxy is None else _PER_PROXY
        transport = GuardedTransport(
            self._options, context=lambda: self._context, connections=count, resolve=self._resolve, proxy=proxy
        )
        return _Client(transport, count)

    @cached_property
    def _context(self) -> ssl.SSLContext:
        """TLS, verifying. Reading all authorities takes 20 ms, so only who asks for https waits for it."""
        context = httpx.create_ssl_context(trust_env=False)
        context.set_alpn_protocols(["http/1.1"])
        return context


class Place:
    """A connection's worth of one client."""

    def __init__(self, client: GuardedTransport, options: FetchOptions, target: Target) -> None:
        self._client, self._options, self._target = client, options, target

    async def get(self, headers: Headers, *, seconds: float, take: Callable[[Head], Body | None]) -> Answer:
        """Ask.

        Args:
            headers: to send.
            seconds: until the last byte must be here.
            take: looks at the head and gives what collects the body, or None to leave it; its errors end the request.

        Raises:
            NoConnection: none came about; ``reason`` is the error to tell.
            AddressRefused, InvalidAddress: the guard said no.
            ConnectionFailed: the connection broke.
            FetchTimeout: reading or the whole took too long.
        """
        url = self._target.url
        if seconds <= 0:  # used up by redirects before
            raise FetchTimeout(url, f"the whole request: more than {self._options.total_timeout:g} s")
        try:
            async with asyncio.timeout(seconds):
                return await self._get(headers, take)
        except TimeoutError as error:
            raise FetchTimeout(url, f"the whole request: more than {self._options.total_timeout:g} s") from error
        except httpx.TransportError as error:
            reason = _translated(url, error)
            raise (NoConnection(reason) if isinstance(error, _NO_CONNECTION) else reason) from error
        except UnknownName as error:
            raise NoConnection(ConnectionFailed(url, error.detail)) from error

    async def _get(self, headers: Headers, take: Callable[[Head], Body | None]) -> Answer:
        response = await self._client.handle_async_request(self._request(headers))
        try:
            head = Head(status=response.status_code, headers=_decoded(response.headers.raw))
            body = take(head)
            if body is None:
                await _hear_out(response)
                return Answer(head=head, body=None)
            async for chunk in response.aiter_raw():
                body.add(chunk)
                if body.full:
                    break
            return Answer(head=head, body=body.end())
        finally:
            await response.aclose()

    def _request(self, headers: Headers) -> httpx.Request:
        options, url = self._options, self._target.parsed
        timeout = {"connect": options.connect_timeout, "read": options.read_timeout, "write": options.read_timeout}
        raw = [(b"Host", url.netloc), *((name.encode("ascii"), value.encode("latin-1")) for name, value in headers)]
        return httpx.Request("GET", url, headers=raw, stream=_NOTHING, extensions={"timeout": timeout})


async def _hear_out(response: httpx.Response) -> None:
    """Read the rest of an answer nobody wants if it is short, so that the connection can serve again."""
    size = 0
    with suppress(TimeoutError, httpx.TransportError):
        async with asyncio.timeout(_SHORT_SECONDS):
            async for chunk in response.aiter_raw():
                size += len(chunk)
                if size > _SHORT:
                    return


def _decoded(raw: Iterable[tuple[bytes, bytes]]) -> Headers:
    return tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in raw)


def _translated(url: str, error: httpx.TransportError) -> FetchTimeout | ConnectionFailed | InvalidAddress:
    kind, doing = next((ours, doing) for theirs, ours, doing in _ERRORS if isinstance(error, theirs))
    return kind(url, f"{doing}: {error}" if str(error) else doing)
