"""Archives walked back to a day: through list pages and sitemaps, bounded, taken up again where they were left."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from configuring import settings_for
from loopback import Reply, Site
from misbehaving import article
from sqlalchemy import text as sql

from model.source import Source
from newsmill.crawling import Order, Report, crawl
from storage import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loopback import Hit

TODAY = datetime(2026, 11, 22, tzinfo=UTC)
PER_PAGE = 5


def story(number: int) -> str:
    """The address of a story; one a day, the newest is number 0."""
    return f"/{TODAY - timedelta(days=number):%Y/%m/%d}/story-of-the-harbour-{number}"


class Paper:
    """A site with stories of many days, listed newest first over many pages."""

    def __init__(self, site: Site, database: str, *, stories: int = 60, dated: bool = True) -> None:
        self.site, self.database, self.stories, self.dated = site, database, stories, dated
        site.robots("")
        for number in range(stories):
            site.page(self.address(number), article(f"story {number}").encode())
        site.route("/news", self._listed)

    def address(self, number: int) -> str:
        return story(number) if self.dated else f"/a-long-story-of-the-harbour-town-{number}"

    def _listed(self, hit: Hit) -> Reply:
        page = int(hit.target.partition("page=")[2] or 1)
        numbers = range(self.stories)[(page - 1) * PER_PAGE : page * PER_PAGE]
        if not numbers:
            return Reply(status=404)
        latest = "".join(f"<li><a href='{self.address(it)}'>A story of the harbour town {it}</a></li>" for it in range(2))
        listed = "".join(f"<h2><a href='{self.address(it)}'>A story of the harbour town {it}</a></h2>" for it in numbers)
        return Reply(
            body=f"<html><body>{listed}<ul>{latest}</ul><a href='/news?page={page + 1}'>Older</a></body></html>".encode()
        )

    def crawl(self, since: datetime | None = None, **order: object) -> Report:
        endpoints = {"sections": (self.site.url("/news"),)} | order.pop("endpoints", {})  # type: ignore[operator] # as Source has them
        source = Source(name="paper", url=self.site.url("/"), **endpoints)
        return asyncio.run(crawl(settings_for(self.database), Order(sources=(source,), since=since, **order)))  # type: ignore[arg-type] # passed through

    def asked(self, beginning: str) -> list[str]:
        return [target for target in self.site.pages if target.startswith(beginning)]

    def read(self, query: str) -> list[tuple[object, ...]]:
        with open_store(self.database, readonly=True) as store, store.reading() as connection:
            return [tuple(row) for row in connection.execute(sql(query))]

    def stored(self) -> set[str]:
        return {str(url).removeprefix(self.site.url("/"))[-2:].strip("-") for (url,) in self.read("SELECT url FROM articles")}


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    served.start()
    yield served
    served.close()


@pytest.fixture
def paper(site: Site, sqlite_url: str) -> Paper:
    return Paper(site, sqlite_url)


def test_a_list_is_followed_until_every_entry_is_older(paper: Paper) -> None:
    report = paper.crawl(TODAY - timedelta(days=17))
    assert report.totals["new"] == 18 + 1  # a day's story may be from its last hour in the west
    assert paper.asked("/news") == ["/news", "/news", *(f"/news?page={number}" for number in range(2, 6))]
    assert paper.read("SELECT documents, ended_by FROM backfill") == [(5, "every entry is older than 2026-11-05")]


def test_without_a_day_nothing_is_walked_back(paper: Paper) -> None:
    assert paper.crawl().totals["new"] == PER_PAGE
    assert paper.asked("/news") == ["/news"]
    assert paper.read("SELECT * FROM backfill") == []


def test_the_end_of_the_list_ends_the_walk(paper: Paper) -> None:
    report = paper.crawl(datetime(2000, 1, 1, tzinfo=UTC))
    assert report.totals["new"] == 60
    assert Counter(paper.asked("/20")).most_common(1)[0][1] == 1
    (found,) = paper.read("SELECT documents, ended_by, links FROM backfill")
    assert found == (13, "a page without any entry that no page before had", 55)


def test_a_walk_that_ended_is_not_walked_again_at_once(paper: Paper) -> None:
    since = TODAY - timedelta(days=17)
    paper.crawl(since)
    before = len(paper.asked("/news?"))
    assert paper.crawl(since).totals["new"] == 0
    assert len(paper.asked("/news?")) == before
    paper.crawl(TODAY - timedelta(days=30))
    assert len(paper.asked("/news?")) > before


def test_bounds_hold_and_the_next_walk_goes_on_behind_them(paper: Paper) -> None:
    since = datetime(2000, 1, 1, tzinfo=UTC)
    paper.crawl(since, list_pages=3)
    assert paper.asked("/news?") == ["/news?page=2", "/news?page=3"]
    assert paper.read("SELECT documents, ended_at FROM backfill") == [(3, None)]
    paper.crawl(since, list_pages=6)
    assert paper.asked("/news?") == [f"/news?page={number}" for number in range(2, 7)]
    paper.crawl(since)
    assert paper.stored() >= {str(number) for number in range(10, 60)}


def test_a_limit_bounds_the_walk_too(paper: Paper) -> None:
    report = paper.crawl(datetime(2000, 1, 1, tzinfo=UTC), limit=7)
    assert report.totals["new"] == 7
    assert len(paper.asked("/news?")) <= 2


def test_a_broken_page_of_the_list_is_tried_again_by_the_next_walk(paper: Paper) -> None:
    since = TODAY - timedelta(days=17)
    paper.site.page("/news?page=3", b"", status=503)
    report = paper.crawl(since)
    assert any("HTTP 503" in reason for reason in report.tallies["paper"].reasons)
    assert paper.read("SELECT documents, ended_at FROM backfill") == [(2, None)]
    del paper.site._answering["/news?page=3"]
    paper.crawl(since)
    assert len(paper.stored()) == 19
    assert paper.asked("/news?page=2") == ["/news?page=2"]


def test_lists_without_dates_end_at_their_end_or_the_bound(site: Site, sqlite_url: str) -> None:
    paper = Paper(site, sqlite_url, dated=False, stories=20)
    assert paper.crawl(TODAY).totals["new"] == 20


def test_endless_lists_and_calendars_end(paper: Paper) -> None:
    def endless(hit: Hit) -> Reply:
        page = int(hit.target.partition("page=")[2] or 1)
        same = "".join(f"<h2><a href='{story(it)}'>A story of the harbour town {it}</a></h2>" for it in range(3))
        return Reply(body=f"<html><body>{same}<a rel='next' href='/trap?page={page + 1}'>Next month</a></body></html>".encode())

    paper.site.route("/trap", endless)
    paper.crawl(datetime(2000, 1, 1, tzinfo=UTC), endpoints={"sections": (paper.site.url("/trap"),)})
    assert paper.asked("/trap?") == ["/trap?page=2"]


class Feed:
    """A feed of the paper's stories, five in each of its documents, each of which names the next one in one of the usual ways."""

    def __init__(self, paper: Paper, *, way: str) -> None:
        self.paper, self.way = paper, way
        paper.site.route("/feed", self._document)

    def _document(self, hit: Hit) -> Reply:
        site, page = self.paper.site, int(hit.target.partition("=")[2] or 1)
        numbers = range(self.paper.stories)[(page - 1) * PER_PAGE : page * PER_PAGE]
        links = [site.url(self.paper.address(it)) for it in numbers]
        if not links:
            return Reply(status=404)
        further = site.url(f"/feed?page={page + 1}") if page * PER_PAGE < self.paper.stories else ""
        if self.way == "json":
            feed = {"items": [{"url": link} for link in links]} | ({"next_url": further} if further else {})
            return Reply(body=json.dumps(feed).encode(), content_type="application/feed+json")
        if self.way == "wordpress":
            head = "<generator>https://wordpress.org/?v=6.4</generator>"
        else:
            head = f"<atom:link rel='{self.way}' href='{further}'/>" if further else ""
        items = "".join(f"<item><title>A story</title><link>{link}</link></item>" for link in links)
        feed_ = f"<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>{head}{items}</channel></rss>"
        return Reply(body=feed_.encode(), content_type="application/rss+xml")

    def crawl(self, since: datetime | None, **order: object) -> Report:
        return self.paper.crawl(since, endpoints={"sections": (), "feeds": (self.paper.site.url("/feed"),)}, **order)


