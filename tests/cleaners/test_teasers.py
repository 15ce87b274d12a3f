from __future__ import annotations

import pytest

from cleaners.blocks import read_blocks
from cleaners.judge import Opinion
from cleaners.teasers import without_teasers

LINKS = "".join(f"<li><a href=/{n}>Something else that happened in town {n}</a></li>" for n in range(3))


def kept(html: str, scores: list[float]) -> list[bool]:
    opinions = [Opinion(score=score, reason="text") for score in scores]
    return [opinion.score >= 0.5 for opinion in without_teasers(read_blocks(html), opinions)]


def test_links_under_a_heading_go_with_it() -> None:
    page = f"<p>Before it stands a sentence.</p><h3>The same street</h3><ul>{LINKS}</ul><p>The story goes on.</p>"
    assert kept(page, [0.9, 0.55, 0.6, 0.6, 0.6, 0.9]) == [True, False, False, False, False, True]


@pytest.mark.parametrize(
    "html",
    [
        f"<p>A sentence, not a heading, introduces them.</p><ul>{LINKS}</ul>",
        f"<h3>The same street</h3><ul>{LINKS.replace('</a>', '</a> where the council still has to decide on the bridge')}</ul>",
    ],
)
def test_lists_that_read_on_stay(html: str) -> None:
    assert kept(html, [0.6] * 4) == [True] * 4


def test_a_list_the_classifier_is_sure_of_stays() -> None:
    assert kept(f"<h3>The same street</h3><ul>{LINKS}</ul>", [0.6, 0.6, 0.9, 0.6]) == [True] * 4


def test_links_that_a_page_begins_with_have_no_heading() -> None:
    assert kept(f"<ul>{LINKS}</ul><h3>The same street</h3>", [0.6] * 4) == [True] * 4


def test_two_links_are_no_list() -> None:
    assert kept(f"<h3>The same street</h3><ul>{LINKS[: LINKS.rindex('<li>')]}</ul>", [0.6] * 3) == [True] * 3
