"""The sites that crawlers are measured on."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from benchmarks.crawl import sites
from crawler import Fetcher, FetchOptions, read_feed
from model.page import Page, Request, Want


def test_no_two_pages_are_alike_and_each_is_always_the_same() -> None:
    pages = {sites.page(host, number) for host in range(5) for number in range(5)}
    assert len(pages) == 25
    assert sites.page(3, 4) in pages
    assert all(b"canonical" not in page for page in pages)


async def fetched(url: str, want: Want) -> Page:
    options = FetchOptions(user_agent="bench/0", networks=("127.0.0.0/8",), delay=0, obey_robots=False)
    async with Fetcher(options) as fetcher:
        page = await fetcher.fetch(Request(url=url, want=want))
    assert isinstance(page, Page)
    return page


def test_what_a_feed_lists_is_served() -> None:
    words = [sys.executable, "-m", "benchmarks.crawl.sites", "2", "3"]
    with subprocess.Popen(words, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True) as serving:
        try:
            assert serving.stdout is not None
            origins = serving.stdout.readline().split()
            assert len(origins) == 2
            for origin in origins:
                links = read_feed(asyncio.run(fetched(f"{origin}/feed", Want.FEED)))
                assert len(links) == 3
                assert asyncio.run(fetched(links[-1].url, Want.PAGE)).body
        finally:
            serving.terminate()
