"""What a page's address says of its headline: most addresses repeat it as it was first written.

Headlines are rewritten after publication, and for search engines, feeds and friends apart; the address stays.
"""

# ruff: noqa: RUF001 - letters of many scripts are meant

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from model.fingerprints import normalised

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Characters of an address that are read, and segments of its path.
_READ, _SEGMENTS = 2_000, 12
#: Words of a headline that an address can be believed to repeat.
_WORDS = 4
#: Words of an address that say what it is, not what the page says; numbers do too.
_MARKS = frozenset({"a", "aid", "amp", "art", "article", "id"})
#: At most so many of them at each end.
_MOST_MARKS = 3
_EXTENSION = re.compile(r"\.\w{2,5}$")
#: Letters that have another spelling in addresses, in Germany and elsewhere; those that marks tell apart need no entry.
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae"})
_PLAIN = str.maketrans({"ø": "o", "ı": "i", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})


def slugs(url: str | None) -> frozenset[str]:
    """What the segments of an address's path say, words run together, with and without numbers at their ends.

    >>> sorted(slugs("https://paper.example/news/ferry-sails-again-at-last-4711.html"))
    ['ferrysailsagainatlast', 'ferrysailsagainatlast4711']
    """
    try:
        path = urlsplit((url or "")[:_READ]).path
    except ValueError:
        return frozenset()
    segments = (_words(unquote(_EXTENSION.sub("", segment))) for segment in path.split("/")[-_SEGMENTS:])
    return frozenset(said for words in segments for said in _without_marks(words))


def repeated(claim: str, said: frozenset[str]) -> bool:
    """Whether an address that says so repeats a claim word for word.

    >>> repeated("Fähre fährt wieder: Ende des Streiks", slugs("https://paper.example/2026/faehre-faehrt-wieder-ende-des-streiks"))
    True
    """
    if not said:
        return False
    return any(len(words) >= _WORDS and "".join(words) in said for words in (_words(claim), _words(claim, german=True)))


def _words(text: str, *, german: bool = False) -> list[str]:
    """The words in small letters without marks, as addresses spell them."""
    form = normalised(text).translate(_GERMAN if german else _PLAIN)
    letters = "".join(mark for mark in unicodedata.normalize("NFKD", form) if not unicodedata.combining(mark))
    return unicodedata.normalize("NFC", letters).split()


def _without_marks(words: list[str]) -> Iterator[str]:
    """The words as one, and without numbers and marks at either end, of what is long enough."""
    marks = [word in _MARKS or any(letter.isdigit() for letter in word) for word in words]
    first = next((at for at, mark in enumerate(marks) if not mark), len(words))
    last = next((at for at in range(len(words), 0, -1) if not marks[at - 1]), 0)
    starts, ends = range(min(first, _MOST_MARKS) + 1), range(max(last, len(words) - _MOST_MARKS), len(words) + 1)
    yield from ("".join(words[start:end]) for start in starts for end in ends if end - start >= _WORDS)
