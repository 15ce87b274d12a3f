"""Fetching from a real server: pages, redirects, conditions, statuses, types, limits."""

from __future__ import annotations

import asyncio
import gzip
import pickle
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from loopback import Reply

from crawler import Fetcher
from model.errors import (
    BadEncoding,
    BadRedirect,
    BadStatus,
    ConnectionFailed,
    FetchError,
    FetchTimeout,
    HostResting,
    InvalidAddress,
    RobotsDisallowed,
    TooLarge,
    UnwantedType,
)
from model.page import NotModified, Page, Request, Validators, Want

if TYPE_CHECKING:
    from collections.abc import Callable

    from loopback import Hit, Site

    from crawler import FetchOptions
    from crawler.names import Resolve

    Options = Callable[..., FetchOptions]
    Names = Callable[..., Resolve]

pytestmark = pytest.mark.anyio


async def fetch(options: FetchOptions, url: str, **request: Any) -> Page | NotModified:
    async with Fetcher(options) as fetcher:
        return await fetcher.fetch(Request(url=url, **request))


async def page(options: FetchOptions, url: str, **request: Any) -> Page:
    fetched = await fetch(options, url, **request)
    assert isinstance(fetched, Page)
    return fetched


async def test_a_page_as_it_was_served(site: Site, options: Options) -> None:
    modified = "Sun, 22 Nov 2026 10:00:00 GMT"
    url = site.page("/story", "<p>Grüße</p>".encode(), headers={"ETag": '"1"', "Last-Modified": modified})
    fetched = await page(options(), url)
    assert (fetched.url, fetched.chain, fetched.status, fetched.body) == (url, (url,), 200, "<p>Grüße</p>".encode())
    assert fetched.content_type == "text/html"
    assert fetched.validators == Validators(etag='"1"', last_modified=modified)
    assert fetched.fetched_at.tzinfo is UTC
    assert fetched.elapsed > 0
    robots, story = site.log
    assert robots.target == "/robots.txt"
    assert story.headers["user-agent"] == robots.headers["user-agent"] == "newsmill/0 (test@example.org)"
    assert story.headers["accept-encoding"] == "gzip, deflate"
    assert not {"if-none-match", "if-modified-since", "cookie"} & story.headers.keys()


async def test_not_modified_only_when_validators_were_sent(site: Site, options: Options) -> None:
    def conditional(hit: Hit) -> Reply:
        return Reply(status=304, body=b"") if "if-none-match" in hit.headers else Reply()

    url = site.route("/story", conditional)
    validators = Validators(etag='W/"é"', last_modified="Sun, 22 Nov 2026 10:00:00 GMT")
    fetched = await fetch(options(), url, validators=validators)
    assert isinstance(fetched, NotModified)
    assert fetched.chain == (url,)
    asked = site.log[-1].headers
    assert (asked["if-none-match"], asked["if-modified-since"]) == (validators.etag, validators.last_modified)

    lying = site.page("/lying", b"", status=304)
    with pytest.raises(BadStatus, match="HTTP 304"):
        await fetch(options(), lying)


async def test_a_validator_that_is_no_header_is_left_out(site: Site, options: Options) -> None:
    url = site.page("/story")
    await fetch(options(), url, validators=Validators(etag='"1"\r\nX-Injected: yes', last_modified="日曜日"))
    assert not {"x-injected", "if-none-match", "if-modified-since"} & site.log[-1].headers.keys()


async def test_redirects_are_followed_and_told(site: Site, options: Options) -> None:
    start = site.redirect("/old", "/sub/../newer?x=1", status=301)
    site.redirect("/newer?x=1", f"//127.0.0.1:{site.port}/new est", status=308)
    end = site.page("/new%20est")
    fetched = await page(options(), start)
    assert fetched.chain == (start, site.url("/newer?x=1"), end)
    assert fetched.url == fetched.moved_to == end


async def test_a_page_has_moved_as_far_as_permanent_redirects_lead(site: Site, options: Options) -> None:
    site.page("/end")
    site.redirect("/passing", "/end", status=302)
    site.redirect("/after", "/passing", status=308)
    site.redirect("/passing-first", "/after", status=307)
    assert (await page(options(), site.url("/end"))).moved_to is None
    assert (await page(options(), site.url("/passing"))).moved_to is None
    assert (await page(options(), site.redirect("/old", "/after", status=301))).moved_to == site.url("/passing")
    assert (await page(options(), site.url("/passing-first"))).moved_to is None


async def test_a_location_in_raw_utf8(site: Site, options: Options) -> None:
    start = site.redirect("/old", "/größe".encode().decode("latin-1"))
    end = site.page("/gr%C3%B6%C3%9Fe")
    assert (await page(options(), start)).url == end


