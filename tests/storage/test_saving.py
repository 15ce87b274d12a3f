from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from visiting import NOON, OTHER, STORY, Site, cleaned, content, not_modified, page, rows, url

from model.errors import BadStatus, ConnectionFailed, NotFound, RobotsDisallowed, Unreadable
from model.memory import PathRecord, SiteMemory
from model.outcome import Duplicate, Failed, Revised, Skipped, Stored, Unchanged
from storage.values import PageStatus

if TYPE_CHECKING:
    from storage import Store

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def site(store: Store) -> Site:
    return Site(store)


def test_a_new_article_is_stored_with_everything_it_says(site: Site) -> None:
    facts = {
        "authors": ("Ada Day", "Ben Night"),
        "published": NOON - timedelta(days=1),
        "modified": NOON,
        "language": "en",
        "site_name": "The Daily",
        "canonical_url": url("story"),
        "description": "It opens.",
        "image": url("light.jpg"),
        "tags": ("harbour", "culture"),
        "paywalled": True,
        "word_count": 23,
    }
    asked = page(url("story?utm_source=x"), chain=(url("s/1"),))
    outcome = site.save(url("s/1"), cleaned(**facts), page=replace(asked, url=url("story")))
    (article,) = site.store.articles()
    assert outcome == Stored(url=url("story"), article_id=article.id)
    assert {name: getattr(article, name) for name in facts} == facts
    assert (article.title, article.text, article.source) == ("Lighthouse opens", STORY, "daily")
    assert (article.first_seen_at, article.last_seen_at, article.fetched_at) == (NOON, NOON, NOON)
    assert article.url_chain == (url("s/1"), url("story?utm_source=x"))
    assert (article.http_status, article.engine_version, article.doubt, article.revision) == (200, "test-1", 0.25, 1)
    assert (article.duplicates, article.duplicate_of, article.gone_at) == (0, None, None)


def test_the_endpoint_that_lists_a_page_stands_in_its_article(site: Site) -> None:
    from model.source import Link

    site.poll(Link(url=url("a")))
    site.save(url("a"))
    (article,) = site.store.articles()
    assert (article.endpoint_kind, article.endpoint_url) == ("feed", "https://daily.example/feed.xml")


def test_the_same_visit_twice_changes_nothing(site: Site) -> None:
    visit = site.visit(url("a"))
    first = site.store.save_visit(visit)
    tables = ("article", "revision", "page", "page_fetch", "raw_body", "event")
    before = [rows(site.store, f"SELECT * FROM {table} ORDER BY id") for table in tables]
    assert isinstance(first, Stored)
    assert site.store.save_visit(visit) == Unchanged(url=url("a"), article_id=first.article_id)
    assert [rows(site.store, f"SELECT * FROM {table} ORDER BY id") for table in tables] == before


def test_a_failed_visit_twice_counts_once(site: Site) -> None:
    visit = site.visit(url("a"), ConnectionFailed(url("a"), "refused"), status=PageStatus.PENDING, next_attempt_at=LATER)
    assert (
        site.store.save_visit(visit)
        == site.store.save_visit(visit)
        == Failed(url=url("a"), error="connection_failed", detail="refused")
    )
    assert rows(site.store, "SELECT attempts FROM page") == [(1,)]


def test_a_changed_text_is_a_new_revision_and_the_old_one_stays(site: Site) -> None:
    site.save(url("a"))
    outcome = site.save(url("a"), cleaned(text=OTHER), at=LATER)
    (article,) = site.store.articles()
    assert outcome == Revised(url=url("a"), article_id=article.id, revision=2)
    assert (article.text, article.revision, article.first_seen_at, article.last_seen_at) == (OTHER, 2, NOON, LATER)
    assert [(r.number, r.text, r.seen_at) for r in site.store.revisions(article.id)] == [(1, STORY, NOON), (2, OTHER, LATER)]


def test_a_changed_title_is_a_new_revision(site: Site) -> None:
    site.save(url("a"))
    assert isinstance(site.save(url("a"), cleaned(title="Lighthouse reopens"), at=LATER), Revised)
    assert site.store.article(1).title == "Lighthouse reopens"


@pytest.mark.parametrize(
    "variant", [{"text": STORY.replace(" ", "  \n")}, {"title": " Lighthouse  opens\n"}, {"authors": ("New",)}]
)
def test_white_space_and_metadata_are_no_revision(site: Site, variant: dict[str, object]) -> None:
    site.save(url("a"))
    outcome = site.save(url("a"), cleaned(**variant), at=LATER)
    assert outcome == Unchanged(url=url("a"), article_id=1)
    assert len(site.store.revisions(1)) == 1
    assert site.store.article(1).last_seen_at == LATER
    assert site.store.article(1).authors == variant.get("authors", ())


