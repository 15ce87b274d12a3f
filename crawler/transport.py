"""The network under httpx: every connection passes the guard, dialled by the address that was checked.

A name is resolved once for each connection, all of its addresses are checked, and one of those is dialled. There is no second
look-up between check and use, so a resolver that changes its answer (DNS rebinding) gains nothing; the name itself
stays in Host and in TLS (server name, certificate).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import httpcore
import httpx

from crawler.guard import literal, refusal
from crawler.options import parse_networks
from model.errors import AddressRefused, ConnectionFailed, InvalidAddress

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

    from crawler.guard import Address
    from crawler.names import Resolve
    from crawler.options import FetchOptions

#: Seconds an idle connection is kept. Many servers hang up after five (Apache's default), and a request that crosses with
#: that is lost; so we are the first to go.
_KEEPALIVE: Final = 4.5
#: Addresses of one name that are tried.
_MAX_DIALS: Final = 4


class UnknownName(ConnectionFailed):
    """A name has no address, as far as the resolver knows today. Stays within the room."""


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over a pool whose connections are guarded.

    Args:
        options: timeouts, networks, ports.
        context: TLS, verifying.
        connections: size of the pool.
        resolve: names to addresses.
    """

    def __init__(self, options: FetchOptions, *, context: ssl.SSLContext, connections: int, resolve: Resolve) -> None:
        super().__init__(verify=context, trust_env=False)
        # httpx has no argument for the backend; the attribute is private, hence the pinned version.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=_KEEPALIVE,
            network_backend=_GuardedBackend(options, resolve),
        )


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Dials checked addresses only. Errors name the host where their URL should be: the URL is not known down here."""

    def __init__(self, options: FetchOptions, resolve: Resolve) -> None:
        self._networks, self._ports = parse_networks(options.networks), options.ports
        self._resolve = resolve
        self._dialler = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, check, dial.

        Raises:
            AddressRefused: one of the addresses is refused.
            InvalidAddress: the port is not allowed there.
            UnknownName: the name has no address.
            httpcore.ConnectError: no address answers.
            httpcore.ConnectTimeout: not within ``timeout``, look-up included.
        """
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._addresses(host)
                self._check(host, port, addresses)
                return await self._dial(addresses[:_MAX_DIALS], port, timeout, local_address, socket_options)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"no connection within {timeout:g} s") from error

    async def connect_unix_socket(self, path: str, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        """Never.

        Raises:
            AddressRefused: always.
        """
        raise AddressRefused(path, "a local socket")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    async def _addresses(self, host: str) -> tuple[Address, ...]:
        spelled = literal(host)
        if spelled is not None:
            return (spelled,)
        try:
            addresses = await self._resolve(host)
        except (OSError, UnicodeError) as error:
            raise UnknownName(host, f"DNS: no address for {host} ({error})") from error
        if not addresses:
            raise UnknownName(host, f"DNS: no address for {host}")
        return addresses

    def _check(self, host: str, port: int, addresses: tuple[Address, ...]) -> None:
        for address in addresses:
            reason = refusal(address, self._networks)
            if reason:
                raise AddressRefused(host, f"{host} is at {address}: {reason}")
        if port not in self._ports and not all(self._listed(address) for address in addresses):
            raise InvalidAddress(host, f"port {port} is not allowed")

    def _listed(self, address: Address) -> bool:
        return any(address in network for network in self._networks)

    async def _dial(
        self,
        addresses: tuple[Address, ...],
        port: int,
        timeout: float | None,  # noqa: ASYNC109 - handed on
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.AsyncNetworkStream:
        """The first address that answers; none may use up the time of those after it."""
        *others, last = addresses
        share = None if timeout is None else timeout / len(addresses)
        for address in others:
            try:
                return await self._dialler.connect_tcp(str(address), port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._dialler.connect_tcp(str(last), port, timeout, local_address, socket_options)
