"""From a name to a connection: addresses, the guard's word on them, and dialling one, straight or through a proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from crawler.guard import literal, refusal
from crawler.options import parse_networks
from crawler.streams import connect
from crawler.tunnels import open_tunnel
from model.errors import AddressRefused, ConnectionFailed

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from crawler.guard import Address
    from crawler.names import Resolve
    from crawler.options import FetchOptions, Networks
    from crawler.streams import Stream
    from model.access import Proxy


class UnknownName(ConnectionFailed):
    """A name has no address, as far as the resolver knows today. Stays within the room."""


async def addresses_of(host: str, resolve: Resolve) -> tuple[Address, ...]:
    """All addresses of a host; of one that spells out an address, that.

    Raises:
        UnknownName: there are none.
    """
    spelled = literal(host)
    if spelled is not None:
        return (spelled,)
    try:
        addresses = await resolve(host)
    except (OSError, UnicodeError) as error:
        raise UnknownName(host, f"DNS: no address for {host} ({error})") from error
    if not addresses:
        raise UnknownName(host, f"DNS: no address for {host}")
    return addresses


def check(host: str, addresses: tuple[Address, ...], networks: Networks) -> None:
    """Let pass a host all of whose addresses may be dialled.

    Raises:
        AddressRefused: one of them may not.
    """
    for address in addresses:
        reason = refusal(address, networks)
        if reason:
            raise AddressRefused(host, f"{host} is at {address}: {reason}")


class Dialler:
    """Dials addresses straight."""

    async def dial(self, addresses: tuple[Address, ...], port: int, seconds: float | None) -> Stream:
        """A connection to the first address that answers; none may use up the time of those after it.

        Raises:
            httpx.ConnectError: none answers.
            httpx.ConnectTimeout: not in time.
        """
        *others, last = addresses
        share = None if seconds is None else seconds / len(addresses)
        for address in others:
            try:
                return await self._one(address, port, share)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._one(last, port, seconds)

    async def _one(self, address: Address, port: int, seconds: float | None) -> Stream:
        return await connect(address, port, seconds)


class ProxyDialler(Dialler):
    """Dials through a proxy, whose own address must be public or be listed in ``proxy_networks``.

    Args:
        options: networks.
        proxy: the proxy.
        resolve: names to addresses.
        context: makes the one for TLS, verifying, for a proxy that speaks it.
    """

    def __init__(self, options: FetchOptions, proxy: Proxy, *, resolve: Resolve, context: Callable[[], ssl.SSLContext]) -> None:
        self._networks = parse_networks(options.proxy_networks, key="proxy_networks")
        self._proxy, self._resolve, self._context = proxy, resolve, context
        self._straight = Dialler()

    async def _one(self, address: Address, port: int, seconds: float | None) -> Stream:
        proxy = self._proxy
        stream: Stream = await self._straight.dial(await self._addresses(), proxy.port, seconds)
        try:
            if proxy.scheme == "https":
                stream = await stream.start_tls(self._context(), proxy.host, seconds)
            await open_tunnel(stream, proxy, address, port, seconds)
        except BaseException:
            stream.close()
            raise
        return stream

    async def _addresses(self) -> tuple[Address, ...]:
        host = self._proxy.host
        try:
            addresses = await addresses_of(host, self._resolve)
            check(host, addresses, self._networks)
        except AddressRefused as error:  # a slip in config.yaml, not a fault of the page
            raise httpx.ConnectError(f"the proxy {error.detail}; fetch.proxy_networks may allow it") from error
        except ValueError as error:
            raise httpx.ConnectError(f"the proxy {error}") from error
        return addresses
