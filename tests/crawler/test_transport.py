"""Connections: TLS by name over checked addresses, several addresses, slow resolvers."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from crawler import Fetcher
from crawler.transport import GuardedTransport, resolve
from model.errors import AddressRefused, ConnectionFailed, FetchTimeout
from model.page import Page, Request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from ipaddress import IPv4Address

    from loopback import Site

    from crawler import FetchOptions
    from crawler.transport import Resolve

    Options = Callable[..., FetchOptions]
    Names = Callable[..., Resolve]

pytestmark = pytest.mark.anyio

CERTIFICATE = Path(__file__).parents[2] / "fixtures" / "tls" / "throwaway"


@asynccontextmanager
async def tls_server() -> AsyncIterator[tuple[int, list[str | None]]]:
    """A TLS server for tls.example: its port and the names it was asked for."""
    asked: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE / "cert.pem", CERTIFICATE / "key.pem")
    context.sni_callback = lambda _, name, __: asked.append(name)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")
            writer.close()
            await writer.wait_closed()

    async with await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1], asked


async def test_a_certificate_nobody_vouches_for(options: Options, names: Names) -> None:
    async with (
        tls_server() as (port, asked),
        Fetcher(options(obey_robots=False), resolve=names({"tls.example": "127.0.0.1"})) as fetcher,
    ):
        with pytest.raises(ConnectionFailed, match="CERTIFICATE_VERIFY_FAILED"):
            await fetcher.fetch(Request(url=f"https://tls.example:{port}/"))
    assert asked == ["tls.example"]


async def test_tls_by_name_over_the_checked_address(options: Options, names: Names) -> None:
    trusting = ssl.create_default_context(cafile=str(CERTIFICATE / "cert.pem"))
    resolver = names({"tls.example": "127.0.0.1", "other.example": "127.0.0.1"})
    async with (
        tls_server() as (port, asked),
        GuardedTransport(options(), context=trusting, connections=2, resolve=resolver) as transport,
    ):
        response = await transport.handle_async_request(httpx.Request("GET", f"https://tls.example:{port}/"))
        assert await response.aread() == b"ok"
        with pytest.raises(httpx.ConnectError, match="Hostname mismatch"):
            await transport.handle_async_request(httpx.Request("GET", f"https://other.example:{port}/"))
    assert asked == ["tls.example", "other.example"]


async def test_the_next_address_is_tried(site: Site, options: Options, names: Names) -> None:
    url = site.url("/", host="many.example")
    site.page("/")
    async with Fetcher(options(), resolve=names({"many.example": "127.0.0.77 127.0.0.78 127.0.0.1"})) as fetcher:
        assert isinstance(await fetcher.fetch(Request(url=url)), Page)


async def test_a_resolver_that_does_not_answer(options: Options) -> None:
    async def silent(host: str) -> tuple[IPv4Address, ...]:
        await asyncio.sleep(60)
        raise OSError(host)

    async with Fetcher(options(connect_timeout=0.1, obey_robots=False), resolve=silent) as fetcher:
        with pytest.raises(FetchTimeout, match=r"no connection in time: .*0\.1 s"):
            await fetcher.fetch(Request(url="http://slow.example/"))


async def test_a_resolver_that_knows_nothing(options: Options, names: Names) -> None:
    async with Fetcher(options(obey_robots=False), resolve=names({"empty.example": ""})) as fetcher:
        with pytest.raises(ConnectionFailed, match="DNS: no address"):
            await fetcher.fetch(Request(url="http://empty.example/"))


async def test_local_sockets_are_refused(options: Options) -> None:
    context = ssl.create_default_context()
    async with GuardedTransport(options(), context=context, connections=1, resolve=resolve) as transport:
        with pytest.raises(AddressRefused):
            await transport._pool._network_backend.connect_unix_socket("/run/docker.sock")


async def test_the_systems_resolver() -> None:
    assert {str(address) for address in await resolve("localhost")} <= {"127.0.0.1", "::1"}