async def test_redirect_to_another_host_asks_its_robots(site: Site, options: Options, names: Names) -> None:
    site.route("/robots.txt", lambda hit: Reply(body=b"User-agent: *\nDisallow: /" if hit.host.startswith("strict.") else b""))
    start = site.redirect("/open", f"http://strict.example:{site.port}/closed")
    async with Fetcher(options(), resolve=names({"strict.example": "127.0.0.1"})) as fetcher:
        with pytest.raises(RobotsDisallowed) as caught:
            await fetcher.fetch(Request(url=start))
    assert caught.value.url == start
    assert "after a redirect to http://strict.example" in caught.value.detail
    assert "/closed" not in site.pages


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "data:text/html,<p>x",
        "javascript:alert(1)",
        "ftp://example.org/",
        "http://user:secret@127.0.0.1/",
        "http://",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "/\x07",
    ],
)
async def test_redirects_to_what_is_no_web_address(site: Site, options: Options, location: str) -> None:
    start = site.redirect("/old", location)
    with pytest.raises(BadRedirect):
        await fetch(options(), start)
    assert site.pages == ["/old"]


async def test_redirect_loop(site: Site, options: Options) -> None:
    start = site.redirect("/a", "/b")
    site.redirect("/b", "/a#again")
    with pytest.raises(BadRedirect, match="loop"):
        await fetch(options(), start)
    assert site.pages == ["/a", "/b"]


async def test_endless_redirects(site: Site, options: Options) -> None:
    site.route("/go", lambda hit: Reply(status=302, headers={"location": hit.target + "1"}))
    for count in range(20):
        site.redirect(f"/{count}", f"/{count + 1}")
    with pytest.raises(BadRedirect, match="more than 10 redirects"):
        await fetch(options(), site.url("/0"))
    assert len(site.pages) == 11


async def test_redirect_without_location(site: Site, options: Options) -> None:
    with pytest.raises(BadStatus, match="302 without Location"):
        await fetch(options(), site.page("/a", status=302))


async def test_the_body_of_a_redirect_is_hung_up_on(site: Site, options: Options) -> None:
    sent = []

    async def endless(hit: Hit, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 302 Found\r\nlocation: /there\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"ffff\r\n" + bytes(0xFFFF) + b"\r\n")
            await writer.drain()
            sent.append(0xFFFF)

    start = site.raw("/here", endless)
    end = site.page("/there")
    assert (await page(options(), start)).url == end
    assert sum(sent) < 20_000_000  # what the buffers in between can hold, and no more


@pytest.mark.parametrize("status", [201, 204, 206, 300, 400, 401, 403, 404, 410, 451, 500, 502, 599])
async def test_other_statuses_are_errors(site: Site, options: Options, status: int) -> None:
    url = site.page("/story", b"" if status == 204 else b"sorry", status=status)
    with pytest.raises(BadStatus) as caught:
        await fetch(options(), url)
    assert (caught.value.url, caught.value.status, caught.value.retry_after) == (url, status, None)
    assert pickle.loads(pickle.dumps(caught.value)).status == status


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_in_seconds_and_as_a_date(site: Site, options: Options, status: int) -> None:
    later = datetime.now(UTC) + timedelta(hours=2)
    for value, least, most in (
        ("120", 120, 120),
        (later.strftime("%a, %d %b %Y %H:%M:%S GMT"), 7000, 7200),
        ("9999999999", 86_400, 86_400),
    ):
        url = site.page("/busy", status=status, headers={"retry-after": value})
        with pytest.raises(HostResting, match=f"HTTP {status}") as caught:
            await fetch(options(), url)
        assert caught.value.retry_after is not None
        assert least <= caught.value.retry_after <= most


async def test_an_empty_page_is_a_page(site: Site, options: Options) -> None:
    assert (await page(options(), site.page("/empty", b""))).body == b""


@pytest.mark.parametrize(
    ("want", "content_type", "taken"),
    [
        (Want.PAGE, "text/html", True),
        (Want.PAGE, "TEXT/HTML ; charset=euc-kr", True),
        (Want.PAGE, "application/xhtml+xml", True),
        (Want.PAGE, "text/plain", True),
        (Want.PAGE, None, True),
        (Want.PAGE, "image/jpeg", False),
        (Want.PAGE, "application/pdf", False),
        (Want.PAGE, "video/mp4", False),
        (Want.PAGE, "application/octet-stream", False),
        (Want.PAGE, "application/json", False),
        (Want.FEED, "text/html", True),
        (Want.FEED, "application/octet-stream", True),
        (Want.FEED, "application/feed+json", True),
        (Want.FEED, "image/png", False),
        (Want.SITEMAP, "application/x-gzip", True),
        (Want.SITEMAP, None, True),
        (Want.SITEMAP, "application/pdf", False),
    ],
)
async def test_content_types(site: Site, options: Options, want: Want, content_type: str | None, taken: bool) -> None:  # noqa: FBT001 - a table's column
    url = site.page("/x", content_type=content_type)
    if taken:
        await fetch(options(), url, want=want)
    else:
        with pytest.raises(UnwantedType):
            await fetch(options(), url, want=want)


@pytest.mark.parametrize("body", [b"%PDF-1.7 ...", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"PK\x03\x04"])
@pytest.mark.parametrize("content_type", ["text/html", None])
async def test_files_in_disguise(site: Site, options: Options, body: bytes, content_type: str | None) -> None:
    with pytest.raises(UnwantedType, match="the body is"):
        await fetch(options(), site.page("/x", body, content_type=content_type))


