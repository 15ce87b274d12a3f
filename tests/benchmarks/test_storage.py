from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.storage import filling
from benchmarks.storage.__main__ import growth, line
from benchmarks.storage.filling import fill
from benchmarks.storage.measuring import Figures
from benchmarks.storage.synthetic import END, article, body, edited
from storage import open_store
from storage.shingles import overlap, shingles

if TYPE_CHECKING:
    import pytest


def figures(**more: float) -> Figures:
    plain = dict.fromkeys(Figures.__dataclass_fields__, 1.0) | {
        "failed_writes": 0,
        "failed_reads": 0,
        "reads": 9,
        "articles": 1000,
    }
    return Figures(**(plain | more))  # type: ignore[arg-type]  # numbers, all of them


def test_a_filled_database_is_one_that_visits_would_have_left(database_url: str) -> None:
    fill(database_url, 120)
    with open_store(database_url) as store:
        assert [finding for finding in store.check() if finding.wrong] == []
        (made,) = [article for article in store.articles() if article.id == 77]
        assert made.text == article(77, total=120).text
        assert store.raw_article(77).body == body(article(77, total=120))
        assert 77 in {hit.id for hit in store.search(f'"{" ".join(made.text.split()[1:5])}"')}


def test_made_up_articles_are_the_same_each_time_and_strangers_to_each_other() -> None:
    one, other = article(1, total=9), article(2, total=9)
    assert article(1, total=9) == one
    assert overlap(shingles(one.text), shingles(other.text)).containment < 0.05
    copy = edited(one, 10)
    assert copy.source != one.source
    assert overlap(shingles(one.text), shingles(copy.text)).containment > 0.8
    assert article(9, total=9).at == END


def test_what_grew_is_told() -> None:
    told = growth([figures(write=2.0), figures(write=5.0, size=1.2)])
    assert (told["a write"], told["bytes"]) == (2.5, 1.2)
    assert line(figures(write=2.0)).startswith("| 1,000 | 2.0 / 1.0 |")


def test_a_large_database_is_filled_with_old_articles_made_of_others(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "IN_FULL", 90)
    monkeypatch.setattr(filling, "SEEDS", 25)
    fill(sqlite_url, 150)
    with open_store(sqlite_url) as store:
        made = {found.id: found for found in store.articles()}
        assert sorted(made) == list(range(1, 151))
        assert len({found.text for found in made.values()}) == 150
        assert made[95].title == made[5].title
        assert made[95].word_count == made[5].word_count
        assert made[95].first_seen_at < made[5].first_seen_at
        assert {5, 95} <= {hit.id for hit in store.search(f'"{made[5].title}"')}
        hashes = ("texts", "raw")
        assert [found for found in store.check() if found.wrong and not any(word in found.what for word in hashes)] == []
