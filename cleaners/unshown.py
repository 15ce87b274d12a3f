"""Text that a page holds but does not show without scripts: hidden parts, fallbacks, script data, JSON-LD.

Asked for only where the page itself shows hardly an article.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cleaners.blocks import read_blocks
from cleaners.dump import read_dump
from cleaners.embedded import TAG, told
from cleaners.measure import size
from cleaners.text import plain

if TYPE_CHECKING:
    from cleaners.claims import Claims
    from model.article import Block

_HIDING = re.compile(
    r"(<[a-z][^<>]{0,2000}?)\s(?:hidden(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|\w+))?(?=[\s/>])"
    r"|style\s*=\s*(?:\"[^\"]*display\s*:\s*none[^\"]*\"|'[^']*display\s*:\s*none[^']*'))",
    re.IGNORECASE,
)
_HOLDING = re.compile(r"<(/?)(?:noscript|template|textarea)\b[^<>]*>", re.IGNORECASE)

#: How much longer a text must be than one that is better divided.
_LONGER = 1.1


def revealed(html: str) -> str:
    """The page with its hidden parts shown and its fallbacks and templates read as parts of it."""
    return _HOLDING.sub(r"<\1div>", _HIDING.sub(r"\1", html))


def unshown_blocks(
    html: str, claims: Claims, further: str = "", *, scripts: bool = True, least: float = 0.0
) -> tuple[Block, ...]:
    """The blocks of the longest text that the page's data holds, the first of those that hardly differ; none without one.

    Args:
        html: the page.
        claims: what it says of itself; JSON-LD may hold the whole text.
        further: another text that claims to be the page's.
        scripts: read script data too.
        least: size of a text that matters; where none can come to it, none is read.
    """
    body = claims.article.get("articleBody")
    texts = (body if isinstance(body, str) else "", told(html) if scripts else "", further)
    if all(size(text) < least for text in texts):
        return ()
    best: tuple[Block, ...] = ()
    most = 0.0
    for blocks in (_read(text) for text in texts if text):
        letters = sum(size(block.text) for block in blocks)
        if letters > most * _LONGER:
            best, most = blocks, letters
    return best


def _read(text: str) -> tuple[Block, ...]:
    return read_blocks(text) if TAG.search(text) else read_dump(plain(text))
