"""One real crawl over a web that misbehaves: each fault ends as it must, and the healthy hosts between lose nothing."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from misbehaving import FORBIDDEN, HEALTHY, NETWORK, MisbehavingWeb

from newsmill.config import Settings
from newsmill.crawling import Order, crawl
from storage import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from loopback import Hit

    from storage import Store


def settings_for(database: str) -> Settings:
    return Settings.model_validate(
        {
            "database": database,
            "contact": "test@localhost",
            "fetch": {
                "delay": "0s",
                "networks": [NETWORK],
                "concurrency": 128,
                "connect_timeout": "10s",
                "read_timeout": "10s",
                "total_timeout": "30s",
                "max_page": 2_000_000,
                "max_feed": 2_000_000,
                "max_sitemap": 2_000_000,
            },
            "clean": {"workers": 2, "timeout": "30s"},
        }
    )


def endings(store: Store, table: str) -> Mapping[str, str]:
    """Address -> how its last visit ended."""
    columns = "url, outcome, reason" if table == "page" else "url, CASE WHEN error IS NULL THEN 'polled' ELSE 'failed' END, error"
    with store.reading() as connection:
        rows = connection.exec_driver_sql(f"SELECT {columns} FROM {table}")
        return {url: f"{outcome} {reason or ''}".strip() for url, outcome, reason in rows}


@pytest.fixture(scope="module")
def web() -> Iterator[MisbehavingWeb]:
    with MisbehavingWeb() as served:
        yield served


@pytest.fixture(scope="module")
def crawled(web: MisbehavingWeb, sqlite_template: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    from shutil import copy

    database = f"sqlite:///{copy(str(sqlite_template), tmp_path_factory.mktemp('web') / 'news.db')}"
    asyncio.run(crawl(settings_for(database), Order(sources=web.sources)))
    with open_store(database, readonly=True) as store:
        yield store


def test_every_article_of_a_healthy_host_is_stored_whole(web: MisbehavingWeb, crawled: Store) -> None:
    stored = {article.url: article.text for article in crawled.articles(duplicates=True)}
    assert {url: tuple(stored.get(url, "").split("\n\n")) for url in web.articles} == web.articles
    assert len(web.articles) == 5 * len(HEALTHY)


def test_every_bad_page_ends_as_it_must(web: MisbehavingWeb, crawled: Store) -> None:
    ended = endings(crawled, "page")
    wrong = {url: (ended.get(url), set(right)) for url, right in web.pages.items() if ended.get(url) not in right}
    assert not wrong


def test_every_bad_endpoint_ends_as_it_must(web: MisbehavingWeb, crawled: Store) -> None:
    ended = endings(crawled, "endpoint")
    wrong = {url: (ended.get(url), set(right)) for url, right in web.endpoints.items() if ended.get(url) not in right}
    assert not wrong


def test_nothing_refused_or_disallowed_is_ever_asked(web: MisbehavingWeb, crawled: Store) -> None:
    asked = {f"http://{hit.host}{hit.target}" for hit in web.site.log}
    assert not asked & set(web.private)
    assert not [hit for hit in web.site.log if hit.host.startswith(FORBIDDEN)]
    ended = endings(crawled, "page")
    assert {ended[url] for url in web.private} == {"skipped robots"}


def test_no_host_is_asked_two_things_at_once(web: MisbehavingWeb, crawled: Store) -> None:
    hosts: defaultdict[str, list[Hit]] = defaultdict(list)
    for hit in web.site.log:
        hosts[hit.host].append(hit)
    assert len(hosts) == len({source.url for source in web.sources})
    for hits in hosts.values():
        assert all(earlier.ended <= later.began for earlier, later in pairwise(hits))


def test_endless_lists_are_left_after_a_few_requests(web: MisbehavingWeb, crawled: Store) -> None:
    for name in ("self-index", "calendar", "redirect-chain"):
        assert sum(web.bad[name] == hit.host.partition(":")[0] for hit in web.site.log) <= 15
