"""Site memories: with each page what it taught is written, now and then the whole; packed (`model.memory`) and in zstd."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select

from model.memory import PackedMemory, PathRecord, SiteMemory, pack_memory, unpack_memory
from storage.packing import pack, unpack
from storage.prepared import Prepared
from storage.tables import site_lesson, site_memory

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

_m, _l = site_memory.c, site_lesson.c
# Made once, as in `storage.visits`.
_WHOLE = select(_m.pages, _m.body).where(_m.source == bindparam("of"))
_LESSONS = select(_l.body).where(_l.source == bindparam("of")).order_by(_l.pages)
_UPDATE = site_memory.update().where(_m.source == bindparam("of"))
_INSERT = insert(site_memory)
_FORGET = delete(site_lesson).where(_l.source == bindparam("of"))
_LEARN = Prepared(insert(site_lesson))


def pages_learned(source: ColumnElement[Any]) -> ColumnElement[int]:
    """How many pages the memory of a source has learned from, to be selected; NULL where there is none."""
    lessons = select(func.max(_l.pages)).where(_l.source == source).scalar_subquery()
    whole = select(_m.pages).where(_m.source == source).scalar_subquery()
    return func.coalesce(lessons, whole)


def memory(connection: Connection, source: str) -> SiteMemory:
    """What the source's pages taught so far; an empty memory where nothing is known."""
    return unpack_memory(packed_memory(connection, source))


def packed_memory(connection: Connection, source: str) -> PackedMemory:
    """The same, packed."""
    row = connection.execute(_WHOLE, {"of": source}).first()
    lessons = tuple(map(unpack, connection.scalars(_LESSONS, {"of": source})))
    plain = unpack(row.body) if row is not None else b""
    if plain.startswith(b"{"):
        plain = pack_memory(_from_json(plain)).body
    return PackedMemory(pages=(row.pages if row is not None else 0) + len(lessons), body=plain, lessons=lessons)


def save_memory(
    connection: Connection, source: str, value: PackedMemory | SiteMemory, now: datetime, *, known: int | None = None
) -> None:
    """Write the source's memory: what it learned since, or over all there was.

    Args:
        connection: writes.
        source: whose.
        value: the memory.
        now: of the visit.
        known: pages that the memory in the database has learned from, where the value is known to follow from it.
    """
    packed = pack_memory(value) if isinstance(value, SiteMemory) else value
    whole = packed.pages - len(packed.lessons)
    if known is not None and whole <= known <= packed.pages:
        for pages, lesson in enumerate(packed.lessons[known - whole :], known + 1):
            _LEARN.run(connection, {"source": source, "pages": pages, "body": pack(lesson), "learned_at": now})
        return
    if packed.lessons:
        packed = pack_memory(unpack_memory(packed))
    changes = {"pages": packed.pages, "body": pack(packed.body), "updated_at": now}
    if not connection.execute(_UPDATE, {"of": source, **changes}).rowcount:
        connection.execute(_INSERT, {"source": source, **changes})
    connection.execute(_FORGET, {"of": source})


def _from_json(plain: bytes) -> SiteMemory:
    """A memory as version 0.1 wrote it before the arrays."""
    facts = json.loads(plain)
    return SiteMemory(
        pages=facts["pages"],
        texts={int(key): count for key, count in facts["texts"].items()},
        paths={path: PathRecord(blocks=blocks, score=score) for path, (blocks, score) in facts["paths"].items()},
        seen=tuple(facts["seen"]),
    )
