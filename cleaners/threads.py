"""Threads of readers' comments, told by the names that sites give to what holds them.

Comments read like an article, and where they outweigh it nothing else gives them away. The classifier knows no names, so
this is left to the judge: an element named for comments that begins after the article did holds none of it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING

from cleaners.judge import THRESHOLD, Opinion
from cleaners.lexicon import lexicon
from cleaners.measure import size
from cleaners.tree import BREAKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleaners.tree import Document

#: Letters of text that stand before a thread; with less the element may hold the article itself.
_BEGUN = 150.0
#: What else is named after comments: an article that has some, their number, a form, a comment in a program.
_OTHERWISE = frozenset(
    ("button", "closed", "code", "count", "enabled", "has", "highlight", "hljs", "link", "no", "off", "on", "open", "with")
)
#: So sure is it that a block of a thread is no text.
_SCORE = 0.02
_REASON = "stands among readers' comments"
#: Names that are remembered.
_REMEMBERED = 4096
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def without_threads(document: Document, opinions: Sequence[Opinion]) -> tuple[Opinion, ...]:
    """The opinions, against every block inside a comment thread.

    Args:
        document: the page.
        opinions: one for each of its blocks.
    """
    before = [0.0]
    for block, opinion in zip(document.blocks, opinions, strict=True):
        before.append(before[-1] + (size(block.text) if opinion.score >= THRESHOLD else 0.0))
    # Elements stand in the order of their first blocks; neither those before a text began nor those after it ended are asked.
    begun, over = bisect_left(before, _BEGUN), bisect_left(before, before[-1])
    asked = slice(bisect_left(document.first, begun), bisect_left(document.first, over))
    lists = (document.tags, document.attributes, document.first, document.end)
    threads = {
        at
        for tag, named, first, end in zip(*(of_all[asked] for of_all in lists), strict=True)
        if named and before[end] > before[first] and tag in BREAKING and _is_thread(named)
        for at in range(first, end)
    }
    if not threads:
        return tuple(opinions)
    return tuple(
        Opinion(score=min(opinion.score, _SCORE), reason=_REASON) if at in threads else opinion
        for at, opinion in enumerate(opinions)
    )


def _is_thread(named: Mapping[str, str | None]) -> bool:
    return any(_names_thread(name) for kind in ("class", "id") for name in (named.get(kind) or "").split())


@lru_cache(_REMEMBERED)  # the same ones on all pages of a site
def _names_thread(name: str) -> bool:
    """Whether a class or an id is made for comments: "comment-list", "articleComments", not "has-comments"."""
    parts = {part.lower() for part in _PART.findall(name)}
    return not parts.isdisjoint(lexicon("en").threads) and parts.isdisjoint(_OTHERWISE)
