"""A site's memory comes back as it was given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from visiting import NOON, Site

from model.memory import PackedMemory, PathRecord, SiteMemory, pack_memory, unpack_memory
from storage.memories import memory, save_memory
from storage.packing import pack
from storage.tables import site_memory

if TYPE_CHECKING:
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
