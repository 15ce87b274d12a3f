"""Whose turn it is: the deciding part with given moments, the waiting part with a clock that is set by hand."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import Fetcher
from crawler.politeness import Pace, Turns, offset, retry_after
from crawler.shelf import Shelf
from model.errors import BadStatus, ConnectionFailed, HostAbsent, HostResting
from model.page import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from loopback import Hit, Site

    from crawler import FetchOptions
    from crawler.names import Resolve

    Options = Callable[..., FetchOptions]
    Names = Callable[..., Resolve]

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_the_pause_counts_from_the_end_of_the_last_request() -> None:
    assert Pace().starts(5, max_delay=60) == float("-inf")
    assert Pace().answered(now=100, status=200, max_delay=60).starts(5, max_delay=60) == 105
    assert Pace().broke_off(now=100).starts(5, max_delay=60) == 105
    assert Pace(ended=100).starts(500, max_delay=60) == 160


@pytest.mark.parametrize("status", [429, 503])
def test_refusals_double_the_pause_and_good_answers_shorten_it(status: int) -> None:
    pace, pauses = Pace(), []
    for _ in range(7):
        pace = pace.answered(now=0, status=status, max_delay=60)
        pauses.append(pace.starts(1, max_delay=60))
    assert pauses == [2, 4, 8, 16, 32, 60, 60]
    calm = 0
    while pace.slowdown:
        pace = pace.answered(now=0, status=200, max_delay=60)
        calm += 1
    assert 10 < calm < 25
    assert pace.starts(1, max_delay=60) == 1


def test_other_errors_slow_nothing() -> None:
    for status in (200, 301, 304, 403, 404, 500):
        assert not Pace().answered(now=0, status=status, max_delay=60).slowdown


def test_a_host_that_labours_is_left_alone_for_a_multiple_of_its_answer_time() -> None:
    pace = Pace().took(2.0)
    assert pace.answer == 2.0
    pace = pace.took(12.0).broke_off(now=100)
    assert pace.answer == 5.0
    assert pace.starts(1, max_delay=60, factor=3) == 115
    assert pace.starts(20, max_delay=60, factor=3) == 120
    assert pace.starts(1, max_delay=10, factor=3) == 110
    for _ in range(20):
        pace = pace.took(0.1)
    assert pace.answer < 0.11


@given(st.text(max_size=60))
def test_a_hosts_own_share_is_small_and_stable(host: str) -> None:
    assert 0 <= offset(host) == offset(host) <= 0.1


def test_hosts_have_shares_of_their_own() -> None:
    assert len({offset(f"{number}.example") for number in range(100)}) > 95


def test_retry_after_is_a_rest() -> None:
    pace = Pace().answered(now=100, status=429, retry_after=30, max_delay=60)
    assert pace.starts(1, max_delay=60) == 130
    assert not pace.forgettable(now=131, max_delay=60)
    assert Pace(ended=0).forgettable(now=61, max_delay=60)
    assert not Pace(ended=0).forgettable(now=59, max_delay=60)
    assert not Pace(ended=0, slowdown=2).forgettable(now=61, max_delay=60)


def test_a_host_without_connection_rests_twice_as_long_each_time_and_starts_anew_after_an_answer() -> None:
    pace, rests = Pace(), []
    for _ in range(9):
        pace = pace.absent(now=0)
        rests.append(pace.rests_until)
    assert rests == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    pace = pace.answered(now=4000, status=404, max_delay=60)
    assert not pace.absence
    assert pace.absent(now=4000).rests_until == 4030


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 120 ", 120),
        ("99999999999999999999", 86_400),
        ("Sun, 22 Nov 2026 12:01:00 GMT", 60),
        ("Sun, 22 Nov 2026 12:01:00 -0000", 60),
        ("Sun, 22 Nov 2026 12:01:00", 60),
        ("Sunday, 22-Nov-26 12:01:00 GMT", 60),
        ("Sun Nov 22 12:01:00 2026", 60),
        ("Sun, 22 Nov 2026 21:01:00 +0900", 60),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("", None),
        (None, None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("Sun, 99 Nov 2026 12:01:00 GMT", None),
    ],
)
def test_retry_after_headers(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, now=NOW) == seconds


@given(st.text(max_size=40))
def test_any_retry_after_is_seconds_or_nothing(value: str) -> None:
    seconds = retry_after(value, now=NOW)
    assert seconds is None or 0 <= seconds <= 86_400


@given(st.datetimes(timezones=st.just(UTC)))
def test_any_date_is_within_a_day(moment: datetime) -> None:
    seconds = retry_after(format_datetime(moment, usegmt=True), now=NOW)
    assert seconds is not None
    assert 0 <= seconds <= 86_400


def test_the_shelf_forgets_what_was_used_longest_ago() -> None:
    made = iter(range(100))
    shelf = Shelf(lambda: next(made), limit=2)
    with shelf.use("a") as first:
        pass
    for key in "bc":
        with shelf.use(key):
            pass
    assert len(shelf) == 2
    with shelf.use("a") as again:
        assert again != first


def test_the_shelf_keeps_what_is_in_use_or_not_spent() -> None:
    made = iter(range(100))
    shelf = Shelf(lambda: next(made), limit=1, spent=lambda state: state != 1)
    with shelf.use("used") as used:
        for key in ("unspent", "x", "y", "z"):
            with shelf.use(key):
                pass
        with shelf.use("used") as same, shelf.use("unspent") as unspent:
            assert (same, unspent) == (used, 1)
    for key in "xyz":
        with shelf.use(key):
            pass
    assert len(shelf) == 2


class Clock:
    """Seconds that pass only in sleep; a stand-in for `asyncio.sleep` and the monotonic clock together."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self._pass = asyncio.sleep
        monkeypatch.setattr("crawler.politeness.asyncio.sleep", self.sleep)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await self._pass(0)


