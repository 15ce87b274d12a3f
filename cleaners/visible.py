"""Author and date as a reader sees them: the lines around the headline, and those at the end of the text.

Old pages and many small papers claim nothing in their head and mark nothing by a class; but they write "By Anna Lee" or
"김하늘 기자", and a date, under the headline or after the last paragraph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleaners.dates import moment
from cleaners.lines import byline_names
from cleaners.measure import is_prose
from cleaners.names import distinct, is_name, without_addresses
from model.fingerprints import normalised

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from cleaners.lexicon import Lexicon
    from model.article import Block

#: Characters of a line that says who and when.
_LINE = 160
#: Characters by which a headline may differ from itself: spaces, quotation marks.
_NEAR = 10
#: Lines looked at in one block.
_LINES = 12
#: Blocks looked at: above the headline, below it, around the last paragraph.
_ABOVE, _BELOW, _AROUND_END = 3, 12, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Visible:
    """What can be read off the page itself."""

    authors: tuple[str, ...] = ()
    published: datetime | None = None


def visible(blocks: Sequence[Block], title: str, words: Lexicon, language: str | None, text: Collection[int]) -> Visible:
    """Authors and date beside the text.

    Args:
        blocks: the page's blocks in order.
        title: the headline.
        words: the lexicon of the page's language.
        language: ISO 639-1 where it is known.
        text: positions of the blocks that are held for the article's text.
    """
    headline, below = _head(blocks, title, text)
    top = (*_lines(blocks, headline, below), *_lines(blocks, max(0, headline - _ABOVE), headline))
    end = max(text, default=-1)
    last = tuple(_lines(blocks, max(0, end - _AROUND_END + 1), min(len(blocks), end + _AROUND_END + 1))) if text else ()
    lines = (*top, *last[::-1])
    return Visible(
        authors=next((names for line in lines if (names := _authors(line, words))), ()),
        published=next((when for line in lines if (when := moment(line, language))), None),
    )


def _head(blocks: Sequence[Block], title: str, text: Collection[int]) -> tuple[int, int]:
    """The headline, and the end of what stands between it and the first paragraph."""
    wanted = normalised(title)
    named = [
        at
        for at, block in enumerate(blocks)
        if wanted and abs(len(line := block.text.partition("\n")[0]) - len(title)) <= _NEAR and normalised(line) == wanted
    ]
    prose = [at for at in sorted(text) if is_prose(blocks[at])]
    first = prose[0] if prose else 0
    headline = max((at for at in named if at <= first), default=min(named, default=max(0, first - _ABOVE)))
    below = next((at for at in prose if at > headline), headline + _BELOW)
    return headline, min(len(blocks), below, headline + _BELOW)


def _lines(blocks: Sequence[Block], first: int, end: int) -> Iterator[str]:
    for block in blocks[first:end]:
        yield from (line for line in block.text.split("\n", _LINES)[:_LINES] if len(line) <= _LINE)


def _authors(line: str, words: Lexicon) -> tuple[str, ...]:
    """The names of a byline, or the name beside a mail address."""
    marked = not words.naming.isdisjoint(normalised(line).split())
    if marked and (found := byline_names(line, words)):
        return found
    name = without_addresses(line).strip(" ,;:|()<>-")
    return distinct([name]) if "@" in line and " " in name and is_name(name, words) else ()
