"""Connections: TLS by name over checked addresses, several addresses, slow resolvers."""

from __future__ import annotations

import asyncio
import ssl
import threading
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from loopback import say_ok

from crawler import Fetcher
from crawler.names import Names as SystemNames
from crawler.names import look_up
from crawler.transport import GuardedTransport
from model.errors import ConnectionFailed, FetchTimeout, HostAbsent
from model.page import Page, Request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from ipaddress import IPv4Address

    from loopback import Hit, Site

    from crawler import FetchOptions
    from crawler.names import Resolve

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

    async with await asyncio.start_server(say_ok, "127.0.0.1", 0, ssl=context) as server:
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
        GuardedTransport(options(), context=lambda: trusting, connections=2, resolve=resolver) as transport,
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


def test_the_systems_resolver() -> None:
    assert {str(address) for address in look_up("localhost")} <= {"127.0.0.1", "::1"}


async def test_dead_names_delay_no_other_and_are_looked_up_once() -> None:
    over = threading.Event()
    asked: list[str] = []

    def ask(host: str) -> tuple[IPv4Address, ...]:
        asked.append(host)
        if host.startswith("dead"):
            assert over.wait(20)
            raise OSError(host)
        return (ip_address("127.0.0.1"),)

    names = SystemNames(4, ask)
    try:
        waiting = [asyncio.ensure_future(names(f"dead{number % 3}.example")) for number in range(30)]
        await asyncio.sleep(0)
        assert await names("good.example") == (ip_address("127.0.0.1"),)
        waiting.pop().cancel()  # who gives up takes the answer from nobody
        over.set()
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        assert {type(answer) for answer in answers} == {OSError}
        assert sorted(asked) == ["dead0.example", "dead1.example", "dead2.example", "good.example"]
        assert await names("good.example")
        assert asked.count("good.example") == 2
    finally:
        over.set()
        names.close()


async def test_a_host_without_connection_rests_and_comes_back(site: Site, options: Options, names: Names) -> None:
    clock = [0.0]
    site.page("/a")
    known: dict[str, str | list[str]] = {"late.example": "127.0.0.99"}
    url = site.url("/a", host="late.example")
    async with Fetcher(options(obey_robots=False), resolve=names(known), clock=lambda: clock[0]) as fetcher:
        with pytest.raises(ConnectionFailed):
            await fetcher.fetch(Request(url=url))
        known["late.example"] = "127.0.0.1"
        with pytest.raises(HostAbsent, match="no connection to the host lately") as caught:
            await fetcher.fetch(Request(url=url))
        assert caught.value.retry_after == 30
        assert site.log == []
        clock[0] += 30
        assert isinstance(await fetcher.fetch(Request(url=url)), Page)
        assert isinstance(await fetcher.fetch(Request(url=url)), Page)


async def test_a_name_without_address_rests_too(options: Options, names: Names) -> None:
    async with Fetcher(options(obey_robots=False), resolve=names({})) as fetcher:
        with pytest.raises(ConnectionFailed):
            await fetcher.fetch(Request(url="http://gone.example/"))
        with pytest.raises(HostAbsent):
            await fetcher.fetch(Request(url="http://gone.example/b"))


async def test_a_connection_that_breaks_after_it_stood_is_no_reason_to_rest(site: Site, options: Options) -> None:
    async def hang_up(hit: Hit, writer: asyncio.StreamWriter) -> None:
        pass

    url = site.raw("/x", hang_up)
    async with Fetcher(options(obey_robots=False)) as fetcher:
        for _ in range(2):
            with pytest.raises(ConnectionFailed):
                await fetcher.fetch(Request(url=url))
    assert site.pages == ["/x", "/x"]


async def test_a_kept_connection_that_dies_under_a_request_is_replaced(site: Site, options: Options) -> None:
    async def once(hit: Hit, writer: asyncio.StreamWriter) -> None:
        if sum(it.target == "/x" for it in site.log) > 1:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: text/html\r\n\r\nok")

    site.page("/first")
    url = site.raw("/x", once)
    async with Fetcher(options(obey_robots=False)) as fetcher:
        await fetcher.fetch(Request(url=site.url("/first")))
        page = await fetcher.fetch(Request(url=url))
    assert isinstance(page, Page)
    assert page.body == b"ok"
    assert site.pages == ["/first", "/x", "/x"]
    first, kept, fresh = site.log
    assert first.peer == kept.peer != fresh.peer


async def test_a_server_that_always_hangs_up_is_asked_twice_at_most(site: Site, options: Options) -> None:
    async def hang_up(hit: Hit, writer: asyncio.StreamWriter) -> None:
        pass

    site.page("/first")
    url = site.raw("/x", hang_up)
    async with Fetcher(options(obey_robots=False)) as fetcher:
        await fetcher.fetch(Request(url=site.url("/first")))
        with pytest.raises(ConnectionFailed):
            await fetcher.fetch(Request(url=url))
    assert site.pages == ["/first", "/x", "/x"]
