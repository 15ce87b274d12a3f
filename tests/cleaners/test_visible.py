from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cleaners.blocks import read_blocks
from cleaners.lexicon import lexicon
from cleaners.measure import is_prose
from cleaners.visible import Visible, visible

STORY = (
    "<p>The ferry sailed again last night, forty years after the bridge was opened and the landing stage closed for good.</p>" * 3
)


def seen(before: str, language: str = "en", after: str = "") -> Visible:
    blocks = read_blocks(f"<body><p>Menu</p><h2>The ferry sails again</h2>{before}{STORY}{after}</body>")
    text = {at for at, block in enumerate(blocks) if is_prose(block)}
    return visible(blocks, "The ferry sails again", lexicon(language), language, text)


@pytest.mark.parametrize(
    ("line", "language", "names"),
    [
        ("By Anna Lee", "en", ("Anna Lee",)),
        ("Von Karl Meißner · 5. September 2026, 14:10 Uhr", "de", ("Karl Meißner",)),
        ("김하늘 기자 haneul@narunews.example | 기사입력 2026.09.03 08:10 | 조회수 1,204", "ko", ("김하늘",)),
        ("Anna Lee anna@paper.example", "en", ("Anna Lee",)),
    ],
)
def test_byline_under_the_headline_or_at_the_end(line: str, language: str, names: tuple[str, ...]) -> None:
    assert seen(f"<div>{line}</div>", language).authors == names
    assert seen("", language, f"<div>{line}</div>").authors == names


def test_line_under_the_headline_comes_before_one_above_it() -> None:
    found = seen("<div>6 September 2026, 10:00</div>")
    assert found.published == datetime(2026, 9, 6, 10, tzinfo=UTC)


def test_dates_far_from_the_headline_are_not_the_articles() -> None:
    assert seen("", after="<p>Menu</p>" * 9 + "<p>1 March 2003</p>").published is None


def test_prose_names_nobody() -> None:
    assert seen("<p>By the river</p><p>By Monday Anna Lee had left the town and its harbour behind her.</p>").authors == ()
