"""Titles and names as feeds, sitemaps and menus write them, made plain."""

from __future__ import annotations

import html
import re

#: Titles and names longer than this are not such.
LONGEST = 1000

#: Markup, comments included; "a < b" is text.
_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*>", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


def plain(text: str) -> str | None:
    """The text without tags, entities and folded space; None where nothing is left.

    Escaped once by XML, once by HTML, and often once more by the publishing system: three rounds undo that.

    >>> plain("Storm &amp;amp; <b>flood</b>:  a &lt;i&gt;report&lt;/i&gt;, 1 < 2")
    'Storm & flood: a report, 1 < 2'
    """
    text = text[: 8 * LONGEST]
    for _ in range(3):
        text = html.unescape(_TAG.sub("", text))
    return " ".join(_SURROGATE.sub("", _TAG.sub("", text)).split())[:LONGEST] or None
