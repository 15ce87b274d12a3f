"""The network under httpx: every connection passes the guard, dialled by the address that was checked.

A name is resolved once for each connection, all of its addresses are checked, and one of those is dialled. There is no second
look-up between check and use, so a resolver that changes its answer (DNS rebinding) gains nothing; the name itself
stays in Host and in TLS (server name, certificate). Where there is a proxy, it is dialled in place of the address and is given
the checked address, never the name.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import httpx

from crawler.connections import Pool
from crawler.dialling import Dialler, ProxyDialler, addresses_of, check
from crawler.options import parse_networks
from model.errors import InvalidAddress

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from crawler.guard import Address
    from crawler.names import Resolve
    from crawler.options import FetchOptions
    from crawler.streams import Stream
    from model.access import Proxy

#: Seconds an idle connection is kept. Many servers hang up after five (Apache's default), and a request that crosses with
#: that is lost; so we are the first to go.
_KEEPALIVE: Final = 4.5
#: Addresses of one name that are tried.
_MAX_DIALS: Final = 4
_PORTS: Final = {"http": 80, "https": 443}


class GuardedTransport(httpx.AsyncBaseTransport):
    """A transport for httpx whose connections are guarded. Errors of the guard name the host where their URL should be.

    Args:
        options: timeouts, networks, ports.
        context: makes the one for TLS, verifying.
        connections: size of the pool.
        resolve: names to addresses.
        proxy: through which all of its connections are made.
    """

    def __init__(
        self,
        options: FetchOptions,
        *,
        context: Callable[[], ssl.SSLContext],
        connections: int,
        resolve: Resolve,
        proxy: Proxy | None = None,
    ) -> None:
        self._resolve, self._context = resolve, context
        self._dialler = Dialler() if proxy is None else ProxyDialler(options, proxy, resolve=resolve, context=context)
        self._networks, self._ports = parse_networks(options.networks), options.ports
        self.pool = Pool(self._open, connections=connections, keep=_KEEPALIVE)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request without a body.

        Raises:
            AddressRefused: one of the host's addresses is refused.
            InvalidAddress: the port is not allowed there.
            UnknownName: the name has no address.
            httpx.TransportError: no answer.
        """
        return await self.pool.ask(request)

    async def aclose(self) -> None:
        """Close what is idle."""
        self.pool.close()
        await asyncio.sleep(0)  # asyncio closes sockets a turn later

    async def _open(self, request: httpx.Request) -> Stream:
        url, seconds = request.url, request.extensions.get("timeout", {}).get("connect")
        host = url.raw_host.decode("ascii")
        stream = await self._connected(host, url.port or _PORTS[url.scheme], seconds)
        return await stream.start_tls(self._context(), host, seconds) if url.scheme == "https" else stream

    async def _connected(self, host: str, port: int, seconds: float | None) -> Stream:
        """Resolve, check, dial."""
        try:
            async with asyncio.timeout(seconds):
                addresses = await addresses_of(host, self._resolve)
                self._check(host, port, addresses)
                return await self._dialler.dial(addresses[:_MAX_DIALS], port, seconds)
        except TimeoutError as error:
            raise httpx.ConnectTimeout(f"no connection within {seconds:g} s") from error

    def _check(self, host: str, port: int, addresses: tuple[Address, ...]) -> None:
        check(host, addresses, self._networks)
        if port not in self._ports and not all(self._listed(address) for address in addresses):
            raise InvalidAddress(host, f"port {port} is not allowed")

    def _listed(self, address: Address) -> bool:
        return any(address in network for network in self._networks)
