"""Looking for copies costs the same in a database of any size, and finds them all the same."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.dialects import postgresql
from visiting import NOON, Site, cleaned, rows, url

from storage import candidates, open_store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Select

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


#: Rows as PostgreSQL's planner sees them; what they refer to is of no matter to it.
_LOOSE = "SET LOCAL session_replication_role = replica"
_MANY_ARTICLES = (
    _LOOSE,
    """INSERT INTO article (source, identity, page_id, url, kind, authors, tags, paywalled, revision, text_hash, word_count,
       first_seen_at, last_seen_at)
       SELECT 'site', n, n, n, 'article', '[]', '[]', false, 1, md5(n::text), 9, moment, moment
       FROM (SELECT n, timestamptz '2026-01-01' + n * interval '1 minute' AS moment
             FROM generate_series(1, 20000) AS n) AS made""",
    "INSERT INTO signature (article_id, algorithm, shingles, step) SELECT id, 'some', 9, 1 FROM article",
    "ANALYZE article",
    "ANALYZE signature",
)


_MANY_SHINGLES = (
    _LOOSE,
    "INSERT INTO shingle (hash, article_id) SELECT n * 7919, n / 5 FROM generate_series(1, 100000) AS n",
)


def plan(url: str, rows: Iterable[str], query: Select[Any], *, for_any: bool = True) -> str:
    """How PostgreSQL would go about a query after such rows came in: whatever its values are, or for those it has."""
    dialect = postgresql.dialect(paramstyle="numeric_dollar")
    told = query.compile(dialect=dialect, compile_kwargs={"render_postcompile": True, "literal_binds": not for_any})
    with open_store(url) as store, store.writing() as connection:
        for statement in rows:
            connection.exec_driver_sql(statement)
        return "\n".join(connection.exec_driver_sql(f"EXPLAIN {'(GENERIC_PLAN) ' * for_any}{told}").scalars())


def test_shingles_are_looked_up_by_key_before_postgresql_has_counted_them(postgres_url: str) -> None:
    asked = candidates._rows_of(30).statement.params({f"h{n}": n * 7919 for n in range(30)}, id=1, most=candidates._MANY)
    told = plan(postgres_url, _MANY_SHINGLES, asked, for_any=False)
    assert "pk_shingle" in told
    assert "Seq Scan" not in told


def test_candidates_are_looked_up_by_number_even_by_a_plan_that_serves_any_values(postgres_url: str) -> None:
    asked = candidates._CANDIDATES.params(ids=list(range(1, 201)), since=NOON, until=NOON, hash="0")
    told = plan(postgres_url, _MANY_ARTICLES, asked)
    assert "pk_article" in told
    assert "pk_signature" in told
    assert "ix_article_first_seen_at" not in told
    assert "Seq Scan" not in told
