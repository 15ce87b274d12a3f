from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.training import dumps
from benchmarks.training.corpus import GoldPage
from benchmarks.training.folds import FOLDS, fold
from benchmarks.training.renderings import STYLES
from benchmarks.training.score import tokens
from benchmarks.training.validate import out_of_fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lightgbm import Booster

    from benchmarks.training.dataset import Example

SAID = "The council voted on Monday to close the old bridge, and it will stay closed until the end of year"


def gold(number: int, group: str = "sites") -> GoldPage:
    story = [f"{SAID} {number + part}." for part in range(4)]
    menu = "".join(f"<li><a href=/{entry}>{entry}</a></li>" for entry in ("Home", "Sport", "Weather", "Jobs"))
    paragraphs = "".join(f"<p>{text}</p>" for text in story)
    return GoldPage(
        group=group,
        id=f"page{number}",
        url=f"http://site{number}.example/story",
        language="en",
        domain=f"site{number}.example",
        html=f"<html><body><ul>{menu}</ul><h1>Old bridge closed</h1>{paragraphs}<ul>{menu}</ul></body></html>",
        text=tokens("\n\n".join(story)),
        headline=[],
        title=tokens("Old bridge closed"),
    )


def test_a_page_is_learned_from_in_two_styles_and_judged_in_all() -> None:
    learned, names = dumps.examples([gold(1)])
    assert sum(map(len, learned.values())) == dumps.STYLES_A_PAGE
    every, _ = dumps.examples([gold(1)], styles_a_page=len(STYLES))
    assert [len(styled) for styled in every.values()] == [1] * len(STYLES)
    assert all(one.matrix.shape == (len(one.blocks), len(names)) for styled in every.values() for one in styled)


@pytest.mark.parametrize("group", ["articles", "sites", "publishers"])
def test_a_dump_weighs_what_dumps_of_its_set_weigh(group: str) -> None:
    learned, _ = dumps.examples([gold(1, group)])
    for one in (one for styled in learned.values() for one in styled):
        assert one.weights().sum() == pytest.approx(dumps.DUMP_WEIGHTS[group])


def test_no_dump_is_judged_by_what_learned_from_its_site() -> None:
    learned, _ = dumps.examples([gold(number) for number in range(12)], styles_a_page=1)
    pages = [one for styled in learned.values() for one in styled]
    seen: list[set[str]] = []

    def learn(some: Sequence[Example]) -> Booster:
        seen.append({one.page.domain for one in some})
        return dumps.learn(some)

    found = out_of_fold(pages, pages, learn, trained_on=["sites"])
    assert [len(told) for told in found] == [len(one.blocks) for one in pages]
    assert len(seen) == FOLDS
    for held_out, domains in enumerate(seen):
        assert domains == {one.page.domain for one in pages if fold(one.page.domain) != held_out}


def test_what_learned_from_dumps_tells_their_text_from_menus() -> None:
    learned, _ = dumps.examples([gold(number) for number in range(30)])
    pages = [one for styled in learned.values() for one in styled]
    booster = dumps.learn(pages)
    told = np.asarray(booster.predict(pages[0].matrix))
    assert told[pages[0].inside].min() > 0.5 > told[~pages[0].inside].max()
