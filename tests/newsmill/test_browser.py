"""A crawl whose source needs a browser: its articles are stored, and Ctrl-C leaves no browser behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from loopback import Reply, Site
from misbehaving import prose

from crawler.browser import found
from storage import open_store, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loopback import Hit

pytest.importorskip("playwright", reason="the extra browser is not installed")
pytestmark = [
    pytest.mark.skipif(found(None) is None, reason="no Chromium on PATH (Debian: apt-get install chromium)"),
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc to look for processes in"),
]


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site("127.0.0.1")
    server.start()
    try:
        yield server
    finally:
        server.close()


def config(site: Site, folder: Path) -> Path:
    """A source whose feed lists one page."""
    feed = f'<rss version="2.0"><channel><item><link>{site.url("/2026/story")}</link></item></channel></rss>'
    site.page("/feed", feed.encode(), content_type="application/xml")
    entry = {"name": "a", "url": site.url("/"), "feeds": [site.url("/feed")], "render": "browser"}
    database = f"sqlite:///{folder / 'news.db'}"
    upgrade(database)
    file = folder / "config.yaml"
    file.write_text(
        yaml.safe_dump(
            {
                "database": database,
                "contact": "test@localhost",
                "fetch": {"delay": "0s", "networks": ["127.0.0.0/8"]},
                "clean": {"workers": 1},
                "sources": [entry],
            }
        )
    )
    return file


def newsmill(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "newsmill", *map(str, arguments)]


def test_an_article_that_exists_only_after_its_scripts_ran(site: Site, tmp_path: Path) -> None:
    file = config(site, tmp_path)
    site.page("/2026/story", b"<!doctype html><title>The story</title><body><script src=/app.js></script>")
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in prose("scripted"))
    site.page("/app.js", f"document.body.innerHTML = `<article><h1>The story</h1>{paragraphs}</article>`".encode())
    subprocess.run(newsmill("crawl", "--config", file), check=True, capture_output=True, timeout=120)
    with open_store(f"sqlite:///{tmp_path / 'news.db'}", readonly=True) as store:
        (article,) = store.articles()
    assert tuple(article.text.split("\n\n")) == prose("scripted")


def test_ctrl_c_ends_the_browser_too(site: Site, tmp_path: Path) -> None:
    """As in a terminal, every process of the group gets the signal; afterwards none is left."""
    shown = threading.Event()

    def tick(_: Hit) -> Reply:
        shown.set()
        return Reply(body=b"x")

    site.route("/tick", tick)
    site.page("/2026/story", b"<!doctype html><body><script>setInterval(() => fetch('/tick?' + Math.random()), 100)</script>")
    command = newsmill("crawl", "--config", config(site, tmp_path))
    crawl = subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        assert shown.wait(150), "the page was never shown"
        started = descendants(crawl.pid)
        assert any("chrom" in name for name in started.values()), started
        os.killpg(crawl.pid, signal.SIGINT)
        output, _ = crawl.communicate(timeout=60)
        assert b"Traceback" not in output
        assert wait_until_gone(started)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(crawl.pid, signal.SIGKILL)


def descendants(root: int) -> dict[int, str]:
    """Processes below a process, by number, with their names."""
    parents: dict[int, tuple[int, str]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            name, _, fields = folder.joinpath("stat").read_text().partition("(")[2].rpartition(")")
            if fields.split()[0] != "Z":
                parents[int(folder.name)] = (int(fields.split()[1]), name)
    below, found_new = {root}, True
    while found_new:
        new = {number for number, (parent, _) in parents.items() if parent in below} - below
        below |= new
        found_new = bool(new)
    return {number: parents[number][1] for number in below - {root} if number in parents}


def wait_until_gone(processes: dict[int, str]) -> bool:
    """Whether all of them end within a bounded time."""
    for _ in range(600):
        if not any(is_alive(number, name) for number, name in processes.items()):
            return True
        time.sleep(0.1)
    return False


def is_alive(number: int, name: str) -> bool:
    try:
        stat = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return False
    return f"({name})" in stat and stat.rpartition(")")[2].split()[0] != "Z"
