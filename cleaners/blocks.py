"""HTML -> leaf text blocks, in one pass over lexbor's tree.

Walked in document order with an explicit stack, so nesting of any depth is safe. Text that stands in a ``div`` beside
child blocks is a block of its own; a blank line made of ``<br><br>`` ends a block as ``</p>`` does, because on old pages
a whole article is one table cell; a single ``<br>`` stays as a newline inside the block.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from cleaners.tables import merge_rows
from cleaners.tree import BREAKING, PLAIN, SKIPPED, VOID, Document
from model.article import Block, BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from selectolax.lexbor import LexborNode

#: Elements of a block's path at most; deeper ones share their ancestor's, so that hostile nesting stays linear.
PATH_DEPTH = 40
#: How far up a block looks for what it is: ``li > div > p`` is a list item, a list around the whole page is not asked.
KIND_DEPTH = 4

#: A page with fewer tags cannot nest too deeply.
_MANY_TAGS = 2_000
#: Elements open at once beyond which it is an attack or an accident.
_DEEPEST_BLOCKS, _DEEPEST_FONTS = 3_000, 100
_BLOCK_TAG = re.compile(
    r"<(/?)(?:address|article|aside|blockquote|center|details|dialog|dir|div|dl|fieldset|figcaption|figure|footer|form|header"
    r"|hgroup|main|menu|nav|ol|pre|search|section|summary|ul)(?![\w-])",
    re.IGNORECASE,
)
_FONT_TAG = re.compile(r"<(/?)(?:b|big|code|em|font|i|s|small|strike|strong|tt|u)(?![\w-])", re.IGNORECASE)

_KINDS = {
    "blockquote": BlockKind.QUOTE,
    "caption": BlockKind.CAPTION,
    "dd": BlockKind.LIST_ITEM,
    "dt": BlockKind.LIST_ITEM,
    "figcaption": BlockKind.CAPTION,
    "h1": BlockKind.HEADING,
    "h2": BlockKind.HEADING,
    "h3": BlockKind.HEADING,
    "h4": BlockKind.HEADING,
    "h5": BlockKind.HEADING,
    "h6": BlockKind.HEADING,
    "li": BlockKind.LIST_ITEM,
    "pre": BlockKind.PREFORMATTED,
}
_DESCRIPTIONS = 'meta[name="description" i], meta[property="og:description"], meta[name="twitter:description"]'
_NOTHING: Mapping[str, str | None] = MappingProxyType({})
_LISTS = frozenset(("ul", "ol", "menu", "dl", "dir"))
_HIDING_STYLE = re.compile(r"display\s*:\s*none", re.IGNORECASE)

#: Blocks that are read of one page; the longest of 1,681 real ones has 1,500. What costs more is made to cost.
MOST_BLOCKS = 10_000


def parse(html: str) -> LexborHTMLParser:
    """The page's tree; any input gives one.

    Two kinds of nesting cost lexbor time and memory by the square, as the standard asks it to: for each block element it
    looks through all that are open, and it opens all unclosed fonts again in each paragraph. Where they nest deeper than
    on any sane page, blocks are read as ``<p>`` and fonts as ``<span>``: the text and its order stay, the depth goes.
    """
    if html.count("<") > _MANY_TAGS:
        if _nesting(html, _FONT_TAG) > _DEEPEST_FONTS:
            html = _FONT_TAG.sub(r"<\1span", html)
        if _nesting(html, _BLOCK_TAG) > _DEEPEST_BLOCKS:
            html = _BLOCK_TAG.sub("<p", html)
    return LexborHTMLParser(html)


def _nesting(html: str, tags: re.Pattern[str]) -> int:
    """How many of some elements are open at once, at most; the pattern's first group is the slash of an end tag."""
    depth = deepest = 0
    for tag in tags.finditer(html):
        depth = max(depth - 1, 0) if tag.group(1) else depth + 1
        deepest = max(deepest, depth)
    return deepest


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
    named = (node.attributes.get("content") for node in root.css(_DESCRIPTIONS))
    return reader.document(
        title=" ".join(title.text().split()) if title is not None else "",
        description=next((content for content in named if content), ""),
    )


