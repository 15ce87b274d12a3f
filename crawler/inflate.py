"""Collecting a body under a cap, its content encoding undone on the way: a bomb is stopped at the cap, not after it."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from model.errors import BadEncoding, ConnectionFailed, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What we ask for. Brotli and zstd are left out: their libraries offer no output bound per step on every platform.
ACCEPT_ENCODING: Final = "gzip, deflate"

_COMPRESSED: Final = {"gzip", "x-gzip", "deflate"}
#: Values servers send for "as it is"; only the first is right.
_PLAIN: Final = {"identity", "", "none", "utf-8", "utf8"}
_STEP: Final = 65_536
#: Chunks smaller than this are crumbs. Each costs about 40 microseconds however little it holds, so five megabytes of
#: one-byte chunks would keep a core busy for minutes.
_CRUMB: Final = 64
_MAX_CRUMBS: Final = 20_000
#: zlib's window bits: 15, plus 32 to tell zlib and gzip wrappers apart by their header.
_WRAPPED: Final = 47
#: Deflate without wrapper, which some servers call "deflate".
_BARE: Final = -15
_GZIP: Final = b"\x1f\x8b"


class Body:
    """Bytes as they come off the wire, inflated and counted.

    Args:
        url: for the errors.
        encoding: the Content-Encoding header.
        cap: largest number of bytes, both on the wire and inflated.
        cut: keep the first ``cap`` bytes of a larger body instead of refusing it.

    Raises:
        BadEncoding: an encoding that was not asked for.
    """

    def __init__(self, url: str, *, encoding: str = "", cap: int, cut: bool = False) -> None:
        name = encoding.strip().lower()
        if name not in _COMPRESSED | _PLAIN:
            raise BadEncoding(url, f"content encoding {encoding[:40]!r} was not asked for")
        self._url, self._cap, self._cut = url, cap, cut
        self._inflate = _Inflate(may_be_bare=name == "deflate") if name in _COMPRESSED else None
        self._bytes = bytearray()
        self._wire = self._crumbs = 0

    @property
    def full(self) -> bool:
        """Whether nothing more is taken; only with ``cut``."""
        return self._cut and (len(self._bytes) >= self._cap or self._wire > self._cap)

    def add(self, chunk: bytes) -> None:
        """Take the next bytes off the wire.

        Raises:
            TooLarge: the cap is passed, or the body comes in crumbs.
            BadEncoding: the bytes are not what Content-Encoding says.
        """
        self._wire += len(chunk)
        try:
            for piece in self._inflate.feed(chunk) if self._inflate else (chunk,):
                self._bytes += piece
                if len(self._bytes) > self._cap:
                    break
        except zlib.error as error:
            raise BadEncoding(self._url, f"broken compression: {error}") from error
        if max(len(self._bytes), self._wire) > self._cap and not self._cut:
            raise TooLarge(self._url, f"more than {self._cap:,} bytes")
        self._crumbs += len(chunk) < _CRUMB
        if self._crumbs > _MAX_CRUMBS:
            raise TooLarge(self._url, f"more than {_MAX_CRUMBS:,} chunks of a few bytes")

    def end(self) -> bytes:
        """The body.

        Raises:
            ConnectionFailed: the compressed stream breaks off. Half an article is not kept as a whole one; the rest may come
                another time.
        """
        if self._inflate and self._wire and not (self._inflate.done or self.full):
            raise ConnectionFailed(self._url, "the connection broke: compressed stream breaks off")
        del self._bytes[self._cap :]
        return bytes(self._bytes)


class _Inflate:
    """A gzip, zlib or bare deflate stream in bounded steps; gzip may have several members (RFC 1952, 2.2)."""

    def __init__(self, *, may_be_bare: bool) -> None:
        self._stream = zlib.decompressobj(_WRAPPED)
        #: The first bytes, for as long as they do not tell whether there is a wrapper.
        self._head: bytes | None = b"" if may_be_bare else None
        self.done = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Inflated pieces of at most 64 KiB.

        Raises:
            zlib.error: the bytes are no such stream.
        """
        chunk = self._after_head(chunk)
        while chunk:
            if self._stream.eof:
                if not chunk.startswith(_GZIP[:1]):
                    return  # padding after the last member, ignored as gzip does
                self._stream = zlib.decompressobj(_WRAPPED)
            yield self._stream.decompress(chunk, _STEP)
            chunk = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
            self.done = self._stream.eof
        # A full step may have left output inside zlib with no input left to ask for it with.
        while self._head is None and not self._stream.eof:
            piece = self._stream.decompress(b"", _STEP)
            self.done = self._stream.eof
            if not piece:
                return
            yield piece

    def _after_head(self, chunk: bytes) -> bytes:
        """The bytes to inflate now; none while the wrapper is not known."""
        if self._head is None:
            return chunk
        head = self._head + chunk
        if len(head) < len(_GZIP):
            self._head = head
            return b""
        if not (head.startswith(_GZIP) or _zlib_header(head)):
            self._stream = zlib.decompressobj(_BARE)
        self._head = None
        return head


def _zlib_header(head: bytes) -> bool:
    """Whether the first two bytes are those of a zlib stream (RFC 1950, 2.2): method 8, and a multiple of 31."""
    return head[0] & 0x0F == 8 and int.from_bytes(head[:2]) % 31 == 0  # noqa: PLR2004 - the RFC's numbers
