"""A host that asks to be left alone is left alone by the next run, too, and comes back to normal afterwards."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from configuring import settings_for
from loopback import Reply, Site
from misbehaving import article

from model.source import Source
from newsmill.crawling import Order, Report, crawl
from storage import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loopback import Hit

BUSY = Reply(status=429, headers={"retry-after": "7200"})


class Paper:
    """A site with a feed of two stories, asked too much for as long as `busy` names a target."""

    def __init__(self, site: Site, database: str) -> None:
        self.site, self.database, self.busy = site, database, ""
        site.robots("")
        feed = "".join(f"<item><link>{site.url(f'/story-{name}')}</link></item>" for name in ("a", "b"))
        self._serve("/feed", f"<rss version='2.0'><channel>{feed}</channel></rss>", "application/xml")
        for name in ("a", "b"):
            self._serve(f"/story-{name}", article(name), "text/html")

    def _serve(self, target: str, body: str, kind: str) -> None:
        def answer(_: Hit) -> Reply:
            return BUSY if target == self.busy else Reply(body=body.encode(), content_type=kind)

        self.site.route(target, answer)

    def crawl(self) -> Report:
        source = Source(name="paper", url=self.site.url("/"), feeds=(self.site.url("/feed"),))
        return asyncio.run(crawl(settings_for(self.database), Order(sources=(source,))))

    def write(self, statement: str) -> None:
        with open_store(self.database) as store, store.writing() as connection:
            connection.exec_driver_sql(statement)

    def read(self, query: str) -> list[tuple[object, ...]]:
        with open_store(self.database, readonly=True) as store, store.reading() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]


@pytest.fixture
def paper(database_url: str) -> Iterator[Paper]:
    site = Site()
    site.start()
    yield Paper(site, database_url)
    site.close()


@pytest.mark.parametrize("busy", ["/feed", "/story-a"])
def test_the_next_run_asks_nothing_until_the_rest_is_over(busy: str, paper: Paper) -> None:
    paper.busy = busy
    paper.crawl()
    asked = len(paper.site.log)
    paper.busy = ""
    report = paper.crawl()
    assert len(paper.site.log) == asked
    assert report.broken == ("paper",)
    errors = {error for (error,) in paper.read("SELECT error FROM endpoint")}
    assert errors == {"host_resting"}


def test_the_endpoint_is_due_when_the_rest_is_over(paper: Paper) -> None:
    paper.busy = "/feed"
    paper.crawl()
    with open_store(paper.database) as store:
        (state,) = store.endpoints("paper")
    assert state.last_polled_at is not None
    assert (state.next_poll_at - state.last_polled_at).total_seconds() >= 7200


def test_what_waits_for_other_reasons_does_not_make_its_host_rest(paper: Paper) -> None:
    """A page that waits longer than the rest, and a host that could not be connected to."""
    paper.busy = "/story-a"
    paper.crawl()
    paper.write("UPDATE endpoint SET last_success_at = '2099-01-01 00:00:00.000000+00:00'")
    paper.busy = ""
    paper.crawl()
    assert "/feed" in paper.site.pages[2:]
    paper.write("UPDATE page SET reason = 'host_absent'")
    before = len(paper.site.log)
    paper.crawl()
    assert len(paper.site.log) > before


def test_pages_of_a_host_that_comes_back_wait_no_longer(paper: Paper) -> None:
    """They failed so often that they would be asked for again in a week."""
    paper.busy = "/feed"
    paper.crawl()
    paper.write("DELETE FROM event")
    paper.write("UPDATE endpoint SET error = 'connection_failed', failures = 9")
    url = paper.site.url("/story-{}")
    for name, reason, status in (
        ("a", "connection_failed", "pending"),
        ("b", "clean_crashed", "pending"),
        ("c", "bad_status", "failed"),
    ):
        paper.write(
            "INSERT INTO page (source, url, identity, authors, status, attempts, next_attempt_at, first_seen_at, reason) VALUES ("
            f"'paper', '{url.format(name)}', '{url.format(name).removeprefix('http://')}', '[]', '{status}', 6,"
            f" '2099-01-01 00:00:00.000000+00:00', '2026-01-01 00:00:00.000000+00:00', '{reason}')"
        )
    paper.crawl()
    asked = [target for target in paper.site.pages if target.startswith("/story")]
    assert asked == [], "the feed is still asked too much"
    paper.busy = ""
    paper.write("UPDATE endpoint SET error = 'connection_failed'")
    paper.crawl()
    assert [target for target in paper.site.pages if target.startswith("/story")] == ["/story-a"]
