from __future__ import annotations

from cleaners import clean_text
from cleaners.dump import read_dump
from cleaners.dump_gaps import dump_gaps
from cleaners.judge import Opinion

PROSE = "The council voted last night to close the harbour for eleven weeks while the wall is rebuilt."


def kept(dump: str, *scores: float, against: tuple[int, ...] = ()) -> list[str]:
    blocks = read_dump(dump)
    assert len(blocks) == len(scores)
    rulings = dump_gaps(blocks, [Opinion(score=score, reason="") for score in scores], against)
    return [block.text for block in blocks if block.index in rulings]


def test_one_line_between_two_paragraphs_stays_and_two_do_not() -> None:
    assert kept(f"{PROSE}\n\nA temporary channel\n\n{PROSE} Again.", 0.9, 0.35, 0.9) == ["A temporary channel"]
    assert kept(f"{PROSE}\n\nRead more here.\n\nAnd even more there.\n\n{PROSE} Again.", 0.9, 0.35, 0.35, 0.9) == []


def test_a_line_that_words_rule_out_does_not_come_back() -> None:
    assert kept(f"{PROSE}\n\nRead more\n\n{PROSE} Again.", 0.9, 0.35, 0.9, against=(1,)) == []


def test_a_line_of_clutter_does_not_part_a_subheading_from_the_text() -> None:
    dump = f"{PROSE}\n\n{{}}\n\nA temporary channel\n\n{PROSE} Again."
    assert kept(dump.format("Read more."), 0.9, 0.1, 0.35, 0.9, against=(1,)) == ["A temporary channel"]
    assert kept(dump.format("Read more."), 0.9, 0.1, 0.35, 0.9) == []
    assert kept(f"Read more.\n\nA temporary channel\n\n{PROSE}", 0.1, 0.35, 0.9, against=(0,)) == []


def test_a_sentence_between_the_text_and_its_hashtags_closes_it() -> None:
    ending = "This is Anna Lee, in Lindmouth."
    assert kept(f"{PROSE}\n\n{ending}\n\n#harbour #wall", 0.9, 0.1, 0.1) == [ending]
    assert kept(f"{PROSE}\n\n{ending}\n\nharbour, wall", 0.9, 0.1, 0.1) == []


def test_a_sentence_closes_the_text_and_a_label_does_not() -> None:
    assert kept(f"{PROSE}\n\nThis is Anna Lee, in Lindmouth.", 0.9, 0.35) == ["This is Anna Lee, in Lindmouth."]
    assert kept(f"{PROSE}\n\nMost read", 0.9, 0.35) == []


def test_a_list_comes_with_the_line_that_announces_it() -> None:
    dump = f"{PROSE}\n\nThe plan has two parts:\n\n- the wall\n- the pier"
    assert kept(dump, 0.9, 0.2, 0.05, 0.05) == ["The plan has two parts:", "the wall", "the pier"]
    assert kept(dump.replace(":", ""), 0.9, 0.2, 0.05, 0.05) == []


def test_a_dump_says_how_far_it_mistrusts_itself() -> None:
    story = "\n\n".join(f"{PROSE} Part {number} of the plan, with all that it means for the town." for number in range(8))
    assert clean_text(f"Harbour to close\n\n{story}").doubt < clean_text("Home\nNews\nSport\n\nContact\nImprint").doubt
