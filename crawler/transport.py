"""The network under httpx: every connection passes the guard, dialled by the address that was checked.

A name is resolved once for each connection, all of its addresses are checked, and one of those is dialled. There is no second
look-up between check and use, so a resolver that changes its answer (DNS rebinding) gains nothing; the name itself
stays in Host and in TLS (server name, certificate). Where there is a proxy, it is dialled in place of the address and is given
the checked address, never the name.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import httpcore
import httpx

from crawler.connections import Pool
from crawler.dialling import Dialler, ProxyDialler, addresses_of, check
from crawler.options import parse_networks
from model.errors import AddressRefused, InvalidAddress

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

    from crawler.guard import Address
    from crawler.names import Resolve
    from crawler.options import FetchOptions
    from model.access import Proxy

#: Seconds an idle connection is kept. Many servers hang up after five (Apache's default), and a request that crosses with
#: that is lost; so we are the first to go.
_KEEPALIVE: Final = 4.5
#: Addresses of one name that are tried.
_MAX_DIALS: Final = 4


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over a pool whose connections are guarded.

    Args:
        options: timeouts, networks, ports.
        context: TLS, verifying.
        connections: size of the pool.
        resolve: names to addresses.
        proxy: through which all of its connections are made.
    """

    def __init__(
        self,
        options: FetchOptions,
        *,
        context: ssl.SSLContext,
        connections: int,
        resolve: Resolve,
        proxy: Proxy | None = None,
    ) -> None:
        super().__init__(verify=context, trust_env=False)
        dialler = Dialler() if proxy is None else ProxyDialler(options, proxy, resolve=resolve, context=context)
        # httpx has no argument for the backend; the attribute is private, hence the pinned version.
        self._pool = Pool(
            connections=connections,
            ssl_context=context,
            keepalive_expiry=_KEEPALIVE,
            network_backend=_GuardedBackend(options, resolve, dialler),
        )


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Dials checked addresses only. Errors name the host where their URL should be: the URL is not known down here."""

    def __init__(self, options: FetchOptions, resolve: Resolve, dialler: Dialler) -> None:
        self._networks, self._ports = parse_networks(options.networks), options.ports
        self._resolve, self._dialler = resolve, dialler

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,  # noqa: ARG002 - httpcore's interface
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 - httpcore's interface
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
                addresses = await addresses_of(host, self._resolve)
                self._check(host, port, addresses)
                return await self._dialler.dial(addresses[:_MAX_DIALS], port, timeout)
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

    def _check(self, host: str, port: int, addresses: tuple[Address, ...]) -> None:
        check(host, addresses, self._networks)
        if port not in self._ports and not all(self._listed(address) for address in addresses):
            raise InvalidAddress(host, f"port {port} is not allowed")

    def _listed(self, address: Address) -> bool:
        return any(address in network for network in self._networks)
