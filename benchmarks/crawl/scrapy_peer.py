"""Scrapy with trafilatura in an item pipeline: ``python -m benchmarks.crawl.scrapy_peer DATABASE ORIGIN...``.

As its users write it: a spider that follows a feed, a pipeline that extracts and writes a row to SQLite. Politeness is off;
everything else is Scrapy's default.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from typing import TYPE_CHECKING

import scrapy
import trafilatura
from scrapy.crawler import CrawlerProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.crawler import Crawler
    from scrapy.http import TextResponse


class News(scrapy.Spider):
    """Feeds to pages."""

    name = "news"

    def __init__(self, origins: list[str]) -> None:
        super().__init__()
        self.origins = origins

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """One request for each feed."""
        for origin in self.origins:
            yield scrapy.Request(f"{origin}/feed", self.parse_feed)

    def parse_feed(self, response: TextResponse) -> Iterator[scrapy.Request]:
        """One request for each entry."""
        for link in response.xpath("//item/link/text()").getall():
            yield scrapy.Request(link, self.parse)

    def parse(self, response: TextResponse) -> Iterator[dict[str, str]]:
        """The page."""
        yield {"url": response.url, "html": response.text}


class Extract:
    """trafilatura, then a row."""

    def __init__(self, database: str) -> None:
        self.connection = sqlite3.connect(database)
        self.connection.execute("CREATE TABLE article (url TEXT PRIMARY KEY, title TEXT, date TEXT, text TEXT, html TEXT)")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Extract:
        """Where to write is a setting."""
        return cls(crawler.settings["DATABASE"])

    def process_item(self, item: dict[str, str]) -> dict[str, str]:
        """Extract and write."""
        found = trafilatura.bare_extraction(item["html"], url=item["url"], with_metadata=True)
        if found is not None:
            row = (item["url"], found.title, found.date, found.text, item["html"])
            self.connection.execute("INSERT OR REPLACE INTO article VALUES (?, ?, ?, ?, ?)", row)
            self.connection.commit()
        return item


def run(database: str, origins: list[str]) -> dict[str, float]:
    """Crawl all of them once; how many pages and articles came of it, and the CPU seconds of its imports."""
    starting = time.process_time()
    process = CrawlerProcess(
        {
            "DATABASE": database,
            "ITEM_PIPELINES": {Extract: 100},
            "LOG_LEVEL": "ERROR",
            "ROBOTSTXT_OBEY": False,
            "DOWNLOAD_DELAY": 0,
            "TELNETCONSOLE_ENABLED": False,
        }
    )
    crawler = process.create_crawler(News)
    process.crawl(crawler, origins=origins)
    process.start()
    assert crawler.stats is not None
    pages = crawler.stats.get_value("item_scraped_count")
    with sqlite3.connect(database) as connection:
        articles = int(connection.execute("SELECT count(*) FROM article").fetchone()[0])
    return {
        "pages": pages,
        "articles": articles,
        "starting": starting,
        "all else, in one process": time.process_time() - starting,
    }


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], sys.argv[2:])))
