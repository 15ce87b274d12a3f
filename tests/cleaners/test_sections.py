from __future__ import annotations

import pytest

from cleaners.blocks import read_blocks
from cleaners.captions import caption_rulings
from cleaners.judge import Opinion
from cleaners.lexicon import lexicon
from cleaners.sections import findings, masthead_rulings, word_rulings

CHANNEL = "<p>Губернатор сообщил в своём телеграм-канале, что мост через реку откроют в конце месяца после ремонта опор.</p>"
NOTICE = "<p>Подписывайтесь на наш канал, где мост через реку и новости города видны раньше, чем в газете.</p>"


def dropped(html: str, *, language: str = "en", held: set[int], sure: frozenset[int] = frozenset()) -> set[int]:
    blocks = read_blocks(html)
    found = findings(blocks, lexicon(language))
    return {index for index in word_rulings(blocks, found, prose=held, sure=sure) if index in held}


def test_what_articles_speak_of_too_is_no_notice_where_the_classifier_is_sure() -> None:
    assert dropped(CHANNEL, language="ru", held={0}) == {0}
    assert dropped(CHANNEL, language="ru", held={0}, sure=frozenset({0})) == set()


def test_a_plain_notice_is_one_whoever_is_sure() -> None:
    assert dropped(NOTICE, language="ru", held={0}, sure=frozenset({0})) == {0}


def test_an_entry_of_the_menu_takes_nothing_of_the_text_below() -> None:
    menu = "<ul><li><a href=/home>Home</a></li><li><a href=/jobs>Jobs</a></li></ul>"
    text = "<p>Bridge to open in spring</p><p>Council of one mind</p>"
    prose = "<p>The council of the town decided on Monday to open the bridge after all the repairs are done.</p>"
    assert dropped(menu + text + prose, held={2, 3, 4}) == set()
    assert dropped(f"<h3>Jobs</h3>{text}{prose}", held={1, 2, 3}) == {1}


@pytest.mark.parametrize(
    ("text", "language", "caption"),
    [
        ("Workers close the last gap of the bridge on Monday. Photo: Anna Lee", "en", True),
        ("Workers close the last gap of the bridge on Monday. Reuters", "en", True),
        ("Arbeiter schließen am Montag die letzte Lücke der Brücke. Foto: Anna Lee", "de", True),
        ("정청래 더불어민주당 대표가 12일 국회에서 열린 의원총회에서 인사하고 있다. 뉴스1", "ko", True),
        ("Workers close the last gap of the bridge on Monday. (ANI)", "en", False),
        ("Workers closed the last gap, and everybody wanted the photo: a great one.", "en", False),
        ("Photo: Anna Lee", "en", False),
    ],
)
def test_a_paragraph_that_ends_with_a_credit_is_a_caption(text: str, language: str, *, caption: bool) -> None:
    blocks = read_blocks(f"<p>{text}</p><p>And the last paragraph.</p>")
    assert bool(caption_rulings(blocks, lexicon(language), {0, 1})) is caption


def test_the_end_of_a_text_may_name_its_source() -> None:
    blocks = read_blocks("<p>The first paragraph.</p><p>The mayor had no comment on the bridge on Monday. Reuters</p>")
    assert not caption_rulings(blocks, lexicon("en"), {0, 1})


def test_what_is_not_surely_text_goes_above_the_headline() -> None:
    prose = "The council of the town decided on Monday to open the bridge after all the repairs are done."
    page = "<p>Home</p><p>Independent paper for the valley</p><h1>Bridge to open</h1><p>In spring</p>"
    blocks = read_blocks(f"{page}<p>{prose}</p>")

    def ruled(*scores: float, headline: frozenset[int] = frozenset({2})) -> set[int]:
        return set(masthead_rulings(blocks, [Opinion(score=score, reason="") for score in scores], headline))

    assert ruled(0.1, 0.6, 0.6, 0.6, 0.9) == {1}
    assert ruled(0.1, 0.8, 0.6, 0.6, 0.9) == set()
    assert ruled(0.1, 0.6, 0.6, 0.6, 0.6) == set()
    assert ruled(0.1, 0.6, 0.6, 0.6, 0.9, headline=frozenset()) == set()


def test_a_headline_below_the_text_begins_nothing() -> None:
    prose = "The council of the town decided on Monday to open the bridge after all the repairs are done."
    blocks = read_blocks(f"<p>First a doubtful line</p><p>{prose}</p><h1>Bridge to open</h1>")
    assert masthead_rulings(blocks, [Opinion(score=score, reason="") for score in (0.6, 0.9, 0.6)], {2}) == {}
