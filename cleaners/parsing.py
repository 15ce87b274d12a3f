"""HTML text -> lexbor's tree, whatever the text is."""

from __future__ import annotations

import re

import numpy as np
from selectolax.lexbor import LexborHTMLParser

from cleaners.streamed import in_place

#: A page with fewer tags cannot nest too deeply.
_MANY_TAGS = 2_000
#: Elements open at once beyond which it is an attack or an accident.
_DEEPEST_BLOCKS, _DEEPEST_FONTS = 3_000, 100
#: The first letters of both lists are asked for first: most tags are ruled out by them, in half the time.
_BLOCK = (
    rb"(?=[abcdfhmnopsu])(?:address|article|aside|blockquote|center|details|dialog|dir|div|dl|fieldset|figcaption|figure"
    rb"|footer|form|header|hgroup|main|menu|nav|ol|pre|search|section|summary|ul)(?![\w\x80-\xff-])"
)
_FONT = rb"(?=[bcefistu])(?:b|big|code|em|font|i|s|small|strike|strong|tt|u)(?![\w\x80-\xff-])"
_BLOCK_TAG, _FONT_TAG = re.compile(rb"<(/?)" + _BLOCK, re.IGNORECASE), re.compile(rb"<(/?)" + _FONT, re.IGNORECASE)
_OPENED_FONT = re.compile(rb"<" + _FONT, re.IGNORECASE)


def parse(html: str, utf8: bytes | None = None) -> LexborHTMLParser:
    """The page's tree; any input gives one.

    Args:
        html: the page.
        utf8: the same in UTF-8, which lexbor reads, where it is at hand.
    """
    placed = in_place(html)
    source = utf8 if utf8 is not None and placed is html else placed.encode("utf-8", "ignore")
    return LexborHTMLParser(_flattened(source))


def _flattened(source: bytes) -> bytes:
    """A page in UTF-8 without elements that nest too deeply.

    Two kinds of nesting cost lexbor time and memory by the square, as the standard asks it to: for each block element it
    looks through all that are open, and it opens all unclosed fonts again in each paragraph. Where they nest deeper than
    on any sane page, blocks are read as ``<p>`` and fonts as ``<span>``: the text and its order stay, the depth goes.
    """
    # What stands so often numpy counts in a quarter of the time.
    codes = np.frombuffer(source, dtype=np.uint8)
    begun = codes == ord("<")
    if (tags := np.count_nonzero(begun)) <= _MANY_TAGS:
        return source
    ended = np.count_nonzero(begun[:-1] & (codes[1:] == ord("/")))
    # Hardly any page opens so many fonts at all, and to count those alone takes half of the time.
    if len(_OPENED_FONT.findall(source)) > _DEEPEST_FONTS and _nests_deeper(source, _FONT_TAG, _DEEPEST_FONTS):
        source = _FONT_TAG.sub(rb"<\1span", source)
    if tags - ended > _DEEPEST_BLOCKS and _nests_deeper(source, _BLOCK_TAG, _DEEPEST_BLOCKS):
        source = _BLOCK_TAG.sub(rb"<p", source)
    return source


def _nests_deeper(source: bytes, tags: re.Pattern[bytes], most: int) -> bool:
    """Whether more than ``most`` of some elements are open at once; the pattern's group is the slash of an end tag."""
    found = tags.findall(source)
    if len(found) - found.count(b"/") <= most:
        return False
    depth = deepest = 0
    for slash in found:
        depth = max(depth - 1, 0) if slash else depth + 1
        deepest = max(deepest, depth)
    return deepest > most
