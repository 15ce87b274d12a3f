"""React's stream of server components (``self.__next_f.push([1,"..."])``) -> the elements it draws, as HTML.

The pieces of the stream make rows: a number in hexadecimal, a colon, and JSON up to the end of the line, or ``T``, a length in
bytes in hexadecimal, a comma and so much text. An element is ``["$", tag, key, properties]``; ``"$L1f"`` stands for a row.
Source: react-server's ReactFlightServer.js, as Next.js writes it since version 13.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cleaners.claims import Json

_PUSH = re.compile(r"self\.__next_f\.push\(\[\s*1\s*,\s*(?=\")")
_ROW = re.compile(r"([0-9a-f]{0,8}):(?:T([0-9a-f]{1,8}),)?", re.IGNORECASE)
_REFERENCE = re.compile(r"\$[L@]?([0-9a-f]{1,8})")
_TAG = re.compile(r"[a-z][a-z0-9]*")
#: Tags that hold nothing.
_EMPTY = frozenset({"br", "hr", "img", "input", "link", "meta", "source"})
#: Elements drawn, and how deep.
_MOST, _DEEPEST = 60_000, 200


def rows(scripts: Iterable[str]) -> dict[str, Json]:
    """The rows of the stream in a page's scripts by their number; texts as strings. Empty without a stream."""
    decoder = json.JSONDecoder(strict=False)
    pieces: list[str] = []
    for script in scripts:
        if begin := _PUSH.search(script):
            try:
                piece, _ = decoder.raw_decode(script, begin.end())
            except ValueError:
                continue
            pieces.append(piece)
    stream = "".join(pieces)
    found: dict[str, Json] = {}
    at = 0
    while row := _ROW.match(stream, at):
        if row[2]:
            text = _bytes(stream, row.end(), int(row[2], 16))
            found[row[1]], at = text, row.end() + len(text)
            continue
        end = stream.find("\n", row.end())
        end = len(stream) if end < 0 else end
        with suppress(ValueError, RecursionError):  # an import or a hint: "I[...]", "HL[...]"
            found[row[1]] = json.loads(stream[row.end() : end])
        at = end + 1
    return found


def _bytes(stream: str, start: int, length: int) -> str:
    """So many bytes of UTF-8 from a place on, as text."""
    piece = stream[start : start + length]
    return piece if piece.isascii() else piece.encode("utf8", "surrogatepass")[:length].decode("utf8", "ignore")


def elements_of(found: Mapping[str, Json]) -> str:
    """What the rows draw, from the first on; rows nobody refers to stand where they come."""
    written: list[str] = []
    seen: set[str] = set()
    waiting: list[tuple[Json, int]] = []
    count = 0
    for name, row in found.items():
        if name in seen:
            continue
        seen.add(name)
        waiting.append((row, 0))
        while waiting and count < _MOST:
            current, depth = waiting.pop()
            count += 1
            if depth < _DEEPEST:
                _draw(current, depth, found, seen, written, waiting)
    return "".join(written)


def _draw(
    current: Json, depth: int, found: Mapping[str, Json], seen: set[str], written: list[str], waiting: list[tuple[Json, int]]
) -> None:
    """Write a node, or put what it consists of on the stack."""
    if isinstance(current, _Markup):
        written.append(current)
    elif isinstance(current, str):
        reference = _REFERENCE.fullmatch(current)
        if reference and reference[1] in found and reference[1] not in seen:
            seen.add(reference[1])
            waiting.append((found[reference[1]], depth + 1))
        elif depth and not current.startswith("$"):
            written.append(escape(current, quote=False))
    elif isinstance(current, list):
        if len(current) > 3 and current[0] == "$" and isinstance(current[1], str) and isinstance(current[3], dict):  # noqa: PLR2004 - as the module says
            _open(current[1], current[3], depth, waiting)
        elif depth or any(isinstance(entry, list) for entry in current):
            waiting.extend((entry, depth + 1) for entry in reversed(current))


class _Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def _open(tag: str, properties: Mapping[str, Json], depth: int, waiting: list[tuple[Json, int]]) -> None:
    raw = properties.get("dangerouslySetInnerHTML")
    markup = raw.get("__html") if isinstance(raw, dict) else None
    inner: Json = _Markup(markup) if isinstance(markup, str) else properties.get("children")
    if not _TAG.fullmatch(tag):
        waiting.append((inner, depth + 1))
    elif tag not in ("script", "style"):
        if tag not in _EMPTY:
            waiting.append((_Markup(f"</{tag}>"), depth + 1))
            waiting.append((inner, depth + 1))
        waiting.append((_Markup(f"<{tag}>"), depth + 1))
