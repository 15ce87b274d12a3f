"""A source's own headers go to its own site and to nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler import Fetcher
from crawler.targets import parse
from crawler.ways import PLAIN, Way
from model.access import Access
from model.page import Request, Want
from model.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from loopback import Site

    from crawler import FetchOptions
    from crawler.names import Resolve

    Options = Callable[..., FetchOptions]
    Names = Callable[..., Resolve]

KEY = (("X-Key", "secret"),)


@pytest.mark.parametrize(
    ("home", "url", "goes"),
    [
        ("https://www.example.org/", "https://www.example.org/a", True),
        ("https://www.example.org/", "https://example.org/a", True),
        ("https://www.example.org/", "https://cdn.example.org/a", True),
        ("https://www.example.org/", "http://www.example.org/a", False),
        ("http://www.example.org/", "https://www.example.org/a", True),
        ("https://one.blog.example/", "https://blog.example/a", False),
        ("https://one.blog.example/", "https://two.blog.example/a", False),
        ("https://example.org/", "https://example.org.evil.net/", False),
        ("https://example.org/", "https://evilexample.org/", False),
        ("https://example.org/", "https://example.org:8443/", False),
    ],
)
def test_where_headers_go(home: str, url: str, goes: bool) -> None:  # noqa: FBT001 - a table's column
    way = Way.of(Source(name="a", url=home, access=Access(headers=KEY)))
    assert way.headers_to(parse(url)) == (KEY if goes else ())
    assert PLAIN.headers_to(parse(url)) == ()


@pytest.mark.anyio
async def test_a_redirect_takes_no_header_to_another_site(site: Site, options: Options, names: Names) -> None:
    start = site.redirect("/a", site.url("/b", host="other.example")).replace("127.0.0.1", "own.example")
    site.redirect("/b", site.url("/c", host="own.example"))
    site.page("/c")
    source = Source(name="a", url=site.url("/", host="own.example"), access=Access(headers=KEY))
    async with Fetcher(options(), resolve=names(dict.fromkeys(("own.example", "other.example"), "127.0.0.1"))) as fetcher:
        await fetcher.of(source).fetch(Request(url=start))
        await fetcher.fetch(Request(url=start, want=Want.FEED))
    told = [(hit.host.partition(":")[0], hit.target, hit.headers.get("x-key")) for hit in site.log]
    assert told[:5] == [
        ("own.example", "/robots.txt", "secret"),
        ("own.example", "/a", "secret"),
        ("other.example", "/robots.txt", None),
        ("other.example", "/b", None),
        ("own.example", "/c", "secret"),
    ]
    assert {key for _, _, key in told[5:]} == {None}
