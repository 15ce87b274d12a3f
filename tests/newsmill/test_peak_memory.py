"""The main process stays small, whatever comes in: bombs, endless bodies, sitemaps of 200,000 addresses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from loopback import Reply, Site
from misbehaving import article, bomb, endless_chunks

from storage import open_store, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Bytes of the main process at its peak; the cleaning processes have their own limits.
LIMIT = 400_000_000
ADDRESSES = 200_000

#: A crawl in a process of its own, which tells its peak as the system has it.
CRAWL = """
import asyncio, json, sys
from newsmill.config import Settings
from newsmill.crawling import Order, crawl

if __name__ == "__main__":
    settings = Settings.model_validate(json.loads(sys.argv[1]))
    asyncio.run(crawl(settings, Order(sources=settings.sources, limit=20)))
    status = open("/proc/self/status").read()
    print(status.partition("VmHWM:")[2].split()[0])
"""


@pytest.fixture
def heavy() -> Iterator[Site]:
    site = Site("127.0.1.1", "127.0.1.2", "127.0.1.3", "127.0.1.4")
    site.start()
    packed = bomb(2000)
    site.page("/robots.txt", b"", content_type="text/plain")
    # One sitemap of all addresses, and an index that spreads as many over four; an article behind each.
    lines = "".join(f"<url><loc>http://127.0.1.1:{site.port}/2026/11/22/story-{n}</loc></url>" for n in range(ADDRESSES))
    site.page("/one.xml", f"<urlset>{lines}</urlset>".encode(), content_type="application/xml")
    parts = "".join(f"<sitemap><loc>http://127.0.1.2:{site.port}/part{n}.xml</loc></sitemap>" for n in range(4))
    site.page("/index.xml", f"<sitemapindex>{parts}</sitemapindex>".encode(), content_type="application/xml")
    for part in range(4):
        text = "".join(
            f"<url><loc>http://127.0.1.2:{site.port}/2026/11/22/story-{part}-{n}</loc><lastmod>2026-11-22</lastmod></url>"
            for n in range(ADDRESSES // 4)
        )
        site.page(f"/part{part}.xml", text.join(("<urlset>", "</urlset>")).encode(), content_type="application/xml")
    story = Reply(body=article("a story").encode())
    for host in ("127.0.1.1", "127.0.1.2"):
        for n in range(40):
            site.route(f"{host}/2026/11/22/story-{n}", lambda _: story)
    # Bombs in every place where bytes come in.
    site.page("/bomb", packed, headers={"content-encoding": "gzip"})
    site.page("/bomb.xml.gz", packed, content_type="application/gzip")
    site.raw("/endless", endless_chunks)
    links = "".join(
        f"<item><link>http://127.0.1.3:{site.port}/{name}?{n}</link></item>" for name in ("bomb", "endless") for n in range(5)
    )
    site.page("/feed", f'<rss version="2.0"><channel>{links}</channel></rss>'.encode(), content_type="application/xml")
    try:
        yield site
    finally:
        site.close()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to read a process's peak from")
def test_the_peak_of_the_main_process(heavy: Site, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'news.db'}"
    upgrade(database)

    def source(name: str, host: str, **endpoints: list[str]) -> dict[str, object]:
        return {"name": name, "url": heavy.url("/", host=host)} | endpoints

    settings = {
        "database": database,
        "contact": "test@localhost",
        "fetch": {"delay": "0s", "networks": ["127.0.0.0/16"], "read_timeout": "10s"},
        "clean": {"workers": 1},
        "sources": [
            source("one", "127.0.1.1", sitemaps=[heavy.url("/one.xml", host="127.0.1.1")]),
            source("index", "127.0.1.2", sitemaps=[heavy.url("/index.xml", host="127.0.1.2")]),
            source("bombs", "127.0.1.3", feeds=[heavy.url("/feed", host="127.0.1.3")]),
            source("packed", "127.0.1.4", sitemaps=[heavy.url("/bomb.xml.gz", host="127.0.1.4")]),
            source("packed-feed", "127.0.1.4", feeds=[heavy.url("/bomb", host="127.0.1.4")]),
        ],
    }
    script = tmp_path / "crawl.py"
    script.write_text(CRAWL)
    done = subprocess.run(
        [sys.executable, script, json.dumps(settings)], capture_output=True, text=True, timeout=250, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) * 1024 < LIMIT
    with open_store(database, readonly=True) as store, store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT source, count(*) FROM page GROUP BY source")
        known = {name: count for name, count in rows}  # noqa: C416 - rows are no pairs to mypy
    assert known["one"] == known["index"] == 50_000
    assert known["bombs"] == 10
