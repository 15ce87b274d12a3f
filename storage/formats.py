"""Articles as files: JSON Lines, CSV, Parquet. Streaming: memory does not grow with the archive."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, fields
from datetime import datetime
from importlib.util import find_spec
from io import TextIOWrapper
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final

from model.errors import StorageError
from storage.values import StoredArticle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

#: Spreadsheets take a cell that begins so for a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
#: Rows of one Parquet row group.
_GROUP = 1000
_COLUMNS: Final = tuple(field.name for field in fields(StoredArticle))
_LISTS = ("authors", "tags", "url_chain", "http_headers")
_WHOLE = frozenset(
    "id word_count revision parts duplicates duplicate_of http_status raw_body_id memory_pages blocks blocks_kept".split()  # noqa: SIM905 - reads better
)
_NUMBERS = ("doubt", "fetch_seconds")


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
    writer.writerow(_COLUMNS)
    for count, article in enumerate(articles, 1):  # noqa: B007 - counted, and 0 where there are none
        writer.writerow([_cell(getattr(article, name)) for name in _COLUMNS])
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

    schema = pa.schema([(name, _arrow(pa, name)) for name in _COLUMNS])
    count = 0
    with pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        for group in _groups(articles):
            writer.write_table(pa.Table.from_pylist([asdict(article) for article in group], schema=schema))
            count += len(group)
    return count


def _arrow(pa: Any, name: str) -> Any:  # noqa: ANN401 - pyarrow has no types
    if name in _LISTS:
        return pa.list_(pa.string())
    if name in _WHOLE:
        return pa.int64()
    if name.endswith("_at") or name in {"published", "modified"}:
        return pa.timestamp("us", tz="UTC")
    if name in _NUMBERS:
        return pa.float64()
    return pa.bool_() if name == "paywalled" else pa.string()


def _groups(articles: Iterable[StoredArticle]) -> Iterator[list[StoredArticle]]:
    iterator = iter(articles)
    while group := list(islice(iterator, _GROUP)):
        yield group


WRITERS: Final[dict[str, Callable[[Iterable[StoredArticle], IO[bytes]], int]]] = {
    "jsonl": _json_lines,
    "csv": _csv,
    "parquet": _parquet,
}
