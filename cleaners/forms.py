"""A cleaned page in other forms than plain text: Markdown, HTML that is safe to show, JSON with every verdict."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from cleaners.links import linked
from cleaners.text import plain, preformatted
from model.article import BlockKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from cleaners.links import Anchor
    from model.article import Block, Cleaned


class Form(StrEnum):
    """What a cleaned page can be given as."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"


#: What HTML may hold; nh3 takes out everything else, though nothing else is ever put in.
_TAGS = frozenset("article a blockquote h1 h2 h3 h4 h5 h6 li ol p pre table tbody td tr ul br".split())  # noqa: SIM905 - reads better
_SCHEMES = frozenset({"http", "https", "mailto"})
#: Characters that mean something to Markdown wherever they stand, and beginnings of lines that do.
_MEANING = re.compile(r"([\\`*_\[\]<>])")
_OPENING = re.compile(r"^(\s*)(\d*)([#+.)-])(?=\s|$)", re.MULTILINE)
_CELL = " | "
#: The path of an item whose list is an ordered one.
_ORDERED = re.compile(r"/ol(?:\.[^/]*)?/li(?:\.[^/]*)?(?:/(?!ul|ol|dl|menu|dir)[^/]*)*$")


def render(cleaned: Cleaned, form: Form = Form.TEXT, *, anchors: Sequence[Anchor] = ()) -> str:
    """The article in a form.

    Args:
        cleaned: a cleaned page.
        form: text is `Article.text` as it is; Markdown and HTML begin with the headline; JSON has every verdict.
        anchors: the page's links (`links.anchors_of`), to be kept in Markdown and HTML; none: links become their text.
    """
    if form is Form.JSON:
        return _json(cleaned)
    if form is Form.TEXT:
        return cleaned.article.text
    kept = linked([verdict.block for verdict in cleaned.verdicts if verdict.kept], anchors)
    if form is Form.MARKDOWN:
        parts = [f"# {_marked(plain(cleaned.article.title))}"] if cleaned.article.title else []
        return "\n\n".join([*parts, *_grouped(kept, _markdown)]) + "\n"
    title = f"<h1>{escape(cleaned.article.title)}</h1>\n" if cleaned.article.title else ""
    return _safe(f"<article>\n{title}" + "\n".join(_grouped(kept, _html)) + "\n</article>") + "\n"


def _grouped(
    kept: Iterable[tuple[Block, Sequence[tuple[str, str]]]],
    write: Callable[[BlockKind, list[tuple[Block, Sequence[tuple[str, str]]]]], Iterator[str]],
) -> Iterator[str]:
    """Neighbours of one kind are written together: a list, a table, a quotation."""
    for kind, blocks in groupby(kept, key=lambda pair: pair[0].kind):
        yield from write(kind, list(blocks))


def _markdown(kind: BlockKind, blocks: list[tuple[Block, Sequence[tuple[str, str]]]]) -> Iterator[str]:
    texts = [_inline(pieces) for _, pieces in blocks]
    if kind is BlockKind.LIST_ITEM:
        outermost = min(block.level for block, _ in blocks)
        marks = list(_marks([block for block, _ in blocks]))
        step = max(map(len, marks)) + 1
        indents = [" " * step * (block.level - outermost) for block, _ in blocks]
        yield "\n".join(
            f"{indent}{mark} {' '.join(text.split())}" for indent, mark, text in zip(indents, marks, texts, strict=True)
        )
    elif kind is BlockKind.TABLE_ROW:
        yield _table([plain(block.text).split(_CELL) for block, _ in blocks])
    elif kind is BlockKind.HEADING:
        for (block, _), text in zip(blocks, texts, strict=True):
            yield f"{'#' * max(2, block.level)} {' '.join(text.split())}"
    elif kind is BlockKind.QUOTE:
        yield "\n>\n".join("> " + text.replace("\n", "\n> ") for text in texts)
    elif kind is BlockKind.PREFORMATTED:
        yield from (f"```\n{preformatted(block.text).replace('```', '` ` `')}\n```" for block, _ in blocks)
    else:
        yield from (text.replace("\n", "  \n") for text in texts)


def _marks(items: Sequence[Block]) -> Iterator[str]:
    """What stands before each list item: a dash, or its number where the list is an ordered one."""
    counts: dict[int, int] = {}
    for item in items:
        counts = {level: count for level, count in counts.items() if level <= item.level}
        ordered = bool(_ORDERED.search(item.path))
        counts[item.level] = counts.get(item.level, 0) + 1 if ordered else 0
        yield f"{counts[item.level]}." if ordered else "-"


