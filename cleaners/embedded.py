"""The longest article-like text in a page's script data, for pages that show themselves by script only.

Sites embed what their scripts will show: as JSON (``__NEXT_DATA__``), as assignments and calls (``__APOLLO_STATE__``,
``Fusion.globalContent``), as a stream of React elements (``self.__next_f``). The text stands there as a string of HTML, as
elements, or as a list of paragraphs in some form of rich text. No name of a site's fields is known here but the words that
all of them use for text. Everything is bounded: scripts, values, depth.
"""

from __future__ import annotations

import json
import re
from html import escape
from typing import TYPE_CHECKING

from cleaners.measure import ends_sentence, size
from cleaners.reactstream import elements_of, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleaners.claims import Json

_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script", re.DOTALL | re.IGNORECASE)
#: Scripts that hold no page: code of others, and what `claims` reads.
_OTHER = re.compile(r"\bsrc\s*=|ld\+json|importmap|speculationrules|text/(?:html|template|x-)", re.IGNORECASE)
#: Where a value begins: after an assignment, inside a call, or the script itself.
_VALUE = re.compile(r"(?:^|=|\(|\|\||\?\?)\s*(?=[\[{]|JSON\.parse\(\s*[\"'])")
_PARSED = re.compile(r"JSON\.parse\(\s*(?=\")")
_UNDEFINED = re.compile(r"(?<=[:\[,])\s*(?:undefined|void 0|NaN)(?=\s*[,}\]])")
#: What tells HTML from plain text.
TAG = re.compile(r"<(?:p|br|div|h[1-6]|li|section|blockquote)\b[^<>]*>", re.IGNORECASE)
#: Keys under which all kinds of rich text keep their words, and the kinds of entry that are headings.
_TEXT_KEYS = (
    "content", "text", "value", "html", "body", "children", "nodes", "blocks", "paragraphs", "elements", "components", "copy",
    "markup", "data", "document", "items", "root", "richText", "articleBody", "contentHtml", "rendered", "markdown",
)  # fmt: skip
_KIND_KEYS = ("type", "_type", "nodeType", "kind", "__typename", "style", "name", "tag")
_BLOCKS = re.compile(
    r"p(?:aragraph)?|text|block|h(?:eading|eader)?-?[1-6]?|list-?_?item|li|(?:block)?quote|core/\w+|unstyled", re.IGNORECASE
)
_HEADING = re.compile(r"h(?:eading|eader)?-?[1-6]?", re.IGNORECASE)
#: Characters of a script and of a string that are looked at, values looked at in one script, and how deep.
_SHORTEST, _LONGEST, _MOST_VALUES, _DEEPEST = 500, 3_000_000, 60_000, 80
_MOST_SCRIPTS, _MOST_TRIES = 600, 4
#: How deep the words of a paragraph lie in it: runs of text, links around them.
_DEEPEST_WORDS = 8
#: Between paragraphs of HTML; characters that are weighed, and those of a paragraph that counts.
_BORDER = re.compile(r"</?(?:p|br|div|h[1-6]|li|section|blockquote|td|tr|ul)\b[^<>]*>", re.IGNORECASE)
_INNER = re.compile(r"<[^<>]*>")
_WEIGHED, _COUNTS = 400_000, 40
#: Characters of an entry that is a text of its own: two of them are two texts.
_WHOLE = 4_000


def told(html: str) -> str:
    """The text as HTML; "" where script data holds none.

    A string is worth what reads like paragraphs in it, a list what its entries are worth.
    """
    scripts = list(_scripts(html))
    best, found = 0.0, ""
    for value in _values(scripts):
        for text in _texts(value):
            worth = _worth(text)
            if worth > best:
                best, found = worth, text
    return found


def _scripts(html: str) -> Iterator[str]:
    left = _LONGEST
    for number, script in enumerate(_SCRIPT.finditer(html)):
        if number >= _MOST_SCRIPTS or left <= 0:
            return
        if not _OTHER.search(script[1]):
            left -= len(script[2])
            yield script[2][:_LONGEST]


def _values(scripts: list[str]) -> Iterator[Json]:
    """The JSON values in the scripts; the pieces of a React stream as one list of its rows."""
    streamed = rows(scripts)
    if streamed:
        yield elements_of(streamed)
        yield list(streamed.values())
    for script in scripts:
        if len(script) >= _SHORTEST and "__next_f" not in script[:40]:
            yield from _read(script)


