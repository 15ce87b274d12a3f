"""robots.txt by RFC 9309: the reading, the remembering, and what is done when it cannot be read."""

from __future__ import annotations

import asyncio
import gzip
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import Fetcher
from crawler.robots import Robots, parse
from crawler.ways import PLAIN, Way
from model.errors import (
    AddressRefused,
    BadStatus,
    ConnectionFailed,
    FetchError,
    HostResting,
    InvalidAddress,
    RobotsDisallowed,
    RobotsUnreachable,
)
from model.page import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from loopback import Hit, Site

    from crawler import FetchOptions

    Options = Callable[..., FetchOptions]

HOUR = 3600.0


def allows(text: str | bytes, path: str, product: str = "newsmill") -> bool:
    body = text.encode() if isinstance(text, str) else text
    return parse(body, product).allows(f"https://example.org{path}")


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("user-AGENT: *\ndisALLOW: /a", "/ab", False),
        ("User-agent: *\nDisallow: /a", "/A", True),
        ("User-agent: *\nDisallow: /a/\nAllow: /a/b", "/a/b", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?x", True),
        ("User-agent: *\nDisallow: /a?id=", "/a?id=1", False),
        ("User-agent: *\nDisallow: /größe", "/gr%C3%B6%C3%9Fe", False),
        ("User-agent: *\nDisallow: /gr%c3%b6%c3%9fe", "/größe", False),
        ("User-agent: *\nDisallow: /a # not b", "/a", False),
        ("User-agent: *\rDisallow: /a\r", "/a", False),
        ("Disallow: /", "/a", True),
        ("<html><body>Not found</body></html>", "/a", True),
        # Groups: the one that names us, else everybody's; several for one product are one (RFC 9309, 2.2.1).
        ("User-agent: newsmill\nDisallow: /a\n\nUser-agent: *\nDisallow: /", "/b", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: NewsMill\nDisallow: /a", "/b", True),
        ("User-agent: newsmill\nDisallow: /a\n\nUser-agent: newsmill\nDisallow: /b", "/b", False),
        ("User-agent: other\nUser-agent: newsmill\nDisallow: /a", "/a", False),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: newsmill/2.0\nDisallow: /a", "/a", False),
        ("User-agent: newsmill bot\nDisallow: /a", "/a", False),
        ("User-agent: news\nDisallow: /\n\nUser-agent: *\nAllow: /", "/a", True),
        ("User-agent: news\nAllow: /\n\nUser-agent: *\nDisallow: /", "/a", False),
        ("User-agent: newsmillion\nDisallow: /", "/a", True),
        ("User-agent: newsmill # that is us\nDisallow: /a", "/a", False),
        ("User agent newsmill\nDisallow: /a", "/a", False),
    ],
)
def test_rules(text: str, path: str, allowed: bool) -> None:  # noqa: FBT001 - a table's column
    assert allows(text, path) is allowed


def test_a_byte_order_mark_hides_nothing() -> None:
    assert not allows(b"\xef\xbb\xbfUser-agent: *\nDisallow: /", "/a")


def test_bytes_that_are_no_text_harm_their_own_line() -> None:
    assert not allows(b"\xff\xfe\x00 garbage \x80\nUser-agent: *\nDisallow: /a\nDisallow: /\xe9\n", "/a")


def test_what_else_it_says() -> None:
    rules = parse(
        b"Sitemap: https://example.org/1.xml\nUser-agent: *\nCrawl-delay: 2.5\nSitemap: /2.xml\nSitemap: /2.xml\n", "newsmill"
    )
    assert rules.crawl_delay == 2.5
    assert rules.sitemaps == ("https://example.org/1.xml", "/2.xml")
    for text in ("", "User-agent: *\nCrawl-delay: soon", "User-agent: *\nCrawl-delay: -1", "User-agent: x\nCrawl-delay: 9"):
        assert parse(text.encode(), "newsmill").crawl_delay == 0


def test_a_hostile_file_is_read_soon() -> None:
    stars = b"User-agent: *\nDisallow: /" + b"*a" * 100_000 + b"\n" + b"Disallow: /*a*b*c\n" * 10_000
    assert parse(stars, "newsmill").allows("https://example.org/" + "a" * 2000)


_LINES = st.lists(
    st.tuples(
        st.sampled_from(
            ["User-agent", "Disallow", "Allow", "Crawl-delay", "Sitemap", "", "\ufeff", "Request-rate", "Visit-time"]
        ),
        st.sampled_from([":", " ", "", " : ", "::"]),
        st.one_of(st.text(max_size=20), st.sampled_from(["*", "newsmill", "/", "/*$", "%", "%zz", "http://[", "//["])),
    ).map("".join)
)


