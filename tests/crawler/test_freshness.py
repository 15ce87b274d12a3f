"""How long an answer is good, by its headers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.freshness import LONGEST, fresh_for

DATE = ("date", "Sun, 22 Nov 2026 10:00:00 GMT")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ((), 0),
        ((("cache-control", "max-age=600"),), 600),
        ((("cache-control", "public"), ("cache-control", 's-maxage=9, MAX-AGE = "300"')), 300),
        ((("cache-control", "max-age=600"), ("age", "120")), 480),
        ((("cache-control", "max-age=600"), ("age", "700")), 0),
        ((("cache-control", "max-age=31536000, immutable"),), 3600),
        ((("cache-control", "no-cache, max-age=600"),), 0),
        ((("cache-control", "no-store"), DATE, ("expires", "Sun, 22 Nov 2026 10:30:00 GMT")), 0),
        ((DATE, ("expires", "Sun, 22 Nov 2026 10:30:00 GMT")), 1800),
        ((DATE, ("expires", "Sun, 22 Nov 2026 10:30:00 GMT"), ("cache-control", "max-age=60")), 60),
        ((DATE, ("expires", "0")), 0),
        ((DATE, ("expires", "Sun, 22 Nov 2026 10:30:00")), 0),
        ((("expires", "Sun, 22 Nov 2026 10:30:00 GMT"),), 0),
        ((("cache-control", "max-age"),), 0),
        ((("cache-control", "x-max-age=600"),), 0),
    ],
)
def test_what_headers_say(headers: tuple[tuple[str, str], ...], seconds: int) -> None:
    assert fresh_for(headers) == timedelta(seconds=seconds)


@given(st.lists(st.tuples(st.sampled_from(["cache-control", "expires", "date", "age"]), st.text(max_size=60))))
def test_any_headers_say_something_within_bounds(headers: list[tuple[str, str]]) -> None:
    assert timedelta() <= fresh_for(tuple(headers)) <= LONGEST
