"""Stable identities of texts and bytes. Never Python's own ``hash``: that differs between processes."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

#: Marks that show nothing: soft hyphen, zero-width characters, byte order mark.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
#: What the Turkish capital İ is in small letters by Unicode's rules; the mark is no letter and would cut the word in two.
_DOTTED = "i\u0307"
_WORD = re.compile(r"[^\W_]+")
#: What it comes to for ASCII, in less than half the time: letters small, all that is neither letter nor digit a space.
_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
#: Texts up to so many characters are remembered: menus and headings come back on every page of a site, and each is asked
#: for by several steps. Together that is some megabytes at most.
_SHORT, _REMEMBERED = 240, 8192
#: Longer ones are asked for several times while their page is cleaned, and never again.
_PARAGRAPH, _OF_A_PAGE = 4000, 256
#: Of an article both its hash and search tell the words apart, one right after the other.
_ARTICLES = 4


def body_hash(body: bytes) -> str:
    """Identity of a raw body: 64 hexadecimal digits of BLAKE2b-256."""
    return hashlib.blake2b(body, digest_size=32).hexdigest()


def normalised(text: str) -> str:
    """The text as duplicates are compared: NFKC, case folded, letters and digits apart by single spaces."""
    return _short_form(text) if len(text) <= _SHORT else _form(text)


def _form(text: str) -> str:
    return _apart(text if text.isascii() else _folded(_INVISIBLE.sub("", text)))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _apart(folded: str) -> str:
    if folded.isascii():
        return " ".join(folded.translate(_ASCII).split())
    return " ".join(_WORD.findall(folded.replace(_DOTTED, "i")))


@lru_cache(_ARTICLES)
def casefolded(text: str) -> str:
    """An article's text in compatibility forms (NFKC) and without capitals; may be longer or shorter."""
    return _folded(text)


@lru_cache(_ARTICLES)
def words_apart(folded: str) -> str:
    """The letters and digits of a text that was `casefolded`, with single spaces for all that stands between them."""
    return _apart(folded)


def text_hash(text: str) -> str:
    """Identity of an article's text: 32 hexadecimal digits, equal for texts that differ in space, case or marks only."""
    form = words_apart(casefolded(_INVISIBLE.sub("", text)))
    return hashlib.blake2b(form.encode("utf8", "replace"), digest_size=16).hexdigest()


def fingerprint(text: str) -> int:
    """Identity of a short text as a signed 64-bit integer, so that databases store it as such."""
    if len(text) <= _SHORT:
        return _short_print(text)
    return _long_print(text) if len(text) <= _PARAGRAPH else _print(text)


def _print(text: str) -> int:
    digest = hashlib.blake2b(normalised(text).encode("utf8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


_short_form = lru_cache(_REMEMBERED)(_form)
_short_print = lru_cache(_REMEMBERED)(_print)
_long_print = lru_cache(_OF_A_PAGE)(_print)
