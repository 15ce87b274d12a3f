"""newsmill over the sites: ``python -m benchmarks.crawl.ours DATABASE ORIGIN...``.

Prints one JSON object: how many pages it visited, how many articles it stored, and the CPU seconds of the main process by
stage.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsmill.config import Settings


def configured(url: str) -> Settings:
    """Politeness off, nothing but loopback."""
    from newsmill.config import Settings

    fetch = {"delay": "0s", "delay_factor": 0, "networks": ["127.0.0.0/8"], "obey_robots": False}
    return Settings.model_validate({"database": url, "contact": "bench@localhost", "fetch": fetch, "clean": {"workers": 2}})


def run(database: str, origins: list[str]) -> dict[str, float]:
    """Crawl all of them once; what is printed."""
    # Imported here: cleaning processes import the main module again, and need none of this.
    import asyncio
    import sqlite3

    from newsmill.collecting import once_started, while_starting

    while_starting()  # as the command does
    from model.source import Source
    from newsmill import crawling
    from newsmill.progress import Silent
    from storage import upgrade

    url = f"sqlite:///{database}"
    upgrade(url)
    settings = configured(url)
    sources = [Source(name=f"site{n}", url=f"{origin}/", feeds=(f"{origin}/feed",)) for n, origin in enumerate(origins)]
    spent = {"starting": time.process_time()}

    async def crawled() -> None:
        began = time.thread_time()
        async with crawling.opened(settings) as rooms:
            await asyncio.wrap_future(rooms.writer.save_sources(sources, crawling.now()))
            order = crawling.Order(sources=sources)
            await crawling.run(settings, rooms, order, observer=Silent(), stop=asyncio.Event())
            spent["saving"] = await asyncio.wrap_future(rooms.writer.submit(lambda _: time.thread_time()))
        spent["fetching and order of work"] = time.thread_time() - began
        spent["reading the database"] = time.process_time() - sum(spent.values())

    once_started()
    asyncio.run(crawled())
    with sqlite3.connect(database) as connection:
        count = "SELECT (SELECT count(*) FROM page WHERE visited_at IS NOT NULL), (SELECT count(*) FROM article)"
        pages, articles = connection.execute(count).fetchone()
    return {"pages": pages, "articles": articles, **spent}


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], sys.argv[2:])))
