from __future__ import annotations

import numpy as np

from benchmarks.training import stacked
from benchmarks.training.corpus import GoldPage
from benchmarks.training.pages import examples
from benchmarks.training.score import tokens
from cleaners.features import context

STORY = "The council voted on Monday to close the old bridge {}, and it will stay closed until the end of the year."
MENU = "".join(f"<li><a href=/{n}>Something else that happened in town {n}</a></li>" for n in range(12))


def pages(number: int) -> list[GoldPage]:
    found = []
    for at in range(number):
        story = [STORY.format(f"{at} {part}") for part in range(6)]
        body = "".join(f"<p>{paragraph}</p>" for paragraph in story)
        found.append(
            GoldPage(
                group="sites",
                id=f"page{at}",
                url=f"http://site{at}.example/",
                language="en",
                domain=f"site{at}.example",
                html=f"<ul>{MENU}</ul><article>{body}</article><ul>{MENU}</ul>",
                text=tokens("\n\n".join(story)),
                headline=[],
                title=[],
            )
        )
    return found


def test_the_second_model_is_told_what_the_first_makes_of_pages_it_has_not_seen() -> None:
    found, poorer, names = examples(pages(40))
    judged = stacked.out_of_fold([*found, *poorer], found, names)
    for example, probabilities in zip(found, judged, strict=True):
        assert ((probabilities >= 0.5) == example.inside).all()


def test_the_second_model_sees_some_features_of_the_first_and_its_opinion() -> None:
    found, _, names = examples(pages(20))
    models = stacked.Unseeing(found, names)
    first = models.model(frozenset({0}))
    assert models.model(frozenset({0})) is first
    seen, example = stacked.in_context(found[0], first)
    assert example.arrays is not None
    told = context.columns(example.arrays, first.probabilities(found[0].matrix))
    assert seen == (*stacked.SHARED, *told)
    assert example.matrix.shape == (len(found[0].blocks), len(seen))
    assert np.isfinite(example.matrix).all()
