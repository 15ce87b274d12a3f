"""Site memories: read and written whole with each page, packed (`model.memory`) and in zstd."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select

from model.memory import PackedMemory, PathRecord, SiteMemory, pack_memory, unpack_memory
from storage.packing import pack, unpack
from storage.tables import site_memory

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_UPDATE = site_memory.update().where(site_memory.c.source == bindparam("of"))


def memory(connection: Connection, source: str) -> SiteMemory:
    """What the source's pages taught so far; an empty memory where nothing is known."""
    return unpack_memory(packed_memory(connection, source))


def packed_memory(connection: Connection, source: str) -> PackedMemory:
    """The same, packed."""
    row = connection.execute(select(site_memory.c.pages, site_memory.c.body).where(site_memory.c.source == source)).first()
    if row is None:
        return PackedMemory()
    plain = unpack(row.body)
    return pack_memory(_from_json(plain)) if plain.startswith(b"{") else PackedMemory(pages=row.pages, body=plain)


def save_memory(connection: Connection, source: str, value: PackedMemory | SiteMemory, now: datetime) -> None:
    """Write the source's memory over the one there was."""
    packed = pack_memory(value) if isinstance(value, SiteMemory) else value
    changes = {"pages": packed.pages, "body": pack(packed.body), "updated_at": now}
    written = connection.execute(_UPDATE, {"of": source, **changes})
    if not written.rowcount:
        connection.execute(insert(site_memory), {"source": source, **changes})


def _from_json(plain: bytes) -> SiteMemory:
    """A memory as version 0.1 wrote it before the arrays."""
    facts = json.loads(plain)
    return SiteMemory(
        pages=facts["pages"],
        texts={int(key): count for key, count in facts["texts"].items()},
        paths={path: PathRecord(blocks=blocks, score=score) for path, (blocks, score) in facts["paths"].items()},
        seen=tuple(facts["seen"]),
    )
