"""Raw bodies: pages as served, packed with zstd, each body once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select

from model.errors import NotFound
from model.fingerprints import body_hash
from model.page import Origin, Page
from storage.packing import Packed, pack, pack_page, unpack
from storage.prepared import Prepared
from storage.tables import article as article_table
from storage.tables import page as page_table
from storage.tables import page_fetch as fetch_table
from storage.tables import raw_body as raw_table
from storage.tables import raw_dictionary as dictionary_table
from storage.tables import revision as revision_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sqlalchemy import Connection, Row

#: Pages read in one transaction.
_PIECE = 50
#: Bodies with what they were packed with.
_PACKED = raw_table.outerjoin(dictionary_table, dictionary_table.c.id == raw_table.c.dictionary_id)
_BYTES = (raw_table.c.body, dictionary_table.c.body.label("dictionary"))

# Made once, as in `storage.visits`.
_FETCH = Prepared(
    select(fetch_table.c.id).where(fetch_table.c.page_id == bindparam("of"), fetch_table.c.fetched_at == bindparam("then"))
)
_NEW_FETCH = Prepared(insert(fetch_table).returning(fetch_table.c.id))
_LAST = Prepared(page_table.update().where(page_table.c.id == bindparam("of")))
_KNOWN_BODY = Prepared(
    select(raw_table.c.id, raw_table.c.body.is_(None).label("pruned")).where(raw_table.c.hash == bindparam("wanted"))
)
_NEW_BODY = Prepared(insert(raw_table).returning(raw_table.c.id))
_BODY_ANEW = Prepared(raw_table.update().where(raw_table.c.id == bindparam("of")))


def keep_fetch(connection: Connection, page_id: int, run_id: int, page: Page) -> int:
    """Keep a fetched page raw, with its parts, as its page's last, and return the fetch's id.

    The same fetch again is the row there is.
    """
    known = _FETCH.scalar(connection, {"of": page_id, "then": page.fetched_at})
    if known is not None:
        return int(known)
    fetch_id = keep_first(connection, page_id, run_id, page)
    _LAST.run(connection, {"of": page_id, "fetch_id": fetch_id})
    return fetch_id


def keep_first(connection: Connection, page_id: int, run_id: int, page: Page) -> int:
    """The same for a page of which no fetch was ever kept; the caller writes the fetch's id into the page's row."""
    fetch_id = _insert_fetch(connection, page_id, run_id, page)
    for number, part in enumerate(page.parts, 2):
        _insert_fetch(connection, page_id, run_id, part, first_id=fetch_id, number=number)
    return fetch_id


def _insert_fetch(
    connection: Connection, page_id: int, run_id: int, page: Page, *, first_id: int | None = None, number: int = 1
) -> int:
    facts: dict[str, Any] = {
        "url": page.url,
        "chain": list(page.chain),
        "status": page.status,
        "headers": [list(header) for header in page.headers],
        "fetched_at": page.fetched_at,
        "elapsed": page.elapsed,
        "raw_body_id": keep_body(connection, page.body, page.fetched_at, page_id),
        "origin": page.origin.value,
        "first_id": first_id,
        "part": number,
        "missing": page.missing,
    }
    return int(_NEW_FETCH.scalar(connection, {"page_id": page_id, "run_id": run_id, **facts}))


def keep_body(connection: Connection, body: bytes, at: datetime, page_id: int | None = None) -> int:
    """Keep bytes, and return their row's id; equal ones are kept once.

    Args:
        connection: an open transaction.
        body: the bytes.
        at: when they came.
        page_id: the page they are, to be packed with others of its source; None: they are something else.
    """
    key = body_hash(body)
    known = _KNOWN_BODY.first(connection, {"wanted": key})
    if known is not None and not known.pruned:
        return int(known.id)
    packed = pack_page(connection, page_id, body, key, at) if page_id is not None else Packed(pack(body), None)
    facts = {"encoding": "zstd", "stored_at": at, **packed._asdict()}
    if known is not None:
        _BODY_ANEW.run(connection, {"of": known.id, **facts})
        return int(known.id)
    return int(_NEW_BODY.scalar(connection, {"hash": key, "size": len(body), **facts}))


def feed_text(connection: Connection, page_id: int) -> str:
    """The article's text as its feed carries it, HTML.

    Raises:
        NotFound: no feed does, or it was pruned.
    """
    query = select(*_BYTES).select_from(_PACKED).join(page_table, page_table.c.feed_body_id == raw_table.c.id)
    row = connection.execute(query.where(page_table.c.id == page_id)).first()
    if row is None or row.body is None:
        raise NotFound(f"no feed carries the text of page {page_id}")
    return unpack(row.body, row.dictionary).decode("utf8")


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
    """Every fetch whose body is kept, each part for itself, in the order they were kept.

    Each piece of them is read in a transaction of its own.

    Args:
        reading: opens a transaction that reads: `Store.reading`.
        source: only of this source.
        since: only fetched from then on.
        until: only fetched before then.
        limit: at most so many.
    """
    table, last, left = fetch_table.c, 0, limit
    query = select(fetch_table, *_BYTES).join(_PACKED, raw_table.c.id == table.raw_body_id)
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
    """A fetch with its parts; one whose part was pruned is as good as pruned."""
    table = fetch_table.c
    query = select(fetch_table, *_BYTES).join(_PACKED, raw_table.c.id == table.raw_body_id)
    asked = query.where((table.id == fetch_id) | (table.first_id == fetch_id)).order_by(table.part)
    rows = connection.execute(asked).all() if fetch_id is not None else []
    if not rows or any(row.body is None for row in rows):
        raise NotFound(f"no raw body is kept of {what}")
    return replace(_page(rows[0]), parts=tuple(map(_page, rows[1:])))


def _page(row: Row[Any]) -> Page:
    return Page(
        url=row.url,
        chain=tuple(row.chain),
        status=row.status,
        headers=tuple((name, value) for name, value in row.headers),
        body=unpack(row.body, row.dictionary),
        fetched_at=row.fetched_at,
        elapsed=row.elapsed,
        origin=Origin(row.origin),
        missing=row.missing,
    )
