from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from cleaners.measure import near, size, word_count
from cleaners.scripts import language_of

#: A word of spaced scripts, or a character of those without spaces.
WORD = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\\W\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)


@given(st.text("aé1_-' .\n\u2019\u00a0\u6e21\u3042\uac00\ufb01\U0001f6a2"))
def test_words_are_runs_of_letters_and_single_ideographs(text: str) -> None:
    assert word_count(text) == len(WORD.findall(text))


def test_sizes_of_scripts_compare() -> None:
    assert (size("ferry"), size("fähre"), size("渡轮"), size("여객선"), size("\ufb01\ue000")) == (5, 5, 5, 3 * 1.8, 2)


def test_lengths_near_a_text_are_of_the_same_text_with_other_marks() -> None:
    assert near([]) == frozenset()
    assert {20, 40, 100} <= near(["x" * 30, "x" * 100]) >= {70, 130}
    assert not {13, 47} & near(["x" * 30])


def test_a_language_is_told_by_the_script_most_of_a_text_is_in() -> None:
    english, russian = "The ferry is in the port and it is on time.", "Паром в порту и на этом всё, что он не может."
    assert (language_of(english), language_of(russian)) == ("en", "ru")
    assert language_of(f"{english} {english} Паром") == "en"
    assert language_of(f"{russian} Ferry") == "ru"
    assert language_of("여객선 여객선 ferry") == "ko"
    assert language_of("4711 \u2014 !") is None
