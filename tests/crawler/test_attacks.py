"""Hostile servers and names: each attack ends in its typed error, soon, and in bounded memory."""

from __future__ import annotations

import asyncio
import gzip
import random
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest

from crawler import Fetcher
from model.errors import (
    AddressRefused,
    BadEncoding,
    BadRedirect,
    ConnectionFailed,
    FetchError,
    FetchTimeout,
    InvalidAddress,
    TooLarge,
)
from model.page import Page, Request, Want

if TYPE_CHECKING:
    from collections.abc import Callable

    from loopback import Hit, Site

    from crawler import FetchOptions
    from crawler.names import Resolve

    Options = Callable[..., FetchOptions]
    Names = Callable[..., Resolve]

pytestmark = pytest.mark.anyio

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n"


async def failure(options: FetchOptions, url: str, **request: Want) -> FetchError:
    """The error a fetch ends in."""
    async with Fetcher(options) as fetcher:
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(Request(url=url, **request))
    assert caught.value.url == url
    return caught.value


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.1",
        "0",
        "localhost",
        "localhost.",
        "10.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fd00::1]",
        "[fe80::1]",
    ],
)
async def test_addresses_inside_are_refused(site: Site, options: Options, host: str) -> None:
    error = await failure(options(networks=()), f"http://{host}:{site.port}/")
    assert isinstance(error, AddressRefused)
    assert site.log == []


async def test_redirects_inside_are_refused(site: Site, options: Options) -> None:
    for location in ("http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://0xa9fea9fe/"):
        error = await failure(options(), site.redirect("/x", location))
        assert isinstance(error, AddressRefused)
        assert "after a redirect to" in error.detail


async def test_one_address_inside_is_enough(site: Site, options: Options, names: Names) -> None:
    resolve = names({"mixed.example": "127.0.0.1 10.0.0.1"})
    async with Fetcher(options(), resolve=resolve) as fetcher:
        with pytest.raises(AddressRefused, match=r"mixed.example is at 10\.0\.0\.1: private"):
            await fetcher.fetch(Request(url=site.url("/", host="mixed.example")))
    assert site.log == []


async def test_a_resolver_that_changes_its_answer(site: Site, options: Options, names: Names) -> None:
    """DNS rebinding: one look-up for each connection, and what was checked is what is dialled."""
    site.page("/", headers={"connection": "close"})
    answers = ["127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.1"]
    url = site.url("/", host="rebind.example")
    async with Fetcher(options(networks=("127.0.0.1/32",)), resolve=names({"rebind.example": answers})) as fetcher:
        await fetcher.fetch(Request(url=url))  # robots.txt stays connected, its successor is hung up on
        assert answers == ["127.0.0.1", "127.0.0.2", "127.0.0.1"]
        await fetcher.fetch(Request(url=url))
        with pytest.raises(AddressRefused, match=r"rebind\.example is at 127\.0\.0\.2: loopback"):
            await fetcher.fetch(Request(url=url))
        await fetcher.fetch(Request(url=url))
    assert site.pages == ["/", "/", "/"]


async def test_ports(site: Site, options: Options, names: Names) -> None:
    async with Fetcher(options(networks=()), resolve=names({"public.example": "93.184.216.34"})) as fetcher:
        for port in (22, 25, 6379, 8080):
            with pytest.raises(InvalidAddress, match=f"port {port} is not allowed"):
                await fetcher.fetch(Request(url=f"http://public.example:{port}/"))


async def test_a_listed_network_opens_the_ports_of_its_own_addresses_only(options: Options, names: Names) -> None:
    async with Fetcher(options(), resolve=names({"both.example": "127.0.0.1 93.184.216.34"})) as fetcher:
        with pytest.raises(InvalidAddress, match="port 6379 is not allowed"):
            await fetcher.fetch(Request(url="http://both.example:6379/"))


def bomb(megabytes: int) -> bytes:
    return gzip.compress(bytes(1 << 20) * megabytes)


@pytest.mark.parametrize("want", [Want.PAGE, Want.FEED])
async def test_gzip_bombs(site: Site, options: Options, want: Want) -> None:
    url = site.page("/bomb", bomb(32), headers={"content-encoding": "gzip"})
    tracemalloc.start()
    try:
        error = await failure(options(), url, want=want)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(error, TooLarge)
    assert peak < 20_000_000


async def test_a_bomb_in_a_redirect(site: Site, options: Options) -> None:
    body = bomb(32)
    url = site.page("/bomb", body, status=302, headers={"content-encoding": "gzip", "location": "/good"})
    site.page("/good")
    async with Fetcher(options()) as fetcher:
        assert isinstance(await fetcher.fetch(Request(url=url)), Page)


async def test_truncated_gzip(site: Site, options: Options) -> None:
    body = gzip.compress(b"<p>half an article" * 1000)
    error = await failure(options(), site.page("/x", body[:-20], headers={"content-encoding": "gzip"}))
    assert isinstance(error, ConnectionFailed)  # which is tried again: the rest may come another time
    assert "breaks off" in error.detail


async def test_gzip_that_is_none(site: Site, options: Options) -> None:
    error = await failure(options(), site.page("/x", b"<p>plain", headers={"content-encoding": "gzip"}))
    assert isinstance(error, BadEncoding)


