"""Sitemaps: urlset, index, Google News, plain text, gzipped, and broken ones.

One document at a time, streamed: the tree is taken apart as it grows, entities stay unread, the inflated size is capped.
Format: https://www.sitemaps.org/protocol.html and https://developers.google.com/search/docs/crawling-indexing/sitemaps.
"""

from __future__ import annotations

import gzip
import html
import io
import re
import zlib
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from crawler.dates import moment
from crawler.feeds import read_feed
from crawler.filters import unique
from crawler.titles import plain
from model.errors import DiscoveryError
from model.source import Link
from model.urls import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from model.page import Page

#: The protocol's own limits: addresses in one sitemap, bytes of one sitemap uncompressed.
MAX_LINKS = 50_000
MAX_BYTES = 50 * 1024 * 1024
#: Elements looked at in one document: 40 for each address is more than pictures and translations ever need.
MAX_ELEMENTS = 40 * MAX_LINKS

_STEP = 65_536
#: The protocol allows RSS and Atom in place of a sitemap.
_FEED = re.compile(rb"<(?:rss|feed|(?:\w{1,20}:)?RDF)[\s>]")
_ROOT = re.compile(rb"<(?:\w{1,20}:)?(?:urlset|sitemapindex)\b", re.IGNORECASE)
_INDEX = re.compile(rb"<(?:\w{1,20}:)?sitemapindex\b", re.IGNORECASE)
_TEXT_LINE = re.compile(rb"https?://\S", re.IGNORECASE)
_TEXT_ADDRESS = re.compile(r"^[ \t]*https?://\S+", re.IGNORECASE | re.MULTILINE)
_FIELDS = frozenset({"lastmod", "loc", "publication_date", "title"})
#: Namespaces and prefixes whose fields are those of pictures and films, not of the page.
_MEDIA = re.compile(r"image|video", re.IGNORECASE)
#: Last resort for XML that cannot be parsed.
_LOC = re.compile(rb"<(?!image:|video:)(?:\w{1,20}:)?loc>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]{1,8000})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A sitemap that an index names."""

    url: str
    modified: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """One document: the links of a urlset, the children of an index."""

    links: tuple[Link, ...] = ()
    children: tuple[Child, ...] = ()
    #: Whether it is a news sitemap (Google's extension): the articles of the last two days.
    news: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """An entry as written: field names to texts."""

    child: bool
    fields: dict[str, str] = field(default_factory=dict)


def read_sitemap(page: Page) -> Sitemap:
    """A sitemap's links and children in its order, each address once, at most `MAX_LINKS`.

    A document that breaks off or is no XML gives what it holds.

    Raises:
        DiscoveryError: nothing that can be read as a sitemap.
    """
    start = _Unpacked(page.body).read().lstrip(b"\xef\xbb\xbf \t\r\n")
    if _TEXT_LINE.match(start):
        return _sitemap(_text_entries(page.body), page)
    if _FEED.search(start) and not _ROOT.search(start):
        return Sitemap(links=read_feed(replace(page, body=_whole(page.body))))
    entries: list[_Entry] = []
    try:
        root = _collect(page.body, entries)
    except etree.XMLSyntaxError as error:
        entries += _salvaged(page.body)
        if not entries:
            raise DiscoveryError(page.url, f"no sitemap: {error}") from error
    else:
        if not entries and root not in ("urlset", "sitemapindex"):
            raise DiscoveryError(page.url, f"no sitemap but <{root}>")
    return _sitemap(entries, page)


class _Unpacked:
    """A body as a stream, gunzipped where it is gzipped, cut at `MAX_BYTES`; where it is broken it ends."""

    def __init__(self, body: bytes) -> None:
        packed = body.startswith(b"\x1f\x8b")
        self._stream = gzip.GzipFile(fileobj=io.BytesIO(body)) if packed else io.BytesIO(body)
        self._left = MAX_BYTES

    def read(self, _size: int = -1) -> bytes:
        """The next bytes, at most 64 KiB; empty at the end."""
        try:
            piece = self._stream.read1(min(_STEP, self._left)) if self._left else b""
        except (EOFError, OSError, zlib.error):
            return b""
        self._left -= len(piece)
        return piece


def _whole(body: bytes) -> bytes:
    return b"".join(iter(_Unpacked(body).read, b""))


def _collect(body: bytes, entries: list[_Entry]) -> str:
    """Add the entries of an XML document to a list as they come; the name of its root.

    Raises:
        lxml.etree.XMLSyntaxError: not well-formed; the entries before that are in the list.
    """
    parser = etree.iterparse(_Unpacked(body), events=("end",), resolve_entities=False, no_network=True, huge_tree=False)
    fields: dict[str, str] = {}
    root = ""
    for _, element in islice(parser, MAX_ELEMENTS):
        name = _local(element.tag)
        root = root or _local(element.getroottree().getroot().tag)
        if name in _FIELDS and not _MEDIA.search(element.tag):
            fields.setdefault(name, element.text or "")
        elif name in ("url", "sitemap"):
            entries.append(_Entry(child=name == "sitemap", fields=fields))
            fields = {}
            if len(entries) >= MAX_LINKS:
                break
        _forget(element)
    return root


def _local(tag: str) -> str:
    """The name without namespace, and without a prefix that nobody declared."""
    return tag.rpartition("}")[2].rpartition(":")[2]


def _forget(element: etree._Element) -> None:
    """Free what was read: the element's content and everything before it."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _salvaged(body: bytes) -> Iterator[_Entry]:
    """Addresses of a document that no parser takes."""
    text = _whole(body)
    child = _INDEX.search(text, 0, _STEP) is not None
    for match in islice(_LOC.finditer(text), MAX_LINKS):
        yield _Entry(child=child, fields={"loc": html.unescape(match[1].decode("utf-8", "replace"))})


def _text_entries(body: bytes) -> Iterator[_Entry]:
    """One address a line (sitemaps.org, "Text file")."""
    text = _whole(body).decode("utf-8-sig", "replace")
    for match in islice(_TEXT_ADDRESS.finditer(text), MAX_LINKS):
        yield _Entry(child=False, fields={"loc": match[0]})


def _sitemap(entries: Iterable[_Entry], page: Page) -> Sitemap:
    """The entries as values; those without a usable address are left out."""
    links: list[Link] = []
    children: dict[str, Child] = {}
    news = False
    for entry in entries:
        location = entry.fields.get("loc", "").strip()
        try:
            url = canonical(location, page.url) if location else ""
        except ValueError:
            continue
        if not url:
            continue
        modified = moment(entry.fields.get("lastmod", ""), page.fetched_at)
        if entry.child:
            children.setdefault(url, Child(url=url, modified=modified))
            continue
        published = moment(entry.fields.get("publication_date", ""), page.fetched_at)
        news = news or published is not None
        links.append(Link(url=url, title=plain(entry.fields.get("title", "")), published=published, modified=modified))
    return Sitemap(links=unique(links), children=tuple(children.values()), news=news)
