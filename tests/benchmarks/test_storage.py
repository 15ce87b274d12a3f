from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.storage import filling, measuring, readers
from benchmarks.storage.databases import sqlite
from benchmarks.storage.figures import Beside, Figures, Round, growth, growth_line, is_bounded, line
from benchmarks.storage.filling import fill
from benchmarks.storage.measuring import measure
from benchmarks.storage.synthetic import END, article, body, edited
from storage import open_store
from storage.shingles import overlap, shingles

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def figures(*writes: float, **more: Any) -> Figures:
    plain = dict.fromkeys(Round.__dataclass_fields__, 1.0) | {"searches": (1.0, 3.0), "failed_writes": 0}
    rounds = tuple(Round(**(plain | {"write": write})) for write in writes)  # type: ignore[arg-type]  # numbers, all of them
    beside = Beside(write_clock=9.0, failed_writes=0, failed_reads=0, reads=1234)
    return Figures(**({"articles": 1000, "size": 2000.0, "size_without_raw": 1000.0, "rounds": rounds, "beside": beside} | more))


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


def test_what_grew_is_told_by_rounds() -> None:
    # The machine was three times as slow in the second round, and something else ran in the third of the larger one.
    small, large = figures(2.0, 6.0, 2.0), figures(3.0, 7.5, 8.0, articles=5000, size=2200.0)
    assert growth(small, large)["a write"] == [1.5, 1.25, 4.0]
    assert growth_line(small, large).startswith("5,000 to 1,000: a write 1.50 (1.25 to 4.00), placing a new one 1.00")
    assert growth_line(small, large).endswith("bytes 1.10, bytes without raw 1.00")
    assert line(small).startswith("| 1,000 | 2.0 / 1.0 | 1.0 / 1.0 | 1.0 / 2.0 / 3 | 2.0 / 1.0 | 9.0 | 0 / 0 of 1,234 |")


def test_an_article_that_costs_half_as_much_again_is_too_dear_and_so_is_a_write_that_failed() -> None:
    small = figures(2.0, 2.0, 2.0)
    assert is_bounded([small, figures(4.0, 3.0, 3.0)])
    assert not is_bounded([small, figures(3.2, 3.1, 2.0)])
    assert not is_bounded([small, figures(2.0, 2.0, 2.0, size=4000.0)])
    failed = Beside(write_clock=9.0, failed_writes=1, failed_reads=0, reads=1)
    assert not is_bounded([small, figures(2.0, 2.0, 2.0, beside=failed)])


def test_databases_are_measured_and_files_kept_for_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, few in {"ROUNDS": 1, "WRITTEN": 3, "COPIES": 2, "SEARCHED": 1, "BESIDE": 2}.items():
        monkeypatch.setattr(measuring, name, few)
    monkeypatch.setattr(readers, "PROCESSES", 1)
    for sizes in ([40, 60], [40]):
        with sqlite(sizes, tmp_path) as databases:
            measured = measure(databases)
        assert [found.articles for found in measured] == sizes
        assert [(len(found.rounds), found.failed_writes) for found in measured] == [(1, 0)] * len(sizes)
        assert all(found.rounds[0].placing_copy > 0 for found in measured)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["40.db", "60.db"]
    with open_store(f"sqlite:///{tmp_path}/40.db", readonly=True) as store:
        assert len(list(store.articles(duplicates=True))) == 40 + 2 * (2 * (3 + 2) + 2), "each run adds its own"
        assert len(list(store.articles())) == 40 + 2 * (2 * 3 + 2), "copies were found"


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
