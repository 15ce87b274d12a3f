"""Lists of links to other pages in the middle of a text, under a heading of their own.

Their neighbours are the article's, and so the classifier half believes them. What it is sure of stays: an article may well
be a list of links.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cleaners.judge import Opinion
from cleaners.measure import ends_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.article import Block

#: Share of a block inside links from which it is one, and of a heading up to which it is none.
_LINK, _PLAIN = 0.9, 0.1
#: A list is so many links in a row below something else: a link is written as "-" here, any other block as a space.
_LIST = re.compile(r"(?<= )-{3,}")
#: Characters of a heading at most.
_SHORT = 80
#: Probability from which a list is believed.
_SURE = 0.65
_SCORE = 0.02
_REASON = "a list of links to other pages"


def without_teasers(blocks: Sequence[Block], opinions: Sequence[Opinion]) -> tuple[Opinion, ...]:
    """The opinions, against lists of links under a heading of which none is sure, heading included.

    Args:
        blocks: the page's blocks in order.
        opinions: one for each block.
    """
    heard = list(opinions)
    for run in _LIST.finditer("".join(["-" if block.link_density >= _LINK else " " for block in blocks])):
        doubted = range(run.start() - 1, run.end())
        if _is_heading(blocks[doubted[0]]) and all(opinions[at].score < _SURE for at in doubted):
            for at in doubted:
                heard[at] = Opinion(score=min(opinions[at].score, _SCORE), reason=_REASON)
    return tuple(heard)


def _is_heading(block: Block) -> bool:
    return len(block.text) < _SHORT and block.link_density < _PLAIN and not ends_sentence(block.text)
