"""Articles of several pages and texts that a feed gave: every byte kept, every row says where it came from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text as sql
from visiting import NOON, OTHER, STORY, Site, cleaned, kept, page, rows, url

from model.errors import NotFound
from model.outcome import Unchanged
from model.page import Origin
from model.source import Link
from storage import open_store, upgrade
from storage.raw import raw_pages

if TYPE_CHECKING:
    from storage import Store

HOUR = timedelta(hours=1)
SECOND = page(url("a?page=2"), NOON + timedelta(seconds=1), body=b"<html>two</html>")
THIRD = page(url("a?page=3"), NOON + timedelta(seconds=2), body=b"<html>three</html>")
LONG = page(url("a"), NOON, body=b"<html>one</html>", etag='"1"')
LONG = replace(LONG, parts=(SECOND, THIRD))
FED = replace(page(url("f"), NOON, body=b"<p>whole</p>", etag='"2"'), origin=Origin.FEED)


def test_all_parts_are_kept_and_come_back_in_order(store: Store) -> None:
    site = Site(store)
    site.save(url("a"), page=LONG)
    assert store.raw_article(1) == LONG
    assert store.raw_page(site.page_id(url("a"))) == LONG
    assert [it.body for it in raw_pages(store.reading)] == [LONG.body, SECOND.body, THIRD.body]
    assert rows(store, "SELECT parts, text_from, missing_part FROM articles") == [(3, "page", None)]
    assert rows(store, "SELECT parts, text_from, missing_part FROM revisions") == [(3, "page", None)]
    (found,) = store.articles()
    assert (found.parts, found.text_from, found.missing_part) == (3, "page", None)
    assert not any(finding.wrong for finding in store.check())


def test_a_missing_part_is_told_until_the_whole_text_comes(store: Store) -> None:
    site = Site(store)
    site.save(url("a"), page=replace(LONG, parts=(SECOND,), missing="part 3: fetch_timeout"))
    assert rows(store, "SELECT parts, missing_part FROM articles") == [(2, "part 3: fetch_timeout")]
    later = replace(LONG, fetched_at=NOON + HOUR, parts=(replace(SECOND, fetched_at=NOON + 2 * HOUR),))
    site.save(url("a"), cleaned(text=f"{STORY}\n\n{OTHER}"), at=NOON + HOUR, page=later)
    assert rows(store, "SELECT parts, missing_part, revision FROM articles") == [(2, None, 2)]


def test_pages_with_parts_and_texts_of_feeds_are_never_asked_for_conditionally(store: Store) -> None:
    site = Site(store)
    site.save(url("a"), page=LONG)
    site.save(url("f"), cleaned(text=OTHER), page=FED)
    site.save(url("c"), cleaned(title="c"), page=page(url("c"), etag='"3"'))
    assert rows(store, "SELECT etag FROM page ORDER BY id") == [(None,), (None,), ('"3"',)]


def test_the_text_of_a_feed_is_marked_and_the_pages_own_is_a_revision(store: Store) -> None:
    site = Site(store)
    site.save(url("f"), page=FED)
    assert rows(store, "SELECT text_from FROM articles") == [("feed",)]
    assert store.pages([1])[0].is_of_feed
    site.save(url("f"), cleaned(text=OTHER), at=NOON + HOUR, page=page(url("f"), NOON + HOUR, body=b"page"))
    assert rows(store, "SELECT number, text_from FROM revisions ORDER BY number") == [(1, "feed"), (2, "page")]
    assert not store.pages([1])[0].is_of_feed


def test_a_page_that_gives_the_text_of_its_feed_is_where_the_text_is_from(store: Store) -> None:
    site = Site(store)
    site.save(url("f"), page=FED)
    own = page(url("f"), NOON + HOUR, body=b"page", etag='"5"')
    assert isinstance(site.save(url("f"), cleaned(text=STORY.upper()), at=NOON + HOUR, page=own), Unchanged)
    assert rows(store, "SELECT number, text_from, text FROM revisions") == [(1, "page", STORY)]
    assert store.raw_article(1) == own
    assert not store.pages([1])[0].is_of_feed
    again = replace(FED, fetched_at=NOON + 2 * HOUR)
    site.save(url("f"), at=NOON + 2 * HOUR, page=again)
    assert rows(store, "SELECT text_from, revision FROM articles") == [("page", 1)]
    assert not any(finding.wrong for finding in store.check())


def test_a_teaser_beside_the_text_of_its_feed_counts_as_one_page(store: Store) -> None:
    teaser = replace(page(url("f"), body=b"<p>who</p>"), parts=(replace(FED, fetched_at=NOON + HOUR),))
    Site(store).save(url("f"), page=teaser)
    assert rows(store, "SELECT parts, text_from FROM articles") == [(1, "feed")]
    assert store.pages([1])[0].is_of_feed
    assert store.raw_article(1) == teaser


def test_a_page_is_pruned_with_its_parts(store: Store) -> None:
    site = Site(store)
    site.save(url("a"), page=LONG)
    assert store.prune(kept(HOUR), NOON + 2 * HOUR).bodies == 3
    with pytest.raises(NotFound, match="no raw body"):
        store.raw_article(1)
    assert rows(store, "SELECT parts FROM articles") == [(3,)]
    assert not any(finding.wrong for finding in store.check())


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        ("UPDATE page_fetch SET first_id = 99 WHERE part = 2", "parts of articles without their first page, or twice"),
        ("UPDATE page_fetch SET part = 2 WHERE part = 3", "parts of articles without their first page, or twice"),
        ("UPDATE page SET feed_body_id = 99", "pages whose feed's text is not there"),
    ],
)
def test_the_check_finds_parts_and_texts_that_are_lost(store: Store, harm: str, what: str) -> None:
    Site(store).save(url("a"), page=LONG)
    assert not any(finding.wrong for finding in store.check())
    with store.writing() as connection:
        connection.execute(sql(harm))
    assert [finding.what for finding in store.check() if finding.wrong] == [what]


def test_what_a_feed_carries_is_kept_with_the_page(store: Store) -> None:
    site = Site(store)
    link = Link(url=url("a"), content="<p>Wörter</p>")

    site.poll(link, at=NOON + HOUR)
    (state,) = store.due_pages("daily", NOON + HOUR, limit=5)
    assert state.has_feed_text
    assert not state.is_of_feed
    assert store.feed_text(state.id) == "<p>Wörter</p>"
    site.poll(replace(link, content="<p>other</p>"), at=NOON + 2 * HOUR)
    assert store.feed_text(state.id) == "<p>other</p>"
    site.poll(replace(link, content=None), at=NOON + 3 * HOUR)
    assert store.feed_text(state.id) == "<p>other</p>"
    with pytest.raises(NotFound):
        store.feed_text(99)


def test_an_older_database_says_that_its_texts_are_whole_pages(database_url: str) -> None:
    from alembic import command

    from storage.migrations.steps import configuration
    from storage.views import drop_views

    with open_store(database_url) as store:
        Site(store).save(url("a"), page=LONG)
        Site(store, "rival").save("https://rival.example/x", cleaned(text=OTHER))
        with store.writing() as connection:
            drop_views(connection)
            command.downgrade(configuration(connection), "0004")
            assert connection.execute(sql("SELECT count(*) FROM page_fetch")).scalar_one() == 2
    upgrade(database_url)
    with open_store(database_url) as store:
        assert rows(store, "SELECT parts, text_from, missing_part FROM articles") == [(1, "page", None)] * 2
        assert store.raw_article(1) == replace(LONG, parts=())
