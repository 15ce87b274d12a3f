"""The queries of docs/database.md do what they say, on the database they are written for; every row says where it came from."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text as sql
from visiting import NOON, STORY, Site, cleaned, page, rows, story, url

from model.article import Block, BlockKind, Verdict
from model.errors import BadStatus
from model.memory import SiteMemory
from model.source import Link, Rules
from storage import open_store
from storage.explanations import save_explanation
from storage.values import PageStatus

if TYPE_CHECKING:
    from storage import Store

PAGES = Path(__file__).parents[2] / "docs"
#: Queries of the pages that people read, one a paragraph of each block.
QUERIES = [
    query
    for name in ("database.md", "quickstart.md")
    for block in re.findall(r"(?s)```sql\n(.*?)```", (PAGES / name).read_text("utf8"))
    for query in filter(str.strip, block.split(";"))
]
VERDICTS = tuple(
    Verdict(
        block=Block(index=number, kind=BlockKind.LIST_ITEM, text="Ten cats"), kept=not number, score=0.1, reason="a list of links"
    )
    for number in range(3)
)


def fill(store: Store) -> None:
    site, rival = Site(store), Site(store, "rival")
    site.poll(Link(url=url("a")))
    said = {"authors": ("Ann",), "published": NOON}
    site.save(
        url("a"),
        cleaned(**said),
        page=page(url("a"), chain=(url("moved"),), etag='"x"'),
        rules=Rules(remove=(".teaser",), title="h1"),
        memory=SiteMemory(pages=7),
    )
    site.save(url("a"), cleaned(title="Later", text=STORY + " More.", **said), at=NOON + timedelta(hours=1))
    rival.save(url("copy", "rival.example"), cleaned(published=NOON + timedelta(hours=2), text=STORY + " More."))
    site.save(url("gone"), cleaned(text=story(2)))
    site.save(url("gone"), BadStatus(url("gone"), status=404), at=NOON + timedelta(hours=1), status=PageStatus.FAILED)
    judged = cleaned(text=story(1))
    with store.writing() as connection:
        save_explanation(connection, 1, 1, type(judged)(**{**_fields(judged), "verdicts": VERDICTS}), NOON)


def _fields(value: object) -> dict[str, Any]:
    return {name: getattr(value, name) for name in type(value).__slots__}  # type: ignore[attr-defined]  # a slotted dataclass


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: " ".join(query.split())[:60])
def test_a_query_of_the_documentation(sqlite_url: str, query: str) -> None:
    with open_store(sqlite_url) as store:
        fill(store)
        recent = "first_seen_at" in query  # what came in "since yesterday" depends on the day of the test
        assert rows(store, query) or recent


def test_every_row_says_where_it_came_from(store: Store) -> None:
    fill(store)
    article = store.article(1)
    assert (article.endpoint_kind, article.endpoint_url) == ("feed", "https://daily.example/feed.xml")
    first, second = store.revisions(1)
    assert first.rules == '{"remove": [".teaser"], "title": "h1"}'
    assert (first.memory_pages, second.memory_pages, second.rules) == (0, 7, None)
    assert (article.url_chain, article.http_status, article.fetch_seconds) == ((url("a"),), 200, 0.5)
    assert article.http_headers == ("content-type: text/html",)
    assert (article.engine_version, article.doubt, article.memory_pages) == ("test-1", 0.25, 7)
    assert article.fetched_at == NOON + timedelta(hours=1)
    with store.reading() as connection:
        headers = connection.scalar(sql("SELECT http_headers FROM articles WHERE id = 1"))
    assert (json.loads(headers) if isinstance(headers, str) else headers) == [["content-type", "text/html"]]


def test_blocks_are_counted_where_cleaning_told_of_them(store: Store) -> None:
    site, told = Site(store), cleaned()
    site.save(url("a"), type(told)(**{**_fields(told), "verdicts": VERDICTS}))
    site.save(url("b"), cleaned(text=story(1)))
    assert rows(store, "SELECT blocks, blocks_kept FROM articles ORDER BY id") == [(3, 1), (None, None)]


def test_only_removed_blocks_are_explained(store: Store) -> None:
    fill(store)
    found = rows(store, "SELECT article_id, source, number, kind, text, reason, revision FROM removed_blocks ORDER BY number")
    assert found == [(1, "daily", number, "list_item", "Ten cats", "a list of links", 1) for number in (1, 2)]
