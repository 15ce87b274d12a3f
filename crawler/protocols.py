"""What discovery asks of others, as protocols: a fetcher, and somebody who decodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from model.page import NotModified, Page, Request

#: Body and Content-Type header to text. Decoding lives with the cleaners; whoever joins the rooms hands it in.
Decode: TypeAlias = Callable[[bytes, str | None], str]


class Fetches(Protocol):
    """What discovery needs of `crawler.fetch.Fetcher`."""

    async def fetch(self, request: Request, /) -> Page | NotModified:
        """Get one page.

        Raises:
            FetchError: by its kind.
        """
        ...

    async def sitemaps(self, url: str, /) -> tuple[str, ...]:
        """The Sitemap lines of the robots.txt that governs an address."""
        ...
