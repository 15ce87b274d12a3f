"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), which feedparser does not know."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from crawler.dates import moment
from crawler.enclosed import as_html, bounded
from crawler.titles import plain
from model.errors import DiscoveryError
from model.source import Link
from model.urls import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from model.page import Page


class JsonFeed(NamedTuple):
    """What a JSON Feed says."""

    links: tuple[Link, ...]
    #: As written; "" where it names none.
    next_url: str


def is_json(page: Page) -> bool:
    """Whether a document is JSON by its type or its first character."""
    return "json" in page.content_type or page.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def read(page: Page) -> JsonFeed:
    """A JSON Feed's links, in its order, and the address of its further ones.

    Raises:
        DiscoveryError: not JSON, or no JSON Feed.
    """
    try:
        feed = json.loads(page.body.decode(json.detect_encoding(page.body), "replace"))
    except (ValueError, RecursionError) as error:
        raise DiscoveryError(page.url, f"not JSON: {error}") from error
    entries = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(entries, list):
        raise DiscoveryError(page.url, "JSON that is no JSON Feed")
    links = tuple(link for entry in entries if isinstance(entry, dict) for link in _link(entry, page))
    return JsonFeed(links=links, next_url=_text(feed, "next_url"))


def _link(entry: dict[str, Any], page: Page) -> Iterator[Link]:
    """The link of an entry; none where it has no address of its own."""
    address = _text(entry, "url")
    if not address and _text(entry, "id").startswith(("http://", "https://")):
        address = _text(entry, "id")
    if not address:
        return
    try:
        url = canonical(address, page.url)
    except ValueError:
        return
    yield Link(
        url=url,
        title=plain(_text(entry, "title")),
        published=_date(entry, "date_published", page.fetched_at),
        modified=_date(entry, "date_modified", page.fetched_at),
        authors=_authors(entry),
        content=bounded(_text(entry, "content_html") or as_html(_text(entry, "content_text"))),
    )


def _text(entry: dict[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def _date(entry: dict[str, Any], name: str, now: datetime) -> datetime | None:
    return moment(_text(entry, name), now)


def _authors(entry: dict[str, Any]) -> tuple[str, ...]:
    """Names from ``authors`` (1.1) or ``author`` (1.0)."""
    given = entry.get("authors")
    people = given if isinstance(given, list) else [entry.get("author")]
    names = (plain(_text(person, "name")) for person in people if isinstance(person, dict))
    return tuple(dict.fromkeys(name for name in names if name))
