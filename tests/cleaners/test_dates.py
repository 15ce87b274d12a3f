# ruff: noqa: RUF001 - the punctuation and letters of many scripts are meant

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.dates import moment
from cleaners.lexicon import languages


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("2026.09.03 08:10", "ko", "2026-09-02T23:10"),
        ("3 września 2026, godz. 8:10", "pl", "2026-09-03T06:10"),
        ("5. September 2026, 14:10 Uhr", "de", "2026-09-05T12:10"),
        ("Publié le 1er août 2024 à 10h30", "fr", "2024-08-01T10:30"),
        ("15 juin 2020 08:00", "fr", "2020-06-15T08:00"),
        ("15 juillet 2020 08:00", "fr", "2020-07-15T08:00"),
        ("25 de julio de 2024 a las 10:30", "es", "2024-07-25T10:30"),
        ("5 de março de 2024 às 10h30", "pt", "2024-03-05T10:30"),
        ("il 5 settembre 2026 alle 14.10", "it", "2026-09-05T12:10"),
        ("14:10 5 сентября 2026 г.", "ru", "2026-09-05T14:10"),
        ("Τρίτη 3 ΜΑΡΤΙΟΥ 2026 14:10", "el", "2026-03-03T12:10"),
        ("12 Ağustos 2023 09:15", "tr", "2023-08-12T06:15"),
        ("5. oktober 2026 kl. 14.10", "nb", "2026-10-05T12:10"),
        ("5. maj 2026 kl. 14:10", "da", "2026-05-05T12:10"),
        ("5. lokakuuta 2026 klo 14.10", "fi", "2026-10-05T11:10"),
        ("5 iulie 2026, 14:10", "ro", "2026-07-05T11:10"),
        ("5. listopada 2026. 14:10", "hr", "2026-10-05T12:10"),
        ("5. listopadu 2026 14:10", "cs", "2026-11-05T13:10"),
        ("5 октомври 2026, 14:10", "bg", "2026-10-05T11:10"),
        ("Selasa, 3 Maret 2026 14.10", "id", "2026-03-03T14:10"),
        ("2026年9月3日 8时10分", "zh", "2026-09-03T00:10"),
        ("2026年9月3日 午後8時10分", "ja", "2026-09-03T11:10"),
        ("Thursday, July 25, 2024 10:30 PM", "en", "2024-07-25T22:30"),
        ("Sept. 5th, 2020", "en", "2020-09-05T00:00"),
        ("05.09.2026 14:10", "de", "2026-09-05T12:10"),
        ("03/04/2026", "en", "2026-03-04T00:00"),
        ("03/04/2026", "it", "2026-04-03T00:00"),
        ("25/04/2026", "en", "2026-04-25T00:00"),
        ("2024-07-25T10:30:00Z", "ko", "2024-07-25T10:30"),
        ("2024-07-25 10:30:00 +0100", "ko", "2024-07-25T09:30"),
    ],
)
def test_moments_as_pages_write_them(text: str, language: str, expected: str) -> None:
    assert moment(text, language) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_day_without_time_stays_that_day_in_every_zone() -> None:
    assert (
        moment("5 May 2021", "ko") == moment("2021-05-05", "pl") == moment("20210505", "de") == datetime(2021, 5, 5, tzinfo=UTC)
    )


@pytest.mark.parametrize("text", ["10 tips in 2024", "31 February 2024", "", "12 Monkeys 1995", "40.13.2024", "Room 5, 2024"])
def test_what_is_no_date(text: str) -> None:
    assert moment(text, "en") is None


def test_a_day_of_the_week_is_no_month() -> None:
    assert moment("5 maanantai 2026", "fi") is None


@given(st.text(max_size=80), st.sampled_from([None, "xx", *languages()]))
def test_any_text_gives_a_moment_or_none(text: str, language: str | None) -> None:
    found = moment(text, language)
    assert found is None or found.tzinfo is UTC
