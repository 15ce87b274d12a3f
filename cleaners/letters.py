"""Counting the characters of many texts at once, by class, whatever the script."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Letter(IntEnum):
    """Classes of characters that tell prose from lists, dates and menus."""

    OTHER = 0
    SPACE = 1
    NEWLINE = 2
    LOWER = 3
    UPPER = 4
    #: Han and kana: written without spaces, a character is worth a short word.
    IDEOGRAPH = 5
    #: Hangul: spaced, but a syllable is worth two or three letters.
    SYLLABLE = 6
    DIGIT = 7
    #: Ends a sentence.
    TERMINAL = 8
    #: Parts a sentence.
    COMMA = 9
    COLON = 10
    QUOTE = 11
    #: Parts the entries of a menu.
    BAR = 12
    BRACKET = 13
    DASH = 14
    #: Addresses, prices, handles, hashtags.
    SIGN = 15


#: Letters of an alphabet that a character of each class is worth; so that a Chinese paragraph weighs as its translation.
WORTH: NDArray[np.float64] = np.ones(len(Letter))
WORTH[Letter.IDEOGRAPH] = 2.5
WORTH[Letter.SYLLABLE] = 2.0

_MARKS = {
    Letter.TERMINAL: ".!?\u2026\u3002\uff0e\uff01\uff1f\u061f\u06d4\u0964\u037e",
    Letter.COMMA: ",;\u060c\u061b\u3001\uff0c\uff1b",
    Letter.COLON: ":\uff1a",
    Letter.QUOTE: "\"'\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e\u2039\u203a\u300c\u300d\u300e\u300f",
    Letter.BAR: "|/\\>\u00b7\u2022\u2023\u25a0\u25aa\u25b6\u25ba\u25cf\u2192\u30fb\u203a\u2502",
    Letter.BRACKET: "()[]{}\u3010\u3011\uff08\uff09",
    Letter.DASH: "-\u2013\u2014",
    Letter.SIGN: "@#$%&*+=\u00a9\u20ac\u00a3\u00a5",
}
_RANGES = (
    (0x1100, 0x1200, Letter.SYLLABLE),
    (0x3040, 0x3100, Letter.IDEOGRAPH),
    (0x3130, 0x3190, Letter.SYLLABLE),
    (0x3400, 0x4DC0, Letter.IDEOGRAPH),
    (0x4E00, 0xA000, Letter.IDEOGRAPH),
    (0xAC00, 0xD7A4, Letter.SYLLABLE),
    (0xF900, 0xFB00, Letter.IDEOGRAPH),
)


#: Categories of Unicode that are letters, or marks on them.
_LETTERS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me"})


@cache
def _table() -> NDArray[np.uint8]:
    """Class of each character of the basic plane; the last entry stands for all beyond."""
    table = np.zeros(0x10000, dtype=np.uint8)
    for start, stop, letter in _RANGES:
        table[start:stop] = letter
    # Two thirds are of the ranges and need no question; each question is asked of all the others in one call.
    left = np.flatnonzero(table == Letter.OTHER)
    characters = list(map(chr, left.tolist()))
    for told, letter in (
        (map(_LETTERS.__contains__, map(unicodedata.category, characters)), Letter.LOWER),
        (map(str.isupper, characters), Letter.UPPER),
        (map(str.isdigit, characters), Letter.DIGIT),
        (map(str.isspace, characters), Letter.SPACE),
    ):
        table[left[np.fromiter(told, dtype=np.bool_, count=len(characters))]] = letter
    for letter, marks in _MARKS.items():
        table[[ord(mark) for mark in marks]] = letter
    table[ord("\n")] = Letter.NEWLINE
    return table


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Counts over ``n`` texts."""

    #: Characters of each class. Shape (n, 16).
    counts: NDArray[np.int64]
    #: Runs of letters and digits; an ideograph is a word of its own. Length n.
    words: NDArray[np.int64]
    #: Words that begin with a capital. Length n.
    capitals: NDArray[np.int64]
    #: Class of the first character, and of the last that is neither quote nor bracket. Length n.
    opening: NDArray[np.uint8]
    closing: NDArray[np.uint8]
    #: The text's length in letters of an alphabet (see `WORTH`). Length n.
    mass: NDArray[np.float64]


def count(texts: Sequence[str]) -> Letters:
    """Count the characters of each text; none may be empty, there must be at least one."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), dtype=np.uint32)
    classes = _table()[np.minimum(codes, 0xFFFF)]
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    ends = np.cumsum(lengths)
    starts = ends - lengths
    of_text = np.repeat(np.arange(len(texts)) * len(Letter), lengths)
    counts = np.bincount(of_text + classes, minlength=len(texts) * len(Letter)).reshape(-1, len(Letter))

    in_word = ((classes >= Letter.LOWER) & (classes <= Letter.DIGIT)).view(np.int8)
    begins = in_word.copy()
    begins[1:] &= ~in_word[:-1] & 1
    begins[starts] = in_word[starts]
    ideograph = classes == Letter.IDEOGRAPH
    begins |= ideograph.view(np.int8)
    words = np.add.reduceat(begins, starts, dtype=np.int64)
    capitals = np.add.reduceat(begins & (classes == Letter.UPPER), starts, dtype=np.int64)

    last = ends - 1
    before = np.maximum(last - 1, starts)
    wrapped = (classes[last] == Letter.QUOTE) | (classes[last] == Letter.BRACKET)
    return Letters(
        counts=counts,
        words=words,
        capitals=capitals,
        opening=classes[starts],
        closing=np.where(wrapped, classes[before], classes[last]),
        mass=counts @ WORTH,
    )
