"""HTML text -> lexbor's tree, whatever the text is."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from cleaners.streamed import in_place

#: A page with fewer tags cannot nest too deeply.
_MANY_TAGS = 2_000
#: Elements open at once beyond which it is an attack or an accident.
_DEEPEST_BLOCKS, _DEEPEST_FONTS = 3_000, 100
#: The first letters of both lists are asked for first: most tags are ruled out by them, in half the time.
_BLOCK_TAG = re.compile(
    r"<(/?)(?=[abcdfhmnopsu])(?:address|article|aside|blockquote|center|details|dialog|dir|div|dl|fieldset|figcaption|figure"
    r"|footer|form|header|hgroup|main|menu|nav|ol|pre|search|section|summary|ul)(?![\w-])",
    re.IGNORECASE,
)
_FONT_TAG = re.compile(
    r"<(/?)(?=[bcefistu])(?:b|big|code|em|font|i|s|small|strike|strong|tt|u)(?![\w-])",
    re.IGNORECASE,
)


def parse(html: str) -> LexborHTMLParser:
    """The page's tree; any input gives one.

    Two kinds of nesting cost lexbor time and memory by the square, as the standard asks it to: for each block element it
    looks through all that are open, and it opens all unclosed fonts again in each paragraph. Where they nest deeper than
    on any sane page, blocks are read as ``<p>`` and fonts as ``<span>``: the text and its order stay, the depth goes.
    """
    html = in_place(html)
    tags = html.count("<")
    if tags > _MANY_TAGS:
        if _nests_deeper(html, _FONT_TAG, _DEEPEST_FONTS):
            html = _FONT_TAG.sub(r"<\1span", html)
        if tags - html.count("</") > _DEEPEST_BLOCKS and _nests_deeper(html, _BLOCK_TAG, _DEEPEST_BLOCKS):
            html = _BLOCK_TAG.sub("<p", html)
    return LexborHTMLParser(html)


def _nests_deeper(html: str, tags: re.Pattern[str], most: int) -> bool:
    """Whether more than ``most`` of some elements are open at once; the pattern's group is the slash of an end tag."""
    found = tags.findall(html)
    if len(found) - found.count("/") <= most:
        return False
    depth = deepest = 0
    for slash in found:
        depth = max(depth - 1, 0) if slash else depth + 1
        deepest = max(deepest, depth)
    return deepest > most
