from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import fields
from importlib.resources import files

import pytest

from cleaners.lexicon import Lexicon, _lists, languages, lexicon
from cleaners.lines import Clutter, finding
from cleaners.names import names

LANGUAGES = (
    "ar cs da de el en es fi fr hu id it ja ko nl no pl pt ro ru sv tr uk vi zh".split()  # noqa: SIM905 - reads better
)


def test_there_are_words_for_these_languages() -> None:
    assert list(languages()) == LANGUAGES


@pytest.mark.parametrize("name", [*LANGUAGES, "any"])
def test_every_list_is_sorted_unique_and_known(name: str) -> None:
    lists = tomllib.loads(files("cleaners").joinpath("words", f"{name}.toml").read_text(encoding="utf8"))
    assert dict(_lists(name)) == lists
    assert set(lists) <= {field.name for field in fields(Lexicon)}
    for kind, entries in lists.items():
        assert entries == sorted(set(entries)), kind
        assert all(entry == unicodedata.normalize("NFC", entry.strip()) and entry for entry in entries), kind


def test_an_unknown_language_gets_all_words() -> None:
    everything = lexicon(None).headings
    assert lexicon("xx").headings == everything
    assert lexicon("ko").headings < everything


@pytest.mark.parametrize(
    ("line", "clutter"),
    [
        ("Popular Now", Clutter.HEADING),
        ("Artikel versenden | Druckversion | Leserbrief schreiben", Clutter.LINE),
        ("[ASIA] Latest Stories", Clutter.HEADING),
        ("많이 본 뉴스", Clutter.HEADING),
        ("Das könnte Sie auch interessieren:", Clutter.HEADING),
        ("Comments0", Clutter.ENDING),
        ("3 Kommentare", Clutter.ENDING),
        ("Skip to main content", Clutter.LINE),
        ("300", Clutter.COUNTER),
        ("1.2K shares", Clutter.COUNTER),
        ("Читайте также: Другая новость дня", Clutter.TEASER),
        ("Sie sind hier: Startseite > Sport", Clutter.TEASER),
        ("您现在的位置: 首页 > 新闻中心 > 正文", Clutter.TEASER),
        ("Lea también: Otra noticia del día", Clutter.TEASER),
        ("© 2024 Example Media. All rights reserved.", Clutter.TEASER),
        ("This website uses cookies to improve your experience.", Clutter.NOTICE),
        ("Published: July 25, 2024 10:30 AM EST", Clutter.DATE),
        ("입력 2024.07.25 10:30", Clutter.DATE),
        ("By Anna Lee", Clutter.BYLINE),
        ("홍길동 기자", Clutter.BYLINE),
        ("Photo: Anna Lee / Reuters", Clutter.CREDIT),
        ("Newsis", Clutter.CREDIT),
        ("Ministry of Defense", Clutter.CREDIT),
        ("#Korea #Japan", Clutter.HASHTAGS),
        ("tips@paper.example", Clutter.CONTACT),
    ],
)
def test_a_line_is_recognised(line: str, clutter: Clutter) -> None:
    found = finding(line, lexicon(None))
    assert found is not None
    assert found.clutter is clutter


@pytest.mark.parametrize(
    ("language", "heading", "teaser", "byline"),
    [
        ("cs", "Mohlo by vás zajímat", "Čtěte také: Přívoz znovu jezdí", "Autor: Jana Nováková"),
        ("da", "Mest læste", "Læs også: Færgen sejler igen", "Af Mette Holm"),
        ("fi", "Luetuimmat", "Lue myös: Lautta kulkee jälleen", "Teksti: Aino Salo"),
        ("hu", "Kapcsolódó cikkek", "Olvassa el: Újra jár a komp", "Írta: Kovács Anna"),
        ("nb", "Siste nytt", "Les også: Fergen går igjen", "Skrevet av Kari Berg"),
        ("nl", "Meest gelezen", "Lees ook: De veerpont vaart weer", "Door Els Visser"),
        ("nn", "Mest lest", "Les også: Ferja går att", "Av Kari Berg"),
        ("ro", "Cele mai citite", "Citește și: Feribotul circulă din nou", "Autor: Ana Pop"),
        ("sv", "Mest lästa", "Läs också: Färjan går igen", "Av Anna Berg"),
        ("uk", "Читайте також", "Читайте також: Пором знову ходить", "Автор: Олена Бондар"),
        ("vi", "Tin liên quan", "Xem thêm: Phà chạy lại", "Tác giả: Nguyễn Văn An"),
    ],
)
def test_a_languages_words_are_known(language: str, heading: str, teaser: str, byline: str) -> None:
    words = lexicon(language)
    found = [finding(line, words) for line in (heading, teaser, byline)]
    assert [it and it.clutter for it in found] == [Clutter.HEADING, Clutter.TEASER, Clutter.BYLINE]
    assert len(names(byline, words)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "Нагадаємо, пором не ходив три тижні через лід.",
        "La politique de la ville reste la même, dit le maire.",
        "To North Korea: Stop Unstable Actions",
        "Strong International Maneuver if Nuclear Test Occurs",
        "By the time help arrived, the water had risen to the roofs of the lower town.",
        "More than 300 people were killed.",
        "The Ministry of Defense said on Tuesday that it would not comment.",
        "Popular now as then, the songs of the harbour are sung by children and sailors alike.",
        "This is VOA News Cho Sang-jin.",
        "Die Kommentare des Ministers lösten Streit aus.",
        "Vent de Noroît, à 38 min",
    ],
)
def test_a_line_of_the_article_is_not_recognised(line: str) -> None:
    assert finding(line, lexicon(None)) is None


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("By ANNA LEE and Tom Ray, Senior Reporters | tips@paper.example", ("Anna Lee", "Tom Ray")),
        ("Von Jörg Müller", ("Jörg Müller",)),
        ("홍길동 기자", ("홍길동",)),
        ("Reuters", ()),
        ("Staff writer", ()),
        ("By John Smith, Political Correspondent", ("John Smith",)),
        ("Par Marie Dupont et Luc Martin", ("Marie Dupont", "Luc Martin")),
        ("Published 12 May 2024", ()),
        ("By John E Smith", ("John E Smith",)),
        ("By Kim Ja Young", ("Kim Ja Young",)),
        ("Por Ana López y Luis Martín", ("Ana López", "Luis Martín")),
        ("Por ANA LÓPEZ Y LUIS MARTÍN", ("Ana López", "Luis Martín")),
        ("Av Kari Berg og Ola Dahl", ("Kari Berg", "Ola Dahl")),
        ("Írta: Kovács Anna és Nagy Péter", ("Kovács Anna", "Nagy Péter")),
        ("Teksti: Aino Salo ja Matti Niemi", ("Aino Salo", "Matti Niemi")),
    ],
)
def test_names_only(byline: str, expected: tuple[str, ...]) -> None:
    assert names(byline, lexicon(None)) == expected
