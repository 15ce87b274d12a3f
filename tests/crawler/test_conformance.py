"""Cases of robots.txt and of feeds, each a line of docs/conformance.md, which is made from the same files."""

from __future__ import annotations

import asyncio
import runpy
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from pages import served

from crawler import Fetcher, read_feed
from crawler.robots import parse
from model.errors import DiscoveryError, RobotsDisallowed, RobotsUnreachable
from model.page import Page, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from loopback import Hit, Site

    from crawler import FetchOptions
    from model.source import Link

ROOT = Path(__file__).parents[2]
CASES = ROOT / "fixtures" / "conformance"


def cases(name: str) -> list[dict[str, Any]]:
    loaded = yaml.safe_load((CASES / f"{name}.yaml").read_text("utf8"))
    return [case for it in loaded for case in it.get("cases", [it])]


def about(case: dict[str, Any]) -> str:
    return str(case["about"])


@pytest.mark.parametrize("case", cases("robots"), ids=about)
def test_robots(case: dict[str, Any]) -> None:
    rules = parse(case["text"].encode(), case.get("agent", "newsmill"))
    for verdict in ("allowed", "refused"):
        for path in case.get(verdict, "").split():
            assert rules.allows(f"https://example.org{path}") is (verdict == "allowed"), path


async def _hang_up(_hit: Hit, _writer: asyncio.StreamWriter) -> None:
    pass


async def _stay_silent(_hit: Hit, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


@pytest.mark.anyio
@pytest.mark.parametrize("case", cases("robots-answers"), ids=about)
async def test_answers_for_robots(site: Site, options: Callable[..., FetchOptions], case: dict[str, Any]) -> None:
    site.page("/page")
    padding = b"#" * (case.get("padding", 0) - 1) + b"\n" if "padding" in case else b""
    hops = ["/robots.txt", *(f"/hop/{number}" for number in range(1, case.get("hops", 0) + 1))]
    for hop, after in pairwise(hops):
        site.redirect(hop, after)
    if "trouble" in case:
        site.raw(hops[-1], _hang_up if case["trouble"] == "hangs up" else _stay_silent)
    else:
        site.page(hops[-1], padding + b"User-agent: *\nDisallow: /\n", status=case["status"], content_type="text/plain")
    patience = {"read_timeout": 0.2} if "trouble" in case else {}
    async with Fetcher(options(**patience)) as fetcher:
        if case["page"] == "fetched":
            assert isinstance(await fetcher.fetch(Request(url=site.url("/page"))), Page)
        else:
            with pytest.raises({"refused": RobotsDisallowed, "unreachable": RobotsUnreachable}[case["page"]]):
                await fetcher.fetch(Request(url=site.url("/page")))
    assert ("/page" in site.pages) is (case["page"] == "fetched")


def document(case: dict[str, Any]) -> bytes:
    """The document of a case; those of dates and titles differ in one field only."""
    if "document" in case:
        text = case["document"]
    else:
        fields = f"<title>{case.get('title', 'A')}</title><pubDate>{escape(case.get('date', ''))}</pubDate>"
        text = f'<rss version="2.0"><channel><item><link>http://news.example/a</link>{fields}</item></channel></rss>'
    return str(text).encode(case.get("charset", "utf-8"))


def shown(link: Link, expected: dict[str, Any]) -> dict[str, Any]:
    """What a case speaks of."""
    written = {"url": link.url, "title": link.title, "content": link.content}
    moments = {"published": link.published, "modified": link.modified}
    written |= {name: moment and moment.isoformat() for name, moment in moments.items()}
    return {name: written[name] for name in expected}


@pytest.mark.parametrize("case", cases("feeds"), ids=about)
def test_feeds(case: dict[str, Any]) -> None:
    page = served(document(case), case.get("type", "application/rss+xml"))
    if case["links"] == "error":
        with pytest.raises(DiscoveryError):
            read_feed(page)
        return
    links = read_feed(page)
    assert len(links) == len(case["links"])
    assert [shown(link, expected) for link, expected in zip(links, case["links"], strict=True)] == case["links"]


def test_the_page_is_current() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "build_conformance.py"))["page"]()
    assert (ROOT / "docs" / "conformance.md").read_text("utf8") == made, "run `python docs/build_conformance.py`"
