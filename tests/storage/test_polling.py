from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from visiting import FEED, NOON, Site, not_modified, page, rows, url

from model.errors import BadStatus, CleanTimeout, ConnectionFailed
from model.page import Validators
from model.source import Endpoint, EndpointKind, Link, Source
from storage.values import PageStatus, PollSaved

if TYPE_CHECKING:
    from storage import Store

HOUR = timedelta(hours=1)


@pytest.fixture
def site(store: Store) -> Site:
    return Site(store)


def due(site: Site, now: object = NOON) -> list[str]:
    return [state.link.url for state in site.store.due_pages("daily", now, limit=100)]  # type: ignore[arg-type]


def test_sources_that_are_no_longer_configured_are_disabled_and_kept(store: Store) -> None:
    one, two = (Source(name=name, url=f"https://{name}.example/", every="6h", language="en") for name in ("one", "two"))
    store.save_sources([one, two], NOON)
    store.save_sources([two], NOON + HOUR)
    assert rows(store, "SELECT name, enabled, configured, every FROM source ORDER BY name") == [
        ("one", 0, 0, "6h"),
        ("two", 1, 1, "6h"),
    ]
    store.save_sources([one, two], NOON + HOUR)
    assert rows(store, "SELECT name, enabled, configured FROM source ORDER BY name") == [("one", 1, 1), ("two", 1, 1)]


def test_endpoints_are_due_at_once_and_retire_when_they_are_no_longer_there(store: Store) -> None:
    store.save_sources([Source(name="daily", url="https://daily.example/")], NOON)
    feed = Endpoint(source="daily", kind=EndpointKind.FEED, url=FEED)
    sitemap = Endpoint(source="daily", kind=EndpointKind.SITEMAP, url="https://daily.example/sitemap.xml")
    store.save_endpoints("daily", [feed, sitemap, feed], NOON)
    assert [state.endpoint for state in store.due_endpoints(NOON, {"daily"})] == [feed, sitemap]
    assert store.due_endpoints(NOON - HOUR, {"daily"}) == store.due_endpoints(NOON, {"rival"}) == ()
    store.save_endpoints("daily", [sitemap], NOON + HOUR)
    assert [state.endpoint for state in store.endpoints("daily")] == [sitemap]
    store.save_endpoints("daily", [feed, sitemap], NOON + HOUR)
    assert [state.endpoint for state in store.endpoints()] == [feed, sitemap]


def test_links_become_pages_in_their_order(site: Site) -> None:
    links = [Link(url=url(f"{n}"), title=f"T{n}", published=NOON, authors=("A",)) for n in (3, 1, 2)]
    assert site.poll(*links, links[0]) == PollSaved(new=3, changed=0, known=0)
    states = site.store.due_pages("daily", NOON, limit=2)
    assert [state.link for state in states] == links[:2]
    assert states[0].status is PageStatus.PENDING
    assert not states[0].validators


def test_other_spellings_of_a_known_page_are_that_page(site: Site) -> None:
    site.poll(Link(url="https://www.daily.example/a/"))
    assert site.poll(Link(url="http://daily.example/a"), at=NOON + HOUR) == PollSaved(new=0, changed=0, known=1)


def test_a_poll_keeps_validators_and_the_next_time(site: Site) -> None:
    part = "https://daily.example/part.xml"
    site.poll(validators={FEED: Validators(etag='"1"'), part: Validators(last_modified="Sun", moved_to=FEED)})
    site.poll(validators={FEED: Validators(etag='"2"')}, at=NOON + HOUR, next_poll_at=NOON + 5 * HOUR)
    (state,) = site.store.endpoints("daily")
    assert state.validators == {FEED: Validators(etag='"2"'), part: Validators(last_modified="Sun", moved_to=FEED)}
    assert (state.last_polled_at, state.next_poll_at, state.failures) == (NOON + HOUR, NOON + 5 * HOUR, 0)
    site.poll(validators={FEED: Validators()}, at=NOON + 2 * HOUR)
    assert set(site.store.endpoints("daily")[0].validators) == {part}


