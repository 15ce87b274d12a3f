"""Raw bodies: pages as served, packed with zstd, each body once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import zstandard
from sqlalchemy import insert, select

from model.errors import NotFound
from model.fingerprints import body_hash
from model.page import Page
from storage.tables import article as article_table
from storage.tables import page as page_table
from storage.tables import page_fetch as fetch_table
from storage.tables import raw_body as raw_table
from storage.tables import revision as revision_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sqlalchemy import Connection, Row

#: 34 KB a news page, 0.7 ms to pack, 0.2 ms to read; higher levels cost more than they save.
_LEVEL = 3
#: Pages read in one transaction.
_PIECE = 50


def pack(body: bytes) -> bytes:
    """The bytes, packed."""
    return zstandard.ZstdCompressor(level=_LEVEL).compress(body)


def unpack(packed: bytes) -> bytes:
    """The bytes as they were."""
    return zstandard.ZstdDecompressor().decompress(packed)


def keep_fetch(connection: Connection, page_id: int, run_id: int, page: Page) -> int:
    """Keep a fetched page raw as its page's last, and return the fetch's id; the same fetch again is the row there is."""
    table = fetch_table.c
    known = connection.scalar(select(table.id).where(table.page_id == page_id, table.fetched_at == page.fetched_at))
    if known is not None:
        return int(known)
    facts: dict[str, Any] = {
        "url": page.url,
        "chain": list(page.chain),
        "status": page.status,
        "headers": [list(header) for header in page.headers],
        "fetched_at": page.fetched_at,
        "elapsed": page.elapsed,
        "raw_body_id": _keep_body(connection, page),
    }
    new = insert(fetch_table).values(page_id=page_id, run_id=run_id, **facts).returning(table.id)
    fetch_id = int(connection.execute(new).scalar_one())
    connection.execute(page_table.update().where(page_table.c.id == page_id).values(fetch_id=fetch_id))
    return fetch_id


def _keep_body(connection: Connection, page: Page) -> int:
    table, key = raw_table.c, body_hash(page.body)
    known = connection.execute(select(table.id, table.body.is_(None).label("pruned")).where(table.hash == key)).first()
    if known is not None:
        if known.pruned:
            anew = {"encoding": "zstd", "body": pack(page.body), "stored_at": page.fetched_at}
            connection.execute(raw_table.update().where(table.id == known.id).values(**anew))
        return int(known.id)
    facts = {"hash": key, "size": len(page.body), "encoding": "zstd", "body": pack(page.body), "stored_at": page.fetched_at}
    return int(connection.execute(insert(raw_table).values(**facts).returning(table.id)).scalar_one())


def raw_page(connection: Connection, page_id: int) -> Page:
    """The page as last kept raw.

    Raises:
        NotFound: no such page, nothing of it was kept, or it was pruned.
    """
    return _read(
        connection, connection.scalar(select(page_table.c.fetch_id).where(page_table.c.id == page_id)), f"page {page_id}"
    )


def raw_article(connection: Connection, article_id: int) -> Page:
    """The page that an article's current revision was cleaned from.

    Raises:
        NotFound: no such article, or its raw body was pruned.
    """
    current = (article_table.c.id == revision_table.c.article_id) & (article_table.c.revision == revision_table.c.number)
    query = select(revision_table.c.fetch_id).join(article_table, current).where(article_table.c.id == article_id)
    return _read(connection, connection.scalar(query), f"article {article_id}")


def raw_pages(
    reading: Callable[[], AbstractContextManager[Connection]],
    *,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
) -> Iterator[Page]:
    """Every fetch whose body is kept, in the order they were kept; each piece of them in a transaction of its own.

    Args:
        reading: opens a transaction that reads: `Store.reading`.
        source: only of this source.
        since: only fetched from then on.
        until: only fetched before then.
        limit: at most so many.
    """
    table, last, left = fetch_table.c, 0, limit
    query = select(fetch_table, raw_table.c.body).join(raw_table, raw_table.c.id == table.raw_body_id)
    if source is not None:
        query = query.join(page_table, page_table.c.id == table.page_id).where(page_table.c.source == source)
    if since is not None:
        query = query.where(table.fetched_at >= since)
    if until is not None:
        query = query.where(table.fetched_at < until)
    while left is None or left > 0:
        size = _PIECE if left is None else min(left, _PIECE)
        with reading() as connection:
            rows = connection.execute(query.where(table.id > last).order_by(table.id).limit(size)).all()
        yield from (_page(row) for row in rows if row.body is not None)
        if len(rows) < size:
            return
        last, left = rows[-1].id, None if left is None else left - len(rows)


def _read(connection: Connection, fetch_id: int | None, what: str) -> Page:
    table = fetch_table.c
    query = select(fetch_table, raw_table.c.body).join(raw_table, raw_table.c.id == table.raw_body_id).where(table.id == fetch_id)
    row = connection.execute(query).first() if fetch_id is not None else None
    if row is None or row.body is None:
        raise NotFound(f"no raw body is kept of {what}")
    return _page(row)


def _page(row: Row[Any]) -> Page:
    return Page(
        url=row.url,
        chain=tuple(row.chain),
        status=row.status,
        headers=tuple((name, value) for name, value in row.headers),
        body=unpack(row.body),
        fetched_at=row.fetched_at,
        elapsed=row.elapsed,
    )
