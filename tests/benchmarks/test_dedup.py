from __future__ import annotations

import random
from pathlib import Path

from benchmarks.dedup.__main__ import newsmill_pairs
from benchmarks.dedup.variants import COPIES, family, originals, texts

FIXTURES = Path(__file__).parents[2] / "fixtures"


def test_every_copy_of_a_fixture_is_found_and_no_stranger() -> None:
    found = originals(texts(FIXTURES))
    assert len(found) >= 4
    made = [family(found[n], found[-1 - n], random.Random(n)) for n in range(2)]
    pool = [text for one in made for text in (one.original, *one.copies.values())]
    size = 1 + len(COPIES)
    pairs, _ = newsmill_pairs(pool)
    assert {(n * size, n * size + k) for n in range(2) for k in range(1, size)} <= pairs
    assert all(a // size == b // size for a, b in pairs)


def test_texts_that_share_sentences_are_no_two_originals() -> None:
    text = "\n".join(f"This is the sentence number {n} of a long enough article." for n in range(30))
    assert originals(iter([text, text + "\nAnd one more sentence at the end of the copy.", "Short."])) == [text]
