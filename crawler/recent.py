"""Scripts that pages loaded lately, so that a site's own are asked for once and not with each of its pages."""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.page import Page

#: Bytes of all together and of one, and seconds for which one is good.
_MAX_BYTES: Final = 32_000_000
_MAX_ONE: Final = 4_000_000
_FRESH: Final = 3_600.0
#: Directives (RFC 9111) by which a server wants to be asked each time.
_NOT_KEPT = re.compile(r"\b(?:no-store|no-cache|private|max-age\s*=\s*0\b)", re.IGNORECASE)


class Recent:
    """Answers by address; the ones used longest ago go first.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Page]] = OrderedDict()
        self._bytes = 0

    def get(self, url: str) -> Page | None:
        """What an address gave, or None where that is not known or too old."""
        if url not in self._kept:
            return None
        since, page = self._kept[url]
        if since + _FRESH <= self._clock():
            self._drop(url)
            return None
        self._kept.move_to_end(url)
        return page

    def keep(self, url: str, page: Page) -> None:
        """Keep an answer, where its server lets us."""
        if len(page.body) > _MAX_ONE or _NOT_KEPT.search(page.header("cache-control") or ""):
            return
        if url in self._kept:
            self._drop(url)
        self._kept[url] = (self._clock(), page)
        self._bytes += len(page.body)
        while self._bytes > _MAX_BYTES:
            self._drop(next(iter(self._kept)))

    def _drop(self, url: str) -> None:
        _, page = self._kept.pop(url)
        self._bytes -= len(page.body)
