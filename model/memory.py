"""What a site's earlier pages taught about its clutter; as a value, and as bytes to be stored and sent.

What one page teaches is a memory of that page alone, and a site's memory is what it gets by adding those in their order.
So a memory travels and is stored as one that was packed whole, and the lessons since: a full one (1.27 MB of 110 sites'
pages learned as one site's) is a hundred times a lesson (13 KB in the mean of 500 pages).

The bytes, little-endian: ``MEM2``, then the lengths of what follows (texts, paths, seen, bytes of the path names) and the
pages as five unsigned 32-bit numbers; fingerprints of texts (64-bit) and their counts (32-bit); blocks (64-bit) and scores
(doubles) of paths; fingerprints of articles seen (64-bit); names of paths in UTF-8, each ended by a zero byte. ``MEM1`` has
them as a JSON list, which took half of the time of packing; it is still read. A full memory is packed in 1 ms.
"""

from __future__ import annotations

import json
import struct
import sys
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from model.values import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: Bounds of a memory: texts, paths, pages told apart. Texts seen once go first.
MOST_TEXTS, MOST_PATHS, MOST_SEEN = 20_000, 2_000, 500

_MAGIC, _MAGIC_JSON = b"MEM2", b"MEM1"
_LENGTHS: Final = struct.Struct("<5I")


@value
class PathRecord:
    """How blocks at one path of tags and classes were judged."""

    blocks: int
    #: Sum of the keep probabilities of those blocks.
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMemory:
    """A value: `added` returns a new one and changes none. The mappings are never written to."""

    #: Distinct pages learned from; copies of one page count once.
    pages: int = 0
    #: Fingerprint of a block's normalised text -> number of distinct pages it stood on.
    texts: Mapping[int, int] = field(default_factory=dict)
    #: Path of tags and classes -> how its blocks were judged.
    paths: Mapping[str, PathRecord] = field(default_factory=dict)
    #: Fingerprints of the articles learned from, each made of its blocks' own, newest last: how copies are told.
    seen: tuple[int, ...] = ()


def added(memory: SiteMemory, lessons: Iterable[SiteMemory]) -> SiteMemory:
    """The memory after it learned what others hold, one after the other.

    Args:
        memory: what was known before; it is not changed.
        lessons: mostly memories of one page each.
    """
    pages, texts, paths, seen = memory.pages, dict(memory.texts), dict(memory.paths), memory.seen
    for lesson in lessons:
        pages += lesson.pages
        for mark, count in lesson.texts.items():
            texts[mark] = texts.get(mark, 0) + count
        for path, record in lesson.paths.items():
            old = paths.get(path)
            paths[path] = PathRecord(blocks=old.blocks + record.blocks, score=old.score + record.score) if old else record
        texts, paths, seen = _most_frequent(texts), _most_judged(paths), (*seen, *lesson.seen)[-MOST_SEEN:]
    return SiteMemory(pages=pages, texts=texts, paths=paths, seen=seen)


def _most_frequent(texts: dict[int, int]) -> dict[int, int]:
    """The texts on most pages; among those on equally many the ones learned last."""
    if len(texts) <= MOST_TEXTS:
        return texts
    newest_first = list(texts.items())[::-1]
    kept = dict(sorted(newest_first, key=lambda entry: -entry[1])[: MOST_TEXTS * 3 // 4])
    return {mark: pages for mark, pages in texts.items() if mark in kept}


def _most_judged(paths: dict[str, PathRecord]) -> dict[str, PathRecord]:
    """The paths with most blocks, and room for those of a site that was made anew."""
    if len(paths) <= MOST_PATHS:
        return paths
    return {path: paths[path] for path in sorted(paths, key=lambda path: -paths[path].blocks)[: MOST_PATHS * 3 // 4]}


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedMemory:
    """A memory as bytes."""

    #: Distinct pages learned from.
    pages: int = 0
    #: The memory as it was last packed whole; b"" is the empty one.
    body: bytes = b""
    #: What each page taught since, oldest first: `pack_memory` of that page's memory.
    lessons: Sequence[bytes] = ()

    def followed_by(self, lesson: bytes) -> PackedMemory:
        """The memory with what one more page taught."""
        return PackedMemory(pages=self.pages + 1, body=self.body, lessons=(*self.lessons, lesson))


def pack_memory(memory: SiteMemory) -> PackedMemory:
    """The memory as bytes, whole."""
    names = "".join([f"{path}\0" for path in memory.paths]).encode("utf8", "surrogatepass")
    records = memory.paths.values()
    lengths = _LENGTHS.pack(len(memory.texts), len(memory.paths), len(memory.seen), len(names), memory.pages)
    columns = (
        _bytes("q", list(memory.texts)),
        _bytes("I", list(memory.texts.values())),
        _bytes("q", [record.blocks for record in records]),
        _bytes("d", [record.score for record in records]),
        _bytes("q", memory.seen),
    )
    return PackedMemory(pages=memory.pages, body=b"".join((_MAGIC, lengths, *columns, names)))


def unpack_memory(packed: PackedMemory) -> SiteMemory:
    """The memory that `pack_memory` made bytes of.

    Raises:
        ValueError: other bytes.
    """
    whole = _unpacked(packed.body) if packed.body else SiteMemory()
    return added(whole, map(_unpacked, packed.lessons)) if packed.lessons else whole


def _unpacked(body: bytes) -> SiteMemory:
    if not body.startswith((_MAGIC, _MAGIC_JSON)):
        raise ValueError("no packed memory")
    texts, paths, seen, names, pages = _LENGTHS.unpack_from(body, len(_MAGIC))
    place, columns = len(_MAGIC) + _LENGTHS.size, []
    for kind, count in (("q", texts), ("I", texts), ("q", paths), ("d", paths), ("q", seen)):
        column: array[Any] = array(kind)
        column.frombytes(body[place : place + count * column.itemsize])
        place += count * column.itemsize
        columns.append(_native(column).tolist())
    records = (PathRecord(blocks=blocks, score=score) for blocks, score in zip(columns[2], columns[3], strict=True))
    return SiteMemory(
        pages=pages,
        texts=dict(zip(columns[0], columns[1], strict=True)),
        paths=dict(zip(_names(body[place : place + names], body.startswith(_MAGIC_JSON)), records, strict=True)),
        seen=tuple(columns[4]),
    )


def _names(body: bytes, is_json: bool) -> list[str]:  # noqa: FBT001 - which of two formats it is
    if is_json:
        return list(json.loads(body))
    return body.decode("utf8", "surrogatepass").split("\0")[:-1]


def _bytes(kind: str, numbers: Iterable[float]) -> bytes:
    return _native(array(kind, numbers)).tobytes()


def _native(column: array[Any]) -> array[Any]:  # numbers of one kind, whole or not
    """Little-endian numbers on a big-endian machine and back."""
    if sys.byteorder == "big":
        column.byteswap()
    return column
