from __future__ import annotations

from cleaners import clean, clean_text, learn, lesson
from model.memory import PathRecord, SiteMemory, added

BOX = "Members of our readers' circle meet every Thursday in the reading room above the old printing works."


def story(number: int) -> str:
    paragraphs = [
        f"In town number {number} the council voted {word} to keep hall {number * 7} open for another season of swimming."
        for word in ("on Monday", "on Tuesday", "on Wednesday", "again on Friday")
    ]
    return (
        f"<html lang=en><title>Town {number} keeps its hall</title><body><h1>Town {number} keeps its hall</h1><article>"
        + "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs[:3])
        + f"<p>{BOX}</p><p>{paragraphs[3]}</p></article></body></html>"
    )


def taught(*numbers: int) -> SiteMemory:
    memory = SiteMemory()
    for number in numbers:
        memory = learn(memory, clean(story(number), memory=memory))
    return memory


def test_a_block_that_stands_on_two_other_pages_is_clutter_with_the_reason() -> None:
    assert BOX in clean(story(3), memory=taught(1)).article.text
    cleaned = clean(story(3), memory=taught(1, 2))
    assert BOX not in cleaned.article.text
    assert "again on Friday" in cleaned.article.text
    assert "stands on 2 other pages of the site" in {verdict.reason for verdict in cleaned.verdicts}


def test_learning_changes_no_value() -> None:
    before = taught(1)
    texts, paths = dict(before.texts), dict(before.paths)
    after = learn(before, clean(story(2)))
    assert (before.pages, after.pages) == (1, 2)
    assert (before.texts, before.paths) == (texts, paths)
    taught_alone = lesson(before, clean(story(2)))
    assert taught_alone is not None
    assert taught_alone.pages == 1
    assert added(before, [taught_alone]) == after


def test_a_copy_and_a_revision_of_a_page_teach_nothing() -> None:
    memory = taught(1)
    assert learn(memory, clean(story(1))) == memory
    revised = clean(story(1).replace("again on Friday", "once more on Saturday"))
    assert learn(memory, revised) == memory
    assert lesson(memory, revised) is None


def test_an_article_published_again_keeps_its_paragraphs() -> None:
    memory = taught(1, 2, 3)
    known = SiteMemory(pages=9, texts=dict.fromkeys(memory.texts, 9), seen=memory.seen)
    assert "on Monday" in clean(story(2), memory=known).article.text


def test_a_place_that_always_held_clutter_lowers_the_score() -> None:
    plain = clean(story(1))
    paths = {verdict.block.path: PathRecord(blocks=50, score=0.0) for verdict in plain.verdicts}
    lowered = clean(story(1), memory=SiteMemory(pages=20, paths=paths))
    kept = [(a.score, b.score) for a, b in zip(plain.verdicts, lowered.verdicts, strict=True) if a.kept]
    assert kept
    assert all(after < before for before, after in kept)


def test_a_dump_teaches_too() -> None:
    memory = learn(SiteMemory(), clean_text("A line\n\n" + BOX))
    assert memory.pages == 1
    assert not memory.paths