async def test_gzip_and_deflate(site: Site, options: Options) -> None:
    body = "<p>Straße</p>".encode() * 10_000
    url = site.page("/x", gzip.compress(body), headers={"content-encoding": "gzip"})
    assert (await page(options(), url)).body == body


async def test_an_encoding_nobody_asked_for(site: Site, options: Options) -> None:
    with pytest.raises(BadEncoding, match="br"):
        await fetch(options(), site.page("/x", headers={"content-encoding": "br"}))


async def test_caps_per_kind(site: Site, options: Options) -> None:
    small = options(caps={Want.PAGE: 1000})
    url = site.page("/x", b"x" * 1001)
    with pytest.raises(TooLarge, match="announced"):
        await fetch(small, url)
    await fetch(small, url, want=Want.FEED)
    await fetch(small, site.page("/y", b"x" * 1000))


async def test_what_cannot_be_asked_is_not_asked(options: Options) -> None:
    for url in ("", "x", "/relative", "ftp://example.org/", "http://", "http://a:b@127.0.0.1/", "http://127.0.0.1:0/"):
        with pytest.raises(InvalidAddress) as caught:
            await fetch(options(), url)
        assert caught.value.url == url


async def test_nobody_there(site: Site, options: Options, names: Names) -> None:
    async with Fetcher(options(obey_robots=False), resolve=names({})) as fetcher:
        with pytest.raises(ConnectionFailed, match=r"DNS: no address for missing\.example"):
            await fetcher.fetch(Request(url="http://missing.example/"))
    url = site.url("/")
    site.close()
    with pytest.raises(ConnectionFailed, match="no connection"):
        await fetch(options(obey_robots=False), url)
    site.close = lambda: None  # type: ignore[method-assign]


async def test_one_connection_serves_many_answers(site: Site, options: Options) -> None:
    site.page("/page")
    site.redirect("/moved", "/page")
    site.page("/same", b"", status=304)
    async with Fetcher(options()) as fetcher:
        for target in ("/page", "/moved", "/same", "/missing", "/page"):
            with suppress(BadStatus):
                await fetcher.fetch(Request(url=site.url(target), validators=Validators(etag='"1"')))
    assert len(site.log) == 7
    assert len({hit.peer for hit in site.log}) == 1


async def test_cookies_are_not_kept(site: Site, options: Options) -> None:
    url = site.page("/x", headers={"set-cookie": "id=1; path=/"})
    async with Fetcher(options()) as fetcher:
        await fetcher.fetch(Request(url=url))
        await fetcher.fetch(Request(url=url))
    assert "cookie" not in site.log[-1].headers


async def test_the_environment_sets_no_proxy(site: Site, options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    await fetch(options(), site.page("/x"))


async def test_cancelling_leaves_the_fetcher_usable(site: Site, options: Options) -> None:
    waiting = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def silent(hit: Hit, writer: asyncio.StreamWriter) -> None:
        loop.call_soon_threadsafe(waiting.set)
        await asyncio.sleep(60)

    slow = site.raw("/slow", silent)
    quick = site.page("/quick")
    async with Fetcher(options()) as fetcher:
        task = asyncio.create_task(fetcher.fetch(Request(url=slow)))
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert isinstance(await fetcher.fetch(Request(url=quick)), Page)


async def test_a_redirected_error_keeps_what_it_knows(site: Site, options: Options) -> None:
    start = site.redirect("/a", "/b")
    site.page("/b", status=503, headers={"retry-after": "7"})
    with pytest.raises(BadStatus) as caught:
        await fetch(options(), start)
    assert (caught.value.url, caught.value.status, caught.value.retry_after) == (start, 503, 7.0)
    assert caught.value.detail.endswith(f"after a redirect to {site.url('/b')}")
    assert str(caught.value) == f"{caught.value.detail} ({start})"
    assert isinstance(caught.value, FetchError)


async def test_the_total_time_counts_all_hops_of_a_chain(site: Site, options: Options) -> None:
    """By a clock that every answer moves on by 25 seconds."""
    moment = 0.0

    def dawdle(hit: Hit) -> Reply:
        nonlocal moment
        moment += 25.0
        return Reply(status=302, headers={"location": hit.target + "x"})

    for length in range(12):
        site.route("/" + "x" * length, dawdle)
    async with Fetcher(options(total_timeout=60.0, obey_robots=False), clock=lambda: moment) as fetcher:
        with pytest.raises(FetchTimeout, match="the whole request"):
            await fetcher.fetch(Request(url=site.url("/")))
    assert site.pages[:3] == ["/", "/x", "/xx"]
    assert len(site.pages) <= 4


async def test_utf_32_looks_binary_and_is_text(site: Site, options: Options) -> None:
    body = b"\x00\x00\xfe\xff" + "<p>A page.</p>".encode("utf-32-be")
    assert (await page(options(), site.page("/x", body))).body == body