def _read(script: str) -> Iterator[Json]:
    """The values a script assigns or passes on."""
    at = tries = 0
    decoder = json.JSONDecoder(strict=False)
    while tries < _MOST_TRIES and (begin := _VALUE.search(script, at)):
        tries += 1
        start = begin.end()
        parsed = _PARSED.match(script, start)
        try:
            value, at = decoder.raw_decode(script, parsed.end() if parsed else start)
            yield json.loads(value, strict=False) if parsed and isinstance(value, str) else value
        except (ValueError, RecursionError):
            at = start + 1
            mended, count = _UNDEFINED.subn("null", script[start:])
            if count:
                try:
                    value, length = decoder.raw_decode(mended)
                    yield value
                    at = max(at, start + length)
                except (ValueError, RecursionError):
                    continue


def _texts(value: Json) -> Iterator[str]:
    """Every string of HTML or prose in a value, and every list of paragraphs as HTML; walked with a stack."""
    waiting: list[tuple[Json, int]] = [(value, 0)]
    count = 0
    while waiting and count < _MOST_VALUES:
        current, depth = waiting.pop()
        count += 1
        if isinstance(current, str):
            if len(current) >= _SHORTEST:
                yield from _strings(current, depth, waiting)
        elif depth < _DEEPEST and isinstance(current, dict):
            waiting.extend((entry, depth + 1) for entry in current.values())
        elif depth < _DEEPEST and isinstance(current, list):
            if _is_rich(current) and (text := _rich(current)):
                yield text
            waiting.extend((entry, depth + 1) for entry in current)


def _strings(text: str, depth: int, waiting: list[tuple[Json, int]]) -> Iterator[str]:
    """A string as it is, or what it holds: JSON inside JSON is read once more."""
    if text[0] in "[{" and depth < _DEEPEST:
        try:
            waiting.append((json.loads(text, strict=False), depth + 1))
        except (ValueError, RecursionError):
            return
    else:
        yield text if TAG.search(text) else _paragraphs(text)


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in text.split("\n") if line.strip())


def _is_rich(entries: list[Json]) -> bool:
    """Whether a list may be a text's paragraphs: things with words in them, or strings that end sentences."""
    things = sum(isinstance(entry, dict) and any(key in entry for key in _TEXT_KEYS) for entry in entries)
    lines = sum(isinstance(entry, str) and ends_sentence(entry) for entry in entries)
    return max(things, lines) * 2 > len(entries) > 1


def _rich(entries: list[Json]) -> str:
    """The list's entries as paragraphs, headings kept as such; "" for a list of whole texts."""
    written: list[str] = []
    whole = 0
    for entry in entries:
        words = entry if isinstance(entry, str) else "".join(_words(entry, 0))
        if not words.strip():
            continue
        whole += len(words) > _WHOLE
        if whole > 1:
            return ""
        if TAG.search(words):
            written.append(words)
        else:
            tag = "h2" if isinstance(entry, dict) and _is_heading(entry) else "p"
            written.append(f"<{tag}>{words}</{tag}>")
    return "".join(written)


def _is_heading(entry: dict[str, Json]) -> bool:
    return any(isinstance(kind := entry.get(key), str) and _HEADING.fullmatch(kind) for key in _KIND_KEYS)


def _words(entry: Json, depth: int) -> Iterator[str]:
    """The words of one entry, in order: strings under the keys that hold text, at any depth that is sane."""
    if isinstance(entry, str):
        yield entry
    elif depth >= _DEEPEST_WORDS:
        return
    elif isinstance(entry, list):
        for part in entry:
            block = isinstance(part, dict) and _is_block(part)
            if block:
                yield "\n<p>"
            yield from _words(part, depth + 1)
    elif isinstance(entry, dict):
        key = next((key for key in _TEXT_KEYS if isinstance(entry.get(key), (list, dict))), None)
        key = key or next((key for key in _TEXT_KEYS if isinstance(entry.get(key), str)), None)
        if key is not None:
            yield from _words(entry[key], depth + 1)


def _is_block(entry: dict[str, Json]) -> bool:
    return any(isinstance(kind := entry.get(key), str) and _BLOCKS.fullmatch(kind) for key in _KIND_KEYS)


def _worth(html: str) -> float:
    """Size of the paragraphs in it: pieces between tags that go on for a while and end as sentences do."""
    texts = (_INNER.sub("", piece).strip() for piece in _BORDER.split(html[:_WEIGHED]))
    return sum(size(text) for text in texts if len(text) > _COUNTS and ends_sentence(text))
