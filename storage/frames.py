"""Articles as tables of pandas or polars: the doors to both, neither of which is needed otherwise."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from model.errors import StorageError
from storage import reading
from storage.kinds import COLUMNS, Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    import pandas as pd
    import polars as pl
    from sqlalchemy import Connection

    from storage.answers import StoredArticle

#: What pandas calls columns that may be empty without becoming something else.
_PANDAS = {
    Kind.WORDS: "string",
    Kind.WHOLE: "Int64",
    Kind.NUMBER: "Float64",
    Kind.FLAG: "boolean",
    Kind.MOMENT: "datetime64[us, UTC]",
    Kind.LIST: "object",
}


class Articles:
    """Articles of a query, by rising id: to go through as often as wanted, or to take whole as a table.

    Args:
        reader: opens a transaction that reads: `Store.reading`.
        wanted: which ones.
        since_id: only with a greater id.
        limit: at most so many.
    """

    def __init__(
        self,
        reader: Callable[[], AbstractContextManager[Connection]],
        wanted: reading.Filter,
        *,
        since_id: int = 0,
        limit: int | None = None,
    ) -> None:
        self._reader, self._wanted, self._since_id, self._limit = reader, wanted, since_id, limit

    def __iter__(self) -> Iterator[StoredArticle]:
        """One after the other, in pieces: memory does not grow with the archive."""
        return reading.articles(self._reader, self._wanted, since_id=self._since_id, limit=self._limit)

    def to_pandas(self) -> pd.DataFrame:
        """All of them as a DataFrame of pandas, a column for each of the view; lists are Python lists.

        Raises:
            StorageError: pandas is not installed.
        """
        _need("pandas")
        import pandas as pd

        kinds = {name: _PANDAS[kind_of(name)] for name in COLUMNS}
        return pd.DataFrame(self._columns(), columns=list(COLUMNS)).astype(kinds)

    def to_polars(self) -> pl.DataFrame:
        """All of them as a DataFrame of polars, a column for each of the view.

        Raises:
            StorageError: polars is not installed.
        """
        _need("polars")
        import polars as pl

        kinds: dict[Kind, Any] = {
            Kind.WORDS: pl.String,
            Kind.WHOLE: pl.Int64,
            Kind.NUMBER: pl.Float64,
            Kind.FLAG: pl.Boolean,
            Kind.MOMENT: pl.Datetime("us", "UTC"),
            Kind.LIST: pl.List(pl.String),
        }
        return pl.DataFrame(self._columns(), schema={name: kinds[kind_of(name)] for name in COLUMNS})

    def _columns(self) -> dict[str, list[Any]]:
        columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
        for article in self:
            for name, values in columns.items():
                value = getattr(article, name)
                values.append(list(value) if isinstance(value, tuple) else value)
        return columns


def _need(library: str) -> None:
    if find_spec(library) is None:
        raise StorageError(f"a table of {library} needs {library}: pip install 'newsmill[{library}]'")
