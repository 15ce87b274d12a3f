from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cleaners.dump import read_dump
from cleaners.features import lines
from cleaners.features.arrays import nearest
from cleaners.features.lines_stretch import heaviest_through

STORY = [
    "The council of Halvorsen voted on Tuesday to rebuild the old harbour wall, which two winter storms had broken in places.",
    "Work on the wall begins in spring, the mayor of Halvorsen said, and the ferry keeps running in the harbour while it lasts.",
    "Fishermen had asked for a longer wall since the storms of last winter, when waves reached the market behind the harbour.",
]
TEASERS = [
    "Posted 11:40 Bakery of the month wins a prize for its seeded rye bread",
    "Posted 12:15 Museum shows rare coins that a farmer found under an apple tree",
    "Posted 13:05 Choir looks for singers before the summer festival",
]
NOTICE = (
    "Some cookies remember you, so that pages need not ask again, and partners may measure which advertisements were seen by you."
)


def told(dump: str) -> dict[str, dict[str, float]]:
    """Features of each block, by the block's first words."""
    blocks = read_dump(dump)
    found = lines.Dump(blocks, lines.Said(found=[None] * len(blocks), ruled=())).columns("")
    return {block.text[:20]: {name: float(values[at]) for name, values in found.items()} for at, block in enumerate(blocks)}


def page() -> dict[str, dict[str, float]]:
    return told("\n\n".join(("Home", "Weather", *STORY, *TEASERS, NOTICE, "Contact")))


def test_a_block_belongs_to_the_heaviest_run_of_blocks_through_it() -> None:
    found = page()
    assert found[STORY[1][:20]]["loose_share"] == 1.0
    assert found[STORY[1][:20]]["loose_from"] == 0.0
    assert found["Home"]["loose_share"] < 1.0
    assert found["Home"]["loose_from"] == -np.log2(3)
    assert found["Contact"]["loose_from"] > 0
    assert found["Home"]["loose_gap"] == np.log2(1 + len("Weather"))


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=12))
def test_the_heaviest_run_through_a_place_is_the_best_and_shortest_of_all(weights: list[int]) -> None:
    found, starts, ends = heaviest_through(np.array(weights, dtype=np.float64))
    runs = [(sum(weights[first:end]), first - end, first, end) for first, end in combinations(range(len(weights) + 1), 2)]
    for at, (weight, start, end) in enumerate(zip(found.tolist(), starts.tolist(), ends.tolist(), strict=True)):
        best, shortest, _, _ = max(run for run in runs if run[2] <= at < run[3])
        assert (weight, start - end) == (best, shortest)
        assert sum(weights[start:end]) == best
        assert start <= at < end


def test_a_block_that_speaks_of_what_the_text_speaks_of_is_told_from_one_that_does_not() -> None:
    found = page()
    assert found[STORY[1][:20]]["body_words"] > found[NOTICE[:20]]["body_words"]
    assert found[STORY[2][:20]]["words_of_before"] > found[NOTICE[:20]]["words_of_before"]
    assert found[NOTICE[:20]]["single_words"] > found[STORY[1][:20]]["single_words"]


def test_words_are_compared_in_scripts_without_spaces() -> None:
    story = [
        "港口城市議會星期二投票決定重建舊防波堤。去年冬天的風暴損壞了防波堤。" * 2,
        "市長說防波堤的重建工程春天開始。渡輪在港口照常運行。" * 2,
    ]
    other = "本網站使用餅乾記住訪客。合作夥伴可能會衡量廣告的效果。" * 2
    found = told("\n\n".join((*story, "關於我們", other)))
    assert found[story[1][:20]]["leading_words_rate"] > found[other[:20]]["leading_words_rate"]


def test_a_list_of_teasers_repeats_itself() -> None:
    found = page()
    assert all(found[teaser[:20]]["same_first"] == np.log2(3) for teaser in TEASERS)
    assert found[TEASERS[1][:20]]["w3_dates"] > found[STORY[0][:20]]["w3_dates"]
    assert found[TEASERS[1][:20]]["since_date"] == found[TEASERS[1][:20]]["to_date"] == 1.0
    assert found[STORY[0][:20]]["dates_before"] == 0.0 < found["Contact"]["dates_before"]


def test_a_block_that_stands_twice_or_begins_as_another_is_told() -> None:
    longer = f"{STORY[0]} Read on."
    found = told("\n\n".join((STORY[0], *TEASERS, "Harbour", STORY[2], longer, "Harbour")))
    assert found["Harbour"]["lines_repeated"] == 1.0
    assert found[STORY[0][:20]]["same_start"] == 1.0
    assert found[STORY[2][:20]]["same_start"] == 0.0


def test_lines_know_how_those_around_are_written() -> None:
    found = page()
    assert found[STORY[1][:20]]["w2_closed"] > found[TEASERS[1][:20]]["w2_closed"]
    assert found["Weather"]["after3_prose"] > found["Weather"]["before3_prose"] == 0.0
    assert found["Home"]["to_good"] == 1.0 + np.log2(1.5)
    assert found["Home"]["since_good"] == found["Contact"]["to_good"] == -1.0


def test_the_nearest_marked_places_are_found_on_both_sides() -> None:
    last, following = nearest(np.array([False, True, False, True]))
    assert last.tolist() == [-1, -1, 1, 1]
    assert following.tolist() == [1, 3, 3, 4]


@given(st.text(alphabet="aB .\n-•1:0\u4e00\u05d0#", min_size=1, max_size=300))
def test_any_dump_has_finite_features(dump: str) -> None:
    blocks = read_dump(dump)
    if blocks:
        found = lines.Dump(blocks, lines.Said(found=[None] * len(blocks), ruled=())).columns("")
        assert all(values.shape == (len(blocks),) for values in found.values())
        assert np.isfinite(np.stack([values.astype(np.float64) for values in found.values()])).all()
