"""What follows from how a visit ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from model.article import Article, Cleaned, PageKind
from model.errors import (
    AddressRefused,
    BadStatus,
    BrowserMissing,
    CleanCrashed,
    CleanTimeout,
    ConnectionFailed,
    FetchTimeout,
    HostResting,
    PageError,
    RobotsDisallowed,
    RobotsUnreachable,
    TooLarge,
    Unreadable,
    UnwantedType,
)
from model.fingerprints import body_hash
from model.outcome import Skipped
from model.page import NotModified, Page, Validators
from model.source import Endpoint, EndpointKind, Link, Source
from newsmill.decide import (
    CLEAN_WAITS,
    PART_WAIT,
    RETRY_WAITS,
    after_visit,
    arrived,
    asking,
    asking_page,
    completed,
    fallback_endpoints,
    feed_may_answer,
    gives_a_piece,
    is_as_stored,
    judged,
    needs_discovery,
    waits_for_part,
)
from storage.values import EndpointState, PageState, PageStatus

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "http://example.org/a"
RECHECK = (timedelta(hours=1), timedelta(days=1), timedelta(days=7))


def state(*, attempts: int = 0, age: timedelta = timedelta(), status: PageStatus = PageStatus.PENDING) -> PageState:
    return PageState(
        id=1,
        source="s",
        link=Link(url=URL),
        status=status,
        attempts=attempts,
        validators=Validators(),
        first_seen_at=NOW - age,
    )


def cleaned(*, text: str = "Words.", kind: PageKind = PageKind.ARTICLE) -> Cleaned:
    return Cleaned(article=Article(title="T", text=text, kind=kind), verdicts=(), kind=kind, doubt=0.0, engine_version="t")


def page(*chain: str) -> Page:
    return Page(url=chain[-1], chain=chain, status=200, headers=(), body=b"", fetched_at=NOW, elapsed=0.1)


@pytest.mark.parametrize(
    ("age", "due"),
    [
        (timedelta(), NOW + timedelta(hours=1)),
        (timedelta(hours=2), NOW - timedelta(hours=2) + timedelta(days=1)),
        (timedelta(days=3), NOW - timedelta(days=3) + timedelta(days=7)),
        (timedelta(days=8), None),
    ],
)
def test_fresh_articles_are_looked_at_again_at_set_ages(age: timedelta, due: datetime | None) -> None:
    for result in (cleaned(), NotModified(url=URL, chain=(URL,), fetched_at=NOW, elapsed=0.1)):
        then = after_visit(result, state(age=age), now=NOW, recheck=RECHECK)
        assert (then.status, then.due) == (PageStatus.STORED, due)


@pytest.mark.parametrize(
    "error",
    [
        AddressRefused(URL),  # by what a resolver said that day
        BrowserMissing(URL),
        ConnectionFailed(URL),
        FetchTimeout(URL),
        RobotsUnreachable(URL),
        BadStatus(URL, status=503),
    ],
)
def test_what_may_pass_is_tried_ever_more_rarely_and_never_given_up(error: PageError) -> None:
    waits = []
    for attempts in range(20):
        then = after_visit(error, state(attempts=attempts), now=NOW, recheck=RECHECK)
        assert then.status is PageStatus.PENDING
        assert then.due is not None
        waits.append(then.due - NOW)
    assert waits == sorted(waits)
    assert waits[0] == RETRY_WAITS[0]
    assert waits[-1] == timedelta(days=7)


@pytest.mark.parametrize(
    "error",
    [
        BadStatus(URL, status=404),
        BadStatus(URL, status=410),
        UnwantedType(URL),
        TooLarge(URL),
        Unreadable(URL),
    ],
)
def test_what_will_not_change_is_final(error: PageError) -> None:
    then = after_visit(error, state(), now=NOW, recheck=RECHECK)
    assert (then.status, then.due) == (PageStatus.FAILED, None)


@pytest.mark.parametrize(("age", "known"), [(timedelta(hours=1), True), (timedelta(days=6), True), (timedelta(days=7), False)])
def test_a_page_is_asked_for_whole_at_the_last_of_its_ages(age: timedelta, known: bool) -> None:  # noqa: FBT001 - a table's column
    validators = Validators(etag='"1"')
    asked = asking_page(replace(state(age=age), validators=validators), now=NOW, recheck=RECHECK)
    assert asked == (validators if known else Validators())


@pytest.mark.parametrize("error", [CleanTimeout(URL), CleanCrashed(URL)])
def test_a_page_that_cleaning_died_of_is_tried_ever_more_rarely(error: PageError) -> None:
    dues = [after_visit(error, state(attempts=attempts), now=NOW, recheck=RECHECK) for attempts in range(6)]
    waits = [then.due - NOW for then in dues if then.due]
    assert len(waits) == 6
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (CLEAN_WAITS[0], CLEAN_WAITS[-1])


@pytest.mark.parametrize(
    "error", [BadStatus(URL, status=403), BadStatus(URL, status=410), RobotsDisallowed(URL), Unreadable(URL)]
)
def test_a_feed_answers_for_a_page_that_is_refused(error: PageError) -> None:
    assert feed_may_answer(error, replace(state(), has_feed_text=True))
    assert feed_may_answer(error, replace(state(status=PageStatus.STORED), has_feed_text=True, is_of_feed=True))
    assert not feed_may_answer(error, state())
    assert not feed_may_answer(error, replace(state(status=PageStatus.STORED), has_feed_text=True))


@pytest.mark.parametrize("error", [BadStatus(URL, status=404), BadStatus(URL, status=503), FetchTimeout(URL), UnwantedType(URL)])
def test_a_feed_does_not_answer_for_what_is_gone_or_may_pass(error: PageError) -> None:
    assert not feed_may_answer(error, replace(state(), has_feed_text=True))


@pytest.mark.parametrize(
    ("shown", "piece"),
    [
        (cleaned(), False),
        (cleaned(text=""), True),
        (cleaned(kind=PageKind.TEASER), True),
        (replace(cleaned(), article=replace(cleaned().article, paywalled=True)), True),
    ],
)
def test_a_teaser_a_wall_and_no_text_are_but_a_piece(shown: Cleaned, piece: bool) -> None:  # noqa: FBT001 - a table's column
    assert gives_a_piece(shown) is piece


def test_the_page_that_a_text_was_made_of_comes_as_it_was() -> None:
    came = page(URL)
    stored = replace(state(status=PageStatus.STORED), body_hash=body_hash(came.body))
    assert is_as_stored(came, stored)
    assert not is_as_stored(replace(came, body=b"other"), stored)
    assert not is_as_stored(came, replace(stored, status=PageStatus.PENDING))  # its text was never made


def test_an_article_that_lacks_a_part_is_looked_at_again_soon() -> None:
    def due(age: timedelta) -> datetime | None:
        return after_visit(cleaned(), state(age=age), now=NOW, recheck=RECHECK, missing=True).due

    assert due(timedelta()) == NOW + timedelta(hours=1)
    assert due(timedelta(days=30)) == NOW + PART_WAIT


def test_a_visit_without_a_part_does_not_replace_a_text_that_may_be_whole() -> None:
    stored = state(status=PageStatus.STORED)
    assert waits_for_part(FetchTimeout(URL), stored)
    assert not waits_for_part(FetchTimeout(URL), state())
    assert not waits_for_part(BadStatus(URL, status=404), stored)


@pytest.mark.parametrize("error", [BadStatus(URL, status=404), BadStatus(URL, status=500)])
def test_an_article_once_stored_stays_stored(error: PageError) -> None:
    assert after_visit(error, state(status=PageStatus.STORED), now=NOW, recheck=RECHECK).status is PageStatus.STORED


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (BadStatus(URL, status=429, retry_after=7200), timedelta(hours=2)),
        (BadStatus(URL, status=503, retry_after=1), RETRY_WAITS[0]),
        (BadStatus(URL, status=503, retry_after=1e9), timedelta(hours=24)),
        (HostResting(URL, retry_after=3600), timedelta(hours=1)),
    ],
)
def test_a_server_that_names_a_time_is_believed_within_bounds(error: PageError, wait: timedelta) -> None:
    assert after_visit(error, state(), now=NOW, recheck=RECHECK).due == NOW + wait


def test_a_page_robots_do_not_allow_is_asked_about_again_in_a_week() -> None:
    then = after_visit(RobotsDisallowed(URL), state(), now=NOW, recheck=RECHECK)
    assert (then.status, then.due) == (PageStatus.SKIPPED, NOW + timedelta(days=7))


@pytest.mark.parametrize(
    ("page_cleaned", "reason"),
    [
        (cleaned(text=""), "empty"),
        (cleaned(kind=PageKind.LISTING), "not_an_article"),
        (cleaned(kind=PageKind.OTHER), "not_an_article"),
    ],
)
def test_what_is_no_article_is_skipped(page_cleaned: Cleaned, reason: str) -> None:
    result = judged(page_cleaned, url=URL)
    assert isinstance(result, Skipped)
    assert result.reason == reason
    then = after_visit(result, state(), now=NOW, recheck=RECHECK)
    assert (then.status, then.due) == (PageStatus.SKIPPED, None)


def claimed(published: datetime | None) -> Cleaned:
    whole = cleaned()
    return replace(whole, article=replace(whole.article, title="", published=published))


def test_what_the_page_does_not_say_comes_from_its_link() -> None:
    link = Link(url=URL, title="From the feed", authors=("Ann Smith",), published=NOW)
    article = completed(claimed(None), link).article
    assert (article.title, article.authors, article.published) == ("From the feed", ("Ann Smith",), NOW)


def test_what_the_page_says_itself_stands() -> None:
    whole = cleaned()
    said = replace(whole, article=replace(whole.article, authors=("Bea Jones",), published=NOW - timedelta(hours=3)))
    assert completed(said, Link(url=URL, title="Other", authors=("Ann Smith",), published=NOW)) == said


def test_a_bare_day_gives_way_to_a_time_of_that_day_only() -> None:
    day = NOW.replace(hour=0)
    assert completed(claimed(day), Link(url=URL, published=NOW)).article.published == NOW
    assert completed(claimed(day), Link(url=URL, published=NOW + timedelta(days=5))).article.published == day


@pytest.mark.parametrize("kind", [PageKind.ARTICLE, PageKind.LIVE, PageKind.GALLERY, PageKind.VIDEO, PageKind.TEASER])
def test_what_holds_a_story_is_kept(kind: PageKind) -> None:
    assert isinstance(judged(cleaned(kind=kind), url=URL), Cleaned)


def test_an_article_address_that_leads_home_is_no_article() -> None:
    assert arrived(page(URL, "http://example.org/"), wanted=True) is not None
    assert arrived(page("http://example.org/?p=7", "http://example.org/?p=7"), wanted=True) is None


def test_a_redirect_to_an_unwanted_address_is_filtered() -> None:
    elsewhere = arrived(page(URL, "http://example.com/b"), wanted=False)
    assert elsewhere == Skipped(url=URL, reason="filtered", detail="sent on to http://example.com/b")
    assert arrived(page(URL), wanted=False) is None


def known(*failures: int) -> list[EndpointState]:
    endpoint = Endpoint(source="s", kind=EndpointKind.FEED, url="http://example.org/rss")
    return [EndpointState(id=n, endpoint=endpoint, next_poll_at=NOW, failures=count) for n, count in enumerate(failures)]


AUTO = Source(name="s", url="http://example.org/")


def test_discovery_runs_when_nothing_is_known_or_nothing_answers() -> None:
    assert needs_discovery(AUTO, [], due=0)
    assert needs_discovery(AUTO, known(1, 2), due=1)
    assert not needs_discovery(AUTO, known(1, 0), due=2)
    assert not needs_discovery(AUTO, known(1, 2), due=0)


def test_configured_endpoints_are_always_taken_over() -> None:
    configured = Source(name="s", url="http://example.org/", feeds=("http://example.org/rss",))
    assert needs_discovery(configured, known(0), due=0)


def test_when_discovery_fails_the_home_page_carries_the_failure() -> None:
    (fallback,) = fallback_endpoints(AUTO, [])
    assert (fallback.kind, fallback.url) == (EndpointKind.SECTION, "http://example.org/")
    assert fallback_endpoints(AUTO, known(0)) == (known(0)[0].endpoint,)


def polled_endpoint(url: str, at: datetime | None, validators: dict[str, Validators]) -> EndpointState:
    endpoint = Endpoint(source="s", kind=EndpointKind.FEED, url=url)
    return EndpointState(id=1, endpoint=endpoint, validators=validators, next_poll_at=NOW, last_polled_at=at, last_success_at=at)


def test_an_endpoint_is_asked_for_whole_once_a_day_at_an_hour_of_its_own() -> None:
    known = {URL: Validators(etag="v", moved_to="http://new.example/")}
    hours = []
    for number in range(40):
        url = f"http://example.org/feed/{number}"
        polls = [NOW + timedelta(minutes=20 * step) for step in range(3 * 24 * 7)]
        whole = [
            at for before, at in pairwise(polls) if not asking(polled_endpoint(url, before, known), now=at).validators[URL].etag
        ]
        assert len(whole) == 7
        assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(whole))
        hours.append(whole[0].hour)
    assert len(set(hours)) > 12


def test_a_whole_poll_still_goes_where_the_feed_has_moved() -> None:
    known = {URL: Validators(etag="v", moved_to="http://new.example/"), URL + "2": Validators(etag="w")}
    ask = asking(polled_endpoint(URL, NOW - timedelta(days=2), known), now=NOW)
    assert ask.validators == {URL: Validators(moved_to="http://new.example/")}
    assert ask.since == NOW - timedelta(days=2)
    first = asking(polled_endpoint(URL, None, {}), now=NOW)
    assert (first.validators, first.since) == ({}, None)


def test_conditional_polls_reach_back_to_the_last_one_that_went_well() -> None:
    state = replace(polled_endpoint(URL, NOW - timedelta(minutes=1), {URL: Validators(etag="v")}), last_success_at=None)
    ask = asking(state, now=NOW)
    assert ask.validators == {URL: Validators(etag="v")}
    assert ask.since is None
