from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text as sql
from visiting import NOON, STORY, Site, cleaned, rows, url

from storage import Store, open_store, upgrade
from storage.difference import Version, difference

LINES = st.lists(st.text(alphabet="ab c.", min_size=1, max_size=12), max_size=8).map("\n\n".join)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("One hurt.\n\nRain.", "Two hurt.\n\nRain.", "[-One-]{+Two+} hurt."),
        ("A.\n\nB.", "A.", "[-B.-]"),
        ("A.", "A.\n\nNew one.", "{+New one.+}"),
        ("Entirely something else", "No word is kept, none", "[-Entirely something else-]{+No word is kept, none+}"),
        ("東京で会議が開かれた。", "東京で会議が開かれた。", ""),
    ],
)
def test_what_is_told(before: str, after: str, told: str) -> None:
    assert difference(Version("T", before), Version("T", after)) == told


def test_a_title_that_changed() -> None:
    assert difference(Version("Fire in town", "x"), Version("Fire in city", "x")) == "title: Fire in [-town-]{+city+}"


def paragraphs(text: str) -> list[str]:
    """What a reader sees: white space around paragraphs is none of it."""
    return [paragraph for paragraph in (paragraph.strip() for paragraph in text.split("\n\n")) if paragraph]


@given(before=LINES, after=LINES)
def test_nothing_that_changed_is_left_out(before: str, after: str) -> None:
    told = difference(Version("", before), Version("", after))
    assert bool(told) == (paragraphs(before) != paragraphs(after))
    removed = re.sub(r"\{\+.*?\+\}", "", told).replace("[-", "").replace("-]", "")
    assert all(line.strip() in before for line in removed.split("\n\n"))


def test_a_huge_text_is_told_in_bounded_work() -> None:
    before = "\n".join(["same"] * 50_000 + ["old"])
    assert difference(Version("", before), Version("", before.replace("old", "new"))) == "[-old-]{+new+}"
    assert len(difference(Version("", "a " * 50_000), Version("", "b " * 50_000))) > 100_000


def test_changes_stand_in_the_database(store: Store) -> None:
    site = Site(store)
    site.save(url("a"))
    site.save(url("a"), cleaned(text=STORY.replace("nine", "ten")), at=NOON + timedelta(hours=1))
    first, second = store.revisions(1)
    assert first.changes is None
    assert second.changes is not None
    assert "after [-nine-]{+ten+} years" in second.changes
    assert rows(store, "SELECT changes FROM revisions WHERE number = 2") == [(second.changes,)]


def test_an_older_database_gets_its_changes_when_it_is_upgraded(database_url: str) -> None:
    from alembic import command

    from storage.migrations.steps import configuration
    from storage.views import drop_views

    with open_store(database_url) as store:
        site = Site(store)
        site.save(url("a"))
        for hour, word in ((1, "ten"), (2, "twelve")):
            site.save(url("a"), cleaned(text=STORY.replace("nine", word)), at=NOON + timedelta(hours=hour))
        before = rows(store, "SELECT number, changes FROM revisions ORDER BY number")
        with store.writing() as connection:
            drop_views(connection)
            command.downgrade(configuration(connection), "0002")
            assert connection.execute(sql("SELECT count(*) FROM revision")).scalar_one() == 3
    upgrade(database_url)
    with open_store(database_url) as store:
        assert rows(store, "SELECT number, changes FROM revisions ORDER BY number") == before
        assert before[0] == (1, None)


def test_the_state_stands_before_the_text_and_only_where_both_are_known() -> None:
    before, after = Version("T", "Old.", "public"), Version("U", "New.", "gone")
    assert difference(before, after) == "publication: [-public-]{+gone+}\n\ntitle: [-T-]{+U+}\n\n[-Old-]{+New+}."
    assert difference(before._replace(state=None), after).startswith("title:")
