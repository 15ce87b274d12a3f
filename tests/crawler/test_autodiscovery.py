from __future__ import annotations

import asyncio
import gzip

import pytest
from pages import Site, decode

from crawler.autodiscovery import discover, find_feeds
from model.errors import BadStatus, ConnectionFailed, RobotsUnreachable
from model.source import Endpoint, EndpointKind, Source

HOME = "http://news.example/"
SOURCE = Source(name="x", url=HOME)


def rss(*numbers: int) -> bytes:
    entries = "".join(f"<item><title>t</title><link>http://news.example/a/{n}</link></item>" for n in numbers)
    return f'<rss version="2.0"><channel>{entries}</channel></rss>'.encode()


def urlset(*numbers: int, news: bool = False) -> bytes:
    extra = "<news:news><news:publication_date>2024-05-31</news:publication_date></news:news>" if news else ""
    return (
        "<urlset>" + "".join(f"<url><loc>http://news.example/a/{n}</loc>{extra}</url>" for n in numbers) + "</urlset>"
    ).encode()


def index(*names: str) -> bytes:
    entries = "".join(f"<sitemap><loc>http://news.example/{name}</loc></sitemap>" for name in names)
    return f"<sitemapindex>{entries}</sitemapindex>".encode()


def found(site: Site, source: Source = SOURCE) -> list[tuple[EndpointKind, str]]:
    return [(it.kind, it.url.removeprefix(HOME)) for it in asyncio.run(discover(source, site, decode))]


def test_what_the_source_names_is_used_as_it_is() -> None:
    site = Site({})
    source = Source(name="x", url=HOME, feeds=("http://news.example/RSS?utm_source=a",), sections=("http://news.example/s",))
    assert asyncio.run(discover(source, site, decode)) == (
        Endpoint(source="x", kind=EndpointKind.FEED, url="http://news.example/RSS?utm_source=a"),
        Endpoint(source="x", kind=EndpointKind.SECTION, url="http://news.example/s"),
    )
    assert site.asked == []


def test_feeds_of_a_page() -> None:
    html = """
    <link rel="alternate" type="application/rss+xml" href="/feed/">
    <link rel=alternate type="application/feed+json" href="/feed.json">
    <link rel="alternate" type="application/rss+xml" title="Comments Feed" href="/all/">
    <link rel="alternate" type="application/atom+xml" href="/comments/feed/">
    <link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/7">
    <link rel="alternate" hreflang="de" href="/de/"><link rel="stylesheet" type="text/css" href="/rss.css">
    <a href="/rss/sport.xml">Sport</a><a href="/news/1">News</a>
    <a href="https://other.example/rss.xml">Other</a><a href="/feed/">RSS</a>
    """
    assert find_feeds(html, HOME) == (HOME + "feed/", HOME + "feed.json", HOME + "rss/sport.xml")


def test_feeds_that_add_nothing_are_left_out() -> None:
    html = (
        b'<link rel="alternate" type="application/rss+xml" href="/a"><link rel="alternate" type="application/atom+xml" href="/b">'
    )
    site = Site({HOME: html + b'<a href="/rss">dead</a>', HOME + "a": rss(1, 2), HOME + "b": rss(2, 1)})
    assert found(site) == [(EndpointKind.FEED, "a")]


def test_news_sitemaps_come_before_archives() -> None:
    site = Site(
        {HOME: b"<p>", HOME + "all.xml": index("posts.xml", "sitemap-news.xml"), HOME + "sitemap-news.xml": urlset(1, news=True)},
        robots=(HOME + "all.xml", HOME + "video-sitemap.xml"),
    )
    assert found(site) == [(EndpointKind.SITEMAP, "sitemap-news.xml")]
    assert HOME + "video-sitemap.xml" not in site.asked


def test_an_archive_is_taken_where_nothing_is_fresh() -> None:
    site = Site({HOME: b"<p>", HOME + "sitemap.xml": gzip.compress(urlset(1, 2))}, robots=RobotsUnreachable(HOME))
    assert found(site) == [(EndpointKind.SITEMAP, "sitemap.xml")]


def test_a_guessed_feed_is_better_than_an_archive() -> None:
    site = Site({HOME: b"<p>", HOME + "sitemap.xml": urlset(1, 2), HOME + "rss.xml": rss(1)})
    assert found(site) == [(EndpointKind.FEED, "rss.xml"), (EndpointKind.SITEMAP, "sitemap.xml")]


FEED = b'<link rel="alternate" type="application/rss+xml" href="/rss">'


def test_what_feeds_omit_is_found_in_a_sitemap_of_everything() -> None:
    site = Site({HOME: FEED, HOME + "rss": rss(1), HOME + "map.xml": urlset(1, 2)}, robots=(HOME + "map.xml",))
    assert found(site) == [(EndpointKind.FEED, "rss"), (EndpointKind.SITEMAP, "map.xml")]
    site.documents[HOME + "map.xml"] = urlset(1, 2, news=True)
    site.documents[HOME + "all.xml"] = urlset(1, 2, 3)
    site.robots = (HOME + "map.xml", HOME + "all.xml")
    assert found(site) == [(EndpointKind.FEED, "rss"), (EndpointKind.SITEMAP, "map.xml")], "which has all that is new"


def test_without_a_sitemap_it_is_found_on_the_home_page() -> None:
    story = b"<h2><a href='/2024/05/31/a-story-of-the-harbour'>A story of the harbour</a></h2>"
    site = Site({HOME: FEED + story, HOME + "rss": rss(1)})
    assert found(site) == [(EndpointKind.FEED, "rss"), (EndpointKind.SECTION, "")]
    site.documents[HOME + "rss"] = rss(1).replace(b"/a/1", b"/2024/05/31/a-story-of-the-harbour")
    assert found(site) == [(EndpointKind.FEED, "rss")], "which has it, too"


def test_the_home_page_is_the_last_resort() -> None:
    site = Site({HOME: b"<p>words"})
    assert found(site) == [(EndpointKind.SECTION, "")]
    assert len(site.asked) == len(set(site.asked)) <= 13


def test_a_home_page_that_cannot_be_fetched_is_told_only_when_nothing_is_found() -> None:
    trouble = ConnectionFailed(HOME, "no route")
    with pytest.raises(ConnectionFailed):
        found(Site({HOME: trouble}))
    assert found(Site({HOME: BadStatus(HOME, status=403), HOME + "feed": rss(1)})) == [(EndpointKind.FEED, "feed")]


def test_feeds_of_other_sites_articles_do_not_count() -> None:
    site = Site({HOME: b'<link rel="alternate" type="application/rss+xml" href="/a">', HOME + "a": rss(1)})
    assert found(site, Source(name="x", url=HOME, include=("/story/",))) == [(EndpointKind.SECTION, "")]
