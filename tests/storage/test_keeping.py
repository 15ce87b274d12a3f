"""Pruning and checking."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text as sql
from visiting import NOON, OTHER, Site, cleaned, kept, page, rows, story, url

from model.errors import BadStatus, NotFound
from storage import integrity, open_store, retention
from storage.candidates import WINDOW
from storage.values import Keep, PageStatus

if TYPE_CHECKING:
    from storage import Store

DAY = timedelta(days=1)


@pytest.fixture
def site(store: Store) -> Site:
    site = Site(store)
    for number in range(3):
        at = NOON + number * DAY
        site.save(
            url(str(number)), cleaned(text=story(number)), at=at, page=page(url(str(number)), at, body=b"%d" % number * 100)
        )
    return site


def test_raw_pages_older_than_asked_go_and_their_articles_stay(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "SLICE", 1)
    pruned = site.store.prune(kept(DAY / 2), NOON + 2 * DAY)
    assert (pruned.bodies, pruned.size) == (2, 200)
    assert [article.text for article in site.store.articles()] == [story(0), story(1), story(2)]
    with pytest.raises(NotFound, match="no raw body"):
        site.store.raw_article(2)
    assert site.store.raw_article(3).body == b"2" * 100
    assert site.store.prune(kept(DAY / 2), NOON + 2 * DAY).bodies == 0


def test_what_was_pruned_is_known_and_nothing_is_due_because_of_it(site: Site) -> None:
    site.poll(*[], at=NOON)
    before = rows(site.store, "SELECT url, status, next_attempt_at, etag, fetch_id FROM page ORDER BY url")
    site.store.prune(kept(DAY), NOON + 10 * DAY)
    assert rows(site.store, "SELECT url, status, next_attempt_at, etag, fetch_id FROM page ORDER BY url") == before
    assert rows(site.store, "SELECT size, body FROM raw_body ORDER BY id") == [(100, None)] * 3
    again = site.visit(url("0"), cleaned(text=story(0)), at=NOON + 10 * DAY)
    site.store.save_visit(again)
    assert rows(site.store, "SELECT count(*) FROM raw_body WHERE body IS NOT NULL") == [(0,)]


def test_a_body_that_was_fetched_again_lately_is_kept(site: Site) -> None:
    late = NOON + 20 * DAY
    site.save(url("other"), cleaned(text=OTHER), at=late, page=page(url("other"), late, body=b"0" * 100))
    assert site.store.prune(kept(DAY), NOON + 10 * DAY).bodies == 2
    assert site.store.raw_article(1).body == b"0" * 100


def test_a_pruned_body_that_comes_again_is_kept_again(site: Site) -> None:
    late = NOON + 20 * DAY
    site.store.prune(kept(DAY), NOON + 10 * DAY)
    site.save(url("other"), cleaned(text=OTHER), at=late, page=page(url("other"), late, body=b"0" * 100))
    assert site.store.raw_article(4).body == b"0" * 100
    assert site.store.prune(kept(DAY), late).bodies == 0


def test_old_articles_leave_the_index_of_shingles_and_nothing_else(site: Site) -> None:
    site.store.prune(kept(timedelta.max), NOON + 2 * WINDOW + DAY)
    assert rows(site.store, "SELECT DISTINCT article_id FROM shingle ORDER BY 1") == [(2,), (3,)]
    assert rows(site.store, "SELECT count(*) FROM signature") == [(3,)]


def bodies(store: Store) -> list[int]:
    return [number for (number,) in rows(store, "SELECT id FROM raw_body WHERE body IS NOT NULL ORDER BY id")]


def test_each_source_keeps_what_it_is_told_to(site: Site) -> None:
    rival = Site(site.store, "rival")
    for number in range(3, 6):
        at = NOON + (number - 3) * DAY
        address = url(str(number), "rival.example")
        rival.save(address, cleaned(text=story(number)), at=at, page=page(address, at, body=b"%d" % number * 100))
    keeping = kept(DAY, sources={"rival": Keep(age=2 * DAY)})
    assert site.store.prune(keeping, NOON + 3 * DAY).bodies == 3
    assert bodies(site.store) == [3, 5, 6]


def test_the_newest_pages_stay_as_far_as_they_fit_however_old(site: Site) -> None:
    sizes = [size for (size,) in rows(site.store, "SELECT length(body) FROM raw_body ORDER BY id")]
    late = NOON + 99 * DAY
    assert site.store.prune(kept(DAY, size=sum(sizes) + 1), late).bodies == 0
    assert site.store.prune(kept(DAY, size=sizes[2] + 1), late).bodies == 1
    assert bodies(site.store) == [2, 3]
    assert site.store.prune(kept(200 * DAY, size=1), late).bodies == 0, "age keeps what size does not"
    assert site.store.prune(kept(DAY, size=1), late).bodies == 1, "never less than asked: the newest, though it is larger"
    assert bodies(site.store) == [3]


def test_size_counts_for_each_source_of_its_own(site: Site) -> None:
    rival = Site(site.store, "rival")
    rival.save(url("r", "rival.example"), cleaned(text=OTHER), at=NOON, page=page(url("r", "rival.example"), body=b"r" * 999))
    keeping = kept(DAY, sources={"daily": Keep(age=DAY, size=1)})
    assert site.store.prune(keeping, NOON + 99 * DAY).bodies == 3
    assert bodies(site.store) == [3]


def test_a_body_that_two_sources_have_stays_as_long_as_either_wants(site: Site) -> None:
    rival = Site(site.store, "rival")
    rival.save(url("r", "rival.example"), cleaned(text=OTHER), at=NOON, page=page(url("r", "rival.example"), body=b"0" * 100))
    keeping = kept(DAY, sources={"rival": Keep(age=timedelta.max)})
    assert site.store.prune(keeping, NOON + 99 * DAY).bodies == 2
    assert bodies(site.store) == [1]


DAYS = "SELECT source, day, what, outcome, reason, count FROM source_days ORDER BY 1, 2, 3, 4, 5"


def test_old_events_become_counts_that_readers_see_as_before(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "SLICE", 2)
    site.save(url("gone"), BadStatus(url("gone"), status=404), at=NOON, status=PageStatus.FAILED)
    site.poll(at=NOON)
    site.poll(at=NOON + DAY)
    before = rows(site.store, DAYS)
    assert before[:3] == [
        ("daily", "2026-11-22", "endpoint", "polled", "", 1),
        ("daily", "2026-11-22", "page", "failed", "bad_status", 1),
        ("daily", "2026-11-22", "page", "stored", "", 1),
    ]
    assert site.store.prune(kept(timedelta.max, events=DAY), NOON + 3 * DAY / 2).events == 3
    assert len(rows(site.store, "SELECT id FROM event")) == 3
    assert rows(site.store, DAYS) == before
    site.save(url("late"), cleaned(text=OTHER), at=NOON)
    assert site.store.prune(kept(timedelta.max, events=DAY), NOON + 9 * DAY).events == 4
    assert rows(site.store, DAYS)[2] == ("daily", "2026-11-22", "page", "stored", "", 2)
    assert rows(site.store, "SELECT count(*) FROM event") == [(0,)]


def wrong(store: Store) -> dict[str, int]:
    return {finding.what: finding.wrong for finding in store.check() if finding.wrong}


def test_a_sound_database_has_nothing_wrong(site: Site) -> None:
    rival = Site(site.store, "rival")
    rival.save("https://rival.example/x", cleaned(text=story(0) + " More of it."), at=NOON)
    rival.save("https://rival.example/y", cleaned(text="Short."), at=NOON)
    site.save(url("1"), cleaned(text=OTHER), at=NOON + 5 * DAY)
    site.save(url("2"), BadStatus(url("2"), status=404), at=NOON + 6 * DAY, status=PageStatus.FAILED)
    site.store.prune(kept(DAY), NOON + 2 * DAY)
    assert wrong(site.store) == {}
    assert len(list(site.store.check())) >= 13


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        ("UPDATE raw_body SET hash = 'x' WHERE id = 1", "raw bodies that are not what was fetched"),
        ("UPDATE raw_body SET body = substr(body, 1, 5) WHERE id = 1", "raw bodies that are not what was fetched"),
        ("UPDATE revision SET text = 'other' WHERE id = 1", "texts that are not what was stored"),
        ("UPDATE article SET revision = 2 WHERE id = 1", "articles without a current text"),
        ("UPDATE article SET text_hash = 'x' WHERE id = 1", "articles whose hash is not their text's"),
        ("UPDATE article SET duplicate_of = 2 WHERE id = 1", "copies that have nothing in common with their original"),
        ("DELETE FROM signature WHERE article_id = 1", "articles without a signature"),
        ("UPDATE page SET article_id = 99 WHERE id = 1", "stored pages without their article"),
        ("UPDATE page SET fetch_id = 99 WHERE id = 1", "pages whose last fetch is not there"),
    ],
)
def test_damage_is_found(site: Site, damage: str, what: str) -> None:
    with site.store.writing() as connection:
        connection.execute(sql(damage))
    assert wrong(site.store)[what] == 1


def test_a_search_index_out_of_step_is_found(site: Site) -> None:
    with site.store.writing() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(sql("INSERT INTO article_search (article_search) VALUES ('delete-all')"))
        else:
            connection.execute(sql("DELETE FROM article_search"))
    assert wrong(site.store) == {"articles that full-text search does not know": 3}


def test_the_search_index_is_checked_in_one_go_and_not_anew_for_each_article(postgres_url: str) -> None:
    with open_store(postgres_url) as store:
        for what in ("articles that full-text search does not know", "entries of full-text search without an article"):
            plan = "\n".join(row[0] for row in rows(store, f"EXPLAIN {integrity.counting(what, 'postgresql')}"))
            assert "Anti Join" in plan