def test_not_modified_keeps_the_article_and_says_when_it_was_seen(site: Site) -> None:
    site.save(url("a"))
    outcome = site.save(url("a"), not_modified(url("a"), LATER), at=LATER)
    assert outcome == Unchanged(url=url("a"), article_id=1, not_modified=True)
    assert site.store.article(1).last_seen_at == LATER


def test_a_second_address_of_an_article_is_linked_and_stores_nothing_twice(site: Site) -> None:
    first = site.save(url("a"))
    assert isinstance(first, Stored)
    outcome = site.save(url("a?print"), cleaned(canonical_url=url("a")), at=LATER)
    assert outcome == Duplicate(url=url("a?print"), article_id=first.article_id, original_id=first.article_id)
    assert len(list(site.store.articles(duplicates=True))) == 1
    assert site.store.article(url("a?print")).id == first.article_id
    assert site.save(url("a?print"), cleaned(canonical_url=url("a")), at=LATER + timedelta(1)) == Unchanged(
        url=url("a?print"), article_id=1
    )


def test_the_canonical_page_speaks_for_the_article_even_when_it_comes_second(site: Site) -> None:
    site.save(url("a?print"), cleaned(canonical_url=url("a"), text=STORY + " Print edition of the page."))
    site.save(url("a"), cleaned(canonical_url=url("a")), at=LATER)
    (article,) = site.store.articles(duplicates=True)
    assert (article.url, article.text, article.revision) == (url("a"), STORY, 1)


def test_a_canonical_address_on_another_site_is_not_believed(site: Site) -> None:
    other = Site(site.store, "rival")
    site.save(url("a"))
    outcome = other.save("https://rival.example/x", cleaned(canonical_url=url("a"), text=OTHER))
    assert isinstance(outcome, Stored)
    assert site.store.article(url("a")).text == STORY


def test_the_same_text_on_another_site_is_a_duplicate_of_the_earliest(site: Site) -> None:
    other = Site(site.store, "rival")
    late = site.save(url("a"), cleaned(published=NOON))
    early = other.save("https://rival.example/x", cleaned(published=LATER, title="Another headline"))
    assert isinstance(late, Stored)
    assert early == Duplicate(url="https://rival.example/x", article_id=2, original_id=late.article_id)
    assert [a.id for a in site.store.articles()] == [late.article_id]
    assert site.store.article(late.article_id).duplicates == 1
    assert site.store.article(2).duplicate_of == late.article_id


def test_an_earlier_copy_found_later_becomes_the_representative(site: Site) -> None:
    other = Site(site.store, "rival")
    site.save(url("a"), cleaned(published=NOON))
    outcome = other.save("https://rival.example/x", cleaned(published=NOON - timedelta(hours=2)))
    assert isinstance(outcome, Stored)
    assert [a.url for a in site.store.articles()] == ["https://rival.example/x"]


def test_a_copy_that_changes_leaves_the_group(site: Site) -> None:
    other = Site(site.store, "rival")
    site.save(url("a"), cleaned(published=NOON))
    other.save("https://rival.example/x", cleaned(published=LATER))
    other.save("https://rival.example/y", cleaned(published=LATER + timedelta(1)))
    site.save(url("a"), cleaned(text=OTHER, published=NOON), at=LATER)
    assert {a.url: a.duplicates for a in site.store.articles()} == {url("a"): 0, "https://rival.example/x": 1}


def test_short_texts_are_equal_by_chance(site: Site) -> None:
    site.save(url("a"), cleaned(text="Watch the video."))
    assert isinstance(site.save(url("b"), cleaned(text="Watch the video.")), Stored)