@given(st.one_of(st.binary(max_size=200), _LINES.map(lambda lines: "\n".join(lines).encode(errors="replace"))))
def test_any_bytes_are_rules(body: bytes) -> None:
    rules = parse(body, "newsmill")
    rules.allows("https://example.org/a?b#c")
    assert rules.crawl_delay >= 0
    assert len(set(rules.sitemaps)) == len(rules.sitemaps)


class Reader:
    """Gives the next of its answers to each reading, and counts."""

    def __init__(self, *answers: bytes | FetchError) -> None:
        self.answers, self.count, self.now = list(answers), 0, 0.0
        self.robots = Robots(self, "newsmill", lambda: self.now)

    async def __call__(self, url: str, way: Way) -> bytes:
        assert (url, way) == ("https://example.org/robots.txt", PLAIN)
        self.count += 1
        await asyncio.sleep(0)
        answer = self.answers.pop(0)
        if isinstance(answer, FetchError):
            raise answer
        return answer

    async def allows(self) -> bool:
        rules = await self.robots.rules("https://example.org/robots.txt")
        return rules.allows("https://example.org/a")


NO, YES = b"User-agent: *\nDisallow: /", b"User-agent: *\nAllow: /"
DEAD = ConnectionFailed("https://example.org/robots.txt", "no connection")


@pytest.mark.anyio
async def test_read_once_a_day() -> None:
    reader = Reader(NO, YES)
    assert await asyncio.gather(*(reader.allows() for _ in range(5))) == [False] * 5
    reader.now = 23.9 * HOUR
    assert not await reader.allows()
    assert reader.count == 1
    reader.now = 24 * HOUR
    assert await reader.allows()
    assert reader.count == 2


@pytest.mark.anyio
async def test_an_unreachable_one_is_asked_for_again_after_five_minutes() -> None:
    reader = Reader(DEAD, YES)
    for now in (0, 1, 299):
        reader.now = now
        with pytest.raises(RobotsUnreachable, match=r"robots\.txt: no connection"):
            await reader.allows()
    assert reader.count == 1
    reader.now = 300
    assert await reader.allows()


@pytest.mark.anyio
async def test_an_old_copy_serves_while_it_is_unreachable() -> None:
    reader = Reader(NO, DEAD, YES)
    await reader.allows()
    reader.now = 25 * HOUR
    assert not await reader.allows()
    reader.now += 301
    assert await reader.allows()


@pytest.mark.anyio
@pytest.mark.parametrize(
    "error",
    [
        HostResting("https://example.org/robots.txt", retry_after=100.0),
        AddressRefused("https://example.org/robots.txt", "loopback"),
        InvalidAddress("https://example.org/robots.txt", "port 1"),
    ],
)
async def test_what_says_nothing_about_robots_is_not_remembered(error: FetchError) -> None:
    reader = Reader(error, YES)
    with pytest.raises(type(error)):
        await reader.allows()
    assert await reader.allows()


async def fetch(site: Site, options: FetchOptions, target: str = "/a") -> None:
    site.page(target)
    async with Fetcher(options) as fetcher:
        await fetcher.fetch(Request(url=site.url(target)))


@pytest.mark.anyio
async def test_a_disallowed_page_is_not_asked_for(site: Site, options: Options) -> None:
    site.robots("User-agent: *\nDisallow: /a")
    with pytest.raises(RobotsDisallowed) as caught:
        await fetch(site, options())
    assert caught.value.url == site.url("/a")
    assert [hit.target for hit in site.log] == ["/robots.txt"]
    await fetch(site, options(obey_robots=False))


@pytest.mark.anyio
@pytest.mark.parametrize("status", [204, 400, 401, 403, 404, 410, 418, 451])
async def test_client_errors_allow_everything(site: Site, options: Options, status: int) -> None:
    site.robots(b"" if status == 204 else "User-agent: *\nDisallow: /", status=status)
    await fetch(site, options())
    assert site.pages == ["/a"]


@pytest.mark.anyio
@pytest.mark.parametrize("status", [429, 500, 502, 503, 599])
async def test_server_errors_disallow_everything_for_now(site: Site, options: Options, status: int) -> None:
    site.robots("", status=status)
    async with Fetcher(options()) as fetcher:
        for target in ("/a", "/b"):
            with pytest.raises(RobotsUnreachable, match=f"HTTP {status}") as caught:
                await fetcher.fetch(Request(url=site.url(target)))
            assert caught.value.url == site.url(target)
    assert [hit.target for hit in site.log] == ["/robots.txt"]


