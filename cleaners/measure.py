"""How much text a text is, and whether it reads as prose; the same yardstick for every script."""

# ruff: noqa: RUF001 - the punctuation and letters of many scripts are meant

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from model.article import Block

#: One of these characters says about as much as this many letters.
_CJK_WEIGHT = 2.5
#: Chinese and Japanese: written without spaces.
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_HANGUL = re.compile("[\uac00-\ud7af]")
#: All these and more in one range, which is asked for in a third of the time: hardly any other text has one.
_WIDE = re.compile("[\u3040-\uffff]")
_WORD = re.compile(f"{_CJK.pattern}|[^\\W{_CJK.pattern[1:-1]}]+")
#: The same for text without such characters, in half the time.
_SPACED_WORD = re.compile(r"\w+")
#: Ends of sentences in the scripts we know, closing quotes and brackets after them.
_TERMINALS, _CLOSING = ".!?…。!?؟۔।", "'\"”’»«“‘」』)]）"
_ENDS_SENTENCE = re.compile(rf"[{_TERMINALS}]+[{re.escape(_CLOSING)}]*(?:\[\d+\])*\s*$")
#: A paragraph of at least this size that ends a sentence is prose.
PROSE = 80.0
#: Characters by which a text may differ from itself, and a fifth of it.
_SLACK = 10
#: Texts whose size is remembered: hardly a page has more blocks.
_OF_A_PAGE = 1024


def near(texts: Iterable[str]) -> frozenset[int]:
    """Lengths of what may say the same as one of some texts, with other spaces and marks: only that is worth comparing."""
    spans = ((len(text), _SLACK + len(text) // 5) for text in texts)
    return frozenset(length for middle, slack in spans for length in range(middle - slack, middle + slack + 1))


def size(text: str) -> float:
    """Length in letters; a Chinese or Japanese character counts 2.5, a Korean syllable 1.8."""
    return float(len(text)) if text.isascii() else _wide_size(text)


@lru_cache(_OF_A_PAGE)  # several steps ask for each block's
def _wide_size(text: str) -> float:
    if _WIDE.search(text) is None:
        return float(len(text))
    return len(text) + (_CJK_WEIGHT - 1) * len(_CJK.findall(text)) + 0.8 * len(_HANGUL.findall(text))


def word_count(text: str) -> int:
    """Words; in scripts without spaces every character counts as one.

    >>> word_count("Two words, 日本")
    4
    """
    if not text.isascii() and _WIDE.search(text):
        return len(_WORD.findall(text))
    # Most of what spaces part is a word as it stands: the expression reads the others, in half of the time.
    tokens = text.split()
    others = [token for token in tokens if not token.isalnum()]
    return len(tokens) - len(others) + len(_SPACED_WORD.findall(" ".join(others)))


def units(text: str) -> tuple[str, ...]:
    """What texts are compared by: words, and single characters of scripts without spaces, case folded."""
    return tuple(_WORD.findall(text.casefold()))


def ends_sentence(text: str) -> bool:
    """Whether the text ends as a sentence does."""
    last = text.rstrip()[-1:]
    if not last or last in _TERMINALS:
        return bool(last)
    # The expression is tried at every place of the text: only where a quote or bracket closes it that is worth it.
    return last in _CLOSING and _ENDS_SENTENCE.search(text) is not None


def is_prose(block: Block) -> bool:
    """Long enough, ends a sentence, and is not a link."""
    return block.link_density < 0.5 and size(block.text) >= PROSE and ends_sentence(block.text)  # noqa: PLR2004 - more text than link
