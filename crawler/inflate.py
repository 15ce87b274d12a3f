"""Collecting a body under a cap, its content encoding undone on the way: a bomb is stopped at the cap, not after it."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from model.errors import BadEncoding, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What we ask for. Brotli and zstd are left out: their libraries offer no output bound per step on every platform.
ACCEPT_ENCODING: Final = "gzip, deflate"

_COMPRESSED: Final = {"gzip", "x-gzip", "deflate"}
#: Values servers send for "as it is"; only the first is right.
_PLAIN: Final = {"identity", "", "none", "utf-8", "utf8"}
_STEP: Final = 65_536
#: zlib's window bits: 15, plus 32 to tell zlib and gzip wrappers apart by their header.
_WRAPPED: Final = 47
#: Deflate without wrapper, which some servers call "deflate".
_BARE: Final = -15


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
        self._pieces: list[bytes] = []
        self._size = self._wire = 0

    @property
    def full(self) -> bool:
        """Whether nothing more is taken; only with ``cut``."""
        return self._cut and (self._size >= self._cap or self._wire > self._cap)

    def add(self, chunk: bytes) -> None:
        """Take the next bytes off the wire.

        Raises:
            TooLarge: the cap is passed.
            BadEncoding: the bytes are not what Content-Encoding says.
        """
        self._wire += len(chunk)
        try:
            for piece in self._inflate.feed(chunk) if self._inflate else (chunk,):
                self._pieces.append(piece)
                self._size += len(piece)
                if self._size > self._cap:
                    break
        except zlib.error as error:
            raise BadEncoding(self._url, f"broken compression: {error}") from error
        if max(self._size, self._wire) > self._cap and not self._cut:
            raise TooLarge(self._url, f"more than {self._cap:,} bytes")

    def end(self) -> bytes:
        """The body.

        Raises:
            BadEncoding: the compressed stream breaks off. Half an article is not kept as a whole one.
        """
        if self._inflate and self._wire and not (self._inflate.done or self.full):
            raise BadEncoding(self._url, "compressed stream breaks off")
        return b"".join(self._pieces)[: self._cap]


class _Inflate:
    """A gzip, zlib or bare deflate stream in bounded steps; gzip may have several members (RFC 1952, 2.2)."""

    def __init__(self, *, may_be_bare: bool) -> None:
        self._stream = zlib.decompressobj(_WRAPPED)
        self._may_be_bare = may_be_bare
        self._begun = self.done = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Inflated pieces of at most 64 KiB.

        Raises:
            zlib.error: the bytes are no such stream.
        """
        while chunk:
            if self._stream.eof:
                if not chunk.startswith(b"\x1f"):
                    return  # padding after the last member, ignored as gzip does
                self._stream = zlib.decompressobj(_WRAPPED)
            piece = self._step(chunk)
            chunk = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
            self.done = self._stream.eof
            yield piece
        while not self._stream.eof:
            # A full step may have left output inside zlib with no input left to ask for it with.
            piece = self._stream.decompress(b"", _STEP)
            self.done = self._stream.eof
            if not piece:
                return
            yield piece

    def _step(self, chunk: bytes) -> bytes:
        try:
            piece = self._stream.decompress(chunk, _STEP)
        except zlib.error:
            if self._begun or not self._may_be_bare:
                raise
            self._stream = zlib.decompressobj(_BARE)
            piece = self._stream.decompress(chunk, _STEP)
        self._begun = True
        return piece