@pytest.mark.anyio
async def test_a_silent_robots_disallows_everything_for_now(site: Site, options: Options) -> None:
    async def silent(hit: Hit, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    site.raw("/robots.txt", silent)
    with pytest.raises(RobotsUnreachable, match="fell silent"):
        await fetch(site, options(read_timeout=0.1))


@pytest.mark.anyio
async def test_redirects_of_robots(site: Site, options: Options) -> None:
    for hop in range(7):
        site.redirect(f"/{hop}", f"/{hop + 1}")
    site.page("/5", NO, content_type="text/plain")
    site.redirect("/robots.txt", "/1")
    with pytest.raises(RobotsDisallowed):
        await fetch(site, options())
    site.redirect("/5", "/6")
    site.page("/6", NO, content_type="text/plain")
    await fetch(site, options())


@pytest.mark.anyio
async def test_half_a_megabyte_is_read(site: Site, options: Options) -> None:
    filler = b"# nothing\n" * (500 * 1024 // 10)
    site.robots(NO + b"\n" + filler + filler)
    with pytest.raises(RobotsDisallowed):
        await fetch(site, options())
    site.robots(filler + filler + NO)
    await fetch(site, options())
    site.robots(gzip.compress(NO + b"\n" + filler * 100), headers={"content-encoding": "gzip"})
    with pytest.raises(RobotsDisallowed):
        await fetch(site, options())


@pytest.mark.anyio
async def test_crawl_delay_is_kept(site: Site, options: Options) -> None:
    site.robots("User-agent: *\nCrawl-delay: 0.2")
    for target in ("/a", "/b"):
        site.page(target)
    async with Fetcher(options()) as fetcher:
        for target in ("/a", "/b"):
            await fetcher.fetch(Request(url=site.url(target)))
    robots, first, second = site.log
    assert first.began - robots.ended >= 0.195
    assert second.began - first.ended >= 0.195


@pytest.mark.anyio
async def test_crawl_delay_is_capped(site: Site, options: Options) -> None:
    site.robots("User-agent: *\nCrawl-delay: 86400")
    async with asyncio.timeout(100):
        await fetch(site, options(max_delay=0.1))


@pytest.mark.anyio
async def test_sitemaps_and_allowed(site: Site, options: Options) -> None:
    site.robots("User-agent: *\nDisallow: /a\nSitemap: /one.xml\nSitemap: http://other.example/two.xml.gz\nSitemap: file:///x\n")
    async with Fetcher(options()) as fetcher:
        assert await fetcher.sitemaps(site.url("/deep/page")) == (site.url("/one.xml"), "http://other.example/two.xml.gz")
        assert not await fetcher.allowed(site.url("/a"))
        assert await fetcher.allowed(site.url("/b"))
        with pytest.raises(InvalidAddress):
            await fetcher.allowed("mailto:x@example.org")
    assert len(site.log) == 1
    async with Fetcher(options(obey_robots=False)) as fetcher:
        assert await fetcher.allowed(site.url("/a"))
        assert len(await fetcher.sitemaps(site.url("/"))) == 2


@pytest.mark.anyio
async def test_no_robots_means_no_sitemaps(site: Site, options: Options) -> None:
    async with Fetcher(options()) as fetcher:
        assert await fetcher.sitemaps(site.url("/")) == ()
    site.robots("", status=500)
    async with Fetcher(options()) as fetcher:
        with pytest.raises(RobotsUnreachable):
            await fetcher.sitemaps(site.url("/"))


@pytest.mark.anyio
async def test_an_error_of_the_page_stays_its_own(site: Site, options: Options) -> None:
    site.robots(YES)
    async with Fetcher(options()) as fetcher:
        with pytest.raises(BadStatus):
            await fetcher.fetch(Request(url=site.url("/missing")))


@pytest.mark.anyio
async def test_an_endless_robots_is_read_up_to_the_cap(site: Site, options: Options) -> None:
    async def endless(hit: Hit, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + NO + b"\n")
        while True:
            writer.write(b"# nothing\n" * 1000)
            await writer.drain()

    site.raw("/robots.txt", endless)
    with pytest.raises(RobotsDisallowed):
        await fetch(site, options())
