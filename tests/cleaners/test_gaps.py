from __future__ import annotations

from cleaners.gaps import gap_rulings
from cleaners.judge import Opinion
from model.article import Block, BlockKind

PARAGRAPH = "The harbour will close to large ships for eleven weeks from March, the port authority said on Monday afternoon."


def block(index: int, text: str, path: str, kind: BlockKind = BlockKind.PARAGRAPH, links: float = 0.0) -> Block:
    return Block(index=index, kind=kind, text=text, path=path, link_density=links)


def kept(*found: tuple[Block, float], against: frozenset[int] = frozenset()) -> set[int]:
    rulings = gap_rulings([block for block, _ in found], [Opinion(score=score, reason="") for _, score in found], against)
    assert all(ruling.kept for ruling in rulings.values())
    return set(rulings)


FIRST, LAST = block(0, PARAGRAPH, "body/article/p"), block(3, PARAGRAPH + " Twice.", "body/article/p")


def test_subheading_list_and_table_between_paragraphs_stay() -> None:
    heading = block(1, "Under the bridge", "body/article/h2", BlockKind.HEADING)
    item = block(2, "one boat", "body/article/ul/li", BlockKind.LIST_ITEM)
    row = block(2, "2026 | 4", "body/article/table/tbody/tr", BlockKind.TABLE_ROW)
    assert kept((FIRST, 0.9), (heading, 0.05), (item, 0.05), (LAST, 0.9)) == {1, 2}
    assert kept((FIRST, 0.9), (heading, 0.05), (row, 0.05), (LAST, 0.9)) == {1, 2}


def test_a_short_line_right_above_a_paragraph_may_be_its_heading() -> None:
    line, notice = block(1, "Under the bridge", "body/article/b"), block(2, "AD", "body/article/p")
    assert kept((FIRST, 0.9), (line, 0.21), (notice, 0.1), (LAST, 0.9), against=frozenset({2})) == {1}
    assert kept((FIRST, 0.9), (line, 0.21), (notice, 0.1), (LAST, 0.9)) == set()
    assert kept((FIRST, 0.9), (block(1, "It is under the bridge.", "body/article/b"), 0.21), (LAST, 0.9)) == set()
    assert kept((FIRST, 0.9), (line, 0.21), (block(2, "one boat", "body/article/p"), 0.9)) == set()


def test_what_stands_elsewhere_is_linked_ruled_out_unlikely_or_repeated_does_not() -> None:
    teaser = block(1, "Read this too", "body/article/p", links=1.0)
    aside = block(2, "Another story", "body/article/aside/div/p")
    assert kept((FIRST, 0.9), (teaser, 0.4), (aside, 0.4), (LAST, 0.9)) == set()
    credit = block(1, "Harbour Office", "body/article/p")
    again = block(2, "Harbour Office", "body/article/p")
    assert kept((FIRST, 0.9), (credit, 0.4), (again, 0.4), (LAST, 0.9)) == set()
    assert kept((FIRST, 0.9), (credit, 0.4), (LAST, 0.9)) == {1}
    assert kept((FIRST, 0.9), (credit, 0.4), (LAST, 0.9), against=frozenset({1})) == set()
    assert kept((FIRST, 0.9), (credit, 0.1), (LAST, 0.9)) == set()


def test_sentence_that_closes_the_text_stays_and_one_elsewhere_does_not() -> None:
    closing = block(1, "This was the evening news.", "body/article/p")
    assert kept((FIRST, 0.9), (closing, 0.35)) == {1}
    assert kept((FIRST, 0.9), (block(1, "All rights reserved.", "body/footer/p"), 0.35)) == set()
