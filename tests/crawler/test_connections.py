"""Which connections are kept: one for each host, so many in all, and none that was given up stays open."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

import httpx
import pytest

from crawler import Fetcher
from crawler.streams import TcpStream
from crawler.transport import GuardedTransport
from model.errors import ConnectionFailed, FetchTimeout
from model.page import Page, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from loopback import Hit, Site

    from crawler import FetchOptions
    from crawler.connections import Pool
    from crawler.names import Resolve

    Options = Callable[..., FetchOptions]
    Names = Callable[..., Resolve]

pytestmark = pytest.mark.anyio


def pool_of(fetcher: Fetcher) -> Pool:
    return fetcher._wire._clients[None].transport.pool


def transport_of(options: FetchOptions, resolve: Resolve) -> GuardedTransport:
    return GuardedTransport(options, context=ssl.create_default_context, connections=8, resolve=resolve)


async def visit(fetcher: Fetcher, site: Site, *hosts: str) -> None:
    for host in hosts:
        assert isinstance(await fetcher.fetch(Request(url=site.url("/", host=host))), Page)


async def test_each_host_has_its_own_and_so_many_are_open_in_all(site: Site, options: Options, names: Names) -> None:
    hosts = [f"{letter}.example" for letter in "abcd"]
    site.page("/")
    settings = options(connections=3, concurrency=1, obey_robots=False)
    async with Fetcher(settings, resolve=names(dict.fromkeys(hosts, "127.0.0.1"))) as fetcher:
        await visit(fetcher, site, *hosts[:3], "a.example")
        first = pool_of(fetcher).connections[0]
        await visit(fetcher, site, "d.example")
        assert first.is_closed  # that of b, idle for longest
        assert len(pool_of(fetcher).connections) == 3
        await visit(fetcher, site, "a.example", "b.example")
        kept = pool_of(fetcher).connections
    a, b, c, again, d, once_more, b_again = (hit.peer for hit in site.log)
    assert a == again == once_more
    assert len({a, b, c, d, b_again}) == 5
    assert all(connection.is_closed for connection in kept)


async def test_what_is_idle_for_too_long_is_closed_whoever_asks_next(
    site: Site, options: Options, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.page("/")
    async with Fetcher(
        options(obey_robots=False), resolve=names({"a.example": "127.0.0.1", "b.example": "127.0.0.1"})
    ) as fetcher:
        monkeypatch.setattr("crawler.transport._KEEPALIVE", 0.0)
        await visit(fetcher, site, "a.example")
        (kept,) = pool_of(fetcher).connections
        await asyncio.sleep(0.01)
        await visit(fetcher, site, "b.example", "b.example")
        assert kept.is_closed
    assert len({hit.peer for hit in site.log}) == 3


async def test_a_server_that_spoke_unasked_is_not_believed(site: Site, options: Options) -> None:
    """Apache tells an idle connection "408" before it hangs up; that is no answer to the next request."""
    spoke = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def chatty(hit: Hit, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: text/html\r\n\r\nok")
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-type: text/html\r\n\r\nbad")
        await writer.drain()
        loop.call_soon_threadsafe(spoke.set)
        await asyncio.sleep(20)

    url = site.raw("/chatty", chatty)
    site.page("/")
    async with Fetcher(options(obey_robots=False)) as fetcher:
        await fetcher.fetch(Request(url=url))
        (kept,) = pool_of(fetcher).connections
        await spoke.wait()
        assert isinstance(kept._stream, TcpStream)
        await kept._stream._inbox.news.wait()
        page = await fetcher.fetch(Request(url=site.url("/")))
        assert isinstance(page, Page)
        assert page.body == b"<p>A page.</p>"
        assert kept.is_closed


async def test_a_request_that_fails_keeps_nothing_open(site: Site, options: Options, names: Names) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def half(hit: Hit, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\ncontent-type: text/html\r\n\r\nhalf")
        await writer.drain()
        if hit.host.startswith("a."):
            loop.call_soon_threadsafe(asked.set)
        await asyncio.sleep(20)

    url = site.raw("/half", half)
    resolve = names({"gone.example": "127.0.0.99", "a.example": "127.0.0.1"})
    async with Fetcher(options(obey_robots=False, total_timeout=0.3), resolve=resolve) as fetcher:
        with pytest.raises(FetchTimeout):
            await fetcher.fetch(Request(url=url))
        with pytest.raises(ConnectionFailed):
            await fetcher.fetch(Request(url=site.url("/", host="gone.example")))
        asking = asyncio.create_task(fetcher.fetch(Request(url=site.url("/half", host="a.example"))))
        await asked.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        pool = pool_of(fetcher)
        assert pool.connections == []
        assert pool._busy == 0


async def test_closing_waits_for_nothing(site: Site, options: Options, names: Names) -> None:
    """Of a request cancelled while it closed old connections, as of httpcore's pool, those of other hosts stayed open."""
    hosts = [f"{letter}.example" for letter in "abc"]
    site.page("/")
    async with Fetcher(options(obey_robots=False), resolve=names(dict.fromkeys(hosts, "127.0.0.1"))) as fetcher:
        await visit(fetcher, site, *hosts)
        kept = pool_of(fetcher).connections
        pool_of(fetcher).close()
        assert all(connection.is_closed for connection in kept)


async def test_of_two_to_one_host_one_is_kept(site: Site, options: Options, names: Names) -> None:
    site.page("/")
    async with transport_of(options(), names({})) as transport:
        request = httpx.Request("GET", site.url("/"))
        answers = [await transport.handle_async_request(request) for _ in range(2)]
        for answer in answers:
            await answer.aread()
            await answer.aclose()
            await answer.aclose()  # only once is its connection given back
        assert len(transport.pool.connections) == 1
        assert transport.pool._busy == 0
        await (await transport.handle_async_request(request)).aread()
    first, second, third = (hit.peer for hit in site.log)
    assert first != second == third
