"""Cookies: each for its own host, for as long as it says, and as narrow as can be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import Reply

from crawler import Fetcher
from crawler.cookies import Jar
from crawler.targets import parse
from model.access import Access
from model.errors import BadRedirect
from model.page import Request
from model.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from loopback import Hit, Site

    from crawler import FetchOptions
    from crawler.names import Resolve

    Options = Callable[..., FetchOptions]
    Names = Callable[..., Resolve]

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAGE = "https://www.example.org/news/story"


def sent(jar: Jar, url: str = PAGE, now: datetime = NOW) -> str:
    return jar.header(parse(url), now=now)


def after(*set_cookies: str, url: str = PAGE) -> Jar:
    jar = Jar()
    jar.take(set_cookies, parse(url), now=NOW)
    return jar


@pytest.mark.parametrize(
    ("line", "header"),
    [
        ("a=1", "a=1"),
        ("a=1; Path=/; HttpOnly; SameSite=Lax", "a=1"),
        ("a=b=c", "a=b=c"),
        ('a="x y"; Path=/', 'a="x y"'),
        ("a=", "a="),
        ("a", ""),
        ("=1", ""),
        ("a b=1", ""),
        ("a=1\r\nX: y", ""),
        ("a=日", ""),
        ("a=" + "x" * 5000, ""),
        ("a=1; Path=/news", "a=1"),
        ("a=1; Path=/news/", "a=1"),
        ("a=1; Path=/ne", ""),
        ("a=1; Path=/other", ""),
        ("a=1; Path=relative", "a=1"),
        ("a=1; Domain=example.org", "a=1"),
        ("a=1; Domain=.www.example.org", "a=1"),
        ("a=1; Domain=other.org", ""),
        ("a=1; Domain=w.example.org", ""),
        ("a=1; Max-Age=60", "a=1"),
        ("a=1; Max-Age=0", ""),
        ("a=1; Max-Age=-1; Expires=Fri, 31 Dec 9999 23:59:59 GMT", ""),
        ("a=1; Expires=Wed, 21-Oct-2015 07:28:00 GMT", ""),
        ("a=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT", "a=1"),
        ("a=1; Expires=Fri, 31 Dec 9999 23:59:59 -2300", "a=1"),
        ("a=1; Expires=whenever", "a=1"),
        ("__Host-a=1; Secure; Path=/", "__Host-a=1"),
        ("__Host-a=1; Secure; Path=/; Domain=example.org", ""),
        ("__Host-a=1; Secure", ""),
        ("__Secure-a=1", ""),
        ("a=1; X=" + "x" * 9000, ""),
    ],
)
def test_what_a_set_cookie_leads_to(line: str, header: str) -> None:
    assert sent(after(line)) == header


def test_no_other_host_gets_them_whatever_domain_says() -> None:
    jar = after("a=1; Domain=example.org; Path=/")
    assert sent(jar) == "a=1"
    for url in (
        "https://example.org/",
        "https://shop.example.org/",
        "https://a.www.example.org/",
        "https://www.example.org:8443/",
    ):
        assert not sent(jar, url)


def test_secure_ones_stay_on_tls_and_are_not_overwritten_from_outside_it() -> None:
    jar = after("a=1; Secure; Path=/")
    assert not sent(jar, "http://www.example.org/news/story")
    jar.take(["a=2; Path=/"], parse("http://www.example.org/"), now=NOW)
    assert sent(jar) == "a=1"
    assert not sent(after("a=1; Secure", url="http://www.example.org/"), "https://www.example.org/")


def test_later_ones_replace_earlier_ones_and_longer_paths_come_first() -> None:
    jar = after("a=1; Path=/", "b=2; Path=/news", "a=3; Path=/", "c=4; Path=/; Max-Age=60")
    assert sent(jar) == "b=2; a=3; c=4"
    assert sent(jar, now=NOW + timedelta(seconds=61)) == "b=2; a=3"
    jar.take(
        ["a=; Path=/; Max-Age=0", "b=; Path=/news; Expires=" + format_datetime(NOW - timedelta(days=1))], parse(PAGE), now=NOW
    )
    assert sent(jar) == "c=4"


def test_a_host_fills_no_memory() -> None:
    jar = after(*(f"c{number}={'x' * 1000}; Path=/" for number in range(500)))
    assert len(sent(jar)) <= 8192
    for number in range(1500):
        jar.take([f"a={number}"], parse(f"https://h{number}.example.org/"), now=NOW)
    assert not sent(jar)
    assert sent(jar, "https://h1499.example.org/") == "a=1499"


@given(st.lists(st.text(st.characters(max_codepoint=255), max_size=80), max_size=5))
def test_what_is_sent_is_one_line(lines: list[str]) -> None:
    assert not set(sent(after(*lines))) & set("\r\n\x00")


def wall(hit: Hit) -> Reply:
    """A site that asks whether cookies are taken, by a redirect to where one came from."""
    if "seen=yes" in hit.headers.get("cookie", ""):
        return Reply(body=b"<p>The story.")
    return Reply(status=302, body=b"", headers={"location": hit.target, "set-cookie": "seen=yes; Path=/"})


@pytest.mark.anyio
async def test_a_cookie_wall_is_passed_and_forgotten(site: Site, options: Options) -> None:
    url = site.route("/story", wall)
    async with Fetcher(options()) as fetcher:
        page = await fetcher.fetch(Request(url=url))
        assert page.chain == (url, url)
        await fetcher.fetch(Request(url=url))
    assert [hit.headers.get("cookie") for hit in site.log[1:]] == [None, "seen=yes", None, "seen=yes"]
    assert "cookie" not in site.log[0].headers


@pytest.mark.anyio
async def test_a_wall_that_no_cookie_opens_is_a_loop(site: Site, options: Options) -> None:
    url = site.route("/a", lambda _: Reply(status=302, headers={"location": "/a", "set-cookie": "a=1"}))
    turning = site.route("/b", lambda _: Reply(status=302, headers={"location": "/b", "set-cookie": f"n={len(site.log)}"}))
    async with Fetcher(options()) as fetcher:
        with pytest.raises(BadRedirect, match="loop"):
            await fetcher.fetch(Request(url=url))
        with pytest.raises(BadRedirect, match="more than 10"):
            await fetcher.fetch(Request(url=turning))
    assert site.pages == ["/a", "/a"] + ["/b"] * 11


@pytest.mark.anyio
async def test_cookies_of_one_host_are_not_anothers(site: Site, options: Options, names: Names) -> None:
    there = site.url("/there", host="b.a.example")
    site.page("/there", status=302, headers={"location": site.url("/back", host="a.example")})
    start = site.route(
        "/", lambda _: Reply(status=302, headers={"location": there, "set-cookie": "id=a; Domain=a.example; Path=/"})
    )
    site.page("/back")
    async with Fetcher(
        options(obey_robots=False), resolve=names({"a.example": "127.0.0.1", "b.a.example": "127.0.0.1"})
    ) as fetcher:
        await fetcher.fetch(Request(url=start.replace("127.0.0.1", "a.example")))
    assert [(hit.target, hit.headers.get("cookie")) for hit in site.log] == [("/", None), ("/there", None), ("/back", "id=a")]


@pytest.mark.anyio
async def test_a_source_may_keep_them_for_a_run(site: Site, options: Options) -> None:
    url = site.route("/story", wall)
    source = Source(name="a", url=site.url("/"), access=Access(cookies=True))
    async with Fetcher(options(obey_robots=False)) as fetcher:
        for _ in range(2):
            await fetcher.of(source).fetch(Request(url=url))
        await fetcher.fetch(Request(url=url))
    assert [hit.headers.get("cookie") for hit in site.log] == [None, "seen=yes", "seen=yes", None, "seen=yes"]
