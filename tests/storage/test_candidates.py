"""Looking for copies costs the same in a database of any size, and finds them all the same."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from visiting import NOON, Site, cleaned, rows, url

from storage import candidates

if TYPE_CHECKING:
    from storage import Store

MINUTE = timedelta(minutes=1)
_CHANCE = random.Random(3)
_WORDS = ["".join(_CHANCE.choices("abcdefghijklmnoprstuvw", k=6)) for _ in range(4000)]
NOTICE = " ".join(_WORDS[:120])


def text(number: int, words: int = 200) -> str:
    return " ".join(random.Random(number).choices(_WORDS, k=words))


def fill(site: Site, count: int) -> None:
    for number in range(count):
        site.save(url(f"{number:03}"), cleaned(title=f"{number}", text=f"{text(number)}\n\n{NOTICE}"), at=NOON + number * MINUTE)


def test_what_stands_below_every_story_is_not_counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "_MANY", 60)
    monkeypatch.setattr(candidates, "_CROWDED", 6)
    counted, hits = list[int](), candidates._hits

    def watched(*given: Any) -> Any:
        found = hits(*given)
        counted.append(len(found.counted))
        return found

    site = Site(store)
    fill(site, 30)
    monkeypatch.setattr(candidates, "_hits", watched)
    site.save(url("new"), cleaned(title="new", text=f"{text(500)}\n\n{NOTICE}"))
    assert counted == [0], "of thirty articles with the same notice none is a candidate"
    changed = text(7).split()
    changed[::40] = ["other"] * len(changed[::40])
    site.save(url("copy"), cleaned(title="copy", text=f"{' '.join(changed)}\n\n{NOTICE}"))
    assert counted == [0, 1]
    assert rows(store, "SELECT article_id, other_id, one_story FROM related WHERE article_id < other_id") == [(8, 32, True)]


@pytest.mark.slow
def test_a_story_that_more_papers_carry_than_are_compared_is_one_cluster(store: Store) -> None:
    site, count = Site(store), candidates.MOST + 30
    story = text(1).split()
    for number in random.Random(2).sample(range(count), count):
        words = [*story]
        words[number] = "changed"
        site.save(url(f"{number:03}"), cleaned(text=" ".join(words), published=NOON + number * MINUTE))
    assert [(found.url, found.duplicates) for found in store.articles()] == [(url("000"), count - 1)]
    ((members, told),) = rows(store, "SELECT count(*), count(containment) FROM cluster_members WHERE relation <> 'first'")
    assert (members, told) == (count - 1, count - 1), "each says how much of the first one it has"
    assert [finding for finding in store.check() if finding.wrong] == []
