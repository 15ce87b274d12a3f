"""How bodies are packed: zstd, and where there is one, with an earlier page of the same site.

Pages of one site are the same template around different texts. zstd can be handed bytes that both sides know (a dictionary of
raw content): what a page has in common with them costs next to nothing. On 289 pages of 16 sites a page packed with another
one takes 7.7 KB, alone 20.4, in less time; dictionaries that zstd trains from eight pages save half as much
(``docs/database.md``, "Raw pages").
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import zstandard
from sqlalchemy import bindparam, insert, select

from storage.prepared import Prepared
from storage.tables import page as page_table
from storage.tables import raw_dictionary as dictionary_table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

#: Higher levels cost more than they save.
_LEVEL = 3
#: Tables an eighth of that level's: a page that is nearly all in its dictionary needs no larger ones (2.2 % more bytes), and
#: the processor's caches hold them. Compressing takes half of the time, and what follows finds its own things still there.
_TABLES = zstandard.ZstdCompressionParameters(compression_level=_LEVEL, hash_log=14, chain_log=13)
#: Bytes of a page that others are packed with, and the least that are worth it.
LONGEST, SHORTEST = 256 * 1024, 2048
#: Dictionaries kept digested, a third of a megabyte each: a crawl takes the pages of many sites in turn, and where there are
#: more of them than these, each page has its own digested anew (.3 ms).
_SITES = 128
#: One page in so many begins a new dictionary, since sites change; its own share of that is 1 % of what it saves.
EVERY = 64

# Made once, as in `storage.visits`.
_SOURCE = select(page_table.c.source).where(page_table.c.id == bindparam("of"))
_LATEST = Prepared(
    select(dictionary_table.c.id, dictionary_table.c.body)
    .where(dictionary_table.c.source == _SOURCE.scalar_subquery())
    .order_by(dictionary_table.c.id.desc())
    .limit(1)
)
_NEW = insert(dictionary_table).returning(dictionary_table.c.id)


class Packed(NamedTuple):
    """A body as the table holds it."""

    body: bytes
    dictionary_id: int | None


def pack(body: bytes) -> bytes:
    """The bytes, packed alone."""
    return zstandard.ZstdCompressor(level=_LEVEL).compress(body)


def unpack(packed: bytes, dictionary: bytes | None = None) -> bytes:
    """The bytes as they were.

    Args:
        packed: what `pack` or `pack_page` made.
        dictionary: what it was packed with, itself packed alone.

    Raises:
        zstandard.ZstdError: these are not bytes that were packed so.
    """
    if dictionary is None:
        return zstandard.ZstdDecompressor().decompress(packed)
    return zstandard.ZstdDecompressor(dict_data=_shared(dictionary)).decompress(packed)


def pack_page(connection: Connection, page_id: int, body: bytes, key: str, at: datetime) -> Packed:
    """A page's bytes, packed with an earlier page of its source; one in `EVERY` is what the next are packed with.

    Args:
        connection: an open transaction.
        page_id: the page.
        body: its bytes.
        key: their hash; decides by itself whether they begin a new dictionary, so that nothing has to be counted.
        at: when they came.
    """
    known = _LATEST.first(connection, {"of": page_id})
    if len(body) >= SHORTEST and (known is None or int(key[:8], 16) % EVERY == 0):
        dictionary, source = pack(body[:LONGEST]), connection.scalar(_SOURCE, {"of": page_id})
        new = connection.execute(_NEW, {"source": source, "body": dictionary, "made_at": at})
        return Packed(_packed_with(dictionary, body), int(new.scalar_one()))
    if known is None:
        return Packed(pack(body), None)
    return Packed(_packed_with(known.body, body), int(known.id))


def _packed_with(dictionary: bytes, body: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=_LEVEL, dict_data=_shared(dictionary)).compress(body)


@lru_cache(maxsize=_SITES)
def _shared(dictionary: bytes) -> zstandard.ZstdCompressionDict:
    plain = zstandard.ZstdDecompressor().decompress(dictionary)
    shared = zstandard.ZstdCompressionDict(plain, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    shared.precompute_compress(compression_params=_TABLES)  # else each page digests it anew: .9 ms instead of .55
    return shared
