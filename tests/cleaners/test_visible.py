# ruff: noqa: RUF001 - the punctuation and letters of many scripts are meant

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cleaners.blocks import read_blocks
from cleaners.lexicon import lexicon
from cleaners.measure import is_prose
from cleaners.visible import Clues, Visible, visible

STORY = (
    "<p>The ferry sailed again last night, forty years after the bridge was opened and the landing stage closed for good.</p>" * 3
)


def seen(before: str, language: str = "en", after: str = "", marked: tuple[str, ...] = (), **known: object) -> Visible:
    blocks = read_blocks(f"<body><p>Menu</p><h2>The ferry sails again</h2>{before}{STORY}{after}</body>")
    text = {at for at, block in enumerate(blocks) if is_prose(block)}
    clues = Clues(words=lexicon(language), language=language, headlines=("The ferry sails again",), marked=marked, **known)
    return visible(blocks, text, clues)


@pytest.mark.parametrize(
    ("line", "language", "names"),
    [
        ("By Anna Lee", "en", ("Anna Lee",)),
        ("Von Karl Meißner · 5. September 2026, 14:10 Uhr", "de", ("Karl Meißner",)),
        ("김하늘 기자 haneul@narunews.example | 기사입력 2026.09.03 08:10 | 조회수 1,204", "ko", ("김하늘",)),
        ("Anna Lee anna@paper.example", "en", ("Anna Lee",)),
        ("By Anna Lee on Jan 16th, 2012", "en", ("Anna Lee",)),
        ("Submitted by Anna Lee on Tue, 01/17/2012 - 09:27", "en", ("Anna Lee",)),
        ("By Anna Lee Associate News Editor", "en", ("Anna Lee",)),
        ("By Anna Lee \u22c5 Senior Review Editor", "en", ("Anna Lee",)),
        ("Ирина Ковалева — 17.01.2012 15:44", "ru", ("Ирина Ковалева",)),
        ("2012年01月17日 来源：港口报 作者：孙伟 责任编辑：魏景芳", "zh", ("孙伟",)),
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


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("Замдиректора института портов, политолог Сергей Минасян. Иллюстрация: port.example", "ru"),
        ("Harbour expert", "en"),
        ("Reviewed by a certified harbour specialist", "en"),
        ("New ferries | 3", "en"),
    ],
)
def test_lines_with_a_role_in_them_are_no_bylines_by_that(line: str, language: str) -> None:
    assert seen(f"<div>{line}</div>", language).authors == ()


def test_months_of_another_language_than_the_page_claims() -> None:
    assert seen("<div>07 Ιανουαρίου 2012, 10:37</div>").published == datetime(2012, 1, 7, 10, 37, tzinfo=UTC)


def test_prose_names_nobody() -> None:
    assert seen("<p>By the river</p><p>By Monday Anna Lee had left the town and its harbour behind her.</p>").authors == ()


@pytest.mark.parametrize(
    "lines",
    [
        "<div>Written by</div><div>Anna Lee</div>",
        "<div>By Anna Lee 4 August 2010</div>",
        "<div>Author</div><div>Anna Lee</div>",
    ],
)
def test_name_under_a_line_that_announces_it_and_beside_a_date(lines: str) -> None:
    assert seen(lines).authors == ("Anna Lee",)


def test_byline_may_stand_below_the_lead() -> None:
    lead = "<p>It had been gone for forty years, and nobody who stood on the pier last night had thought to see it again.</p>"
    assert seen(f"{lead}<div>By Anna Lee</div>").authors == ("Anna Lee",)


def test_of_the_names_that_markup_calls_authors_the_one_at_the_headline_counts() -> None:
    assert seen("<div>Anna Lee</div>", marked=("Tom Ray", "Anna Lee")).authors == ("Anna Lee",)
    assert seen("<div>Anna Lee</div>").authors == ()
    assert seen("", marked=("Home", "Tom Ray")).authors == ("Tom Ray",)


def test_where_the_house_is_named_only_a_byline_names_somebody_else() -> None:
    assert seen("", marked=("Tom Ray",), house=True).authors == ()
    assert seen("", marked=("Tom Ray",), announced=("Anna Lee",), house=True).authors == ("Anna Lee",)
    assert seen("<div>By Anna Lee</div>", house=True).authors == ("Anna Lee",)


def test_clutter_heading_in_turkish_capitals_signs_nothing() -> None:
    assert seen("", "tr", "<p>ÖNERİLEN VİDEO</p>").authors == ()


def test_name_that_the_text_ends_with_is_its_authors() -> None:
    assert seen("", after="<p>Lê Phương</p>").authors == ("Lê Phương",)
    assert seen("", after="<p>Happy sailing!</p><h2>Lê Phương</h2>").authors == ()
