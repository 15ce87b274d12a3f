"""Fetching from a real server: the good, the redirected, the conditional."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from conftest import Reply

from crawler.fetch import Fetcher
from model.errors import (
    AddressRefused,
    BadRedirect,
    BadStatus,
    ConnectionFailed,
    FetchTimeout,
    InvalidAddress,
    RobotsDisallowed,
    RobotsUnreachable,
    TooLarge,
    UnwantedType,
)
from model.page import NotModified, Page, Request, Validators, Want

pytestmark = pytest.mark.anyio


async def fetch(options, url, **request):
    async with Fetcher(options) as fetcher:
        return await fetcher.fetch(Request(url=url, **request))


async def test_a_page(site, options):
    url = site.page("/story", "<p>Grüße</p>".encode(), headers={"ETag": '"1"', "Last-Modified": "Sun, 22 Nov 2026 10:00:00 GMT"})
    page = await fetch(options(), url)
    assert isinstance(page, Page)
    assert (page.url, page.chain, page.status, page.body) == (url, (url,), 200, "<p>Grüße</p>".encode())
    assert page.content_type == "text/html"
    assert page.validators == Validators(etag='"1"', last_modified="Sun, 22 Nov 2026 10:00:00 GMT")
    assert page.fetched_at.tzinfo is UTC
    assert abs(page.fetched_at - datetime.now(UTC)).total_seconds() < 60
    assert page.elapsed > 0
    (robots, story) = site.log
    assert robots.target == "/robots.txt"
    assert story.headers["user-agent"] == "newsmill/0 (test@example.org)"
    assert story.headers["accept-encoding"] == "gzip, deflate"
    assert "if-none-match" not in story.headers
