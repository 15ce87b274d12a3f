"""newsmill over the sites: ``python -m benchmarks.crawl.ours DATABASE ORIGIN...`` prints how many articles it stored."""

from __future__ import annotations

import asyncio
import sys

from model.source import Source
from newsmill.config import Settings
from newsmill.crawling import Order, crawl
from storage import open_store, upgrade


def run(database: str, origins: list[str]) -> int:
    """Crawl all of them once, politeness off; the number of articles."""
    url = f"sqlite:///{database}"
    upgrade(url)
    settings = Settings.model_validate(
        {
            "database": url,
            "contact": "bench@localhost",
            "fetch": {"delay": "0s", "networks": ["127.0.0.0/8"], "obey_robots": False},
            "clean": {"workers": 2},
        }
    )
    sources = [Source(name=f"site{n}", url=f"{origin}/", feeds=(f"{origin}/feed",)) for n, origin in enumerate(origins)]
    asyncio.run(crawl(settings, Order(sources=sources)))
    with open_store(url, readonly=True) as store:
        return sum(1 for _ in store.articles(duplicates=True))


if __name__ == "__main__":
    print(run(sys.argv[1], sys.argv[2:]))
