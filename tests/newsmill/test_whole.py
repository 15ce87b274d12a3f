"""Articles of several pages and texts that only their feed carries, through real crawls of a site on loopback."""

from __future__ import annotations

import asyncio
from html import escape
from typing import TYPE_CHECKING

import pytest
from configuring import settings_for
from loopback import Reply, Site
from misbehaving import prose

from model.memory import SiteMemory
from model.source import Rules, Source
from newsmill.crawling import Order, Report, crawl
from newsmill.gathering import MOST_PARTS
from storage import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from loopback import Hit

    from storage.answers import StoredArticle

STANDFIRST = "The harbour town waits for its ferries, and nobody at the pier knows when they will come back."
FEED = "<?xml version='1.0'?><rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>x</title>{}</channel></rss>"


def text_of_part(name: str, number: int) -> tuple[str, ...]:
    return prose(f"{name} {number}", 4)


def part(name: str, number: int, links: str = "", *, paragraphs: tuple[str, ...] | None = None) -> bytes:
    body = "".join(f"<p>{it}</p>" for it in (paragraphs if paragraphs is not None else text_of_part(name, number)))
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>The story of {name}</title></head><body>"
        f"<nav><a href='/'>Home</a> <a href='/about'>About</a></nav><article><h1>The story of {name}</h1><p>{STANDFIRST}</p>"
        f"{body}</article><div class='pages'>{links}</div><footer>All rights reserved.</footer></body></html>"
    ).encode()


def whole_text(name: str, parts: int) -> str:
    return "\n\n".join([STANDFIRST, *(it for number in range(1, parts + 1) for it in text_of_part(name, number))])


class Paper:
    """A site with one feed, and what a crawl of it stores."""

    def __init__(self, site: Site, database: str) -> None:
        self.site, self.database = site, database
        self.items: dict[str, str] = {}
        site.robots("")
        site.route("/feed.xml", lambda _: self._feed())

    def _feed(self) -> Reply:
        def item(target: str, content: str) -> str:
            whole = f"<content:encoded>{escape(content)}</content:encoded>" if content else ""
            return f"<item><title>The story of {target.strip('/')}</title><link>{self.site.url(target)}</link>{whole}</item>"

        items = "".join(item(target, content) for target, content in self.items.items())
        return Reply(body=FEED.format(items).encode(), content_type="application/rss+xml")

    def lists(self, target: str, content: str = "") -> None:
        self.items[target] = content

    def parts(self, name: str, count: int, *, missing: int | None = None) -> None:
        """An article at ``/name`` with its parts at ``/name?page=2`` ..."""
        self.lists(f"/{name}")
        for number in range(1, count + 1):
            links = "".join(f"<a href='/{name}?page={it}'>{it}</a> " for it in range(1, count + 1))
            if number != missing:
                self.site.page(f"/{name}" + (f"?page={number}" if number > 1 else ""), part(name, number, links))

    def crawl(self, **order: object) -> Report:
        source = Source(name="paper", url=self.site.url("/"), feeds=(self.site.url("/feed.xml"),))
        return asyncio.run(crawl(settings_for(self.database), Order(sources=(source,), **order)))  # type: ignore[arg-type] # passed through

    def again(self) -> Report:
        """A crawl to which everything is due."""
        with open_store(self.database) as store, store.writing() as connection:
            connection.exec_driver_sql("UPDATE page SET next_attempt_at = first_seen_at")
        return self.crawl()

    def stored(self) -> dict[str, StoredArticle]:
        with open_store(self.database, readonly=True) as store:
            return {article.url.removeprefix(self.site.url("/")): article for article in store.articles(duplicates=True)}


@pytest.fixture
def paper(sqlite_url: str) -> Iterator[Paper]:
    site = Site()
    site.start()
    yield Paper(site, sqlite_url)
    site.close()


def test_the_parts_of_an_article_are_one_text_in_order(paper: Paper) -> None:
    paper.parts("harbour", 4)
    paper.parts("short", 1)
    assert paper.crawl().totals["new"] == 2
    stored = paper.stored()
    assert stored["harbour"].text == whole_text("harbour", 4)
    assert (stored["harbour"].parts, stored["harbour"].missing_part) == (4, None)
    assert stored["short"].parts == 1
    asked = [target for target in paper.site.pages if target.startswith("/harbour")]
    assert asked == ["/harbour", "/harbour?page=2", "/harbour?page=3", "/harbour?page=4"]


