"""Tallies: what a run counts, and when a source counts as broken."""

from __future__ import annotations

from model.errors import ConnectionFailed
from model.outcome import Duplicate, Failed, Revised, Skipped, Stored, Unchanged
from newsmill.progress import COLUMNS, Tally

URL = "http://example.org/a"


def test_each_outcome_has_its_column() -> None:
    tally = Tally()
    for outcome in (
        Stored(url=URL, article_id=1),
        Revised(url=URL, article_id=1, revision=2),
        Duplicate(url=URL, article_id=2, original_id=1),
        Unchanged(url=URL, article_id=1),
        Skipped(url=URL, reason="robots"),
        Failed(url=URL, error="bad_status", detail="HTTP 500"),
    ):
        tally.add(outcome, fetched=True)
    assert {column: tally.counts[column] for column in COLUMNS} == dict.fromkeys(COLUMNS, 1) | {"fetched": 6}
    assert tally.reasons["failed: bad_status: HTTP 500"] == 1
    assert tally.plain()["new"] == 1


def test_a_source_of_which_nothing_could_be_read_is_broken() -> None:
    tally = Tally()
    assert not tally.broken
    tally.add_poll(ConnectionFailed(URL, "DNS: no address"), new=0)
    assert tally.broken
    assert tally.reasons["endpoint failed: connection_failed: DNS: no address"] == 1


def test_a_source_with_one_good_endpoint_or_page_is_not_broken() -> None:
    polled, visited = Tally(), Tally()
    for tally in (polled, visited):
        tally.add_poll(ConnectionFailed(URL), new=0)
    polled.add_poll(None, new=3)
    visited.add(Stored(url=URL, article_id=1), fetched=True)
    assert not polled.broken
    assert not visited.broken
    assert polled.links == 3
