"""The whole way: sample sites on loopback to clean text in a real database."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from configuring import settings_for

from newsmill.crawling import Order, Report, crawl
from storage import open_store

if TYPE_CHECKING:
    from newsmill.demo.server import SampleSites


def crawled(database: str, sites: SampleSites, **order: object) -> Report:
    return asyncio.run(crawl(settings_for(database), Order(sources=sites.sources(), **order)))  # type: ignore[arg-type]


@pytest.fixture
def first(database_url: str, sites: SampleSites) -> Report:
    return crawled(database_url, sites)


def test_every_allowed_article_is_stored_once_with_the_text_its_author_wrote(
    database_url: str, sites: SampleSites, first: Report
) -> None:
    expected = {
        sites.origins[lesson] + url: (article.title, article.text)
        for lesson, site in sites.expected().items()
        for url, article in site.articles.items()
    }
    with open_store(database_url, readonly=True) as store:
        stored = Counter(article.url for article in store.articles(duplicates=True))
        texts = {article.url: (article.title, article.text) for article in store.articles(duplicates=True)}
    seconds = {sites.origins[lesson] + url for lesson, site in sites.expected().items() for url in site.duplicates}
    assert not set(expected) - set(stored)
    assert not set(stored) - set(expected) - seconds
    assert set(stored.values()) == {1}
    assert {url: texts[url] for url in expected} == expected
    assert not first.broken


def test_authors_and_dates_are_those_of_the_page(database_url: str, sites: SampleSites, first: Report) -> None:
    expected = {
        sites.origins[lesson] + url: (article.authors, article.published)
        for lesson, site in sites.expected().items()
        for url, article in site.articles.items()
    }
    with open_store(database_url, readonly=True) as store:
        stored = {article.url: (article.authors, article.published) for article in store.articles(duplicates=True)}
    assert {url: stored[url] for url in expected} == expected


def test_nothing_disallowed_is_asked_for_and_no_stray_is_stored(database_url: str, sites: SampleSites, first: Report) -> None:
    asked = {(hit.site, hit.path) for hit in sites.log}
    for lesson, site in sites.expected().items():
        assert not {(lesson, path) for path in site.disallowed} & asked
    with open_store(database_url, readonly=True) as store:
        stored = {article.url for article in store.articles(duplicates=True)}
    for lesson, site in sites.expected().items():
        assert not {sites.origins[lesson] + path for path in (*site.strays, *site.disallowed)} & stored


def test_a_story_at_two_addresses_or_on_two_sites_is_one_row(database_url: str, sites: SampleSites, first: Report) -> None:
    with open_store(database_url, readonly=True) as store:
        texts = Counter(article.text for article in store.articles())
        with_copies = [article for article in store.articles() if article.duplicates]
    assert set(texts.values()) == {1}
    assert with_copies


def test_the_second_crawl_fetches_nothing_anew(database_url: str, sites: SampleSites, first: Report) -> None:
    before = len(sites.log)
    second = crawled(database_url, sites)
    with open_store(database_url, readonly=True) as store:
        stored = Counter(article.url for article in store.articles(duplicates=True))
    articles = {(lesson, path) for lesson, site in sites.expected().items() for path in (*site.articles, *site.duplicates)}
    again = [hit for hit in sites.log[before:] if (hit.site, hit.path) in articles and hit.status != 304]
    assert not again
    assert second.totals["new"] == second.totals["revised"] == 0
    assert set(stored.values()) == {1}


def test_a_host_is_never_asked_two_things_at_once(database_url: str, sites: SampleSites, first: Report) -> None:
    for lesson in sites.origins:
        hits = sorted((hit for hit in sites.log if hit.site == lesson), key=lambda hit: hit.started)
        assert all(earlier.ended <= later.started for earlier, later in pairwise(hits))


def test_single_addresses_are_crawled_without_their_endpoints(sqlite_url: str, sites: SampleSites) -> None:
    lesson, site = next(iter(sites.expected().items()))
    path = next(iter(site.articles))
    report = crawled(sqlite_url, sites, urls=(sites.origins[lesson] + path,))
    assert report.totals["new"] == 1
    assert {urlsplit(hit.path).path for hit in sites.log} == {"/robots.txt", urlsplit(path).path}


def test_a_limit_holds_for_each_source(sqlite_url: str, sites: SampleSites) -> None:
    report = crawled(sqlite_url, sites, limit=2)
    assert all(sum(tally.counts[c] for c in ("new", "duplicate", "skipped", "failed")) <= 2 for tally in report.tallies.values())


def test_one_dead_source_stops_no_other(sqlite_url: str, sites: SampleSites) -> None:
    from model.source import Source

    dead = Source(name="dead", url="http://127.0.0.1:9/")  # the discard port: nobody listens
    lesson = sites.sources()[0]
    report = asyncio.run(crawl(settings_for(sqlite_url), Order(sources=(dead, lesson))))
    assert report.broken == ("dead",)
    assert report.tallies[lesson.name].counts["new"] >= 12
    assert any("robots_unreachable: robots.txt: " in reason for reason in report.tallies["dead"].reasons)
