"""Archives walked back to a day: through list pages and sitemaps, bounded, taken up again where they were left."""

from __future__ import annotations

import asyncio
from collections import Counter
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
