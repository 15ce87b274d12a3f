"""Editions of a page and pages that refresh, through a whole crawl."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from configuring import settings_for
from loopback import Site
from misbehaving import article, prose

from model.source import Source
from model.times import now
from newsmill.crawling import Order, crawl
from storage import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    server.start()
    try:
        yield server
    finally:
        server.close()


def crawled(database: str, site: Site, *targets: str) -> Mapping[str, str]:
    """Path -> how its page ended, after a crawl of a feed that lists these targets."""
    links = "".join(f"<item><link>{site.url(target)}</link></item>" for target in targets)
    feed = site.page("/feed", f'<rss version="2.0"><channel>{links}</channel></rss>'.encode(), content_type="application/xml")
    source = Source(name="daily", url=site.url("/"), feeds=(feed,))
    asyncio.run(crawl(settings_for(database), Order(sources=(source,))))
    with open_store(database, readonly=True) as store, store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT url, outcome, reason FROM page ORDER BY id").all()
    return {url.removeprefix(site.url("")): " ".join(filter(None, (outcome, reason))) for url, outcome, reason in rows}


def stored(database: str, site: Site) -> Mapping[str, str]:
    with open_store(database, readonly=True) as store:
        return {it.url.removeprefix(site.url("")): it.text for it in store.articles(duplicates=True)}


def edition(seed: str, canonical: str) -> bytes:
    return article(seed, charset=f'<meta charset="utf-8"><link rel="canonical" href="{canonical}">').encode()


def test_an_edition_gives_way_to_the_page_it_shows(sqlite_url: str, site: Site) -> None:
    site.page("/amp/story", edition("the edition", "/story"))
    site.page("/story", edition("the page", "/story"))
    assert crawled(sqlite_url, site, "/amp/story") == {"/amp/story": "skipped variant", "/story": "stored"}
    assert stored(sqlite_url, site) == {"/story": "\n\n".join(prose("the page"))}


def test_an_edition_of_a_page_that_is_known_is_linked_to_it(sqlite_url: str, site: Site) -> None:
    site.page("/amp/story", edition("the story", "/story"))
    site.page("/story", edition("the story", "/story"))
    ended = crawled(sqlite_url, site, "/story", "/amp/story")
    assert ended == {"/story": "stored", "/amp/story": "duplicate"}
    assert set(stored(sqlite_url, site)) == {"/story"}


def test_an_edition_is_stored_where_the_page_it_shows_is_not_to_be_had(sqlite_url: str, site: Site) -> None:
    site.page("/amp/story", edition("the edition", "/nowhere"))
    assert crawled(sqlite_url, site, "/amp/story") == {"/amp/story": "skipped variant", "/nowhere": "failed bad_status"}
    with open_store(sqlite_url) as store, store.writing() as connection:
        tomorrow = connection.exec_driver_sql("SELECT next_attempt_at FROM page WHERE url LIKE '%/amp/story'").scalar_one()
        assert str(tomorrow)[:10] == str((now() + timedelta(days=1)).date())
        connection.exec_driver_sql("UPDATE page SET next_attempt_at = visited_at WHERE url LIKE '%/amp/story'")
    assert crawled(sqlite_url, site, "/amp/story")["/amp/story"] == "stored"
    assert stored(sqlite_url, site) == {"/amp/story": "\n\n".join(prose("the edition"))}


def test_a_page_that_refreshes_to_another_is_stored_as_that_one(sqlite_url: str, site: Site) -> None:
    site.page("/old", b'<meta http-equiv="refresh" content="0; url=/new">')
    site.page("/new", article("the page").encode())
    assert crawled(sqlite_url, site, "/old") == {"/old": "stored"}
    assert stored(sqlite_url, site) == {"/new": "\n\n".join(prose("the page"))}


def test_nothing_is_queued_when_single_addresses_are_asked_for(sqlite_url: str, site: Site) -> None:
    url = site.page("/amp/story", edition("the edition", "/story"))
    source = Source(name="daily", url=site.url("/"), feeds=(site.url("/feed"),))
    asyncio.run(crawl(settings_for(sqlite_url), Order(sources=(source,), urls=(url,))))
    assert site.pages == ["/amp/story"]
    assert set(stored(sqlite_url, site)) == {"/amp/story"}
