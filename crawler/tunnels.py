"""Connections through a proxy, to an address that was checked before: the proxy is never given a name to look up.

A proxy that looked names up itself would go where no check of ours has looked (and a name may lead elsewhere the second time),
so HTTP proxies are asked for a tunnel to the address (``CONNECT 192.0.2.1:443``, for plain HTTP too) and SOCKS ones likewise.
The name stays in Host and in TLS.
"""

from __future__ import annotations

import base64
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Final

import httpx

if TYPE_CHECKING:
    from crawler.guard import Address
    from crawler.streams import Stream
    from model.access import Proxy

#: Bytes that a proxy may say before the tunnel stands.
_MAX_HEAD: Final = 16_384
_STEP: Final = 4_096

#: RFC 1928: version, commands, kinds of address; RFC 1929: version of the log-in.
_VERSION: Final = 5
_CONNECT: Final = 1
_IPV4, _NAME, _IPV6 = 1, 3, 4
_OPEN, _PASSWORD = 0, 2
_LOG_IN: Final = 1
_SOCKS_ERRORS: Final = {
    1: "general failure",
    2: "not allowed by its rules",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "time ran out",
    7: "command not known",
    8: "kind of address not known",
}


async def open_tunnel(stream: Stream, proxy: Proxy, address: Address, port: int, seconds: float | None) -> None:
    """Make a connection to a proxy into one to an address.

    Args:
        stream: connected to the proxy, over TLS where it wants that.
        proxy: its kind and credentials.
        address: where to; already checked.
        port: its port.
        seconds: for each step.

    Raises:
        httpx.ConnectError: the proxy refuses, cannot, or speaks something else.
        httpx.ConnectTimeout: it says nothing.
    """
    speak = _socks if proxy.scheme == "socks5" else _connect
    try:
        await speak(stream, proxy, address, port, seconds)
    except (httpx.ReadTimeout, httpx.WriteTimeout) as error:
        raise httpx.ConnectTimeout(f"the proxy {proxy.host} says nothing") from error
    except (httpx.ReadError, httpx.WriteError) as error:
        raise httpx.ConnectError(f"the proxy {proxy.host} hung up") from error


async def _connect(stream: Stream, proxy: Proxy, address: Address, port: int, seconds: float | None) -> None:
    """RFC 9110, section 9.3.6."""
    place = f"{address}:{port}" if isinstance(address, IPv4Address) else f"[{address}]:{port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    if proxy.user:
        token = base64.b64encode(f"{proxy.user}:{proxy.password}".encode()).decode("ascii")
        lines.append(f"Proxy-Authorization: Basic {token}")
    await stream.write(("\r\n".join(lines) + "\r\n\r\n").encode("ascii"), seconds)
    head = b""
    while b"\r\n\r\n" not in head:
        piece = await stream.read(_STEP, seconds)
        head += piece
        if not piece or len(head) > _MAX_HEAD:
            raise httpx.ConnectError(f"the proxy {proxy.host} gave no answer that can be read")
    first, _, _ = head.partition(b"\r\n")
    version, _, status = first.decode("latin-1").partition(" ")
    if not version.startswith("HTTP/1.") or not status.startswith("2"):
        raise httpx.ConnectError(f"the proxy {proxy.host} makes no tunnel to {place}: {status[:60] or 'it speaks no HTTP'}")
    if not head.endswith(b"\r\n\r\n"):  # in HTTP and TLS it is ours to speak first
        raise httpx.ConnectError(f"the proxy {proxy.host} speaks in the place of {place}")


async def _socks(stream: Stream, proxy: Proxy, address: Address, port: int, seconds: float | None) -> None:
    """RFC 1928 and 1929."""
    methods = bytes([_OPEN, _PASSWORD] if proxy.user else [_OPEN])
    await stream.write(bytes([_VERSION, len(methods)]) + methods, seconds)
    version, method = await _exactly(stream, 2, proxy, seconds)
    if version != _VERSION or method not in methods:
        raise httpx.ConnectError(f"the proxy {proxy.host} {'wants a password' if method == _PASSWORD else 'is no SOCKS proxy'}")
    if method == _PASSWORD:
        user, password = proxy.user.encode(), proxy.password.encode()
        await stream.write(bytes([_LOG_IN, len(user)]) + user + bytes([len(password)]) + password, seconds)
        _, refused = await _exactly(stream, 2, proxy, seconds)
        if refused:
            raise httpx.ConnectError(f"the proxy {proxy.host} does not take the password")
    kind = _IPV4 if isinstance(address, IPv4Address) else _IPV6
    await stream.write(bytes([_VERSION, _CONNECT, 0, kind]) + address.packed + port.to_bytes(2, "big"), seconds)
    version, status, _, kind = await _exactly(stream, 4, proxy, seconds)
    if version != _VERSION or status:
        reason = _SOCKS_ERRORS.get(status, f"error {status}")
        raise httpx.ConnectError(f"the proxy {proxy.host} makes no connection to {address}: {reason}")
    length = {_IPV4: 4, _IPV6: 16}.get(kind)
    if length is None:
        (length,) = await _exactly(stream, 1, proxy, seconds)
    await _exactly(stream, length + 2, proxy, seconds)  # the proxy's own end of the connection


async def _exactly(stream: Stream, count: int, proxy: Proxy, seconds: float | None) -> bytes:
    """The next bytes, no more than asked for: what follows is the server's."""
    got = b""
    while len(got) < count:
        piece = await stream.read(count - len(got), seconds)
        if not piece:
            raise httpx.ConnectError(f"the proxy {proxy.host} hung up")
        got += piece
    return got
