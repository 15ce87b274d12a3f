from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cleaners.phrases import Phrases

MANY = tuple(f"{first}{second} of the harbour" for first in "abcdefghijklmnopqrst" for second in "abcdefghijkl")


def test_the_most_preferred_phrase_is_found_among_few_and_many() -> None:
    few = ("sails again", "ferry", "the ferry", "again")
    for phrases in (few, MANY[:120] + few + MANY[120:]):
        assert Phrases(phrases).first_in("on friday the ferry sails again") == "sails again"
        assert Phrases(phrases).first_in("on friday the ferry stays") == "ferry"
        assert not Phrases(phrases).first_in("on friday it rains")


@given(st.lists(st.text("ab \u6e21\u8f6e", min_size=1, max_size=6), max_size=8), st.text("ab \u6e21\u8f6e", max_size=20))
def test_many_phrases_are_looked_for_as_few_are(phrases: list[str], line: str) -> None:
    assert Phrases((*phrases, *MANY)).first_in(line) == Phrases(phrases).first_in(line)
