"""A whole database into an empty one, of either kind: one transaction, checked row by row before it is committed.

A copy that is ended early, however it is, leaves the target empty: it is begun again. Rows stream, so that memory does not
grow with the archive. Full-text search is no copy of bytes: each kind of database builds its own from the same words.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import LargeBinary, bindparam, func, insert, select, text

from model.errors import DatabaseMissing, SchemaMismatch, StorageError
from storage import fulltext
from storage.address import Address
from storage.migrate import upgrade
from storage.store import open_store
from storage.tables import article as article_table
from storage.tables import metadata
from storage.tables import revision as revision_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import Column, Connection, Row, Select, Table

    #: Told now and then: the table, its rows done, its rows in all.
    Watch = Callable[[str, int, int], None]

#: Rows handed on at a time; fewer where each may hold megabytes.
_ROWS, _LARGE_ROWS = 200, 16
#: The full-text index, and how many articles are in it.
SEARCH: Final = "article_search"
_INDEXED = {"sqlite": "SELECT count(*) FROM article_search_docsize", "postgresql": "SELECT count(*) FROM article_search"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What a table holds: how many rows, and a sum of their hashes, which does not depend on their order."""

    rows: int = 0
    total: int = 0

    def with_row(self, row: Row[Any]) -> Digest:
        """The digest with one more row."""
        plain = json.dumps(list(row), default=_plain, sort_keys=True).encode()
        number = int.from_bytes(hashlib.blake2b(plain, digest_size=16).digest(), "big")
        return Digest(rows=self.rows + 1, total=(self.total + number) % (1 << 128))


def copy(source_url: str, target_url: str, *, watch: Watch = lambda *_: None) -> Mapping[str, int]:
    """Copy everything; table -> rows copied.

    Args:
        source_url: a database of this version's schema; only read, others may write to it meanwhile.
        target_url: one that is not there yet, or that holds nothing.
        watch: called now and then with a table, its rows done and its rows in all.

    Raises:
        StorageError: the target holds something, or the copy is not what the source was; nothing of it is kept then.
        DatabaseMissing: there is no source, or no such PostgreSQL database.
        DatabaseUnavailable: one of them cannot be reached, or the target's disk is full.
    """
    if Address.parse(source_url).url == Address.parse(target_url).url:
        raise StorageError("a database cannot be copied into itself")
    with open_store(source_url, readonly=True) as source:
        _refuse_filled(target_url)
        upgrade(target_url)
        with open_store(target_url) as target, source.snapshot() as reading, target.writing() as writing:
            _refuse_rows(writing, str(target.address))
            copied = {table.name: _copy_table(table, reading, writing, watch) for table in metadata.sorted_tables}
            indexed = _index(reading, writing, watch)
            _check(copied, indexed, writing, watch)
            _count_rows(writing)
    return {name: digest.rows for name, digest in copied.items()}


def _refuse_filled(url: str) -> None:
    """Look at the target before anything is made there."""
    try:
        with open_store(url, readonly=True) as target, target.reading() as connection:
            _refuse_rows(connection, str(target.address))
    except DatabaseMissing:
        return
    except SchemaMismatch as error:
        raise StorageError(f"the target holds a database already: {error}") from error


def _refuse_rows(connection: Connection, address: str) -> None:
    for table in metadata.sorted_tables:
        if connection.execute(select(table).limit(1)).first() is not None:
            raise StorageError(f"{address} is not empty (table {table.name}); name a database that holds nothing")


def _copy_table(table: Table, source: Connection, target: Connection, watch: Watch) -> Digest:
    """Copy one table's rows; a column that names rows of the same table is filled in once all are there."""
    total = source.scalar(select(func.count()).select_from(table)) or 0
    own = [column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    digest = Digest()
    for rows in _pieces(table, source):
        for row in rows:
            digest = digest.with_row(row)
        values = [{**row._mapping, **dict.fromkeys((column.name for column in own), None)} for row in rows]  # noqa: SLF001 - SQLAlchemy's public name
        target.execute(insert(table), values)
        watch(table.name, digest.rows, total)
    for column in own:
        _fill_in(table, column, source, target)
    _restart_numbers(table, target)
    return digest


def _pieces(table: Table, connection: Connection) -> Iterator[Sequence[Row[Any]]]:
    large = any(isinstance(column.type, LargeBinary) for column in table.columns)
    return _streamed(connection, select(table).order_by(*table.primary_key), _LARGE_ROWS if large else _ROWS)


def _streamed(connection: Connection, query: Select[Any], size: int) -> Iterator[Sequence[Row[Any]]]:
    with connection.execute(query, execution_options={"yield_per": size}) as result:
        yield from result.partitions(size)


def _fill_in(table: Table, column: Column[Any], source: Connection, target: Connection) -> None:
    key = next(iter(table.primary_key.columns))
    change = table.update().where(key == bindparam("row")).values({column.name: bindparam("names")})
    query = select(key, column).where(column.is_not(None))
    for rows in _streamed(source, query, _ROWS):
        target.execute(change, [dict(zip(("row", "names"), row, strict=True)) for row in rows])


def _restart_numbers(table: Table, target: Connection) -> None:
    """PostgreSQL numbers rows by a sequence, which knows nothing of rows that brought their number; SQLite looks."""
    key = next(iter(table.primary_key.columns))
    if target.dialect.name != "postgresql" or table.autoincrement_column is not key:
        return
    names = {"table": table.name, "column": key.name}
    if target.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), names) is not None:
        top = target.scalar(select(func.max(key)))
        reset = text("SELECT setval(pg_get_serial_sequence(:table, :column), :top, :used)")
        target.execute(reset, {**names, "top": top or 1, "used": top is not None})


def _index(source: Connection, target: Connection, watch: Watch) -> int:
    """Build the target's full-text index; how many articles there are."""
    a, r = article_table.c, revision_table.c
    total = source.scalar(select(func.count()).select_from(article_table)) or 0
    query = select(a.id, r.title, r.text).join(revision_table, (r.article_id == a.id) & (r.number == a.revision)).order_by(a.id)
    done = 0
    for rows in _streamed(source, query, _ROWS):
        fulltext.add_all(target, [(row.id, row.title, row.text) for row in rows])
        done += len(rows)
        watch(SEARCH, done, total)
    return done


def _count_rows(target: Connection) -> None:
    """PostgreSQL plans by how many rows a table has; by itself it counts them a minute later, and reads slowly until then."""
    if target.dialect.name == "postgresql":
        target.execute(text(f"ANALYZE {', '.join([*metadata.tables, SEARCH])}"))


def _check(copied: Mapping[str, Digest], indexed: int, target: Connection, watch: Watch) -> None:
    """Read the target back and compare.

    Raises:
        StorageError: it is not what was read from the source.
    """
    for table in metadata.sorted_tables:
        there, wanted = Digest(), copied[table.name]
        for rows in _pieces(table, target):
            for row in rows:
                there = there.with_row(row)
            watch(f"{table.name} checked", there.rows, wanted.rows)
        if there != wanted:
            told = f"{there.rows} rows of {wanted.rows}" if there.rows != wanted.rows else "its contents differ"
            raise StorageError(f"table {table.name} is not what it was: {told}")
    found = target.scalar(text(_INDEXED[target.dialect.name]))
    if found != indexed:
        raise StorageError(f"full-text search knows {found} articles of {indexed}")


def _plain(value: object) -> str:
    """Moments and bytes as JSON has none of them."""
    if isinstance(value, (bytes, memoryview)):
        return hashlib.blake2b(value, digest_size=32).hexdigest()
    return str(value)
