"""Raw pages packed with each other: small, whole, and never in need of a page that was pruned."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text as sql
from visiting import NOON, Site, cleaned, kept, page, rows, story, url

from model.errors import NotFound
from storage import packing
from storage.packing import pack, unpack

if TYPE_CHECKING:
    from storage import Store

DAY = timedelta(days=1)
#: What zstd finds nothing to shorten in: a template that only another page can be of help with.
TEMPLATE = random.Random(1).randbytes(20_000)


def save(site: Site, number: int, body: bytes) -> None:
    at = NOON + number * DAY
    site.save(
        url(str(number), f"{site.name}.example"), cleaned(text=story(number)), at=at, page=page(url(str(number)), at, body=body)
    )


@given(body=st.binary(), dictionary=st.binary())
def test_bytes_come_back_whole(body: bytes, dictionary: bytes) -> None:
    assert unpack(pack(body)) == body
    shared = pack(dictionary)
    assert unpack(packing._packed_with(shared, body), shared) == body


def test_what_pages_of_a_site_have_in_common_is_kept_once(store: Store) -> None:
    site, rival = Site(store), Site(store, "rival")
    for number in range(6):
        save(site, number, TEMPLATE + b"%d" % number)
    save(rival, 9, TEMPLATE + b"rival")
    stored = rows(store, "SELECT length(body), dictionary_id IS NULL FROM raw_body ORDER BY id")
    assert all(size < 200 and not alone for size, alone in stored)
    made = rows(store, "SELECT source, length(body) > 20000 FROM raw_dictionary ORDER BY id")
    assert [bool(whole) for _, whole in made] == [True] * len(made)
    assert {source for source, _ in made} == {"daily", "rival"}
    assert store.raw_article(4).body == TEMPLATE + b"3"
    assert [finding for finding in store.check() if finding.wrong] == []


def test_small_bodies_make_no_dictionary(store: Store) -> None:
    save(Site(store), 1, b"<p>refused</p>")
    assert rows(store, "SELECT count(*) FROM raw_dictionary") == [(0,)]
    assert store.raw_article(1).body == b"<p>refused</p>"


def test_a_site_that_changes_gets_a_new_dictionary(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "EVERY", 1)
    site, other = Site(store), random.Random(2).randbytes(20_000)
    save(site, 1, TEMPLATE)
    save(site, 2, other)
    assert rows(store, "SELECT id, dictionary_id FROM raw_body ORDER BY id") == [(1, 1), (2, 2)]
    monkeypatch.setattr(packing, "EVERY", 1 << 40)
    save(site, 3, other + b"x")
    assert rows(store, "SELECT dictionary_id, length(body) < 200 FROM raw_body WHERE id = 3") == [(2, True)]


def test_pruning_a_page_harms_none_that_were_packed_with_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "EVERY", 1 << 40)
    site = Site(store)
    for number in range(3):
        save(site, number, TEMPLATE + b"%d" % number)
    store.prune(kept(DAY), NOON + 2 * DAY)
    with pytest.raises(NotFound):
        store.raw_article(1)
    assert store.raw_article(3).body == TEMPLATE + b"2"
    assert [finding for finding in store.check() if finding.wrong] == []


def test_dictionaries_that_nothing_needs_go_with_the_pages(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "EVERY", 1)
    site = Site(store)
    for number in range(3):
        save(site, number, TEMPLATE + b"%d" % number)
    store.prune(kept(DAY), NOON + 3 * DAY)
    assert rows(store, "SELECT id FROM raw_dictionary") == [(3,)]
    store.prune(kept(DAY), NOON + 99 * DAY)
    assert rows(store, "SELECT id FROM raw_dictionary") == [(3,)], "the newest packs what comes next"


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        ("UPDATE raw_dictionary SET body = substr(body, 1, 5)", "raw bodies that are not what was fetched"),
        ("UPDATE raw_body SET dictionary_id = NULL", "raw bodies that are not what was fetched"),
        ("DELETE FROM raw_dictionary", "raw bodies packed with a page that is not there"),
    ],
)
def test_a_damaged_dictionary_is_found(store: Store, damage: str, what: str) -> None:
    save(Site(store), 1, TEMPLATE)
    with store.writing() as connection:
        connection.execute(sql(damage))
    assert {finding.what: finding.wrong for finding in store.check() if finding.wrong}[what] == 1
