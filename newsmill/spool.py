"""Pages of an archive set aside until all of it was read, since an article's parts may lie anywhere in it.

Set aside are pages that lead on to a further part, and pages whose address could be such a part's; few of all. They wait in
a temporary file, and only where they are in it is kept in memory.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import zstandard

from crawler.parts import further, may_be_part
from model.urls import identity
from newsmill.gathering import MOST_PARTS
from newsmill.polling import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from types import TracebackType

    from model.page import Page


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page is in the file, and when it was fetched."""

    start: int
    size: int
    fetched_at: datetime


def leads_on(page: Page) -> bool:
    """Whether a page, read as the first of an article, leads to a further part."""
    return further(page, text_of, first=page.url, number=1) is not None


class Spool:
    """The pages set aside; a context manager."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="newsmill-")  # noqa: SIM115 - closed by __exit__
        self._end = 0
        #: `identity` of a page -> its captures.
        self._places: dict[str, list[_Place]] = {}
        self._ranks: tuple[list[str], list[str], list[str]] = ([], [], [])
        self._parts: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._file.close()

    def put(self, page: Page, *, leads_on: bool) -> None:
        """Set a page aside."""
        body = zstandard.compress(pickle.dumps(page, pickle.HIGHEST_PROTOCOL), level=1)
        self._file.write(body)
        self._file.flush()
        key = identity(page.url)
        if key not in self._places:
            rank = 0 if not may_be_part(page.url) else 1 if leads_on else 2
            self._ranks[rank].append(key)
        self._places.setdefault(key, []).append(_Place(self._end, len(body), page.fetched_at))
        self._end += len(body)

    def rank(self, number: int) -> Iterator[Page]:
        """The pages of one rank: 0, those that are surely no parts; 1, those that lead on; 2, the rest."""
        for key in self._ranks[number]:
            for place in sorted(self._places[key], key=lambda place: place.fetched_at):
                yield self._read(place)

    def is_part(self, page: Page) -> bool:
        """Whether an article claimed the page."""
        return identity(page.url) in self._parts

    def get(self, url: str, near: datetime) -> Page | None:
        """The page at an address, of several captures the one nearest in time; None where there is none."""
        places = self._places.get(identity(url))
        return self._read(min(places, key=lambda place: abs(place.fetched_at - near))) if places else None

    def claim(self, first: Page) -> int:
        """Note that what an article's first page leads to are its parts, all captures of them; how many pages these are."""
        claimed = 0
        passed = {identity(first.url)}
        last, number = first, 1
        for _ in range(2 * MOST_PARTS):
            found = further(last, text_of, first=first.url, number=number, passed=frozenset(passed))
            if found is None:
                break
            key = identity(found.url)
            passed.add(key)
            claimed += 0 if key in self._parts else len(self._places.get(key, ()))
            self._parts.add(key)
            if found.whole:
                continue
            part = self.get(found.url, first.fetched_at)
            if part is None:
                break
            last, number = part, number + 1
        return claimed

    def _read(self, place: _Place) -> Page:
        body = os.pread(self._file.fileno(), place.size, place.start)  # threads read at a time
        page: Page = pickle.loads(zstandard.decompress(body))  # noqa: S301 - written by `put`
        return page
