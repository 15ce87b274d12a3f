"""Bytes of a page -> text: byte order mark, header, meta, detection; UTF-8 first.

Two bad bytes in a UTF-8 page do not change the verdict: what counts is how many of the sequences above ASCII are valid.
A declared encoding that decodes badly gives way to UTF-8 where that is clean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from cleaners.charsets import declared_in_header, declared_in_page, marked
from cleaners.detect import detect
from model.errors import Unreadable


class Evidence(StrEnum):
    """What the choice of encoding rests on."""

    MARK = "byte order mark"
    HEADER = "header"
    META = "meta"
    UTF8 = "valid utf-8"
    NULLS = "zero bytes"
    DETECTED = "detected"
    GIVEN = "text already"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A page's text and how it was read."""

    text: str
    #: Python's codec name.
    charset: str
    evidence: Evidence
    #: The bytes it was read from, where they are this text in UTF-8.
    utf8: bytes | None = None

    @property
    def bad(self) -> int:
        """Characters that could not be read and stand as U+FFFD."""
        return self.text.count("\ufffd")


#: Valid multi-byte sequences of UTF-8 (RFC 3629, 4, without the finer bounds of some second bytes), and any byte above ASCII.
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
#: One bad byte for so many valid sequences is an accident.
_VALID_PER_BAD = 20
#: Places of UTF-16 that must be there to tell its order, the share of zeros on one side of them, and on the other.
_TELLING, _MOSTLY, _HARDLY = 8, 0.6, 0.1
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
#: The bounds of those in ASCII. No surrogate is in UTF-8.
_TAB, _VERTICAL_TAB, _RETURN, _SPACE, _DELETE = 0x09, 0x0B, 0x0D, 0x20, 0x7F
#: Share of control characters above which bytes are no text.
_JUNK = 0.05
_FILES = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"\x7fELF",
    b"BZh",
    b"\x28\xb5\x2f\xfd",
)


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """The text of a page.

    Args:
        body: the bytes as served, content encoding undone.
        content_type: the HTTP header, for its charset.

    Raises:
        Unreadable: the bytes are no text (an image, an archive, random bytes).
    """
    if body.startswith(_FILES):
        raise Unreadable("bytes", "a file of another kind, not a page")
    clean = _clean_utf8(body)
    codec, evidence = _choose(body, content_type, valid=clean is not None or _is_mostly_utf8(body))
    text = clean if clean is not None and codec == "utf-8" else body.decode(codec, "replace")
    cleaned = text.lstrip("\ufeff") if codec == "utf-8" and _has_no_controls(body, text) else scrub(text)
    if len(text) - len(cleaned) > _JUNK * len(text) + 8:
        raise Unreadable("bytes", "binary bytes, not a page")
    utf8 = body if text is clean and len(cleaned) == len(text) else None
    return Decoded(text=cleaned, charset=codec, evidence=evidence, utf8=utf8)


def taken(text: str) -> Decoded:
    """A page that is text already."""
    return Decoded(text=scrub(text), charset="utf-8", evidence=Evidence.GIVEN)


def scrub(text: str) -> str:
    """The text without NUL, control characters, lone surrogates and a byte order mark in front."""
    return _CONTROLS.sub("", text).lstrip("\ufeff")


def _has_no_controls(body: bytes, text: str) -> bool:
    """Whether bytes and the text they are in UTF-8 hold nothing that `scrub` takes out; a tenth of its time."""
    codes = np.frombuffer(body, dtype=np.uint8)
    controls = (codes < _TAB) | (codes == _VERTICAL_TAB) | ((codes > _RETURN) & (codes < _SPACE)) | (codes == _DELETE)
    return not controls.any() and "\ufffe" not in text and "\uffff" not in text


def _choose(body: bytes, content_type: str | None, *, valid: bool) -> tuple[str, Evidence]:
    if codec := marked(body):
        return codec, Evidence.MARK
    if codec := _by_zero_bytes(body):
        return codec, Evidence.NULLS
    claims = ((declared_in_header(content_type), Evidence.HEADER), (declared_in_page(body), Evidence.META))
    for codec, evidence in claims:
        if codec and (valid if codec == "utf-8" else not valid and _fits(body, codec)):
            return codec, evidence
    if valid:
        return "utf-8", Evidence.UTF8
    return detect(body), Evidence.DETECTED


def _by_zero_bytes(body: bytes) -> str | None:
    """UTF-16 without a mark has a zero at every other place of its markup."""
    start = body[:64]
    half = len(start) // 2
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if half < _TELLING:
        return None
    if odd > half * _MOSTLY and even < half * _HARDLY:
        return "utf-16-le"
    return "utf-16-be" if even > half * _MOSTLY and odd < half * _HARDLY else None


def _clean_utf8(body: bytes) -> str | None:
    """The bytes as UTF-8, ASCII too; None where one of them is bad."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _is_mostly_utf8(body: bytes) -> bool:
    """Whether the bytes are UTF-8 but for a few bad ones."""
    sequences = len(_SEQUENCE.findall(body))
    bad = len(_HIGH.findall(_SEQUENCE.sub(b"", body)))
    return sequences >= _VALID_PER_BAD * bad


def _fits(body: bytes, codec: str) -> bool:
    """Whether the bytes read well in a declared encoding: hardly any bad ones for those above ASCII."""
    if codec.startswith("utf-16"):
        return False
    high = len(_HIGH.findall(body))
    bad = body.decode(codec, "replace").count("\ufffd")
    return bad * _VALID_PER_BAD <= max(high, _VALID_PER_BAD)
