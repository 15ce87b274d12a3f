"""When endpoints are due again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsmill.schedule import RAREST, check_every, next_poll

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_an_interval_is_kept_with_a_stable_offset_of_at_most_a_tenth() -> None:
    waits = {name: next_poll("1h", name=name, now=NOW) - NOW for name in ("a", "b", "c", "d")}
    assert all(timedelta(hours=1) <= wait <= timedelta(minutes=66) for wait in waits.values())
    assert len(set(waits.values())) == len(waits)
    assert waits["a"] == next_poll("1h", name="a", now=NOW) - NOW


def test_a_cron_line_fires_at_its_moment() -> None:
    assert next_poll("30 6 * * *", name="a", now=NOW) == datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


def test_failures_double_the_interval_up_to_a_week() -> None:
    waits = [next_poll("1h", name="a", now=NOW, failures=failures) - NOW for failures in range(30)]
    assert waits == sorted(waits)
    assert timedelta(hours=2) <= waits[1] <= timedelta(hours=2.2)
    assert waits[-1] <= RAREST + timedelta(hours=1)


def test_an_interval_longer_than_a_week_is_not_shortened_by_failures() -> None:
    assert next_poll("30d", name="a", now=NOW, failures=3) - NOW >= timedelta(days=30)


def test_a_failing_cron_source_waits_at_least_for_its_backing_off() -> None:
    assert next_poll("* * * * *", name="a", now=NOW, failures=3) >= NOW + timedelta(minutes=40)


def test_a_success_ends_the_backing_off() -> None:
    assert next_poll("1h", name="a", now=NOW) < next_poll("1h", name="a", now=NOW, failures=1)


@pytest.mark.parametrize("every", ["59s", "", "often", "* * * *", "1 2 3 4 99", "-1h"])
def test_what_is_neither_interval_nor_cron_line_is_refused(every: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        check_every(every)