@pytest.mark.parametrize("way", ["next", "prev-archive", "json", "wordpress"])
def test_feeds_are_followed_to_their_older_entries(way: str, paper: Paper) -> None:
    feed = Feed(paper, way=way)
    assert feed.crawl(TODAY - timedelta(days=17)).totals["new"] == 18 + 1
    parameter = "paged" if way == "wordpress" else "page"
    assert paper.asked("/feed") == ["/feed", "/feed", *(f"/feed?{parameter}={number}" for number in range(2, 6))]
    assert paper.read("SELECT documents, ended_by FROM backfill") == [(5, "every entry is older than 2026-11-05")]
    paper.crawl(None, endpoints={"sections": (), "feeds": (paper.site.url("/feed"),)})
    assert len(paper.asked("/feed")) == 7, "without a day a feed is its first document"


def test_a_feed_ends_at_its_last_document_and_bounds_hold(site: Site, sqlite_url: str) -> None:
    paper = Paper(site, sqlite_url, stories=12)
    feed = Feed(paper, way="wordpress")
    since = datetime(2000, 1, 1, tzinfo=UTC)
    feed.crawl(since, list_pages=2)
    assert paper.asked("/feed?") == ["/feed?paged=2"]
    feed.crawl(since)
    assert paper.asked("/feed?") == ["/feed?paged=2", "/feed?paged=3", "/feed?paged=4"]
    assert paper.read("SELECT ended_by FROM backfill") == [("a page without any entry that no page before had",)]
    assert len(paper.read("SELECT url FROM articles")) == 12


