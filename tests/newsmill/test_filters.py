"""What a crawl follows and stores: only what is new or changed, in the languages asked for, and only articles."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from configuring import settings_for
from loopback import Reply, Site
from misbehaving import article, prose
from sqlalchemy import text as sql

from model.source import Source
from newsmill.crawling import Order, Report, crawl
from storage import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

GERMAN = (
    "Der Rat der Stadt hat am Freitag entschieden, dass der alte Leuchtturm nach neun Jahren wieder für Besucher geöffnet wird. "
    "Die Arbeiten haben viel länger gedauert als geplant, und niemand weiß, wer die Kosten am Ende tragen muss."
)
TEASERS = "".join(
    f"<div class='teaser'><h2><a href='/a-long-story-number-{it}-of-the-town'>A story number {it} of the harbour town</a></h2>"
    f"<p>{prose(it, 1)[0]}</p></div>"
    for it in range(12)
)


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    served.start()
    served.robots("")
    yield served
    served.close()


def listed(site: Site, *names: str, dates: str = "") -> None:
    entries = "".join(f"<url><loc>{site.url(f'/{name}')}</loc>{dates}</url>" for name in names)
    site.page("/sitemap.xml", f"<urlset>{entries}</urlset>".encode(), content_type="application/xml")


def crawled(site: Site, database: str, **facts: object) -> Report:
    source = Source(name="paper", url=site.url("/"), sitemaps=(site.url("/sitemap.xml"),), **facts)  # type: ignore[arg-type] # passed through
    return asyncio.run(crawl(settings_for(database), Order(sources=(source,))))


def rows(database: str, query: str) -> list[tuple[object, ...]]:
    with open_store(database, readonly=True) as store, store.reading() as connection:
        return [tuple(row) for row in connection.execute(sql(query))]


def make_due(database: str) -> None:
    with open_store(database) as store, store.writing() as connection:
        connection.execute(sql("UPDATE page SET next_attempt_at = first_seen_at"))


def test_a_part_that_an_index_names_no_more_is_not_asked_for_again(site: Site, sqlite_url: str) -> None:
    def serve(target: str, body: str, etag: str) -> None:
        site.route(target, lambda hit: Reply(
            body=b"" if hit.headers.get("if-none-match") == etag else body.encode(),
            status=304 if hit.headers.get("if-none-match") == etag else 200,
            content_type="application/xml", headers={"etag": etag}))  # fmt: skip

    for round_, part in enumerate(["old", "new", "new"]):
        child = f"<sitemap><loc>{site.url(f'/{part}.xml')}</loc></sitemap>"
        serve("/sitemap.xml", f"<sitemapindex>{child}</sitemapindex>", f'"{part}"')
        serve(f"/{part}.xml", f"<urlset><url><loc>{site.url(f'/story-of-{part}')}</loc></url></urlset>", '"1"')
        crawled(site, sqlite_url)
        assert site.pages.count("/sitemap.xml") == round_ + 1
    assert [site.pages.count(f"/{part}.xml") for part in ("old", "new")] == [1, 2]


def test_what_is_known_and_not_dated_anew_is_not_asked_for(site: Site, sqlite_url: str) -> None:
    site.page("/story", article("story").encode())
    listed(site, "story", dates="<lastmod>2026-01-01</lastmod>")
    crawled(site, sqlite_url)
    crawled(site, sqlite_url)
    assert site.pages.count("/story") == 1
    listed(site, "story", dates="<lastmod>2099-01-01</lastmod>")  # a date in the future says nothing
    crawled(site, sqlite_url)
    assert site.pages.count("/story") == 1


def test_what_a_feed_omits_is_found_in_the_sitemap_without_its_archive(site: Site, sqlite_url: str) -> None:
    """Config.yaml names the site alone."""
    today = datetime.now(UTC)
    ages = {"in-feed": 0, "omitted": 1, "long-ago": 400}
    for name in (*ages, "undated"):
        site.page(f"/{name}", article(name).encode())
    entries = "".join(
        f"<url><loc>{site.url(f'/{name}')}</loc><lastmod>{today - timedelta(days=age):%Y-%m-%d}</lastmod></url>"
        for name, age in ages.items()
    )
    undated = f"<url><loc>{site.url('/undated')}</loc></url>"
    site.page("/sitemap.xml", f"<urlset>{entries}{undated}</urlset>".encode(), content_type="application/xml")
    feed = f"<rss version='2.0'><channel><item><link>{site.url('/in-feed')}</link></item></channel></rss>"
    site.page("/feed", feed.encode(), content_type="application/xml")
    site.page("/", b"<link rel=alternate type=application/rss+xml href=/feed>")
    crawl_once = lambda: asyncio.run(crawl(settings_for(sqlite_url), Order(sources=(Source(name="p", url=site.url("/")),))))  # noqa: E731
    crawl_once()
    assert rows(sqlite_url, "SELECT url FROM articles ORDER BY url") == [(site.url("/in-feed"),), (site.url("/omitted"),)]
    crawl_once()
    assert not {"/long-ago", "/undated"} & set(site.pages)


def test_a_feed_is_not_asked_for_sooner_than_its_server_says(site: Site, sqlite_url: str) -> None:
    feed = f"<rss version='2.0'><channel><item><link>{site.url('/story')}</link></item></channel></rss>".encode()
    headers = {"etag": '"1"', "cache-control": "max-age=1800"}
    site.page("/story", article("story").encode())
    site.route("/feed", lambda hit: Reply(
        body=feed, status=304 if "if-none-match" in hit.headers else 200, content_type="text/xml", headers=headers))  # fmt: skip
    source = Source(name="paper", url=site.url("/"), feeds=(site.url("/feed"),), every="5m")
    for _ in range(2):  # at first whole, then as it was
        asyncio.run(crawl(settings_for(sqlite_url), Order(sources=(source,))))
        with open_store(sqlite_url, readonly=True) as store:
            (state,) = store.endpoints("paper")
        assert state.last_polled_at is not None
        assert (state.next_poll_at - state.last_polled_at).total_seconds() == 1800


def test_a_later_date_brings_a_page_back(site: Site, sqlite_url: str) -> None:
    from datetime import timedelta

    from model.times import now

    site.page("/story", article("story").encode())
    listed(site, "story", dates="<lastmod>2026-01-01</lastmod>")
    crawled(site, sqlite_url)
    site.page("/story", article("story", extra="<p>later</p>").replace(prose("story")[2], prose("other")[0]).encode())
    listed(site, "story", dates=f"<lastmod>{now() + timedelta(seconds=2):%Y-%m-%dT%H:%M:%SZ}</lastmod>")
    assert crawled(site, sqlite_url).totals["revised"] == 1


@pytest.mark.parametrize("changes", [False, True])
def test_a_page_that_came_byte_for_byte_is_not_cleaned_again(
    changes: bool,  # noqa: FBT001 - a parameter of the test
    site: Site,
    sqlite_url: str,
) -> None:
    site.page("/story", article("story").encode())
    listed(site, "story")
    crawled(site, sqlite_url)
    if changes:
        site.page("/story", article("story", extra="<!-- rendered at noon -->").encode())
    with open_store(sqlite_url) as store, store.writing() as connection:
        connection.execute(sql("UPDATE revision SET text_hash = 'x'"))
        connection.execute(sql("UPDATE article SET text_hash = 'x'"))  # what cleaning would now find changed
    make_due(sqlite_url)
    assert crawled(site, sqlite_url).totals["revised" if changes else "unchanged"] == 1


def test_articles_in_other_languages_are_left(site: Site, sqlite_url: str) -> None:
    german = "".join(f"<p>{GERMAN} {number}.</p>" for number in range(5))
    body = f"<html lang='de'><head><title>Der Turm</title></head><body><article><h1>Der Turm</h1>{german}</article></body></html>"
    site.page("/turm", body.encode())
    site.page("/story", article("story").encode())
    listed(site, "turm", "story")
    assert crawled(site, sqlite_url, languages=("en", "ko")).totals["new"] == 1
    assert rows(sqlite_url, "SELECT outcome, reason, detail FROM page WHERE url LIKE '%turm'") == [
        ("skipped", "filtered", "written in de")
    ]


def test_sections_are_chosen_by_their_addresses(site: Site, sqlite_url: str) -> None:
    for name in ("politics/a", "sport/b", "politics/live/c"):
        site.page(f"/{name}", article(name).encode())
    listed(site, "politics/a", "sport/b", "politics/live/c")
    crawled(site, sqlite_url, include=("/politics/",), exclude=("/live/",))
    assert [target for target in site.pages if target != "/sitemap.xml"] == ["/politics/a"]


NOT_FOUND = "<html><head><title>Page not found</title></head><body><nav><a href='/'>Home</a></nav>{}</body></html>"


@pytest.mark.parametrize(
    "body",
    [
        NOT_FOUND.format("<h1>404</h1><p>Sorry, the page you are looking for does not exist or has been moved.</p>"),
        NOT_FOUND.format("<h1>Page not found</h1><p>It may have been removed.</p><form><input name=q></form>" + TEASERS),
        f"<html><head><title>Politics</title></head><body><h1>Politics</h1>{TEASERS}</body></html>",
        "<html><head><title>Storm: all stories</title></head><body><ul>"
        + "".join(f"<li><a href='/a-long-story-{it}-of-the-town'>A long story {it} of the town</a></li>" for it in range(40))
        + "</ul></body></html>",
        "<html><head><title>Sign in</title></head><body><h1>Sign in</h1><form>Name <input></form></body></html>",
    ],
    ids=["soft 404", "soft 404 with teasers", "section", "tag", "sign in"],
)
def test_pages_that_are_no_articles_are_not_stored(body: str, site: Site, sqlite_url: str) -> None:
    site.page("/a-long-story-of-the-harbour-town", body.encode())
    listed(site, "a-long-story-of-the-harbour-town")
    assert crawled(site, sqlite_url).totals["skipped"] == 1
    assert rows(sqlite_url, "SELECT count(*) FROM articles") == [(0,)]


def test_a_page_that_sends_home_is_no_article(site: Site, sqlite_url: str) -> None:
    site.redirect("/a-long-story-of-the-harbour-town", "/")
    site.page("/", article("home").encode())
    listed(site, "a-long-story-of-the-harbour-town")
    assert crawled(site, sqlite_url).totals["skipped"] == 1


def test_a_not_found_page_of_many_words_is_told_by_standing_for_every_address(site: Site, sqlite_url: str) -> None:
    """A site whose every lost page shows the same long text: the first is taken, the others are its copies and no further row."""
    lost = article("lost").encode()
    for name in ("one-of-the-lost-pages-here", "two-of-the-lost-pages-here", "three-of-the-lost-pages"):
        site.route(f"/{name}", lambda _: Reply(body=lost))
    listed(site, "one-of-the-lost-pages-here", "two-of-the-lost-pages-here", "three-of-the-lost-pages")
    crawled(site, sqlite_url)
    assert rows(sqlite_url, "SELECT count(*) FROM articles") == [(1,)]