@pytest.mark.anyio
async def test_turns_wait_for_the_pause(options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    turns = Turns(options(delay=2.0, max_delay=30.0), clock)
    begun = []
    for crawl_delay in (0.0, 0.0, 10.0, 1000.0):
        async with turns.turn("a.example", "http://a.example/", crawl_delay=crawl_delay):
            begun.append(clock.now - 1000)
            clock.now += 1  # the request takes a second
    longer = 1 + offset("a.example")  # the host's own share
    assert begun == pytest.approx([0, 1 + 2 * longer, 2 + 12 * longer, 3 + 42 * longer])


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("delay", "part", "pause"), [(1.0, False, 15.0), (20.0, False, 20.0), (0.0, False, 0.0), (1.0, True, 0.1)]
)
async def test_the_pause_follows_the_answer_time(
    options: Options,
    monkeypatch: pytest.MonkeyPatch,
    delay: float,
    part: bool,  # noqa: FBT001 - a table's column
    pause: float,
) -> None:
    clock = Clock(monkeypatch)
    turns = Turns(options(delay=delay, delay_factor=3.0), clock)
    async with turns.turn("a.example", "http://a.example/") as turn:
        turn.took(5.0)
    async with turns.turn("a.example", "http://a.example/", part=part):
        assert clock.now == pytest.approx(1000 + pause * (1 + offset("a.example")))


