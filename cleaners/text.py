"""Kept blocks to text: paragraphs apart by a blank line, list items as lines of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from model.article import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from model.article import Block, Verdict

#: Spaces of every width but the plain one; the ideographic space is one too.
_SPACES = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_RUNS = re.compile(" {2,}")
#: Any of them: most texts have none, and are looked through once.
_UNEVEN = re.compile(f"{_SPACES.pattern}|{_INVISIBLE.pattern}|{_RUNS.pattern}")
#: Kinds whose neighbours of the same kind follow on the next line.
_TOGETHER = frozenset({BlockKind.LIST_ITEM, BlockKind.TABLE_ROW})


def plain(text: str) -> str:
    """The text with every space plain, marks that show nothing taken out, lines kept."""
    # What can be printed has none of them but runs of spaces: so asked, most texts cost a tenth.
    if ("  " in text or not text.isprintable()) and _UNEVEN.search(text):
        text = _RUNS.sub(" ", _SPACES.sub(" ", _INVISIBLE.sub("", text)))
    return "\n".join([line.strip() for line in text.split("\n")]).strip("\n")


def preformatted(text: str) -> str:
    """The text as it is written, indentation and all, without marks that show nothing and blank lines around it."""
    return _INVISIBLE.sub("", text).strip("\n")


def assemble(blocks: Iterable[Block]) -> str:
    """The text of an article from its blocks."""
    parts: list[str] = []
    last: BlockKind | None = None
    for block in blocks:
        if text := preformatted(block.text) if block.kind is BlockKind.PREFORMATTED else plain(block.text):
            if parts:
                parts.append("\n" if block.kind is last and last in _TOGETHER else "\n\n")
            parts.append(text)
            last = block.kind
    return "".join(parts)


def article_text(verdicts: Iterable[Verdict]) -> str:
    """The text of the blocks that are kept."""
    return assemble(verdict.block for verdict in verdicts if verdict.kept)
