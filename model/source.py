"""What the user asks for: sources, and the links found at their endpoints."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from model.access import Access

if TYPE_CHECKING:
    from datetime import datetime


class EndpointKind(StrEnum):
    """The kinds of page that list articles."""

    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """People's word about one site, as CSS selectors; it overrides every other evidence."""

    #: Elements that are never part of the article.
    remove: tuple[str, ...] = ()
    #: The element or elements that hold the body, joined in document order.
    body: str | None = None
    title: str | None = None
    authors: str | None = None
    published: str | None = None

    def __bool__(self) -> bool:
        return self != Rules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One news site as config.yaml names it."""

    name: str
    #: The home page, where feeds and sitemaps are discovered when none are given.
    url: str
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    #: How often endpoints are polled: an interval ("30m", "6h", "1d") or a cron line ("0 6 * * *", UTC).
    every: str = "1h"
    #: Regular expressions searched in the URL: when any are given, one must match.
    include: tuple[str, ...] = ()
    #: Regular expressions searched in the URL: none may match.
    exclude: tuple[str, ...] = ()
    #: ISO 639-1 code of the language the source writes in, when all of it does.
    language: str | None = None
    #: ISO 639-1 codes: when any are given, articles in other languages are not stored.
    languages: tuple[str, ...] = ()
    rules: Rules = field(default_factory=Rules)
    access: Access = field(default_factory=Access)
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A page of a source that lists articles."""

    source: str
    kind: EndpointKind
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An article's address as an endpoint gave it, with what the endpoint claims about it."""

    #: Canonical form (`model.urls.canonical`), absolute.
    url: str
    title: str | None = None
    published: datetime | None = None
    modified: datetime | None = None
    authors: tuple[str, ...] = ()
    #: The article's body as HTML, where a feed carries it whole or claims to; as written, not sanitised.
    content: str | None = field(default=None, repr=False)
