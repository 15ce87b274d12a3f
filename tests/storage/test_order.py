"""After any order of writes the content is the same."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql
from visiting import NOON, OTHER, STORY, Site, cleaned, content, page, url

if TYPE_CHECKING:
    from storage import Store
    from storage.values import Visit

TABLES = (
    "cut",
    "likeness",
    "shingle",
    "signature",
    "article_search",
    "event",
    "revision",
    "article",
    "page_fetch",
    "page",
    "raw_body",
    "site_lesson",
    "site_memory",
    "run",
    "endpoint",
    "source",
)

#: Address, canonical address, text, hours after noon it was published (None: it does not say).
PAGES: list[tuple[str, str, str | None, str, int | None]] = [
    ("daily", url("story"), None, STORY, 5),
    ("daily", url("story?print=1"), url("story"), STORY + " Printed.", 5),
    ("daily", url("amp/story"), url("story"), STORY.upper(), None),
    ("daily", url("wire"), None, OTHER, 2),
    ("rival", "https://rival.example/wire", None, OTHER, 1),
    ("rival", "https://rival.example/a-wire", None, OTHER + "!", None),
    ("rival", "https://rival.example/b-wire", None, OTHER, 1),
    ("rival", "https://rival.example/short", None, "Short.", 1),
    ("daily", url("short"), None, "Short.", 3),
    ("daily", url("x?a=1"), url("x"), STORY + " Only under other addresses, and these are several words more.", None),
    ("daily", url("x?b=1"), url("x"), STORY + " Only under other addresses, and these are several other words.", None),
]


def visits(sites: dict[str, Site]) -> list[Visit]:
    made = []
    for number, (source, address, canonical, text, published) in enumerate(PAGES):
        at = NOON + timedelta(minutes=number)
        facts: dict[str, Any] = {"published": NOON + timedelta(hours=published) if published is not None else None}
        result = cleaned(title=f"Title {number}", text=text, canonical_url=canonical, **facts)
        made.append(sites[source].visit(address, result, at=at, page=page(address, at, body=address.encode())))
    return made


def emptied(store: Store) -> None:
    with store.writing() as connection:
        for table in TABLES:
            clear = "INSERT INTO article_search (article_search) VALUES ('delete-all')"
            fts = table == "article_search" and connection.dialect.name == "sqlite"
            connection.execute(sql(clear if fts else f"DELETE FROM {table}"))


def written(store: Store, order: list[int], again: list[int]) -> Any:
    emptied(store)
    sites = {name: Site(store, name) for name in ("daily", "rival")}
    planned = visits(sites)
    for index in order:
        store.save_visit(planned[index])
    for index in again:
        store.save_visit(planned[index])
    found = [sorted(hit.url for hit in store.search(query)) for query in ("lighthouse", "seabirds", "printed", "short", "words")]
    return (*content(store), found)


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_content_does_not_depend_on_the_order(store: Store, seed: int) -> None:
    usual = list(range(len(PAGES)))
    shuffled = random.Random(seed).sample(usual, len(usual))
    repeated = random.Random(seed + 1).sample(usual, 4)
    assert written(store, shuffled, repeated) == written(store, usual, [])
