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
            StorageError: none of these, or a folder.
        """
        if "://" not in text:
            return cls._sqlite(text)
        try:
            url = make_url(text)
        except (ArgumentError, ValueError):  # not repeated: it may hold a password
            raise StorageError("not a database address; use sqlite:///file.db or postgresql://user@host/name") from None
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
        try:
            path = Path(name).expanduser().absolute()
        except RuntimeError as error:
            raise StorageError(f"{name}: {error}") from None
        if path.is_dir():
            raise StorageError(f"{path} is a folder; name a file in it, such as {path / 'newsmill.sqlite'}")
        return cls(url=URL.create("sqlite", database=str(path)), path=path)

    def __str__(self) -> str:
        return str(self.path) if self.path else self.url.set(drivername="postgresql").render_as_string(hide_password=True)
