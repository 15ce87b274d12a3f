"""Whether people can read an article is part of its history: paywalled, gone, back again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from visiting import NOON, OTHER, STORY, Site, cleaned, not_modified, page, rows, url

from model.errors import BadStatus
from model.outcome import Revised, Unchanged
from storage.recleaning import save_recleaned
from storage.values import PageStatus

if TYPE_CHECKING:
    from storage import Store

HOUR = timedelta(hours=1)
HISTORY = "SELECT number, state, changes FROM revisions ORDER BY number"
GONE = "publication: [-public-]{+gone+}"
BACK = "publication: [-gone-]{+public+}"


@pytest.fixture
def site(store: Store) -> Site:
    return Site(store)


def gone(site: Site, hours: int, status: int = 410) -> None:
    site.save(url("a"), BadStatus(url("a"), status=status), at=NOON + hours * HOUR)


@pytest.mark.parametrize("status", [404, 410])
def test_an_article_that_is_gone_is_a_revision_of_the_same_text(site: Site, status: int) -> None:
    site.save(url("a"))
    for hours in (1, 2):  # told again, nothing new
        gone(site, hours, status)
    assert rows(site.store, HISTORY) == [(1, "public", None), (2, "gone", GONE)]
    first, last = site.store.revisions(1)
    assert (last.text, last.title, last.state, last.seen_at) == (STORY, first.title, "gone", NOON + HOUR)
    assert (last.raw_body_id, last.engine_version) == (first.raw_body_id, first.engine_version)
    assert site.store.article(1).revision == 2
    assert site.store.raw_article(1).body
    assert [finding for finding in site.store.check() if finding.wrong] == []


def test_an_article_that_is_back_says_so_whatever_the_server_answers(site: Site) -> None:
    site.save(url("a"))
    gone(site, 1)
    assert isinstance(site.save(url("a"), at=NOON + 2 * HOUR), Revised)
    gone(site, 3)
    site.save(url("a"), not_modified(url("a"), NOON + 4 * HOUR), at=NOON + 4 * HOUR)
    assert rows(site.store, HISTORY) == [
        (1, "public", None),
        (2, "gone", GONE),
        (3, "public", BACK),
        (4, "gone", GONE),
        (5, "public", BACK),
    ]
    article = site.store.article(1)
    assert (article.gone_at, article.last_seen_at, article.text) == (None, NOON + 4 * HOUR, STORY)
    assert [finding for finding in site.store.check() if finding.wrong] == []


def test_a_paywall_that_comes_and_goes(site: Site) -> None:
    site.save(url("a"))
    behind = site.save(url("a"), cleaned(paywalled=True), at=NOON + HOUR)
    assert isinstance(behind, Revised)
    assert isinstance(site.save(url("a"), cleaned(paywalled=True), at=NOON + 2 * HOUR), Unchanged)
    site.save(url("a"), cleaned(text=OTHER), at=NOON + 3 * HOUR)
    states = rows(site.store, "SELECT number, state FROM revisions ORDER BY number")
    assert states == [(1, "public"), (2, "paywalled"), (3, "public")]
    changes = [revision.changes for revision in site.store.revisions(1)]
    assert changes[:2] == [None, "publication: [-public-]{+paywalled+}"]
    assert str(changes[2]).startswith("publication: [-paywalled-]{+public+}\n\n")
    assert [hit.id for hit in site.store.search("seabirds")] == [1]
    assert site.store.search("lighthouse authority") == ()


def test_what_was_paywalled_is_so_again_when_it_is_back(site: Site) -> None:
    site.save(url("a"), cleaned(paywalled=True))
    gone(site, 1)
    site.save(url("a"), not_modified(url("a"), NOON + 2 * HOUR), at=NOON + 2 * HOUR)
    assert [state for _, state, _ in rows(site.store, HISTORY)] == ["paywalled", "gone", "paywalled"]


def test_cleaning_again_brings_nothing_back(site: Site) -> None:
    site.save(url("a"))
    gone(site, 1)
    for text in (STORY, OTHER):
        again = site.visit(url("a"), cleaned(text=text), page=page(url("a")), at=NOON + 2 * HOUR, status=PageStatus.STORED)
        site.store.write(lambda connection, again=again, text=text: save_recleaned(connection, again, cleaned(text=text)))
    assert [(number, state) for number, state, _ in rows(site.store, HISTORY)] == [(1, "public"), (2, "gone"), (3, "gone")]
    article = site.store.article(1)
    assert (article.text, article.gone_at, article.last_seen_at) == (OTHER, NOON + HOUR, NOON)
    assert [finding for finding in site.store.check() if finding.wrong] == []


def test_another_page_of_an_article_that_is_gone_brings_it_back(site: Site) -> None:
    site.save(url("a"), cleaned(canonical_url=url("a")))
    gone(site, 1)
    site.save(url("a?print=1"), cleaned(canonical_url=url("a")), at=NOON + 2 * HOUR)
    assert [state for _, state, _ in rows(site.store, HISTORY)] == ["public", "gone", "public"]
    assert site.store.article(1).gone_at is None
