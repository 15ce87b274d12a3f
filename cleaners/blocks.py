"""lexbor's tree -> leaf text blocks, in one pass.

Walked in document order with an explicit stack, so nesting of any depth is safe. Text that stands in a ``div`` beside
child blocks is a block of its own; a blank line made of ``<br><br>`` ends a block as ``</p>`` does, because on old pages
a whole article is one table cell; a single ``<br>`` stays as a newline inside the block.
"""

from __future__ import annotations

import re
from textwrap import dedent
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleaners.parsing import parse
from cleaners.shapes import places
from cleaners.tables import Mark, merge_rows
from cleaners.tree import BREAKING, PLAIN, SKIPPED, VOID, Document
from model.article import Block

if TYPE_CHECKING:
    from collections.abc import Mapping

    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from cleaners.tree import Shape

_DESCRIPTIONS = 'meta[name="description" i], meta[property="og:description"], meta[name="twitter:description"]'
_NOTHING: Mapping[str, str | None] = MappingProxyType({})
_HIDING_STYLE = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_EMPTY = VOID | SKIPPED
#: Tags whose attributes nobody asks about.
_UNASKED = PLAIN | _EMPTY

#: Columns of a tab in preformatted text.
_TAB = 4
#: Blocks that are read of one page; the longest of 1,681 real ones has 1,500. What costs more is made to cost.
MOST_BLOCKS = 10_000


def read_blocks(html: str) -> tuple[Block, ...]:
    """The page's leaf text blocks in document order; scripts, styles and hidden content left out."""
    return read_document(parse(html)).blocks


def read_document(tree: LexborHTMLParser) -> Document:
    """The page's blocks with the elements they stand in. The tree is only read."""
    reader = _Reader()
    root = tree.root
    if root is None:
        return reader.document(title="", description="")
    reader.read(root)
    title = root.css_first("head > title")
    return reader.document(
        title=" ".join(title.text().split()) if title is not None else "",
        description=_description(tree.head) or _description(root),
    )


def _description(node: LexborNode | None) -> str:
    """The first description that an element holds; "" without."""
    found = node.css(_DESCRIPTIONS) if node is not None else ()
    return next((content for meta in found if (content := meta.attributes.get("content"))), "")


def _as_written(text: str) -> str:
    """Preformatted text without the indentation that all its lines share, and without blank lines around it."""
    lines = (line.rstrip() for line in text.expandtabs(_TAB).split("\n"))
    return dedent("\n".join(lines)).strip("\n")


def _shown(node: LexborNode) -> Mapping[str, str | None] | None:
    """An element's attributes; None for one that is hidden."""
    named = node.attributes
    return None if "hidden" in named or ("style" in named and _HIDING_STYLE.search(named["style"] or "")) else named


