"""Pages as a fetcher would bring them, and a fetcher that brings them from memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from model.errors import BadStatus, FetchError
from model.page import NotModified, Page, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = datetime(2024, 6, 1, tzinfo=UTC)


def served(
    body: bytes, kind: str = "application/xml", url: str = "http://news.example/feeds/feed.xml", etag: str | None = None
) -> Page:
    headers = (("content-type", kind), *((("etag", etag),) if etag else ()))
    return Page(url=url, chain=(url,), status=200, headers=headers, body=body, fetched_at=NOW, elapsed=0.01)


@dataclass
class Site:
    """A fetcher over documents in memory; answers 304 where the validators fit and 404 where there is nothing."""

    documents: dict[str, bytes | FetchError]
    kinds: Mapping[str, str] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)
    #: Address -> where it has moved for good.
    moved: dict[str, str] = field(default_factory=dict)
    robots: tuple[str, ...] | FetchError = ()
    #: Addresses asked, in order.
    asked: list[str] = field(default_factory=list)

    async def fetch(self, request: Request) -> Page | NotModified:
        self.asked.append(request.url)
        document = self.documents.get(request.url, BadStatus(request.url, status=404))
        if isinstance(document, FetchError):
            raise document
        moved_to = self.moved.get(request.url)
        url = moved_to or request.url
        etag = self.etags.get(url)
        if etag is not None and request.validators.etag == etag:
            return NotModified(url=url, chain=(request.url,), fetched_at=NOW, elapsed=0.01)
        page = served(document, self.kinds.get(url, "text/html; charset=utf-8"), url, etag)
        return replace(page, moved_to=moved_to)

    async def sitemaps(self, _url: str) -> tuple[str, ...]:
        if isinstance(self.robots, FetchError):
            raise self.robots
        return self.robots


def decode(body: bytes, content_type: str | None) -> str:
    return body.decode("utf-8", "replace")
