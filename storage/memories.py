"""Site memories: read and written whole, JSON packed with zstd."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from model.memory import PathRecord, SiteMemory
from storage.raw import pack, unpack
from storage.tables import site_memory

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


def memory(connection: Connection, source: str) -> SiteMemory:
    """What the source's pages taught so far; an empty memory where nothing is known."""
    body = connection.scalar(select(site_memory.c.body).where(site_memory.c.source == source))
    if body is None:
        return SiteMemory()
    facts = json.loads(unpack(body))
    return SiteMemory(
        pages=facts["pages"],
        texts={int(key): count for key, count in facts["texts"].items()},
        paths={path: PathRecord(blocks=blocks, score=score) for path, (blocks, score) in facts["paths"].items()},
        seen=tuple(facts["seen"]),
    )


def save_memory(connection: Connection, source: str, value: SiteMemory, now: datetime) -> None:
    """Write the source's memory over the one there was."""
    facts = {
        "pages": value.pages,
        "texts": dict(value.texts),
        "paths": {path: (record.blocks, record.score) for path, record in value.paths.items()},
        "seen": value.seen,
    }
    changes = {"pages": value.pages, "body": pack(json.dumps(facts, separators=(",", ":")).encode()), "updated_at": now}
    written = connection.execute(site_memory.update().where(site_memory.c.source == source).values(**changes))
    if not written.rowcount:
        connection.execute(insert(site_memory).values(source=source, **changes))
