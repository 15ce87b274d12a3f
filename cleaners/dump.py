"""Plain-text dump of a page -> blocks: paragraphs, runs of short lines, list items, headings, quotes.

Dumps come in styles: a line a block, blank lines between; no blank lines at all; wrapped at a column; bullets of many
kinds, numbers on lines of their own; Markdown. The style is read off the dump, never asked for.
"""

# ruff: noqa: RUF001 - the punctuation and letters of many scripts are meant

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from cleaners.blocks import MOST_BLOCKS
from cleaners.measure import ends_sentence, size
from model.article import Block, BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BULLET = re.compile(r"^(?P<indent>\s*)(?P<mark>[•◦▪▫●○■□►‣⁃∙*+–-]|\(?\d{1,3}[.)])(?:\s+(?P<text>\S.*))?$")
_HEADING = re.compile(r"^\s{0,3}(?P<marks>#{1,6})\s+(?P<text>\S.*?)\s*#*$")
_QUOTE = re.compile(r"^\s{0,3}>+\s?(?P<text>.*)$")
_RULE = re.compile(r"^\s*(?:[-=_*~·•─━]\s*){3,}$")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\[\]]*)\]\((?:https?:|mailto:|/|#)[^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)")
_NUMBER = re.compile(r"^\d{1,3}[.)]?$")
_BLANK_SHARE = 12
#: Columns within which text is wrapped by programs, and how full a line must be to count as wrapped.
_NARROWEST, _WIDEST = 50, 140
#: A line longer than this (in letters, see `measure.size`) is a paragraph by itself even without an end mark.
_LONG = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    kind: BlockKind
    text: str
    level: int = 0
    indent: int = 0
    links: float = 0.0


def read_dump(dump: str) -> tuple[Block, ...]:
    """The dump's blocks in order; a run of short lines without a blank line between is one block of several lines."""
    lines = [line.rstrip() for line in dump.replace("\xa0", " ").expandtabs(4).splitlines()]
    filled = sum(bool(line.strip()) for line in lines)
    separated = (len(lines) - filled) * _BLANK_SHARE > filled
    width = _wrapped_at(lines)
    groups = _groups(lines) if separated or width else ([line] for line in lines if line.strip())
    found = (line for group in groups for line in _merged(_unwrapped(_read(group), width)))
    worded = islice((line for line in found if any(map(str.isalnum, line.text))), MOST_BLOCKS)
    return tuple(
        Block(index=index, kind=line.kind, text=line.text, level=line.level, link_density=line.links)
        for index, line in enumerate(worded)
    )


def _groups(lines: Iterable[str]) -> Iterator[list[str]]:
    """The lines between blank lines and rules."""
    group: list[str] = []
    for line in lines:
        if line.strip() and not _RULE.match(line):
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _wrapped_at(lines: list[str]) -> int:
    """The column the dump is wrapped at; 0 when it is not.

    Wrapped text has many lines close under its widest one, and few of them end a sentence.
    """
    widths = sorted(len(line) for line in lines if line.strip())
    if not widths or not _NARROWEST <= widths[-1] <= _WIDEST:
        return 0
    full = [line for line in lines if len(line) > widths[-1] - 16]
    broken = sum(not ends_sentence(line) for line in full)
    return widths[-1] if len(full) >= 4 and broken * 2 > len(full) else 0  # noqa: PLR2004 - fewer may end alike by chance


def _read(group: list[str]) -> list[_Line]:
    """Each line with its mark taken off; a number on a line of its own is the mark of the line after it."""
    read: list[_Line] = []
    for raw in group:
        line = _one(raw)
        last = read[-1] if read else None
        if last and last.kind is BlockKind.LIST_ITEM and _NUMBER.match(last.text) and line.kind is not BlockKind.HEADING:
            read[-1] = _Line(kind=last.kind, text=line.text, level=last.level, indent=last.indent, links=line.links)
        elif last and last.kind is BlockKind.LIST_ITEM and line.kind is BlockKind.PARAGRAPH and line.indent > last.indent:
            read[-1] = _joined(last, line)
        elif not (line.kind is BlockKind.LIST_ITEM and not line.text):
            read.append(line)
    return read


def _one(raw: str) -> _Line:
    text, links = _unlinked(raw)
    indent = len(raw) - len(raw.lstrip())
    if match := _HEADING.match(text):
        return _Line(kind=BlockKind.HEADING, text=match["text"], level=len(match["marks"]), links=links)
    if match := _QUOTE.match(text):
        return _Line(kind=BlockKind.QUOTE, text=_folded(match["text"]), links=links)
    if match := _BULLET.match(text):
        content = match["text"] or ("" if match["mark"] in "•◦▪▫●○■□►‣⁃∙*+–-" else match["mark"])
        return _Line(kind=BlockKind.LIST_ITEM, text=_folded(content), level=1 + indent // 4, indent=indent, links=links)
    return _Line(kind=BlockKind.PARAGRAPH, text=_folded(text), indent=indent, links=links)


def _unlinked(raw: str) -> tuple[str, float]:
    """The line without Markdown's images and link targets, and the share of it that was links."""
    if "](" not in raw:
        return raw, 0.0
    plain = _LINK.sub(r"\1", without_images := _IMAGE.sub("", raw))
    linked = sum(len(label) for label in _LINK.findall(without_images))
    return plain, min(1.0, linked / max(1, len(plain.strip())))


def _folded(text: str) -> str:
    return " ".join(text.split())


def _unwrapped(lines: list[_Line], width: int) -> list[_Line]:
    """Lines joined where the first word of the next would not have fitted: the test a wrapping program makes."""
    if not width:
        return lines
    joined: list[_Line] = []
    for line in lines:
        last = joined[-1] if joined else None
        if last and line.kind in (BlockKind.PARAGRAPH, last.kind) and last.kind is not BlockKind.HEADING:
            first_word = line.text.partition(" ")[0]
            tail = last.text.rpartition("\n")[2]
            if line.kind is BlockKind.PARAGRAPH and last.indent + len(tail) + 1 + len(first_word) > width - 2:
                joined[-1] = _Line(kind=last.kind, text=f"{last.text}\n{line.text}", level=last.level, indent=last.indent)
                continue
        joined.append(line)
    return [_Line(kind=line.kind, text=_folded(line.text), level=line.level, links=line.links) for line in joined]


def _joined(first: _Line, second: _Line) -> _Line:
    links = (first.links * len(first.text) + second.links * len(second.text)) / max(1, len(first.text) + len(second.text))
    text = f"{first.text} {second.text}"
    return _Line(kind=first.kind, text=text, level=first.level, indent=first.indent, links=links)


def _merged(lines: list[_Line]) -> Iterator[_Line]:
    """Short plain lines in a row as one line of several; paragraphs and everything marked by themselves."""
    run: list[_Line] = []
    for line in lines:
        if line.kind is BlockKind.PARAGRAPH and not ends_sentence(line.text) and size(line.text) <= _LONG:
            run.append(line)
            continue
        yield from _run(run)
        run = []
        yield line
    yield from _run(run)


def _run(run: list[_Line]) -> Iterator[_Line]:
    if run:
        links = sum(line.links for line in run) / len(run)
        yield _Line(kind=BlockKind.OTHER, text="\n".join(line.text for line in run), links=links)
