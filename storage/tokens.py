"""Words as full-text search sees them: one tokeniser for both databases, so that both find the same.

Latin, Cyrillic and the like are words, folded in case and without Latin accents. Scripts that do not put spaces between
words (Chinese, Japanese, Thai ...), and Korean with its particles, are overlapping pairs of characters, and the last
character of each run alone: 東京都 is 東京 京都 都. So every character begins a token, a word of two or more characters
is a phrase of its pairs, and a single one is a prefix.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from model.fingerprints import casefolded, words_apart

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Characters of an article that are indexed: a tsvector holds one megabyte at most.
INDEXED = 60_000
#: Longest token; PostgreSQL refuses lexemes above 2 KB, and nobody searches such words.
_LONGEST = 60

_PAIRED = (
    "\u0e00-\u0e4e\u0e80-\u0ece"  # Thai, Lao
    "\u1000-\u1049\u1050-\u109f\u1780-\u17d3"  # Burmese, Khmer
    "\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u3130-\u318f\u31f0-\u31ff"  # Jamo, Kana, Bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"  # Han, Hangul
    "\U00020000-\U0003ffff"  # Han, further planes
)
#: Marks that belong to a word though `str.isalnum` denies it: combining accents, Hebrew and Arabic points, Indic signs.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u0900-\u0963\u0966-\u0dff"
)
_RUN = re.compile(f"([{_PAIRED}]+)|((?:[^\\W_{_PAIRED}]+|[{_MARKS}]+)+)")
_SPECIAL = re.compile(f"[{_PAIRED}{_MARKS}]")
#: Among these are all letters that are an ASCII one with accents, once compatibility forms and case are folded.
_ACCENTED = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A word, or characters of a script without spaces, with its place in the text."""

    text: str
    paired: bool
    start: int
    end: int


def folded(text: str) -> str:
    """Compatibility forms, case and Latin accents folded; may be longer or shorter than the text."""
    return _without_accents(unicodedata.normalize("NFKC", text).casefold())


def _without_accents(text: str) -> str:
    if not text.isascii():
        for character in set(_ACCENTED.findall(text)):
            text = text.replace(character, _without_accent(character))
    return text


@lru_cache(maxsize=4096)
def _without_accent(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0] if character > "\x7f" else character
    return base if base.isascii() and base.isalpha() else character


@lru_cache(maxsize=8192)
def folded_character(character: str) -> str:
    """`folded` for one character, remembered."""
    return folded(character)


def runs(text: str) -> Iterator[Run]:
    """The runs of a text that is folded already."""
    for match in _RUN.finditer(text):
        yield Run(text=match[0][:_LONGEST] if match[2] else match[0], paired=bool(match[1]), start=match.start(), end=match.end())


def run_tokens(run: Run, *, closed: bool = True) -> list[str]:
    """The tokens of one run; ``closed`` adds the last character of a paired run alone."""
    if not run.paired:
        return [run.text]
    pairs = _pairs(run.text)
    return pairs if closed else pairs[:-1]


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run))]


@lru_cache(maxsize=4)
def tokens(text: str) -> tuple[str, ...]:
    """The tokens of a text's first `INDEXED` characters, in order; search and signatures ask for the same ones."""
    plain = casefolded(text[:INDEXED])
    if not _SPECIAL.search(plain):
        words = _without_accents(words_apart(plain)).split()
        return tuple(words if len(max(words, key=len, default="")) <= _LONGEST else [word[:_LONGEST] for word in words])
    found: list[str] = []
    for paired, word in _RUN.findall(_without_accents(plain)):
        found += _pairs(paired) if paired else (word[:_LONGEST],)
    return tuple(found)


def count_words(text: str) -> int:
    """Words; of scripts without spaces, characters."""
    return sum(len(paired) or 1 for paired, _ in _RUN.findall(folded(text)))
