"""Pages out of and into WARC files (ISO 28500): warcio's only door.

Read are the responses of an archive, gzipped, packed with zstd or plain, record by record, so that memory does not grow with
the file. Requests, metadata and revisits hold no page. Written is each page as one response, its content encoding undone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.util import find_spec
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

import zstandard

from model.errors import ConfigError
from model.page import Origin, Page
from model.urls import canonical, same_site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: First bytes of a zstd frame (RFC 8878, 3.1.1).
_ZSTD = b"\x28\xb5\x2f\xfd"
#: The skippable frame that holds a file's dictionary, and the most bytes of one; real ones have some 100 KB.
_DICTIONARY = b"\x5d\x2a\x4d\x18"
_LARGEST_DICTIONARY = 16_000_000
#: Headers that speak of how the body came over the wire, which is not how it is kept.
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})
#: Types that can be an article's page.
_TYPES = frozenset({"", "application/xhtml+xml", "text/html", "text/plain"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which responses of an archive are pages to import."""

    #: Sites by address or name; empty takes all.
    hosts: tuple[str, ...] = ()
    #: Fetched from then on, and before then.
    since: datetime | None = None
    until: datetime | None = None
    #: Longer bodies are left out.
    largest: int = 5_000_000

    def __post_init__(self) -> None:
        for host in self.hosts:
            try:
                canonical(_home(host))
            except ValueError as error:
                raise ConfigError(f"{host!r} is no site, such as example.org: {error}") from None

    def takes(self, url: str, fetched_at: datetime) -> bool:
        """Whether a canonical address fetched at that moment is asked for."""
        if (self.since and fetched_at < self.since) or (self.until and fetched_at >= self.until):
            return False
        return not self.hosts or any(same_site(url, _home(host)) for host in self.hosts)


def _home(host: str) -> str:
    """The home page of a site given by address or name."""
    return host if "://" in host else f"http://{host}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """A response of an archive."""

    #: None where it is no page that was asked for.
    page: Page | None
    #: Bytes of the file read so far.
    position: int


def read_warc(stream: IO[bytes], selection: Selection) -> Iterator[Archived]:
    """The responses of an archive in its order; a file that breaks off gives those before.

    Args:
        stream: the file, seekable.
        selection: which of them are pages to take.

    Raises:
        ConfigError: warcio is not installed, or the file is no WARC.
    """
    if find_spec("warcio") is None:
        raise ConfigError("WARC files need warcio: pip install 'newsmill[warc]'")
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    try:
        for record in ArchiveIterator(_unpacked(stream)):
            if record.rec_type == "response":
                yield Archived(page=_page(record, selection), position=stream.tell())
    except EOFError:
        return
    except (ArchiveLoadFailed, zstandard.ZstdError) as error:
        raise ConfigError(f"not a WARC file: {error}", file=getattr(stream, "name", None)) from error


def _unpacked(stream: IO[bytes]) -> Any:  # noqa: ANN401 - a file, or zstandard's reader of it
    """The file, behind a decompressor where it is packed with zstd; warcio knows gzip itself.

    Files of many small frames share a dictionary, which then stands first, in a frame of its own that others skip
    (https://iipc.github.io/warc-specifications/specifications/warc-zstd/).

    Raises:
        zstandard.ZstdError: the dictionary is broken off, or too large.
    """
    start = stream.read(8)
    stream.seek(0)
    if start[:4] == _DICTIONARY:
        dictionary = zstandard.ZstdCompressionDict(_dictionary(stream))
        return zstandard.ZstdDecompressor(dict_data=dictionary).stream_reader(stream, read_across_frames=True)
    if start[:4] == _ZSTD:
        return zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True)
    return stream


def _dictionary(stream: IO[bytes]) -> bytes:
    """The dictionary at the beginning of a file; it may be packed itself."""
    size = int.from_bytes(stream.read(8)[4:], "little")
    packed = stream.read(min(size, _LARGEST_DICTIONARY + 1))
    if len(packed) != size or size > _LARGEST_DICTIONARY:
        raise zstandard.ZstdError(f"a dictionary of {size} bytes that is broken off or too large")
    if packed[:4] != _ZSTD:
        return packed
    with zstandard.ZstdDecompressor().stream_reader(packed) as reader:
        whole = reader.read(_LARGEST_DICTIONARY + 1)
    if len(whole) > _LARGEST_DICTIONARY:
        raise zstandard.ZstdError("a dictionary that is too large")
    return whole


def _page(record: Any, selection: Selection) -> Page | None:  # noqa: ANN401 - warcio is untyped
    """The record's page; None where it is none, or not asked for."""
    try:
        url = canonical(record.rec_headers.get_header("WARC-Target-URI", "").strip("<>"))
        dated = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date", ""))
        fetched_at = dated.replace(tzinfo=UTC) if dated.tzinfo is None else dated.astimezone(UTC)
    except (ValueError, OverflowError):  # the last evening of the year 9999 in the west is no moment of UTC
        return None
    if record.rec_headers.get_header("WARC-Truncated"):  # half an article must not pass for a whole one
        return None
    if record.http_headers is None or record.http_headers.get_statuscode() != "200" or not selection.takes(url, fetched_at):
        return None
    headers = tuple((name.lower(), value) for name, value in record.http_headers.headers)
    page = Page(url=url, chain=(url,), status=200, headers=headers, body=b"", fetched_at=fetched_at, elapsed=0.0)
    if page.content_type not in _TYPES:
        return None
    body = record.content_stream().read(selection.largest + 1)
    if not body or len(body) > selection.largest:
        return None
    kept = tuple(header for header in headers if header[0] not in _OF_THE_WIRE)
    return Page(url=url, chain=(url,), status=200, headers=kept, body=body, fetched_at=fetched_at, elapsed=0.0)


def write_warc(pages: Iterable[Page], stream: IO[bytes], *, software: str) -> int:
    """Write pages as responses of a gzipped WARC 1.1 file, texts of feeds as resources, and return how many.

    Args:
        pages: pages as served.
        stream: where to; stays open.
        software: who wrote the file, for its first record.

    Raises:
        ConfigError: warcio is not installed.
    """
    if find_spec("warcio") is None:
        raise ConfigError("WARC files need warcio: pip install 'newsmill[warc]'")
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    writer = WARCWriter(stream, gzip=True, warc_version="1.1")
    writer.write_record(writer.create_warcinfo_record("", {"software": software, "format": "WARC File Format 1.1"}))
    count = 0
    for count, page in enumerate(pages, 1):  # noqa: B007 - counted, and 0 where there are none
        dated = {"WARC-Date": page.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
        if page.origin is Origin.FEED:  # no server answered so for this address
            kind: dict[str, Any] = {"record_type": "resource", "warc_content_type": page.content_type}
        else:
            headers = [(name, value) for name, value in page.headers if name not in _OF_THE_WIRE]
            headers.append(("content-length", str(len(page.body))))
            http = StatusAndHeaders(f"{page.status} {_phrase(page.status)}", headers, protocol="HTTP/1.1")
            kind = {"record_type": "response", "http_headers": http}
        # With its length given, a payload is not copied to a temporary file, which warcio would leave open.
        record = writer.create_warc_record(
            page.url, payload=BytesIO(page.body), length=len(page.body), warc_headers_dict=dated, **kind
        )
        writer.write_record(record)
    return count


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown"