def test_the_article_is_found_unchanged_the_next_time(paper: Paper) -> None:
    paper.parts("harbour", 3)
    paper.crawl()
    assert paper.again().totals["unchanged"] == 1
    assert paper.stored()["harbour"].revision == 1


def test_a_missing_part_does_not_lose_the_rest_and_is_found_later(paper: Paper) -> None:
    paper.parts("harbour", 3)
    broken = True

    def third(_: Hit) -> Reply:
        return Reply(status=503) if broken else Reply(body=part("harbour", 3))

    paper.site.route("/harbour?page=3", third)
    paper.crawl()
    first = paper.stored()["harbour"]
    assert first.text == whole_text("harbour", 2)
    assert (first.parts, first.missing_part) == (2, "part 3: bad_status: HTTP 503")
    broken = False
    assert paper.again().totals["revised"] == 1
    later = paper.stored()["harbour"]
    assert (later.text, later.parts, later.missing_part) == (whole_text("harbour", 3), 3, None)
    broken = True
    assert paper.again().totals["failed"] == 1
    assert paper.stored()["harbour"].text == whole_text("harbour", 3)


def test_a_site_that_answers_every_number_with_page_one_is_soon_believed(paper: Paper) -> None:
    names = [f"story{number}" for number in range(6)]
    for name in names:
        paper.lists(f"/{name}")
        paper.site.page(f"/{name}", part(name, 1, f"<a href='/{name}?page=2'>2</a><a href='/{name}?page=3'>3</a>"))
    paper.crawl()
    stored = {name: article.text.removeprefix(f"{STANDFIRST}\n\n") for name, article in paper.stored().items()}
    assert stored == {name: "\n\n".join(text_of_part(name, 1)) for name in names}
    vain = [target for target in paper.site.pages if "?page" in target]
    assert vain == [f"/{name}?page=2" for name in names[:3]]


def test_circles_and_endless_parts_end(paper: Paper) -> None:
    paper.lists("/circle")
    paper.site.page("/circle", part("circle", 1, "<a href='/circle?page=2'>2</a>"))
    paper.site.page("/circle?page=2", part("circle", 2, "<a href='/circle'>3</a><a href='/circle?page=2'>3</a>"))
    paper.lists("/endless")

    def endless(hit: Hit) -> Reply:
        number = int(hit.target.partition("=")[2] or 1)
        return Reply(body=part("endless", number, f"<a href='/endless?page={number + 1}'>{number + 1}</a>"))

    paper.site.route("/endless", endless)
    paper.crawl()
    stored = paper.stored()
    assert (stored["circle"].parts, stored["circle"].missing_part) == (2, None)
    assert (stored["endless"].parts, stored["endless"].missing_part) == (MOST_PARTS, f"more than {MOST_PARTS} parts")
    assert sum(target.startswith("/endless") for target in paper.site.pages) == MOST_PARTS


def test_rel_next_that_leads_to_the_next_article_joins_nothing(paper: Paper) -> None:
    for name, other in (("ferries-return", "harbour-closes"), ("harbour-closes", "ferries-return")):
        paper.lists(f"/{name}")
        paper.site.page(f"/{name}", part(name, 1, f"<a rel='next' href='/{other}'>Next: The story of {other}</a>"))
    paper.crawl()
    assert {article.text for article in paper.stored().values()} == {
        whole_text(name, 1) for name in ("ferries-return", "harbour-closes")
    }


def test_one_page_with_everything_spares_the_others(paper: Paper) -> None:
    paper.parts("harbour", 3)
    links = "<a href='/harbour?page=2'>2</a> <a href='/harbour?page=all'>Single page</a>"
    paper.site.page("/harbour", part("harbour", 1, links))
    everything = tuple(it for number in (1, 2, 3) for it in text_of_part("harbour", number))
    paper.site.page("/harbour?page=all", part("harbour", 1, paragraphs=everything))
    paper.crawl()
    assert paper.stored()["harbour"].text == whole_text("harbour", 3)
    assert "/harbour?page=2" not in paper.site.pages


