"""Feeds: RSS 0.9x, 1.0, 2.0, Atom, RDF and JSON Feed to links. The one door of feedparser.

feedparser reads the XML; what it lacks is added here: JSON Feed, named time zones, titles free of markup, raw ampersands in
addresses, the address behind a feed service. Its sanitising and resolving of the entries' HTML is off: it is six sevenths of
the time, and who reads that HTML (`model.source.Link.content`) cleans it like any page.
"""

from __future__ import annotations

import io
import re
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import feedparser

from crawler import jsonfeed
from crawler.dates import moment, plausible
from crawler.enclosed import as_html, bounded, is_whole
from crawler.filters import unique
from crawler.titles import plain
from model.errors import DiscoveryError
from model.source import Link
from model.urls import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from model.page import Page

#: An entry as feedparser gives it: names to strings, times, and lists of such.
_Entry: TypeAlias = dict[str, Any]

#: What feedparser raises on hostile input (found by fuzzing and in its tracker); it has no error class of its own.
_FEEDPARSER_ERRORS = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
#: What keeps a feed from being well-formed and can be mended: an ampersand that begins no reference ("?a=1&copy=2"), an angle
#: bracket that begins no tag ("three < four"), control characters. CDATA is passed over.
_MENDABLE = re.compile(
    rb"<!\[CDATA\[(?:.*?\]\]>|.*)|&(?!(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});)|<(?![A-Za-z_:/!?\x80-\xff])"
    rb"|[\x00-\x08\x0b\x0c\x0e-\x1f]",
    re.DOTALL,
)
#: Tags and references read of one document. feedparser's loose parser takes some 10 us for each, well or ill meant.
MAX_TAGS = 300_000
MAX_REFERENCES = 1_000_000
#: Relations of a feed's links that lead to older entries.
_OLDER = ("prev-archive", "next")
_MENDED = {b"&": b"&amp;", b"<": b"&lt;"}
_MAIL = re.compile(r"[<(]?\S+@\S+[>)]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One document of a feed."""

    #: In its order, each address once.
    links: tuple[Link, ...]
    #: Addresses under which it says its older entries are, the best first; canonical.
    older: tuple[str, ...] = ()
    #: Name and address of what made it, in lower case.
    generator: str = ""


def read_feed(page: Page) -> tuple[Link, ...]:
    """The links of a feed in its order, each address once.

    A feed that breaks off gives what it holds up to there.

    Raises:
        DiscoveryError: nothing that can be read as a feed (an HTML page, for one).
    """
    return open_feed(page).links


def open_feed(page: Page) -> Feed:
    """A feed's links, and where its older ones are.

    Raises:
        DiscoveryError: as `read_feed`.
    """
    if not page.body.strip():
        raise DiscoveryError(page.url, "an empty document in place of a feed")
    if not jsonfeed.is_json(page):
        return _read_xml(page)
    found = jsonfeed.read(page)
    return Feed(links=unique(found.links), older=_addresses([found.next_url], page))


def _read_xml(page: Page) -> Feed:
    """An XML feed.

    Raises:
        DiscoveryError: no feed.
    """
    # The body goes in as a stream: feedparser takes bytes for a file's name first, and a text for an address to fetch.
    stream = io.BytesIO(_mended(page.body))
    # No Content-Location goes with it: bare numbers in a guid would come back as addresses.
    headers = {"content-type": page.header("content-type") or "application/xml"}
    try:
        feed = feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except _FEEDPARSER_ERRORS as error:
        raise DiscoveryError(page.url, f"a feed that cannot be read: {type(error).__name__}: {error}") from error
    version, entries = feed.get("version", ""), feed.get("entries", ())  # a body of spaces has neither
    if not version and not entries:
        raise DiscoveryError(page.url, f"no feed but {page.content_type or 'something else'}")
    is_atom, about = version.startswith("atom"), dict(feed.get("feed", {}))
    links = unique(link for entry in entries for link in _link(dict(entry), page, is_atom=is_atom))
    return Feed(links=links, older=_addresses(_said_older(about), page), generator=_generator(about))


def _said_older(about: _Entry) -> list[str]:
    """What a feed's own links say of older entries (RFC 5005): documents that are finished first, then the next page."""
    relations = [(link.get("rel"), link.get("href")) for link in about.get("links", ()) if isinstance(link, dict)]
    return [str(address) for wanted in _OLDER for relation, address in relations if relation == wanted and address]


def _generator(about: _Entry) -> str:
    detail = about.get("generator_detail")
    address = _text(detail, "href") if isinstance(detail, dict) else ""
    return f"{_text(about, 'generator')} {address}".strip().lower()


def _addresses(written: list[str], page: Page) -> tuple[str, ...]:
    found = []
    for address in filter(None, written):
        try:
            found.append(canonical(address, page.url))
        except ValueError:
            continue
    return tuple(found)


def _mended(body: bytes) -> bytes:
    """The document with common slips put right, so that the strict parser takes it: the loose one garbles addresses."""
    if b"\x00" in body[:64]:
        return body[: 2 * MAX_REFERENCES]  # UTF-16 and UTF-32, where bytes are no characters
    return _MENDABLE.sub(_mend, _first(_first(body.lstrip(), b"<", MAX_TAGS), b"&", MAX_REFERENCES))


def _first(body: bytes, mark: bytes, most: int) -> bytes:
    """The body up to the mark after the most that are taken."""
    return mark.join(body.split(mark, most)[:most]) if body.count(mark) > most else body


def _mend(match: re.Match[bytes]) -> bytes:
    found = match[0]
    return found if len(found) > 1 else _MENDED.get(found, b"")


def _link(entry: _Entry, page: Page, *, is_atom: bool) -> Iterator[Link]:
    """The link of an entry; none where it has no address of its own."""
    address = _address(entry)
    try:
        url = canonical(address, page.url) if address else ""
    except ValueError:
        return
    if not url:
        return
    published, updated = _date(entry, "published", page.fetched_at), _date(entry, "updated", page.fetched_at)
    if published is None and not is_atom:
        published, updated = updated, None  # dc:date is all the date RSS 1.0 has; only Atom tells a change apart
    yield Link(
        url=url,
        title=plain(_text(entry, "title")),
        published=published,
        modified=updated,
        authors=_authors(entry),
        content=_content(entry),
    )


def _content(entry: _Entry) -> str | None:
    """The longest body an entry carries (content:encoded, Atom's content), else a description too long for a teaser."""
    bodies = [_body(part) for part in entry.get("content", ()) if isinstance(part, dict)]
    written = max(bodies, key=len, default="")
    if not written:
        description = _body(entry.get("summary_detail") or {})
        written = description if is_whole(description) else ""
    return bounded(written)


def _body(part: dict[str, Any]) -> str:
    """One text construct as HTML; empty where it is no text."""
    value, kind = part.get("value"), str(part.get("type") or "")
    if not isinstance(value, str) or not (kind.startswith("text/") or kind.endswith(("html", "xml"))):
        return ""
    return as_html(value) if kind == "text/plain" else value.strip()


def _address(entry: _Entry) -> str:
    """Where the article is: behind the feed service, the link, or a guid that is an address."""
    if entry.get("guidislink") is True and "links" not in entry:
        guid = _text(entry, "id")  # a permalink is absolute (RSS 2.0); feeds that omit isPermaLink="false" hold bare numbers
        return guid if guid.lower().startswith(("http://", "https://")) else ""
    return _text(entry, "feedburner_origlink") or _text(entry, "link")


def _text(entry: _Entry, name: str) -> str:
    value = entry.get(name)
    return value.strip() if isinstance(value, str) else ""


def _date(entry: _Entry, name: str, now: datetime) -> datetime | None:
    """The entry's date by our reading, else by feedparser's, which knows Greek and Hungarian months."""
    written = _text(entry, name)
    known = moment(written, now) if written else None
    parsed = entry.get(f"{name}_parsed")
    if known is not None or not parsed or not written or any(char.isdigit() for char in written[:4]):
        return known
    try:
        return plausible(datetime.fromtimestamp(timegm(parsed), UTC), now)
    except (ValueError, OverflowError, OSError):
        return None


def _authors(entry: _Entry) -> tuple[str, ...]:
    """Names without mail addresses. Of a single author the text as written: feedparser cuts addresses of long domains wrongly."""
    people = [person.get("name") for person in entry.get("authors", ()) if isinstance(person, dict)]
    written = [entry.get("author")] if len(people) == 1 else people
    names = (plain(_MAIL.sub("", name)) for name in written if isinstance(name, str))
    return tuple(dict.fromkeys(name.strip("() ") for name in names if name and name.strip("() ")))
