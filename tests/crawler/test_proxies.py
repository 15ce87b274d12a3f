"""Fetching through proxies: they are given checked addresses, never names, and must themselves be allowed."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from loopback import say_ok
from proxies import PASSWORD, USER, Proxy

from crawler import Fetcher
from crawler.transport import GuardedTransport
from model.access import Access, proxy_at
from model.errors import AddressRefused, ConnectionFailed, FetchTimeout, InvalidAddress, RobotsDisallowed
from model.page import Page, Request
from model.source import Source

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from loopback import Site

    from crawler import FetchOptions
    from crawler.names import Resolve

    Options = Callable[..., FetchOptions]
    Names = Callable[..., Resolve]

pytestmark = pytest.mark.anyio

CERTIFICATE = Path(__file__).parents[2] / "fixtures" / "tls" / "throwaway"
HOME = {"proxy_networks": ("127.0.0.0/8",)}


def source(proxy: str, **access: Any) -> Source:
    return Source(name="a", url="http://a.example/", access=Access(proxy=proxy_at(proxy), **access))


@asynccontextmanager
async def tls_server(context: ssl.SSLContext) -> AsyncIterator[int]:
    async with await asyncio.start_server(say_ok, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]


def kinds(scheme: str) -> str:
    return "SOCKS" if scheme == "socks5" else "CONNECT"


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_proxy_is_given_the_checked_address_and_never_the_name(
    site: Site, options: Options, names: Names, scheme: str
) -> None:
    site.robots("User-agent: *\nDisallow: /private")
    site.page("/a", b"<p>Through.")
    site.page("/b")
    async with (
        Proxy().serving() as proxy,
        Fetcher(options(**HOME), resolve=names({"a.example": "127.0.0.1", "proxy.example": "127.0.0.1"})) as fetcher,
    ):
        visitor = fetcher.of(source(f"{scheme}://proxy.example:{proxy.port}"))
        page = await visitor.fetch(Request(url=site.url("/a", host="a.example")))
        await visitor.fetch(Request(url=site.url("/b", host="a.example")))
        with pytest.raises(RobotsDisallowed):
            await visitor.fetch(Request(url=site.url("/private", host="a.example")))
    assert isinstance(page, Page)
    assert page.body == b"<p>Through."
    assert proxy.asked == [f"{kinds(scheme)} 127.0.0.1:{site.port}"]  # one connection for all, robots.txt included
    assert {hit.host for hit in site.log} == {f"a.example:{site.port}"}


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_what_is_refused_is_refused_before_the_proxy_hears_of_it(
    site: Site, options: Options, names: Names, scheme: str
) -> None:
    inside = {
        "in.example": "10.0.0.1",
        "two.example": "127.0.0.1 169.254.169.254",
        "rebound.example": ["93.184.216.34", "10.0.0.1"],
    }
    site.redirect("/out", "http://169.254.169.254/latest/meta-data/")
    async with Proxy().serving() as proxy, Fetcher(options(obey_robots=False, **HOME), resolve=names(inside)) as fetcher:
        visitor = fetcher.of(source(f"{scheme}://127.0.0.1:{proxy.port}"))
        for url in ("http://in.example/", "http://two.example/", "http://[::ffff:10.0.0.1]/", site.url("/out")):
            with pytest.raises(AddressRefused):
                await visitor.fetch(Request(url=url))
        with pytest.raises(InvalidAddress, match="port 8080"):
            await visitor.fetch(Request(url="http://93.184.216.34:8080/"))
    assert proxy.asked == [f"{kinds(scheme)} 127.0.0.1:{site.port}"]


async def test_a_proxy_in_a_private_network_must_be_listed(site: Site, options: Options) -> None:
    async with Proxy().serving() as proxy, Fetcher(options(obey_robots=False)) as fetcher:
        with pytest.raises(ConnectionFailed, match=r"the proxy 127\.0\.0\.1 is at .*: loopback; fetch\.proxy_networks may"):
            await fetcher.of(source(f"http://127.0.0.1:{proxy.port}")).fetch(Request(url=site.page("/a")))
    assert not proxy.asked
    assert not site.log


async def test_networks_of_proxies_are_no_networks_to_visit(options: Options) -> None:
    async with (
        Proxy().serving() as proxy,
        Fetcher(options(obey_robots=False, networks=(), **HOME)) as fetcher,
    ):
        with pytest.raises(AddressRefused):
            await fetcher.of(source(f"http://127.0.0.1:{proxy.port}")).fetch(Request(url="http://127.0.0.1/"))
    assert not proxy.asked


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_names_and_passwords(site: Site, options: Options, scheme: str) -> None:
    url = site.page("/a")
    async with Proxy(locked=True).serving() as proxy:
        good = f"{scheme}://{USER}:{PASSWORD.replace(':', '%3A')}@127.0.0.1:{proxy.port}"
        for address, message in (
            (good, ""),
            (good.replace("hush", "wrong"), "proxy"),
            (f"{scheme}://127.0.0.1:{proxy.port}", "prox"),
        ):
            async with Fetcher(options(obey_robots=False, **HOME)) as fetcher:
                visitor = fetcher.of(source(address))
                if not message:
                    await visitor.fetch(Request(url=url))
                    continue
                with pytest.raises(ConnectionFailed, match=message) as caught:
                    await visitor.fetch(Request(url=url))
                assert "wrong" not in str(caught.value)
    assert site.pages == ["/a"]


@pytest.mark.parametrize(
    ("scheme", "answer", "message"),
    [
        ("http", b"", "no answer that can be read"),
        ("http", b"HTTP/1.1 403 Forbidden\r\n\r\n", "makes no tunnel to 127.0.0.1:.*403 Forbidden"),
        ("http", b"SSH-2.0-OpenSSH\r\n\r\n", "makes no tunnel"),
        ("http", b"x" * 20_000, "no answer that can be read"),
        ("http", b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\nsmuggled", "speaks in the place of"),
        ("socks5", b"HTTP/1.1 400 Bad\r\n\r\n", "is no SOCKS proxy"),
        ("socks5", b"\x05\x00\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00", "not allowed by its rules"),
        ("socks5", b"\x05\x00\x05\x63\x00\x01", "error 99"),
        ("socks5", b"\x05\x00\x05\x00", "hung up"),
    ],
)
async def test_proxies_that_make_no_connection(site: Site, options: Options, scheme: str, answer: bytes, message: str) -> None:
    async with (
        Proxy(answer=answer).serving() as proxy,
        Fetcher(options(obey_robots=False, **HOME)) as fetcher,
    ):
        with pytest.raises(ConnectionFailed, match=message):
            await fetcher.of(source(f"{scheme}://127.0.0.1:{proxy.port}")).fetch(Request(url=site.page("/a")))
    assert not site.log


async def test_a_proxy_that_says_nothing(site: Site, options: Options) -> None:
    async with Fetcher(options(obey_robots=False, connect_timeout=0.2, **HOME)) as fetcher:
        proxy = f"socks5://127.0.0.1:{site.port}"  # an HTTP server waits for the end of a request that never comes
        with pytest.raises(FetchTimeout):
            await fetcher.of(source(proxy)).fetch(Request(url="http://127.0.0.1:9/"))


async def test_tls_through_a_tunnel_and_to_the_proxy_itself(options: Options, names: Names) -> None:
    """A proxy that speaks TLS, and a server behind it that does: each shows the certificate of its own name."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(CERTIFICATE / "cert.pem", CERTIFICATE / "key.pem")
    trusting = ssl.create_default_context(cafile=str(CERTIFICATE / "cert.pem"))
    resolve = names({"tls.example": "127.0.0.1", "other.example": "127.0.0.1"})
    async with tls_server(serving) as port, Proxy().serving(serving) as proxy:
        for host in ("tls.example", "other.example"):
            through = proxy_at(f"https://{host}:{proxy.port}")
            transport = GuardedTransport(options(**HOME), context=lambda: trusting, connections=2, resolve=resolve, proxy=through)
            async with transport:
                asked = httpx.Request("GET", f"https://tls.example:{port}/")
                if host == "other.example":
                    with pytest.raises(httpx.ConnectError, match="Hostname mismatch"):
                        await transport.handle_async_request(asked)
                    continue
                assert await (await transport.handle_async_request(asked)).aread() == b"ok"
    assert proxy.asked == [f"CONNECT 127.0.0.1:{port}"]