class _Reader:
    """What has been read so far. Elements and blocks are parallel lists; see `Document` for their meaning."""

    __slots__ = (
        "attributes", "end", "first", "innermost_table", "lines", "link_chars", "links", "open", "open_links", "owner", "owners",
        "parents", "pieces", "started_in", "tags", "texts",
    )  # fmt: skip

    def __init__(self) -> None:
        self.tags: list[str] = []
        self.parents: list[int] = []
        self.first: list[int] = []
        self.end: list[int] = []
        self.attributes: list[Mapping[str, str | None]] = []
        #: For each element, itself or the nearest ancestor that is not inline.
        self.owner: list[int] = []

        self.texts: list[str] = []
        self.owners: list[int] = []
        self.links: list[int] = []

        #: Elements that are open: (identity of lexbor's node, number).
        self.open: list[tuple[int, int]] = []
        self.open_links = 0
        #: The table closed last: one that holds it is no data table.
        self.innermost_table = -1
        #: The block being read: its finished lines, the pieces of its last line, its characters inside links.
        self.lines: list[str] = []
        self.pieces: list[str] = []
        self.link_chars = 0
        self.started_in = 0

    def read(self, root: LexborNode) -> None:
        """Visit every node below the root once, up to `MOST_BLOCKS` blocks."""
        skipped: set[int] = set()
        still_open = self.open
        for node in root.traverse(include_text=True):
            tag = node.tag or "unknown"
            # Half of all nodes are white space between elements: nothing to ask where no text waits.
            if tag == "-text" and not self.pieces and not self.lines and (node.text_content or "").isspace():
                continue
            parent = node.parent
            above = 0 if parent is None else parent.mem_id
            if above in skipped:
                skipped.add(node.mem_id)
                continue
            while still_open and still_open[-1][0] != above:
                self.close()
            if not self.visit(tag, node):
                skipped.add(node.mem_id)
            if len(self.texts) >= MOST_BLOCKS:
                break
        while still_open:
            self.close()

    def visit(self, tag: str, node: LexborNode) -> bool:
        """Take in a node; False when what it holds is to be skipped."""
        if tag == "-text":
            self.text(node.text_content or "")
        elif tag == "br":
            self.line_break()
        elif tag in VOID or tag in SKIPPED:
            self.note(tag)
            return tag in VOID
        else:
            return self.enter(tag, node)
        return True

    def note(self, tag: str) -> None:
        """Remember that an element stands here, and nothing of what it holds."""
        number = len(self.tags)
        parent = self.open[-1][1] if self.open else number
        self.tags.append(tag)
        self.parents.append(parent)
        self.owner.append(parent)
        self.first.append(len(self.texts))
        self.end.append(len(self.texts))
        self.attributes.append(_NOTHING)

    def enter(self, tag: str, node: LexborNode) -> bool:
        """Open an element; False when it is hidden."""
        attributes = _NOTHING if tag in PLAIN else node.attributes
        if "hidden" in attributes or ("style" in attributes and _HIDING_STYLE.search(attributes["style"] or "")):
            return False
        number = len(self.tags)
        parent = self.open[-1][1] if self.open else number
        if tag in BREAKING:
            self.flush()
            self.owner.append(number)
        else:
            self.owner.append(self.owner[parent] if parent < number else number)
            self.open_links += tag == "a"
        self.tags.append(tag)
        self.parents.append(parent)
        self.first.append(len(self.texts))
        self.end.append(0)
        self.attributes.append(attributes)
        self.open.append((node.mem_id, number))
        return True

    def close(self) -> None:
        """End the innermost open element."""
        _, number = self.open.pop()
        tag = self.tags[number]
        if tag in BREAKING:
            self.flush()
            if tag == "table":
                if self.innermost_table < number:
                    merge_rows(number, self.tags, self.first, self.end, self.texts, self.owners, self.links)
                self.innermost_table = number
        elif tag == "a":
            self.open_links -= 1
        # An inline element holds the block that is still being read.
        self.end[number] = len(self.texts) + bool(self.pieces)

    def text(self, text: str) -> None:
        """Add a piece of text to the block being read."""
        if not self.pieces and not self.lines:
            if text.isspace():
                return
            self.started_in = self.owner[self.open[-1][1]]
        if self.open_links:
            self.link_chars += len(text.strip())
        self.pieces.append(text)

    def line_break(self) -> None:
        """End the line; a second break in a row ends the block."""
        line = self.fold()
        if line:
            self.lines.append(line)
        elif self.lines:
            self.flush()

    def fold(self) -> str:
        """Take the last line out, white space folded."""
        line = " ".join("".join(self.pieces).split())
        self.pieces.clear()
        return line

    def flush(self) -> None:
        """End the block being read, if there is one."""
        if not (self.pieces or self.lines):
            return
        if line := self.fold():
            self.lines.append(line)
        text = "\n".join(self.lines)
        # Bars, bullets and arrows between links are no block.
        if any(map(str.isalnum, text)):
            self.texts.append(text)
            self.owners.append(self.started_in)
            self.links.append(min(self.link_chars, len(text)))
        self.lines.clear()
        self.link_chars = 0

    def document(self, *, title: str, description: str) -> Document:
        """What was read, as a value."""
        paths = self.paths()
        place = {owner: (paths[owner], *self.describe(owner)) for owner in set(self.owners)}
        blocks = []
        for index, (text, owner, links) in enumerate(zip(self.texts, self.owners, self.links, strict=True)):
            path, kind, level = place[owner]
            blocks.append(Block(index=index, kind=kind, text=text, path=path, level=level, link_density=links / len(text)))
        return Document(
            blocks=tuple(blocks),
            owners=self.owners,
            tags=self.tags,
            parents=self.parents,
            first=self.first,
            # An inline element may have waited for a block that came to nothing.
            end=[min(number, len(blocks)) for number in self.end],
            attributes=self.attributes,
            title=title,
            description=description,
        )

    def ancestors(self, number: int, limit: int) -> Iterator[int]:
        """The element and those around it, outwards, at most ``limit`` of them."""
        for _ in range(limit):
            yield number
            if self.parents[number] == number:
                return
            number = self.parents[number]

    def paths(self) -> list[str]:
        """For each element, the tags and classes from the root down to it, inline ones left out."""
        found: list[str] = []
        depths: list[int] = []
        for tag, parent, named in zip(self.tags, self.parents, self.attributes, strict=True):
            if parent == len(found):
                path, depth = tag, 1
            else:
                path, depth = found[parent], depths[parent]
                if tag in BREAKING and depth < PATH_DEPTH:
                    names = named.get("class")
                    step = ".".join((tag, *names.split())) if names else tag
                    path, depth = f"{path}/{step}", depth + 1
            found.append(path)
            depths.append(depth)
        return found

    def describe(self, owner: int) -> tuple[BlockKind, int]:
        """Kind and level of a block that stands in the element."""
        if self.tags[owner] == "tr":
            return BlockKind.TABLE_ROW, 0
        for number in self.ancestors(owner, KIND_DEPTH):
            kind = _KINDS.get(self.tags[number])
            if kind is BlockKind.HEADING:
                return kind, int(self.tags[number][1])
            if kind is BlockKind.LIST_ITEM:
                around = self.ancestors(number, PATH_DEPTH)
                return kind, sum(self.tags[above] in _LISTS for above in around) or 1
            if kind is not None:
                return kind, 0
        return (BlockKind.PARAGRAPH if self.tags[owner] == "p" else BlockKind.OTHER), 0