def test_failed_polls_are_counted_until_one_goes_well(site: Site) -> None:
    for hour in range(3):
        site.poll(error=BadStatus(FEED, status=503), at=NOON + hour * HOUR)
    assert site.store.endpoints()[0].failures == 3
    assert rows(site.store, "SELECT state, failures_in_row, last_error FROM sources_health") == [
        ("failing", 3, f"HTTP 503 ({FEED})")
    ]
    site.poll(error=BadStatus(FEED, status=503), at=NOON + 2 * HOUR)
    assert site.store.endpoints()[0].failures == 3, "the same poll again is the same failure"
    site.poll(at=NOON + 4 * HOUR)
    assert site.store.endpoints()[0].failures == 0


def test_a_poll_may_bring_links_and_an_error(site: Site) -> None:
    assert site.poll(Link(url=url("a")), error=ConnectionFailed(FEED, "part 2")).new == 1
    assert due(site) == [url("a")]


def test_a_later_date_makes_a_visited_page_due_once(site: Site) -> None:
    site.poll(Link(url=url("a"), modified=NOON - HOUR))
    site.save(url("a"), at=NOON)
    assert due(site, NOON + 9 * HOUR) == []
    assert site.poll(Link(url=url("a"), modified=NOON - HOUR), at=NOON + HOUR).changed == 0
    changed = Link(url=url("a"), modified=NOON + HOUR)
    assert site.poll(changed, at=NOON + 2 * HOUR).changed == 1
    assert due(site, NOON + 2 * HOUR) == [url("a")]
    site.save(url("a"), not_modified(url("a")), at=NOON + 3 * HOUR)
    assert site.poll(changed, at=NOON + 4 * HOUR).changed == 0


def test_a_date_in_the_future_is_not_new_at_every_poll(site: Site) -> None:
    future = Link(url=url("a"), published=NOON + timedelta(days=30))
    site.poll(future)
    site.save(url("a"), at=NOON)
    assert site.poll(future, at=NOON + HOUR).changed == 0


def test_a_page_given_up_comes_back_when_a_link_names_it_anew(site: Site) -> None:
    site.poll(Link(url=url("a")))
    site.save(url("a"), BadStatus(url("a"), status=404), status=PageStatus.FAILED)
    assert site.poll(Link(url=url("a")), at=NOON + HOUR).changed == 0
    assert site.poll(Link(url=url("a"), modified=NOON + HOUR), at=NOON + 2 * HOUR).changed == 1
    (state,) = site.store.due_pages("daily", NOON + 2 * HOUR, limit=1)
    assert (state.status, state.attempts) == (PageStatus.PENDING, 0)


def test_only_a_stored_page_is_asked_for_conditionally(site: Site) -> None:
    site.save(url("a"), page=page(url("a"), etag='"1"', last_modified="Sun"), next_attempt_at=NOON)
    (state,) = site.store.due_pages("daily", NOON, limit=1)
    assert (state.validators, state.fetched_at) == (Validators(etag='"1"', last_modified="Sun"), NOON)
    failed = ConnectionFailed(url("a"), "")
    site.save(url("a"), failed, page=None, at=NOON + HOUR, status=PageStatus.PENDING, next_attempt_at=NOON)
    assert not site.store.due_pages("daily", NOON, limit=1)[0].validators


def test_pages_asked_for_by_address_are_due_at_once_even_when_known(site: Site) -> None:
    site.save(url("a"))
    links = [Link(url=url("b")), Link(url=url("a")), Link(url=url("b"))]
    ids = site.store.add_pages("daily", links, NOON + HOUR)
    assert ids[0] == ids[2] != ids[1]
    states = site.store.pages(ids)
    assert {state.link.url for state in states} == {url("a"), url("b")}
    assert due(site, NOON + HOUR) == [url("a"), url("b")]