def test_where_it_cannot_be_had_the_numbers_are_followed(paper: Paper) -> None:
    paper.parts("harbour", 3)
    links = "<a href='/harbour?page=2'>2</a> <a href='/harbour?page=all'>Single page</a>"
    paper.site.page("/harbour", part("harbour", 1, links))
    paper.site.robots("User-agent: *\nDisallow: /*page=all")
    paper.crawl()
    assert paper.stored()["harbour"].text == whole_text("harbour", 3)
    assert "/harbour?page=all" not in paper.site.pages


def test_show_explains_the_parts_from_the_raw_archive(paper: Paper) -> None:
    from typer.testing import CliRunner

    from newsmill.cli import app
    from newsmill.whole import clean_whole

    paper.parts("harbour", 3)
    paper.crawl()
    shown = CliRunner().invoke(app, ["show", "1", "--database", paper.database]).stdout
    assert "text from   3 pages" in shown
    explained = CliRunner().invoke(app, ["show", "1", "--explain", "--database", paper.database]).stdout
    assert "already" in explained
    with open_store(paper.database, readonly=True) as store:
        raw = store.raw_article(1)
    assert [it.url.rpartition("/")[2] for it in (raw, *raw.parts)] == ["harbour", "harbour?page=2", "harbour?page=3"]
    assert clean_whole(raw, rules=Rules(), memory=SiteMemory(), language=None).article.text == whole_text("harbour", 3)


FULL = prose("full", 8)
CONTENT = "".join(f"<p>{it}</p>" for it in FULL)


def refusals() -> dict[str, Callable[[Site], None]]:
    return {
        "403": lambda site: bool(site.page("/full", b"no", status=403)) or None,
        "410": lambda site: bool(site.page("/full", b"gone", status=410)) or None,
        "robots": lambda site: site.robots("User-agent: *\nDisallow: /full") and None,
        "script": lambda site: bool(site.page("/full", b"<html><body><div id=app></div></body></html>")) or None,
    }


@pytest.mark.parametrize("refusal", refusals())
def test_the_text_of_a_feed_stands_in_for_a_page_that_is_refused(refusal: str, paper: Paper) -> None:
    paper.lists("/full", CONTENT)
    paper.site.page("/full", part("full", 1))
    refusals()[refusal](paper.site)
    paper.crawl()
    stored = paper.stored()["full"]
    assert (stored.text, stored.text_from, stored.title) == ("\n\n".join(FULL), "feed", "The story of full")
    assert paper.again().totals["unchanged"] == 1


def test_a_teaser_gives_way_to_its_feed_and_the_page_to_the_reader_later(paper: Paper) -> None:
    paper.lists("/full", CONTENT)
    claims = '{"@type":"NewsArticle","isAccessibleForFree":false,"author":{"name":"Anna Lee"}}'
    data = f'<script type="application/ld+json">{claims}</script>'
    paper.site.page("/full", part("full", 1, data, paragraphs=FULL[:1]))
    paper.crawl()
    stored = paper.stored()["full"]
    assert (stored.text, stored.text_from, stored.authors, stored.parts) == ("\n\n".join(FULL), "feed", ("Anna Lee",), 1)
    more = (*FULL, *prose("more", 3))
    paper.site.page("/full", part("full", 1, paragraphs=more))
    assert paper.again().totals["revised"] == 1
    later = paper.stored()["full"]
    assert (later.text, later.text_from, later.revision) == ("\n\n".join([STANDFIRST, *more]), "page", 2)
    paper.site.page("/full", b"no", status=403)
    assert paper.again().totals["failed"] == 1
    assert paper.stored()["full"].text_from == "page"


@pytest.mark.parametrize("content", ["<p>Who waits for the ferries? Read it on our site.</p>", ""])
def test_a_feed_that_teases_itself_does_not_stand_in(content: str, paper: Paper) -> None:
    paper.lists("/full", content)
    paper.site.page("/full", b"no", status=403)
    paper.crawl()
    assert not paper.stored()


def test_a_page_that_is_not_found_is_not_made_up_from_its_feed(paper: Paper) -> None:
    paper.lists("/full", CONTENT)
    paper.crawl()
    assert not paper.stored()
