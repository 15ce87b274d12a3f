"""Author and date as a reader sees them: the lines around the headline, and those at the end of the text.

Old pages and many small papers claim nothing in their head and mark nothing by a class; but they write "By Anna Lee" or
"김하늘 기자", and a date, under the headline or after the last paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleaners.dates import moment, without_dates
from cleaners.lines import byline_names
from cleaners.measure import is_prose, near
from cleaners.names import distinct, is_full, is_name, labelled_names, names, without_addresses, without_byline
from model.fingerprints import normalised

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from cleaners.lexicon import Lexicon
    from model.article import Block

#: Characters of a line that says who and when.
_LINE = 160
#: Lines looked at in one block.
_LINES = 12
#: What stands around a name.
_EDGES = " ,;:|()<>-–—·•"  # noqa: RUF001 - dashes are meant
#: What is left of "Anna Lee — 17.01.2012" without the date.
_DASHED = re.compile(r"^\S[^—–|]{3,50}\s[—–|]$")  # noqa: RUF001 - dashes are meant
#: Blocks looked at: above the headline, below it, around the last paragraph.
_ABOVE, _BELOW, _AROUND_END = 3, 12, 3
#: Paragraphs that may stand between the headline and who wrote it: what the story is in a few words.
_LEADS = 2
#: Words of a name that nothing but its place tells for one.
_NAME = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Visible:
    """What can be read off the page itself."""

    authors: tuple[str, ...] = ()
    published: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What is known that helps to tell a byline."""

    words: Lexicon
    #: ISO 639-1 where it is known.
    language: str | None
    #: The headline in the forms the page has it.
    headlines: tuple[str, ...]
    #: Names in what the markup calls an author, of whichever story.
    marked: tuple[str, ...] = ()
    #: Those that the markup's own words announce.
    announced: tuple[str, ...] = ()
    #: Whether the page claims that its house wrote it: then only a byline names somebody else.
    house: bool = False


def visible(blocks: Sequence[Block], text: Collection[int], clues: Clues) -> Visible:
    """Authors and date beside the text.

    Args:
        blocks: the page's blocks in order.
        text: positions of the blocks that are held for the article's text.
        clues: what is known of the page.
    """
    headline, below = _head(blocks, clues.headlines, text)
    first = tuple(_lines(blocks, headline, below))
    above = tuple(_lines(blocks, max(0, headline - _ABOVE), headline))
    under = tuple(_lines(blocks, headline, min(len(blocks), headline + _BELOW, _after_leads(blocks, headline, text))))
    end = max(text, default=-1)
    last = tuple(_lines(blocks, max(0, end - _AROUND_END + 1), min(len(blocks), end + _AROUND_END + 1)))[::-1] if text else ()
    full = [name for name in clues.marked if is_full(name)]
    marked = {normalised(name): name for name in reversed(full)}
    found = next((found for lines in (under, above, last) if (found := _authors(lines, clues.words, marked))), ())
    found = found or (_signature(blocks, end, clues.words) if text else ())
    return Visible(
        authors=found or distinct(clues.announced or ([] if clues.house else full[:1])),
        published=next((when for line in (*first, *above, *last) if (when := moment(line, clues.language))), None),
    )


def _head(blocks: Sequence[Block], headlines: Collection[str], text: Collection[int]) -> tuple[int, int]:
    """The headline, and the end of what stands between it and the first paragraph."""
    wanted = frozenset(form for headline in headlines if (form := normalised(headline)))
    lines, lengths = ((at, block.text.partition("\n")[0]) for at, block in enumerate(blocks)), near(headlines)
    named = [at for at, line in lines if len(line) in lengths and normalised(line) in wanted]
    prose = [at for at in sorted(text) if is_prose(blocks[at])]
    first = prose[0] if prose else 0
    headline = max((at for at in named if at <= first), default=min(named, default=max(0, first - _ABOVE)))
    below = next((at for at in prose if at > headline), headline + _BELOW)
    return headline, min(len(blocks), below, headline + _BELOW)


def _after_leads(blocks: Sequence[Block], headline: int, text: Collection[int]) -> int:
    """The paragraph before which a byline may still stand."""
    prose = (at for at in sorted(text) if at > headline and is_prose(blocks[at]))
    return next((at for number, at in enumerate(prose) if number == _LEADS), len(blocks))


def _lines(blocks: Sequence[Block], first: int, end: int) -> Iterator[str]:
    for block in blocks[first:end]:
        yield from (line for line in block.text.split("\n", _LINES)[:_LINES] if len(line) <= _LINE)


def _authors(lines: Sequence[str], words: Lexicon, marked: dict[str, str]) -> tuple[str, ...]:
    """The first names that lines give: in a byline, beside a mail address, in what is marked, under what announces them."""
    before = ""
    for line in lines:
        if found := _in_line(line, before, words, marked):
            return found
        before = line
    return ()


def _in_line(line: str, before: str, words: Lexicon, marked: dict[str, str]) -> tuple[str, ...]:
    said = without_dates(line).strip(_EDGES)
    announced = not words.naming.isdisjoint(normalised(line).split())
    if announced and (found := byline_names(line, words) or byline_names(said, words) or labelled_names(said, words)):
        started = without_byline(line, words) != line  # a role beside a single word may mean anything: "Safety expert"
        if started or any(is_full(name) for name in found):
            return found
    if line.rstrip()[-1:].isdigit() and _DASHED.search(without_dates(line)) and is_full(said) and is_name(said, words):
        return names(said, words)
    name = without_addresses(said).strip(" ,;:|()<>-") if "@" in line else ""
    if " " in name and is_name(name, words):
        return distinct([name])
    if normalised(before) in words.bylines and is_full(said) and is_name(said, words):
        return names(said, words)
    return distinct(marked[form] for name in names(said, words) if (form := normalised(name)) in marked) if marked else ()


def _signature(blocks: Sequence[Block], end: int, words: Lexicon) -> tuple[str, ...]:
    """The name that the text ends with, in a paragraph of its own: its last one, or the one after it."""
    for at in range(max(end, 1), min(end + 2, len(blocks))):
        said = blocks[at].text.strip(_EDGES)
        alike = any(block.path == blocks[at].path for block in blocks[max(0, at - _AROUND_END) : at])
        if (
            alike
            and said[-1:].isalpha()
            and not said.isupper()
            and is_full(said)
            and len(said.split()) <= _NAME
            and is_name(said, words)
        ):
            return distinct([said])
    return ()
