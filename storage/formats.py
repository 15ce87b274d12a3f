"""Articles as files: JSON Lines, CSV, Parquet. Streaming: memory does not grow with the archive."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from datetime import datetime
from importlib.util import find_spec
from io import TextIOWrapper
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final

from model.errors import StorageError
from storage.kinds import COLUMNS, Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from storage.answers import StoredArticle

#: Spreadsheets take a cell that begins so for a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
#: Rows of one Parquet row group.
_GROUP = 1000


def export(kind: str, articles: Iterable[StoredArticle], stream: IO[bytes]) -> int:
    """Write articles to a binary stream, which stays open, and return how many.

    Args:
        kind: ``jsonl``, ``csv`` or ``parquet``.
        articles: as `Store.articles` gives them.
        stream: where to.

    Raises:
        StorageError: no such format, or pyarrow is not installed.
    """
    if kind not in WRITERS:
        raise StorageError(f"no format {kind!r}; there are {', '.join(WRITERS)}")
    return WRITERS[kind](articles, stream)


def _json_lines(articles: Iterable[StoredArticle], stream: IO[bytes]) -> int:
    count = 0
    for count, article in enumerate(articles, 1):  # noqa: B007 - counted, and 0 where there are none
        stream.write(json.dumps(asdict(article), ensure_ascii=False, default=_moment).encode() + b"\n")
    return count


def _csv(articles: Iterable[StoredArticle], stream: IO[bytes]) -> int:
    count = 0
    text = TextIOWrapper(stream, encoding="utf8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for count, article in enumerate(articles, 1):  # noqa: B007 - counted, and 0 where there are none
        writer.writerow([_cell(getattr(article, name)) for name in COLUMNS])
    text.detach()
    return count


def _cell(value: object) -> str | int | float | None:
    """A value as a cell: lists apart by "; ", text that would be a formula behind an apostrophe."""
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, tuple):
        value = "; ".join(value)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return value if isinstance(value, (int, float)) else None


def _moment(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def _parquet(articles: Iterable[StoredArticle], stream: IO[bytes]) -> int:
    if find_spec("pyarrow") is None:
        raise StorageError("Parquet needs pyarrow: pip install 'newsmill[parquet]'")
    import pyarrow as pa
    from pyarrow import parquet as pq

    schema = pa.schema([(name, _arrow(pa, name)) for name in COLUMNS])
    count = 0
    with pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        for group in _groups(articles):
            writer.write_table(pa.Table.from_pylist([asdict(article) for article in group], schema=schema))
            count += len(group)
    return count


def _arrow(pa: Any, name: str) -> Any:  # noqa: ANN401 - pyarrow has no types
    return {
        Kind.LIST: pa.list_(pa.string()),
        Kind.WHOLE: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.MOMENT: pa.timestamp("us", tz="UTC"),
        Kind.FLAG: pa.bool_(),
        Kind.WORDS: pa.string(),
    }[kind_of(name)]


def _groups(articles: Iterable[StoredArticle]) -> Iterator[list[StoredArticle]]:
    iterator = iter(articles)
    while group := list(islice(iterator, _GROUP)):
        yield group


WRITERS: Final[dict[str, Callable[[Iterable[StoredArticle], IO[bytes]], int]]] = {
    "jsonl": _json_lines,
    "csv": _csv,
    "parquet": _parquet,
}
