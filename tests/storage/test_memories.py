"""A site's memory comes back as it was given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from visiting import NOON, Site, cleaned, rows, url

import model.memory
from model.memory import PackedMemory, PathRecord, SiteMemory, added, pack_memory, unpack_memory
from storage.memories import memory, save_memory
from storage.packing import pack
from storage.tables import site_memory

if TYPE_CHECKING:
    import pytest

    from storage import Store

PRINTS = st.integers(-(2**63), 2**63 - 1)
RECORDS = st.builds(PathRecord, blocks=st.integers(0, 2**40), score=st.floats(0, 1e9))
MEMORIES = st.builds(
    SiteMemory,
    pages=st.integers(0, 2**32 - 1),
    texts=st.dictionaries(PRINTS, st.integers(1, 2**32 - 1), max_size=20),
    paths=st.dictionaries(st.text(st.characters(exclude_characters="\0"), max_size=20), RECORDS, max_size=20),
    seen=st.lists(PRINTS, max_size=20).map(tuple),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(value=MEMORIES)
def test_any_memory_comes_back_in_its_order(value: SiteMemory) -> None:
    back = unpack_memory(pack_memory(value))
    assert back == value
    assert (list(back.texts), list(back.paths)) == (list(value.texts), list(value.paths))


LESSONS = [SiteMemory(pages=1, texts={7: 1, n: 1}, paths={"p": PathRecord(blocks=n, score=0.25)}, seen=(n,)) for n in range(1, 6)]


def test_lessons_are_a_memory_in_their_order() -> None:
    packed = pack_memory(added(SiteMemory(), LESSONS[:2]))
    for lesson in LESSONS[2:]:
        packed = packed.followed_by(pack_memory(lesson).body)
    whole = SiteMemory(
        pages=5,
        texts={7: 5, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1},
        paths={"p": PathRecord(blocks=15, score=1.25)},
        seen=(1, 2, 3, 4, 5),
    )
    assert packed.pages == 5
    assert unpack_memory(packed) == added(SiteMemory(), LESSONS) == whole


def test_with_a_page_only_its_lesson_is_written(store: Store) -> None:
    site = Site(store)
    packed = PackedMemory()
    for number, lesson in enumerate(LESSONS):
        packed = packed.followed_by(pack_memory(lesson).body)
        site.save(url(str(number)), cleaned(text=f"Story of {number} and no other, in so many words."), memory=packed)
        assert rows(store, "SELECT count(*) FROM site_lesson") == [(number + 1,)]
        assert store.packed_memory("daily") == packed
    site.save(url("copy"), cleaned(text="A story of one more page that taught nothing."), memory=packed)
    assert rows(store, "SELECT count(*), max(pages) FROM site_lesson") == [(5, 5)]
    assert rows(store, "SELECT count(*) FROM site_memory") == [(0,)]
    assert sorted(article.memory_pages or 0 for article in store.articles()) == [0, 1, 2, 3, 4, 5]


def test_a_lesson_that_was_not_written_is_written_with_the_next(store: Store) -> None:
    site, packed = Site(store), PackedMemory()
    for lesson in LESSONS:
        packed = packed.followed_by(pack_memory(lesson).body)
    site.save(url("a"), memory=packed)
    assert store.packed_memory("daily") == packed


def test_a_whole_memory_takes_the_place_of_the_lessons(store: Store) -> None:
    site, packed = Site(store), PackedMemory().followed_by(pack_memory(LESSONS[0]).body)
    site.save(url("a"), memory=packed)
    whole = added(SiteMemory(), LESSONS[:2])
    site.save(url("b"), memory=pack_memory(whole))
    assert rows(store, "SELECT count(*) FROM site_lesson") == [(0,)]
    assert store.memory("daily") == whole
    further = pack_memory(whole).followed_by(pack_memory(LESSONS[2]).body)
    site.save(url("c"), memory=further)
    assert store.packed_memory("daily") == further
    assert store.memory("daily") == added(SiteMemory(), LESSONS[:3])


def test_a_memory_that_does_not_follow_from_the_one_there_is_written_whole(store: Store) -> None:
    site = Site(store)
    site.save(url("a"), memory=SiteMemory(pages=9, texts={3: 9}))
    other = PackedMemory().followed_by(pack_memory(LESSONS[0]).body)
    site.save(url("b"), memory=other)
    assert store.memory("daily") == LESSONS[0]


def test_a_memory_is_bounded_and_forgets_what_stood_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model.memory, "MOST_TEXTS", 40)
    monkeypatch.setattr(model.memory, "MOST_PATHS", 8)
    often = SiteMemory(texts=dict.fromkeys(range(10), 5), paths={f"a{n}": PathRecord(blocks=9, score=1.0) for n in range(4)})
    once = SiteMemory(texts=dict.fromkeys(range(100, 200), 1), paths={f"b{n}": PathRecord(blocks=1, score=1.0) for n in range(9)})
    left = added(often, [once])
    assert len(left.texts) == 30
    assert often.texts.items() <= left.texts.items()
    assert max(left.texts) == 199
    assert list(left.paths) == ["a0", "a1", "a2", "a3", "b0", "b1"]


def test_a_memory_of_an_older_database_is_read(store: Store) -> None:
    Site(store)
    old = {"pages": 2, "texts": {"-5": 2, "7": 1}, "paths": {"html/p": [3, 2.5]}, "seen": [9]}
    with store.writing() as connection:
        row = {"source": "daily", "pages": 2, "body": pack(json.dumps(old).encode()), "updated_at": NOON}
        connection.execute(site_memory.insert().values(**row))
        read = memory(connection, "daily")
        assert read == SiteMemory(pages=2, texts={-5: 2, 7: 1}, paths={"html/p": PathRecord(blocks=3, score=2.5)}, seen=(9,))
        save_memory(connection, "daily", read, NOON)
        assert memory(connection, "daily") == read


def test_a_memory_with_names_in_json_is_read() -> None:
    value = SiteMemory(pages=1, texts={5: 1}, paths={"html/p": PathRecord(blocks=1, score=0.5)}, seen=(9,))
    packed, names = pack_memory(value).body, b'["html/p"]'
    older = packed.replace(b"html/p\0", names).replace(b"MEM2", b"MEM1")
    lengths = older[:16] + len(names).to_bytes(4, "little") + older[20:]
    assert unpack_memory(PackedMemory(pages=1, body=lengths)) == value