def test_links_that_are_no_addresses_are_pages_all_the_same(site: Site) -> None:
    odd = [
        Link(url=address)
        for address in ("", "no address", "https://daily.example/a\x00b", "https://daily.example/\ud800", "https://[/")
    ]
    ids = site.store.add_pages("daily", odd, NOON)
    assert len(set(ids)) == len(odd)
    assert site.poll(*odd).known == len(odd)


def test_of_several_endpoints_the_feed_is_named_whichever_came_first(site: Site) -> None:
    feed = site.store.endpoints("daily")[0].endpoint
    sitemap = Endpoint(source="daily", kind=EndpointKind.SITEMAP, url="https://daily.example/a-sitemap.xml")
    site.store.save_endpoints("daily", [feed, sitemap], NOON)
    by_kind = {state.endpoint.kind: state.id for state in site.store.endpoints("daily")}
    first, second = Link(url=url("a")), Link(url=url("b"))
    site.poll(first, endpoint_id=by_kind[EndpointKind.SITEMAP])
    site.poll(first, second, endpoint_id=by_kind[EndpointKind.FEED])
    site.poll(second, endpoint_id=by_kind[EndpointKind.SITEMAP], at=NOON + HOUR)
    assert rows(site.store, "SELECT endpoint_kind FROM pages") == [("feed",), ("feed",)]


def test_a_sitemap_of_six_thousand_links_is_one_poll(site: Site) -> None:
    links = [Link(url=url(str(number))) for number in range(6_000)]
    assert site.poll(*links).new == 6_000
    assert site.poll(*links, at=NOON + HOUR) == PollSaved(new=0, changed=0, known=6_000)


def test_a_run_that_was_killed_is_closed_by_the_next(store: Store) -> None:
    first = store.begin_run("crawl", NOON)
    second = store.begin_run("crawl", NOON + HOUR)
    store.end_run(second, NOON + 2 * HOUR, {"stored": 3, "failed": 1})
    assert rows(store, "SELECT id, interrupted FROM run ORDER BY id") == [(first, 1), (second, 0)]
    last = store.status(NOON).last_run
    assert last is not None
    assert (last.id, last.ended_at, last.counts, last.interrupted) == (second, NOON + 2 * HOUR, {"stored": 3, "failed": 1}, False)


def test_a_naive_moment_is_refused(store: Store) -> None:
    from model.errors import StorageError

    with pytest.raises(StorageError, match="without zone"):
        store.begin_run("crawl", NOON.replace(tzinfo=None))


def test_a_page_that_could_not_be_cleaned_is_asked_for_whole_again(site: Site) -> None:
    site.save(url("a"), page=page(url("a"), etag='"1"'))
    again = page(url("a"), NOON + HOUR, etag='"2"')
    site.save(url("a"), CleanTimeout(url("a")), page=again, at=NOON + HOUR, next_attempt_at=NOON)
    assert not site.store.due_pages("daily", NOON, limit=1)[0].validators


def test_sources_are_due_by_their_endpoints_and_pages_or_when_nothing_of_them_is_known(site: Site) -> None:
    rival = Source(name="rival", url="https://rival.example/")
    names = ("daily", "rival")
    site.store.save_sources([Source(name="daily", url="https://daily.example/"), rival], NOON)
    assert site.store.due_sources(NOON, names) == {"daily", "rival"}
    feed = Endpoint(source="rival", kind=EndpointKind.FEED, url="https://rival.example/feed")
    site.store.save_endpoints("rival", [feed], NOON + HOUR)
    site.poll(Link(url=url("a")))
    assert site.store.due_sources(NOON, names) == {"daily"}
    site.save(url("a"))
    assert site.store.due_sources(NOON, names) == frozenset()
    assert site.store.due_sources(NOON + HOUR, names) == {"daily", "rival"}
    assert site.store.due_sources(NOON + HOUR, ("rival",)) == {"rival"}
