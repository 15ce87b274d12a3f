from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cleaners.parsing import parse

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

#: So many tags that nesting is looked at.
MANY = "<p>x</p>" * 1_001


def depth(html: str, tag: str) -> int:
    """How many elements of a tag are open at once, at most."""
    return max(map(around, parse(html).css(tag)), default=0)


def around(node: LexborNode) -> int:
    """How many elements of its own tag an element stands in, itself among them."""
    found, above = 1, node.parent
    while above is not None:
        found, above = found + (above.tag == node.tag), above.parent
    return found


@pytest.mark.parametrize(("tag", "most"), [("b", 100), ("FONT", 100), ("div", 3_000)])
def test_what_nests_too_deeply_is_flattened(tag: str, most: int) -> None:
    assert depth(f"<{tag}>" * most + MANY, tag.lower()) == most
    assert depth(f"<{tag}>" * (most + 1) + MANY, tag.lower()) == 0


def test_fonts_that_are_closed_in_time_stay() -> None:
    assert len(parse("<b>x</b>" * 1_001).css("b")) == 1_001


def test_a_name_that_begins_as_a_font_does_is_none() -> None:
    opened = (node.tag for node in parse("<b\u00e9>" * 101 + MANY).css("*"))
    assert sum(tag == "b\u00e9" for tag in opened) == 101
    assert depth("<big-b>" * 101 + MANY, "big-b") == 101


def test_bytes_at_hand_are_read() -> None:
    assert parse("<p>Seen</p>", b"<p>Read</p>").text() == "Read"
