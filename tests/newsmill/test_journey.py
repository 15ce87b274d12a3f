"""The whole way: sample sites on loopback to clean text in a real database."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from configuring import settings_for

from model.source import Source
from newsmill.crawling import Order, Report, crawl
from newsmill.demo.server import SampleSites
from storage import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from newsmill.demo.server import Hit
    from newsmill.demo.sites import SampleArticle
    from storage.answers import StoredArticle


def crawled(database: str, sites: SampleSites, **order: object) -> Report:
    return asyncio.run(crawl(settings_for(database), Order(sources=sites.sources(), **order)))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Journey:
    """Two crawls of the sample sites, the second when nothing had changed."""

    database: str
    sites: SampleSites
    first: Report
    second: Report
    #: Requests of each crawl.
    first_hits: list[Hit]
    second_hits: list[Hit]

    @property
    def expected(self) -> Mapping[str, SampleArticle]:
        """Address of each article that may be stored -> what is right of it."""
        return {
            self.sites.origins[lesson] + url: article
            for lesson, site in self.sites.expected().items()
            for url, article in site.articles.items()
        }

    @property
    def seconds(self) -> set[str]:
        """Further addresses of those articles."""
        return {self.sites.origins[lesson] + url for lesson, site in self.sites.expected().items() for url in site.duplicates}

    def stored(self, *, duplicates: bool = True) -> list[StoredArticle]:
        with open_store(self.database, readonly=True) as store:
            return list(store.articles(duplicates=duplicates))


@pytest.fixture(scope="module")
def journey(shared_database_url: str) -> Iterator[Journey]:
    with SampleSites() as sites:
        first = crawled(shared_database_url, sites)
        until = len(sites.log)
        second = crawled(shared_database_url, sites)
        yield Journey(shared_database_url, sites, first, second, sites.log[:until], sites.log[until:])


def test_every_allowed_article_is_stored_once(journey: Journey) -> None:
    stored = Counter(article.url for article in journey.stored())
    assert not set(journey.expected) - set(stored)
    assert not set(stored) - set(journey.expected) - journey.seconds
    assert set(stored.values()) == {1}
    assert not journey.first.broken


def test_the_two_samples_come_out_exactly(journey: Journey) -> None:
    texts = {article.title: article.text for article in journey.stored()}
    samples = [article for article in journey.expected.values() if article.title in SAMPLES]
    assert len(samples) == len(SAMPLES)
    assert [texts[sample.title] for sample in samples] == [sample.text for sample in samples]


def test_an_article_of_several_pages_is_one_row(journey: Journey) -> None:
    (several,) = [url for url, article in journey.expected.items() if article.pages]
    (stored,) = [article for article in journey.stored() if article.url == several]
    assert (stored.parts, stored.text) == (3, journey.expected[several].text)
    parts = [urlsplit(url).path for url in journey.expected[several].pages]
    assert [hit.path for hit in journey.first_hits if hit.path in parts] == parts


SAMPLES = {
    "US, Korea, and Japan Unite Against Threats from North Korea, China, and Russia",
    "Korea-Japan Summit Strengthens Mutual Security Agreements and Harmonizes Meetings",
}


def test_texts_are_what_their_authors_wrote(journey: Journey) -> None:
    texts = {article.url: article.text for article in journey.stored()}
    assert {url: texts[url] for url in journey.expected} == {url: article.text for url, article in journey.expected.items()}


def test_titles_authors_and_dates_are_those_of_the_page(journey: Journey) -> None:
    stored = {article.url: (article.title, article.published) for article in journey.stored()}
    assert {url: stored[url] for url in journey.expected} == {
        url: (article.title, article.published) for url, article in journey.expected.items()
    }
    authors = {article.url: article.authors for article in journey.stored()}
    right = sum(authors[url] == article.authors for url, article in journey.expected.items())
    assert right / len(journey.expected) >= RIGHT_AUTHORS


#: Share of pages whose authors are exactly right.
RIGHT_AUTHORS = 0.95


def test_clutter_is_gone_from_every_text(journey: Journey) -> None:
    clutter = ("Popular Now", "Must-Reads", "Weekly Best Articles", "You May Also Like", "많이 본 뉴스", "무단전재", "Newsletter")
    texts = "\n".join(article.text for article in journey.stored())
    served = "\n".join(article.text for article in journey.expected.values())
    assert not [words for words in clutter if words in texts and words not in served]


def test_nothing_disallowed_is_asked_for_and_no_stray_is_stored(journey: Journey) -> None:
    asked = {(hit.site, hit.path) for hit in (*journey.first_hits, *journey.second_hits)}
    stored = {article.url for article in journey.stored()}
    for lesson, site in journey.sites.expected().items():
        assert not {(lesson, path) for path in site.disallowed} & asked
        assert not {journey.sites.origins[lesson] + path for path in (*site.strays, *site.disallowed)} & stored


def test_a_story_at_two_addresses_or_on_two_sites_is_one_row(journey: Journey) -> None:
    stories = journey.stored(duplicates=False)
    assert set(Counter(article.text for article in stories).values()) == {1}
    copies = [article for article in journey.stored() if article.duplicate_of is not None]
    by_id = {article.id: article for article in stories}
    assert {by_id[copy.duplicate_of].source for copy in copies if copy.duplicate_of} >= {"semantic-html5"}
    assert any(by_id[copy.duplicate_of].source != copy.source for copy in copies if copy.duplicate_of)


def test_the_second_crawl_fetches_and_stores_nothing_anew(journey: Journey) -> None:
    pages = {(lesson, path) for lesson, site in journey.sites.expected().items() for path in (*site.articles, *site.duplicates)}
    assert not [hit for hit in journey.second_hits if (hit.site, hit.path) in pages and hit.status != 304]
    assert journey.second.totals["new"] == journey.second.totals["revised"] == journey.second.totals["duplicate"] == 0


def test_a_host_is_never_asked_two_things_at_once(journey: Journey) -> None:
    for lesson in journey.sites.origins:
        hits = sorted((hit for hit in journey.first_hits if hit.site == lesson), key=lambda hit: hit.started)
        assert all(earlier.ended <= later.started for earlier, later in pairwise(hits))


def test_single_addresses_are_crawled_without_their_endpoints(sqlite_url: str, sites: SampleSites) -> None:
    lesson, site = next(iter(sites.expected().items()))
    path = next(iter(site.articles))
    report = crawled(sqlite_url, sites, urls=(sites.origins[lesson] + path,))
    assert report.totals["new"] == 1
    assert {urlsplit(hit.path).path for hit in sites.log} == {"/robots.txt", urlsplit(path).path}


def test_a_limit_holds_for_each_source(sqlite_url: str, sites: SampleSites) -> None:
    report = crawled(sqlite_url, sites, limit=2)
    endings = ("new", "revised", "duplicate", "unchanged", "skipped", "failed")
    assert all(sum(tally.counts[ending] for ending in endings) == 2 for tally in report.tallies.values())


def test_one_dead_source_stops_no_other(sqlite_url: str, sites: SampleSites) -> None:
    dead = Source(name="dead", url="http://127.0.0.1:9/")  # the discard port: nobody listens
    alive = sites.sources()[0]
    report = asyncio.run(crawl(settings_for(sqlite_url), Order(sources=(dead, alive))))
    assert report.broken == ("dead",)
    assert report.tallies[alive.name].counts["new"] >= 12
    assert any("robots_unreachable: robots.txt: " in reason for reason in report.tallies["dead"].reasons)
