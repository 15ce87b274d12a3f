"""Whether a database holds together: what is checked, and how many rows are wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import zstandard
from sqlalchemy import select, text

from model.fingerprints import body_hash, text_hash
from storage.packing import unpack
from storage.tables import raw_body as raw_table
from storage.tables import raw_dictionary as dictionary_table
from storage.tables import revision as revision_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

#: Rows read in one transaction.
_CHUNK = 200
#: The full-text index's own list of the articles in it.
_INDEXED = {"sqlite": "SELECT id FROM article_search_docsize", "postgresql": "SELECT article_id FROM article_search"}

#: What must not be -> a query that counts it; ``{indexed}`` is the query above.
WRONG: Final = {
    "articles without a current text": """SELECT count(*) FROM article a
        WHERE NOT EXISTS (SELECT 1 FROM revision r WHERE r.article_id = a.id AND r.number = a.revision)""",
    "articles with other than so many revisions as they say": """SELECT count(*) FROM article a
        WHERE a.revision <> (SELECT count(*) FROM revision r WHERE r.article_id = a.id)""",
    "articles whose hash is not their text's": """SELECT count(*) FROM article a
        JOIN revision r ON r.article_id = a.id AND r.number = a.revision WHERE r.text_hash <> a.text_hash""",
    "articles whose state is not their current revision's": """SELECT count(*) FROM article a
        JOIN revision r ON r.article_id = a.id AND r.number = a.revision WHERE r.state IS NULL
        OR r.state <> CASE WHEN a.gone_at IS NOT NULL THEN 'gone' WHEN a.paywalled THEN 'paywalled' ELSE 'public' END""",
    "copies of what is itself a copy": """SELECT count(*) FROM article a
        JOIN article o ON o.id = a.duplicate_of WHERE o.duplicate_of IS NOT NULL""",
    "copies that have nothing in common with their original": """SELECT count(*) FROM article a WHERE a.duplicate_of IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM likeness l WHERE l.article_id = a.id AND l.other_id = a.duplicate_of AND l.joins)""",
    "articles without a signature": """SELECT count(*) FROM article a
        WHERE NOT EXISTS (SELECT 1 FROM signature s WHERE s.article_id = a.id)""",
    "pairs of like articles that stand one way round only": """SELECT count(*) FROM likeness l
        WHERE NOT EXISTS (SELECT 1 FROM likeness m WHERE m.article_id = l.other_id AND m.other_id = l.article_id)""",
    "stored pages without their article": """SELECT count(*) FROM page p
        WHERE (p.status = 'stored' AND p.article_id IS NULL)
        OR (p.article_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM article a WHERE a.id = p.article_id))""",
    "pages whose last fetch is not there": """SELECT count(*) FROM page p
        WHERE p.fetch_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM page_fetch f WHERE f.id = p.fetch_id)""",
    "raw bodies packed with a page that is not there": """SELECT count(*) FROM raw_body b
        WHERE b.dictionary_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM raw_dictionary d WHERE d.id = b.dictionary_id)""",
    "parts of articles without their first page, or twice": """SELECT count(*) FROM page_fetch f WHERE f.first_id IS NOT NULL
        AND (NOT EXISTS (SELECT 1 FROM page_fetch o WHERE o.id = f.first_id AND o.first_id IS NULL AND o.page_id = f.page_id)
        OR EXISTS (SELECT 1 FROM page_fetch d WHERE d.first_id = f.first_id AND d.part = f.part AND d.id <> f.id))""",
    "pages whose feed's text is not there": """SELECT count(*) FROM page p
        WHERE p.feed_body_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM raw_body b WHERE b.id = p.feed_body_id)""",
    "articles that full-text search does not know": """SELECT count(*) FROM article a
        WHERE NOT EXISTS (SELECT 1 FROM ({indexed}) AS known WHERE known.{key} = a.id)""",
    "entries of full-text search without an article": """SELECT count(*) FROM ({indexed}) AS known
        WHERE NOT EXISTS (SELECT 1 FROM article a WHERE a.id = known.{key})""",
}
_KEY = {"sqlite": "id", "postgresql": "article_id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was checked."""

    #: What would be wrong.
    what: str
    wrong: int


def check(reading: Callable[[], AbstractContextManager[Connection]]) -> Iterator[Finding]:
    """Check everything, one finding after another; nothing is changed, and no writer is blocked."""
    with reading() as connection:
        yield from _engine(connection)
        for what in WRONG:
            yield Finding(what=what, wrong=int(connection.scalar(text(counting(what, connection.dialect.name))) or 0))
    yield Finding(what="raw bodies that are not what was fetched", wrong=_wrong_bodies(reading))
    yield Finding(what="texts that are not what was stored", wrong=_wrong_texts(reading))


def counting(what: str, dialect: str) -> str:
    """The query of `WRONG` in a database's own words."""
    return WRONG[what].replace("{indexed}", _INDEXED[dialect]).replace("{key}", _KEY[dialect])


def _engine(connection: Connection) -> Iterator[Finding]:
    """What SQLite can say of itself; PostgreSQL holds its foreign keys at every write."""
    if connection.dialect.name != "sqlite":
        return
    said = connection.execute(text("PRAGMA integrity_check(100)")).scalars().all()
    yield Finding(what="faults in the file", wrong=sum(line != "ok" for line in said))
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    yield Finding(what="rows that name a row that is not there", wrong=len(broken))


def _wrong_bodies(reading: Callable[[], AbstractContextManager[Connection]]) -> int:
    table, last, wrong = raw_table.c, 0, 0
    while True:
        query = select(table.id, table.hash, table.size, table.body, dictionary_table.c.body.label("dictionary"))
        query = query.outerjoin(dictionary_table, dictionary_table.c.id == table.dictionary_id)
        query = query.where(table.id > last, table.body.is_not(None))
        with reading() as connection:
            rows = connection.execute(query.order_by(table.id).limit(_CHUNK)).all()
        if not rows:
            return wrong
        wrong += sum(not _is_whole(row.body, row.dictionary, row.hash, row.size) for row in rows)
        last = rows[-1].id


def _is_whole(packed: bytes, dictionary: bytes | None, key: str, size: int) -> bool:
    try:
        body = unpack(packed, dictionary)
    except zstandard.ZstdError:
        return False
    return len(body) == size and body_hash(body) == key


def _wrong_texts(reading: Callable[[], AbstractContextManager[Connection]]) -> int:
    table, last, wrong = revision_table.c, 0, 0
    while True:
        query = select(table.id, table.text, table.text_hash).where(table.id > last).order_by(table.id).limit(_CHUNK)
        with reading() as connection:
            rows = connection.execute(query).all()
        if not rows:
            return wrong
        wrong += sum(text_hash(row.text) != row.text_hash for row in rows)
        last = rows[-1].id