async def test_content_length_that_promises_more(site: Site, options: Options) -> None:
    async def short(hit: Hit, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"content-length: 1000\r\n\r\n<p>half an art")

    error = await failure(options(), site.raw("/x", short))
    assert isinstance(error, ConnectionFailed)


async def test_content_length_that_is_none(site: Site, options: Options) -> None:
    for value in (b"-1", b"9" * 400, b"1, 2", b"abc"):

        async def lying(hit: Hit, writer: asyncio.StreamWriter, value: bytes = value) -> None:
            writer.write(HEAD + b"content-length: " + value + b"\r\n\r\nxx")

        error = await failure(options(), site.raw("/x", lying))
        assert isinstance(error, ConnectionFailed | TooLarge)


async def test_endless_chunks(site: Site, options: Options) -> None:
    async def endless(hit: Hit, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"transfer-encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n")
            await writer.drain()

    assert isinstance(await failure(options(), site.raw("/x", endless)), TooLarge)


async def test_a_body_in_crumbs(site: Site, options: Options) -> None:
    async def crumbs(hit: Hit, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"transfer-encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1\r\nx\r\n" * 1000)
            await writer.drain()

    error = await failure(options(), site.raw("/x", crumbs))
    assert isinstance(error, TooLarge)
    assert "chunks" in error.detail


async def test_endless_compressed_nothing(site: Site, options: Options) -> None:
    """Empty deflate blocks inflate to no byte at all, for ever."""
    empty = zlib.compressobj(wbits=-15)
    block = empty.compress(b"x" * 10) + empty.flush(zlib.Z_FULL_FLUSH)
    nothing = b"\x00\x00\x00\xff\xff" * 10_000

    async def endless(hit: Hit, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"content-encoding: deflate\r\n\r\n" + block)
        while True:
            writer.write(nothing)
            await writer.drain()

    assert isinstance(await failure(options(), site.raw("/x", endless)), TooLarge)


async def test_a_body_that_drips(site: Site, options: Options) -> None:
    async def drip(hit: Hit, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    error = await failure(options(total_timeout=0.3, read_timeout=10, obey_robots=False), site.raw("/x", drip))
    assert isinstance(error, FetchTimeout)
    assert "whole request" in error.detail


async def test_headers_that_drip(site: Site, options: Options) -> None:
    async def drip(hit: Hit, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"x: y\r\n")
            await writer.drain()
            await asyncio.sleep(0.02)

    assert isinstance(await failure(options(total_timeout=0.3, obey_robots=False), site.raw("/x", drip)), FetchTimeout)


async def test_silence(site: Site, options: Options) -> None:
    async def silent(hit: Hit, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    error = await failure(options(read_timeout=0.2, obey_robots=False), site.raw("/x", silent))
    assert isinstance(error, FetchTimeout)
    assert "fell silent" in error.detail


async def test_200_kb_of_headers(site: Site, options: Options) -> None:
    async def long(hit: Hit, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"x-long: " + b"x" * 200_000 + b"\r\n\r\n")

    assert isinstance(await failure(options(), site.raw("/x", long)), ConnectionFailed)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00" * 100,
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
    ],
)
async def test_what_is_no_http(site: Site, options: Options, answer: bytes) -> None:
    async def speak(hit: Hit, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    assert isinstance(await failure(options(), site.raw("/x", speak)), ConnectionFailed)


async def test_tls_that_is_none(options: Options) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        error = await failure(options(obey_robots=False), f"https://127.0.0.1:{port}/")
    assert isinstance(error, ConnectionFailed)
    assert "SSL" in error.detail


async def test_a_redirect_to_a_closed_port_of_a_public_host(site: Site, options: Options, names: Names) -> None:
    start = site.redirect("/x", "http://public.example:6379/")
    async with Fetcher(options(), resolve=names({"public.example": "93.184.216.34"})) as fetcher:
        with pytest.raises(BadRedirect, match="port 6379 is not allowed"):
            await fetcher.fetch(Request(url=start))


async def test_answers_with_flipped_and_lost_bytes(site: Site, options: Options) -> None:
    """Whatever comes, it ends as a page or as an error of the tree."""
    chance = random.Random(7)
    body = gzip.compress(b"<p>A page.</p>" * 50)
    chunked = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:40], body[40:])) + b"0\r\n\r\n"
    good = HEAD + b"content-encoding: gzip\r\ntransfer-encoding: chunked\r\netag: x\r\n\r\n" + chunked

    async def damaged(hit: Hit, writer: asyncio.StreamWriter) -> None:
        answer = bytearray(good)
        for _ in range(chance.randint(0, 3)):
            answer[chance.randrange(len(answer))] = chance.randrange(256)
        writer.write(answer[: chance.choice([len(answer), chance.randrange(len(answer))])])

    pages = errors = 0
    async with Fetcher(options()) as fetcher:
        for number in range(200):
            url = site.raw(f"/{number}", damaged)
            try:
                await fetcher.fetch(Request(url=url))
                pages += 1
            except FetchError:
                errors += 1
    assert pages
    assert errors
