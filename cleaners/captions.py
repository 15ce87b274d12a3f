"""Captions that no markup tells from paragraphs: they end by naming who took the picture."""

# ruff: noqa: RUF001 - the punctuation of many scripts is meant

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cleaners.judge import Ruling
from model.fingerprints import normalised

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cleaners.lexicon import Lexicon
    from model.article import Block

#: Characters of a caption with its credit, and of the credit.
_SHORTEST, _LONGEST, _CREDIT = 30, 400, 60
#: The words after the last sentence, unless brackets or dashes hold them: agencies sign their texts so.
_LAST = re.compile(rf"(?:[.!?…。！？]['\"”’»)]*\s+|\n)([^\W_][^.!?…。\n]{{0,{_CREDIT}}})[.'\"”’]*$")
#: "Photo: somebody", "Photograph by: somebody".
_MARKED = re.compile(r"([^:：|/]{2,30}?)\s*[:：|/]\s*\S")


def caption_rulings(blocks: Sequence[Block], words: Lexicon, asked: Collection[int]) -> dict[int, Ruling]:
    """Rulings against blocks that end with a picture's credit.

    The last block of a text is left alone: there an agency or a source is named for the text.

    Args:
        blocks: the page's blocks in order.
        words: the lexicon of the page's language.
        asked: positions of the blocks that may be the article's.
    """
    last = max(asked, default=-1)
    return {
        blocks[at].index: Ruling(kept=False, reason="a caption: it ends with a credit")
        for at in asked
        if at != last and _SHORTEST <= len(blocks[at].text) <= _LONGEST and _ends_with_credit(blocks[at].text, words)
    }


def _ends_with_credit(text: str, words: Lexicon) -> bool:
    found = _LAST.search(text, max(0, len(text) - 2 * _CREDIT))
    if found is None:
        return False
    marked = _MARKED.match(found[1])
    return normalised(found[1]) in words.agencies or (marked is not None and normalised(marked[1]) in words.credits)