def _inline(pieces: Sequence[tuple[str, str]]) -> str:
    text = "".join(f"[{_marked(piece)}]({_target(address)})" if address else _marked(piece) for piece, address in pieces)
    return _OPENING.sub(r"\1\2\\\3", text)


def _marked(text: str) -> str:
    """The text with what Markdown would take for its own made plain."""
    return _MEANING.sub(r"\\\1", text)


def _target(address: str) -> str:
    return re.sub(r"[()\s<>\\]", lambda match: f"%{ord(match[0]):02X}", address)


def _table(rows: Sequence[Sequence[str]]) -> str:
    width = max(map(len, rows))
    filled = ([_marked(cell).replace("|", "\\|") for cell in row] + [""] * (width - len(row)) for row in rows)
    lines = ["| " + " | ".join(row) + " |" for row in filled]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _html(kind: BlockKind, blocks: list[tuple[Block, Sequence[tuple[str, str]]]]) -> Iterator[str]:
    texts = ["".join(_anchor(*piece) for piece in pieces).replace("\n", "<br>\n") for _, pieces in blocks]
    if kind is BlockKind.LIST_ITEM:
        yield _lists([(block.level, _list_tag(block), text) for (block, _), text in zip(blocks, texts, strict=True)])
    elif kind is BlockKind.TABLE_ROW:
        rows = ("".join(f"<td>{escape(cell)}</td>" for cell in plain(block.text).split(_CELL)) for block, _ in blocks)
        yield "<table><tbody>\n" + "\n".join(f"<tr>{row}</tr>" for row in rows) + "\n</tbody></table>"
    elif kind is BlockKind.HEADING:
        yield from (f"<h{max(2, b.level)}>{text}</h{max(2, b.level)}>" for (b, _), text in zip(blocks, texts, strict=True))
    elif kind is BlockKind.QUOTE:
        yield "<blockquote>\n" + "\n".join(f"<p>{text}</p>" for text in texts) + "\n</blockquote>"
    elif kind is BlockKind.PREFORMATTED:
        yield from (f"<pre>{escape(block.text)}</pre>" for block, _ in blocks)
    else:
        yield from (f"<p>{text}</p>" for text in texts)


def _list_tag(block: Block) -> str:
    return "ol" if _ORDERED.search(block.path) else "ul"


def _lists(items: Sequence[tuple[int, str, str]]) -> str:
    """List items, each a level, its list's tag and its text, as lists inside lists."""
    written: list[str] = []
    opened: list[tuple[int, str]] = []
    for level, tag, text in items:
        while opened and (opened[-1][0] > level or (opened[-1][0] == level and opened[-1][1] != tag)):
            written[-1] += "</li>"
            written.append(f"</{opened.pop()[1]}>")
        if opened and opened[-1][0] == level:
            written[-1] += "</li>"
        else:
            written.append(f"<{tag}>")
            opened.append((level, tag))
        written.append(f"<li>{text}")
    for _, tag in reversed(opened):
        written[-1] += "</li>"
        written.append(f"</{tag}>")
    return "\n".join(written)


def _anchor(piece: str, address: str) -> str:
    return f'<a href="{escape(address)}">{escape(piece)}</a>' if address else escape(piece)


def _safe(html: str) -> str:
    import nh3

    return nh3.clean(html, tags=set(_TAGS), attributes={"a": {"href"}}, url_schemes=set(_SCHEMES), link_rel="noopener nofollow")


def _json(cleaned: Cleaned) -> str:
    return json.dumps({**plain_article(cleaned), "verdicts": plain_verdicts(cleaned)}, ensure_ascii=False, indent=1)


def plain_article(cleaned: Cleaned) -> dict[str, object]:
    """Every field of the article, ready for JSON, and how it was made."""
    facts = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(cleaned.article).items()}
    return {**facts, "doubt": round(cleaned.doubt, 4), "engine_version": cleaned.engine_version}


def plain_verdicts(cleaned: Cleaned) -> list[dict[str, object]]:
    """Every block of the page with what was decided of it, ready for JSON."""
    return [
        {
            "kept": verdict.kept,
            "score": round(verdict.score, 4),
            "reason": verdict.reason,
            "kind": verdict.block.kind,
            "level": verdict.block.level,
            "path": verdict.block.path,
            "text": verdict.block.text,
        }
        for verdict in cleaned.verdicts
    ]
