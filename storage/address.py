"""Database addresses as people write them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from model.errors import StorageError

if TYPE_CHECKING:
    from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a database is."""

    url: URL
    #: The file, for SQLite.
    path: Path | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``sqlite:///path``, a bare path, ``postgresql://...`` or ``postgres://...``.

        Raises:
            StorageError: none of these.
        """
        if "://" not in text:
            return cls._sqlite(text)
        try:
            url = make_url(text)
        except ArgumentError as error:
            raise StorageError(f"not a database address: {text!r} ({error})") from error
        backend = url.drivername.partition("+")[0]
        if backend == "sqlite":
            return cls._sqlite(url.database or "")
        if backend in {"postgresql", "postgres"}:
            return cls(url=url.set(drivername="postgresql+psycopg"), path=None)
        raise StorageError(f"not a database newsmill knows: {backend}; use sqlite:///file.db or postgresql://host/name")

    @classmethod
    def _sqlite(cls, name: str) -> Self:
        if name in {"", ":memory:"}:
            raise StorageError("newsmill keeps its database in a file: name one, as in sqlite:///news.db")
        path = Path(name).expanduser().absolute()
        return cls(url=URL.create("sqlite", database=str(path)), path=path)

    def __str__(self) -> str:
        return str(self.path) if self.path else self.url.set(drivername="postgresql").render_as_string(hide_password=True)