def test_skipped_and_failed_visits_set_the_page_aside(site: Site) -> None:
    skipped = Skipped(url=url("a"), reason="not_an_article", detail="a listing")
    assert site.save(url("a"), skipped, status=PageStatus.SKIPPED) == skipped
    robots = site.save(url("b"), RobotsDisallowed(url("b"), "Disallow: /b"), status=PageStatus.SKIPPED)
    assert robots == Skipped(url=url("b"), reason="robots", detail="Disallow: /b")
    failed = site.save(url("c"), BadStatus(url("c"), status=500), status=PageStatus.PENDING, next_attempt_at=LATER)
    assert failed == Failed(url=url("c"), error="bad_status", detail="HTTP 500", final=False)
    assert site.store.due_pages("daily", NOON, limit=9) == ()
    (due,) = site.store.due_pages("daily", LATER, limit=9)
    assert (due.link.url, due.attempts, due.status) == (url("c"), 1, PageStatus.PENDING)
    assert rows(site.store, "SELECT url, outcome, reason FROM pages ORDER BY url") == [
        (url("a"), "skipped", "not_an_article"),
        (url("b"), "skipped", "robots"),
        (url("c"), "failed", "bad_status"),
    ]


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_keeps_its_text(site: Site, status: int) -> None:
    site.save(url("a"))
    outcome = site.save(url("a"), BadStatus(url("a"), status=status), at=LATER, status=PageStatus.FAILED)
    assert isinstance(outcome, Failed)
    assert outcome.final
    article = site.store.article(1)
    assert (article.text, article.gone_at) == (STORY, LATER)
    site.save(url("a"), at=LATER + timedelta(1))
    assert site.store.article(1).gone_at is None


def test_the_raw_page_comes_back_whole(site: Site) -> None:
    original = page(url("a"), body=bytes(range(256)) * 200, etag='"7"')
    site.save(url("a"), page=original)
    assert site.store.raw_article(1) == original
    assert site.store.raw_page(site.page_id(url("a"))) == original


def test_a_page_that_could_not_be_cleaned_is_kept_raw(site: Site) -> None:
    original = page(url("a"), body=b"\xff\xfe garbage")
    site.save(url("a"), Unreadable(url("a"), "no text"), page=original, status=PageStatus.FAILED)
    assert site.store.raw_page(site.page_id(url("a"))) == original
    with pytest.raises(NotFound, match="article 1"):
        site.store.raw_article(1)


def test_equal_bodies_are_kept_once_and_unchanged_fetches_not_at_all(site: Site) -> None:
    for name in ("a", "b"):
        site.save(url(name), page=page(url(name), body=b"same" * 50))
    site.save(url("a"), page=page(url("a"), LATER, body=b"other advertisement"), at=LATER)
    assert rows(site.store, "SELECT count(*) FROM raw_body") == [(1,)]
    assert rows(site.store, "SELECT count(*) FROM page_fetch") == [(2,)]


def test_memory_is_written_with_the_visit(site: Site) -> None:
    assert site.store.memory("daily") == SiteMemory()
    path = {"html/body/p": PathRecord(blocks=3, score=2.5)}
    memory = SiteMemory(pages=2, texts={-(2**63): 2, 5: 1}, paths=path, seen=(7, 2**63 - 1))
    site.save(url("a"), memory=memory)
    assert site.store.memory("daily") == memory
    site.save(url("b"), memory=replace(memory, pages=3))
    assert site.store.memory("daily").pages == 3


def test_what_no_database_can_hold_is_left_out(site: Site) -> None:
    nasty = cleaned(
        title="A\x00 \ud800B\x1b[31m",
        text="One\x00two\x08 \udfff" + STORY,
        authors=("\x00Ann",),
        tags=("a\ud801",),
        site_name="\x07",
    )
    site.save(url("a"), nasty, page=page(url("a"), x_bad="\x00\udcff", body=b"\x00"))
    (article,) = site.store.articles()
    assert (article.title, article.text, article.authors, article.tags) == ("A B[31m", "Onetwo " + STORY, ("Ann",), ("a",))
    assert isinstance(site.save(url("a"), nasty, at=LATER), Unchanged)


def test_sql_in_titles_and_addresses_is_text(site: Site) -> None:
    title = "'); DROP TABLE article; -- \" %s :name {now}"
    address = url("x'%3B--?q=%27%20OR%201=1")
    site.save(address, cleaned(title=title, authors=("'; DELETE FROM page;",)))
    assert site.store.article(address).title == title
    assert content(site.store)[0]


def test_a_visit_to_nowhere_is_refused(site: Site) -> None:
    with pytest.raises(NotFound, match="no page 99"):
        site.store.save_visit(replace(site.visit(url("a")), page_id=99))
    with pytest.raises(NotFound, match="no endpoint 99"):
        site.poll(endpoint_id=99)


def test_a_page_that_names_another_address_later_stays_one_article(site: Site) -> None:
    site.save(url("a"))
    site.save(url("a"), cleaned(canonical_url=url("b")), at=LATER)
    (article,) = site.store.articles(duplicates=True)
    assert article.canonical_url == url("b")
    assert site.store.article(url("b")).id == site.store.article(url("a")).id == article.id