@pytest.mark.anyio
async def test_a_configured_delay_stands_above_the_cap(options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    turns = Turns(options(delay=90.0, max_delay=60.0), clock)
    for _ in range(2):
        async with turns.turn("a.example", "http://a.example/", crawl_delay=1000.0):
            pass
    assert clock.now == pytest.approx(1000 + 90 * (1 + offset("a.example")))


@pytest.mark.anyio
async def test_a_resting_host_is_not_waited_for(options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    turns = Turns(options(patience=60.0), clock)
    async with turns.turn("a.example", "http://a.example/") as turn:
        turn.answered(429, 50.0)
    async with turns.turn("a.example", "http://a.example/") as turn:
        rested = clock.now
        assert rested == pytest.approx(1000 + 50 * (1 + offset("a.example")))
        turn.answered(503, 3600.0)
    with pytest.raises(HostResting) as caught:
        async with turns.turn("a.example", "http://a.example/x"):
            pytest.fail("the host had its rest disturbed")
    assert (caught.value.url, caught.value.retry_after) == ("http://a.example/x", 3600.0)
    async with turns.turn("b.example", "http://b.example/"):
        assert clock.now == rested


@pytest.mark.anyio
async def test_an_error_or_cancelling_gives_the_turn_back(options: Options) -> None:
    turns = Turns(options(), lambda: 0.0)
    with pytest.raises(KeyError):
        async with turns.turn("a.example", "http://a.example/"):
            raise KeyError
    async with turns.turn("a.example", "http://a.example/"):
        waiting = asyncio.create_task(turns.turn("a.example", "http://a.example/").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    async with turns.turn("a.example", "http://a.example/"):
        pass


@pytest.mark.anyio
async def test_one_request_at_a_time_per_host_and_many_hosts_at_once(site: Site, options: Options, names: Names) -> None:
    """By the server's log: no overlap within a host, the pause between, and hosts side by side."""
    hosts = [f"{letter}.example" for letter in "abcd"]
    entered = asyncio.Barrier(len(hosts))
    urls = [site.url(f"/{number}", host=host) for number in range(4) for host in hosts]
    for number in range(4):
        site.page(f"/{number}")

    async with Fetcher(options(delay=0.05), resolve=names(dict.fromkeys(hosts, "127.0.0.1"))) as fetcher:

        async def fetch(url: str) -> None:
            if "/0" in url:
                await entered.wait()
            await fetcher.fetch(Request(url=url))

        await asyncio.gather(*map(fetch, urls))
    assert len(site.log) == len(hosts) * 5
    for host in hosts:
        visits = [hit for hit in site.log if hit.host.startswith(host)]
        assert len(visits) == 5
        for before, after in itertools.pairwise(visits):
            assert after.began - before.ended >= 0.045


@pytest.mark.anyio
async def test_crossing_redirects_do_not_wait_for_each_other(site: Site, options: Options, names: Names) -> None:
    resolve = names({"a.example": "127.0.0.1", "b.example": "127.0.0.1"})
    site.redirect("/to-b", site.url("/end", host="b.example"))
    site.redirect("/to-a", site.url("/end", host="a.example"))
    site.page("/end")
    urls = [site.url("/to-b", host="a.example"), site.url("/to-a", host="b.example")] * 5
    async with asyncio.timeout(100), Fetcher(options(connections=1, concurrency=1), resolve=resolve) as fetcher:
        pages = await asyncio.gather(*(fetcher.fetch(Request(url=url)) for url in urls))
    assert len(pages) == 10


@pytest.mark.anyio
async def test_a_refusal_slows_the_whole_host(site: Site, options: Options) -> None:
    site.page("/busy", status=429, headers={"retry-after": "7200"})
    site.page("/other")
    async with Fetcher(options()) as fetcher:
        with pytest.raises(HostResting, match="HTTP 429"):
            await fetcher.fetch(Request(url=site.url("/busy")))
        with pytest.raises(HostResting) as caught:
            await fetcher.fetch(Request(url=site.url("/other")))
    assert caught.value.url == site.url("/other")
    assert caught.value.retry_after is not None
    assert 7100 < caught.value.retry_after <= 7200
    assert site.pages == ["/busy"]


@pytest.mark.anyio
async def test_a_short_rest_is_waited_for(site: Site, options: Options) -> None:
    site.page("/busy", status=503, headers={"retry-after": "0"})
    site.page("/other")
    async with Fetcher(options(max_delay=0.01)) as fetcher:
        with pytest.raises(BadStatus, match="503"):
            await fetcher.fetch(Request(url=site.url("/busy")))
        await fetcher.fetch(Request(url=site.url("/other")))


@pytest.mark.anyio
async def test_a_rest_that_an_earlier_run_was_asked_for(site: Site, options: Options) -> None:
    site.page("/other")
    async with Fetcher(options()) as fetcher:
        await fetcher.rest(site.url("/any"), 7200)
        with pytest.raises(HostResting) as caught:
            await fetcher.fetch(Request(url=site.url("/other")))
    assert not isinstance(caught.value, HostAbsent)
    assert not site.log


@pytest.mark.anyio
async def test_no_more_in_flight_than_allowed(site: Site, options: Options, names: Names) -> None:
    hosts = [f"{letter}.example" for letter in "abcdef"]
    here, most = 0, 0

    async def slow(hit: Hit, writer: asyncio.StreamWriter) -> None:
        nonlocal here, most
        here += 1
        most = max(most, here)
        await asyncio.sleep(0.05)
        here -= 1
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    site.raw("/", slow)
    resolve = names(dict.fromkeys(hosts, "127.0.0.1"))
    async with Fetcher(options(concurrency=2, obey_robots=False), resolve=resolve) as fetcher:
        await asyncio.gather(*(fetcher.fetch(Request(url=site.url("/", host=host))) for host in hosts))
    assert most == 2


@pytest.mark.anyio
@pytest.mark.parametrize("grouped", [True, False])
async def test_hosts_at_one_address_share_a_queue_where_that_is_wanted(
    site: Site,
    options: Options,
    names: Names,
    grouped: bool,  # noqa: FBT001 - a table's column
) -> None:
    hosts = ("a.example", "b.example", "c.example")
    here, most = 0, 0

    async def slow(hit: Hit, writer: asyncio.StreamWriter) -> None:
        nonlocal here, most
        here += 1
        most = max(most, here)
        await asyncio.sleep(0.05)
        here -= 1
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    site.raw("/", slow)
    resolve = names({"a.example": "127.0.0.1", "b.example": "127.0.0.1 127.0.0.9", "c.example": "127.0.0.1"})
    async with Fetcher(options(group_addresses=grouped, obey_robots=False), resolve=resolve) as fetcher:
        await asyncio.gather(*(fetcher.fetch(Request(url=site.url("/", host=host))) for host in hosts))
    assert most == (1 if grouped else 3)


@pytest.mark.anyio
async def test_a_name_without_address_is_a_group_of_its_own(options: Options, names: Names) -> None:
    async with Fetcher(options(group_addresses=True, obey_robots=False), resolve=names({})) as fetcher:
        for host in ("a.example", "b.example"):
            with pytest.raises(ConnectionFailed, match="DNS: no address"):
                await fetcher.fetch(Request(url=f"http://{host}/"))


@pytest.mark.anyio
async def test_a_redirect_waits_for_the_turn_of_the_host_it_leads_to(site: Site, options: Options, names: Names) -> None:
    resolve = names({"a.example": "127.0.0.1", "b.example": "127.0.0.1"})
    site.page("/end")
    site.redirect("/over", site.url("/end", host="b.example"))
    async with Fetcher(options(delay=0.3, obey_robots=False), resolve=resolve) as fetcher:
        await fetcher.fetch(Request(url=site.url("/end", host="b.example")))
        await fetcher.fetch(Request(url=site.url("/over", host="a.example")))
    first, _, second = site.log
    assert second.began - first.ended >= 0.29