class _Reader:
    """What has been read so far. Elements and blocks are parallel lists; see `Document` for their meaning."""

    __slots__ = (
        "attributes", "end", "first", "innermost_table", "lines", "link_chars", "links", "marks", "open_links", "open_pres",
        "owners", "parents", "pieces", "shape", "shapes", "started_in", "tags", "texts",
    )  # fmt: skip

    def __init__(self) -> None:
        self.tags: list[str] = []
        self.parents: list[int] = []
        self.first: list[int] = []
        self.end: list[int] = []
        self.attributes: list[Mapping[str, str | None]] = []
        self.shape: list[int] = []

        self.texts: list[str] = []
        self.owners: list[int] = []
        self.links: list[int] = []
        #: Text without letter or figure, no block by itself, that a data table's row needs ("$$", "✓").
        self.marks: list[Mark] = []

        #: The page's shapes, numbered in the order they came.
        self.shapes: dict[Shape, int] = {}
        self.open_links = 0
        self.open_pres = 0
        #: The table closed last: one that holds it is no data table.
        self.innermost_table = -1
        #: The block being read: its finished lines, the pieces of its last line, its characters inside links.
        self.lines: list[str] = []
        self.pieces: list[str] = []
        self.link_chars = 0
        self.started_in = 0

    def read(self, root: LexborNode) -> None:
        """Visit every node below the root once, up to `MOST_BLOCKS` blocks."""
        #: The innermost open element, its shape, and itself or the nearest around it that is not inline.
        inside, look, owner = 0, -1, 0
        #: For each open element its node, and the three as they were outside.
        trail: list[tuple[LexborNode, int, int, int]] = []
        #: lexbor's number of a tag -> its name, one string for all.
        named: dict[int, str] = {}
        texts, pieces, lines = self.texts, self.pieces, self.lines
        node: LexborNode | None = root
        while node is not None and len(texts) < MOST_BLOCKS:
            tag = named.get(node.tag_id) or named.setdefault(node.tag_id, node.tag or "unknown")
            if tag == "-text":
                text = node.text_content or ""
                # Half of all nodes are white space between elements: nothing to do where no text waits.
                if pieces or lines or not text.isspace():
                    self.text(text, owner)
            elif tag == "br":
                self.line_break()
            elif (attributes := _NOTHING if tag in _UNASKED else _shown(node)) is not None:
                number, own_look = self.enter(tag, attributes, inside, look)
                if tag not in _EMPTY:
                    if (below := node.first_child) is not None:
                        trail.append((node, inside, look, owner))
                        node, inside, look, owner = below, number, own_look, number if tag in BREAKING else owner
                        continue
                    self.close(number)
            while (following := node.next) is None and trail:
                self.close(inside)
                node, inside, look, owner = trail.pop()
            # What stands beside the root is not the page's.
            node = following if trail else None
        for _, outside, _, _ in reversed(trail):
            self.close(inside)
            inside = outside

    def enter(self, tag: str, attributes: Mapping[str, str | None], parent: int, look: int) -> tuple[int, int]:
        """Open an element inside another of some shape; its number and its own shape's."""
        if tag in BREAKING and (self.pieces or self.lines):
            self.flush()
        number, blocks = len(self.tags), len(self.texts)
        own_look = self.shapes.setdefault((look, tag, attributes.get("class") if attributes else None), len(self.shapes))
        self.tags.append(tag)
        self.parents.append(parent)
        self.attributes.append(attributes)
        self.shape.append(own_look)
        self.first.append(blocks)
        self.end.append(blocks)
        if tag == "a":
            self.open_links += 1
        elif tag == "pre":
            self.open_pres += 1
        return number, own_look

    def text(self, text: str, owner: int) -> None:
        """Add a piece of text, which stands in an element, to the block being read."""
        if not self.pieces and not self.lines:
            self.started_in = owner
        if self.open_links:
            self.link_chars += len(text.strip())
        self.pieces.append(text)

    def close(self, number: int) -> None:
        """End the innermost open element."""
        tag = self.tags[number]
        if tag in BREAKING:
            if self.pieces or self.lines:
                self.flush()
            if tag == "pre":
                self.open_pres -= 1
            elif tag == "table":
                if self.innermost_table < number:
                    merge_rows(number, self.tags, self.first, self.end, self.texts, self.owners, self.links, self.marks)
                self.marks.clear()
                self.innermost_table = number
        elif tag == "a":
            self.open_links -= 1
        # An inline element holds the block that is still being read.
        self.end[number] = len(self.texts) + bool(self.pieces)

    def line_break(self) -> None:
        """End the line; a second break in a row ends the block."""
        line = self.fold()
        if line:
            self.lines.append(line)
        elif self.lines:
            self.flush()

    def fold(self) -> str:
        """Take the last line out, white space folded; in preformatted text all lines, as they are."""
        line = "".join(self.pieces)
        line = _as_written(line) if self.open_pres else " ".join(line.split())
        self.pieces.clear()
        return line

    def flush(self) -> None:
        """End the block being read."""
        text = self.fold()
        if self.lines:
            text = "\n".join((*self.lines, text) if text else self.lines)
            self.lines.clear()
        # Bars, bullets and arrows between links are no block; hardly any other text begins with one.
        if text[:1].isalnum() or any(map(str.isalnum, text)):
            self.texts.append(text)
            self.owners.append(self.started_in)
            self.links.append(min(self.link_chars, len(text)))
        elif text:
            self.marks.append(Mark(self.started_in, len(self.texts), text))
        self.link_chars = 0

    def document(self, *, title: str, description: str) -> Document:
        """What was read, as a value."""
        shapes = tuple(self.shapes)
        found = places(shapes, {self.shape[owner] for owner in self.owners})
        blocks = []
        for index, (text, owner, links) in enumerate(zip(self.texts, self.owners, self.links, strict=True)):
            path, kind, level = found[self.shape[owner]]
            blocks.append(Block(index=index, kind=kind, text=text, path=path, level=level, link_density=links / len(text)))
        return Document(
            blocks=tuple(blocks),
            owners=self.owners,
            tags=self.tags,
            parents=self.parents,
            first=self.first,
            # An inline element may have waited for a block that came to nothing.
            end=self.end if max(self.end, default=0) <= len(blocks) else [min(number, len(blocks)) for number in self.end],
            attributes=self.attributes,
            shapes=shapes,
            shape=self.shape,
            title=title,
            description=description,
        )