def test_a_feed_that_repeats_itself_or_closes_its_further_pages_ends(paper: Paper) -> None:
    feed = Feed(paper, way="wordpress")
    first = paper.site._answering["/feed"]
    paper.site.route("/feed", lambda hit: first(replace(hit, target="/feed")))  # whatever is asked for
    assert feed.crawl(datetime(2000, 1, 1, tzinfo=UTC)).totals["new"] == PER_PAGE
    assert paper.asked("/feed?") == ["/feed?paged=2"]
    paper.site.robots("User-agent: *\nDisallow: /*?paged=")
    report = feed.crawl(datetime(1999, 1, 1, tzinfo=UTC))
    assert not report.tallies["paper"].reasons
    assert paper.asked("/feed?") == ["/feed?paged=2"]
    assert paper.read("SELECT ended_by FROM backfill") == [("robots.txt does not allow the next page",)]


def test_sitemaps_are_read_by_their_months(paper: Paper) -> None:
    months = ("2026-11", "2026-10", "2026-09", "2026-08")
    index = "".join(f"<sitemap><loc>{paper.site.url(f'/sitemap-{month}.xml')}</loc></sitemap>" for month in months)
    paper.site.page("/sitemap.xml", f"<sitemapindex>{index}</sitemapindex>".encode(), content_type="application/xml")
    for month in months:
        numbers = [it for it in range(60) if f"{TODAY - timedelta(days=it):%Y-%m}" == month]
        urls = "".join(f"<url><loc>{paper.site.url(story(it))}</loc></url>" for it in numbers)
        paper.site.page(f"/sitemap-{month}.xml", f"<urlset>{urls}</urlset>".encode(), content_type="application/xml")
    since = datetime(2026, 10, 10, tzinfo=UTC)
    with_sitemap = {"sections": (), "sitemaps": (paper.site.url("/sitemap.xml"),)}
    paper.crawl(since, endpoints=with_sitemap, limit=1)
    assert paper.read("SELECT ended_by FROM backfill") == [("the sitemap was read",)]
    walked = paper.asked("/sitemap")[5:]  # the first five are the poll's
    assert walked == ["/sitemap.xml", "/sitemap-2026-11.xml", "/sitemap-2026-10.xml"]


def test_an_ended_walk_goes_on_where_it_was(paper: Paper) -> None:
    since = datetime(2000, 1, 1, tzinfo=UTC)

    async def ended() -> Report:
        stop = asyncio.Event()

        def stopping(hit: Hit) -> Reply:
            loop.call_soon_threadsafe(stop.set)
            return paper._listed(hit)

        loop = asyncio.get_running_loop()
        paper.site.route("/news?page=4", stopping)
        source = Source(name="paper", url=paper.site.url("/"), sections=(paper.site.url("/news"),))
        return await crawl(settings_for(paper.database), Order(sources=(source,), since=since), stop=stop)

    assert asyncio.run(ended()).interrupted
    ((documents,),) = paper.read("SELECT documents FROM backfill")
    assert documents in (3, 4)
    paper.crawl(since)
    assert len(paper.read("SELECT url FROM articles")) == 60
    assert Counter(paper.asked("/news?")).most_common(1)[0][1] <= 2
