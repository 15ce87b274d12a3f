from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from visiting import NOON, Site, cleaned, rows, story, url

from model.errors import BadStatus, NotFound, StorageError
from model.source import Source
from storage import export
from storage.answers import StoredArticle
from storage.tables import SCHEMA
from storage.values import PageStatus
from storage.views import ARTICLES

if TYPE_CHECKING:
    from storage import Store

DAY = timedelta(days=1)


@pytest.fixture
def filled(store: Store) -> Store:
    """Six stories and a copy of the first; the odd ones German, the fifth without a date."""
    site = Site(store)
    for number in range(6):
        published = None if number == 5 else NOON + number * DAY
        text = story(number)
        facts: dict[str, Any] = {"published": published, "language": "de" if number % 2 else "en", "authors": ("Ann", "Bo")}
        site.save(url(str(number)), cleaned(title=f"T{number}", text=text, **facts), at=NOON + 10 * DAY)
    Site(store, "rival").save("https://rival.example/0", cleaned(text=story(0), published=NOON + DAY))
    return store


def titles(store: Store, **wanted: Any) -> str:
    return " ".join(article.title for article in store.articles(**wanted))


def test_articles_come_by_rising_id_each_story_once(filled: Store) -> None:
    assert titles(filled) == "T0 T1 T2 T3 T4 T5"
    assert titles(filled, duplicates=True) == "T0 T1 T2 T3 T4 T5 Lighthouse opens"
    assert titles(filled, source="rival", duplicates=True) == "Lighthouse opens"
    assert titles(filled, language="de") == "T1 T3 T5"
    assert titles(filled, since=NOON + 3 * DAY) == "T3 T4 T5"
    assert titles(filled, until=NOON + 3 * DAY) == "T0 T1 T2"
    assert titles(filled, since=NOON + DAY, until=NOON + 2 * DAY) == "T1"
    assert titles(filled, limit=2) == "T0 T1"
    ids = [article.id for article in filled.articles()]
    assert titles(filled, since_id=ids[3], limit=1) == "T4"
    assert titles(filled, limit=0) == ""


def test_more_articles_than_are_read_at_once(store: Store) -> None:
    from storage import Writer

    site = Site(store)
    visits = [site.visit(url(str(n)), cleaned(title=f"T{n}", text=story(n))) for n in range(20)]
    with Writer(store) as writer:
        list(map(writer.save_visit, visits))
    import storage.reading as module

    before = module._CHUNK
    module._CHUNK = 6
    try:
        assert len(list(store.articles())) == 20
        assert len(list(store.articles(limit=12))) == 12
        assert len(list(store.articles(limit=13))) == 13
    finally:
        module._CHUNK = before


def test_an_article_is_found_by_each_of_its_addresses(store: Store) -> None:
    site = Site(store)
    site.save(url("s/1?utm_source=x"), cleaned(canonical_url=url("story")))
    for address in (url("s/1"), url("story"), "http://www.daily.example/story/"):
        assert store.article(address).id == 1
    assert store.article(1).url == url("s/1?utm_source=x")
    for key in (99, url("nowhere"), "not an address"):
        with pytest.raises(NotFound):
            store.article(key)
    for number in (99, 2**63, 10**30, -1):
        with pytest.raises(NotFound):
            store.revisions(number)
        with pytest.raises(NotFound):
            store.article(number)
    assert list(store.articles(since_id=10**30)) == []


def test_the_values_have_the_fields_of_the_view() -> None:
    assert [field.name for field in fields(StoredArticle)] == [name for name, _, _ in ARTICLES.columns]


def test_the_database_at_a_glance(filled: Store) -> None:
    site = Site(filled)
    site.save(url("gone"), BadStatus(url("gone"), status=404), status=PageStatus.FAILED)
    site.page_id(url("new"))
    status = filled.status(NOON)
    assert (status.articles, status.duplicates, status.revisions, status.pages_due) == (6, 1, 7, 1)
    assert status.pages == {"stored": 7, "failed": 1, "pending": 1}
    assert [health.source for health in status.sources] == ["daily", "rival"]
    assert status.schema_version == SCHEMA


def test_health_of_sources(store: Store) -> None:
    now = datetime.now(UTC)
    site, old = Site(store, "daily", now), Site(store, "weekly", now)
    site.save(url("a"), at=now - timedelta(hours=2))
    site.save(url("b"), cleaned(text=story(2)), at=now - 3 * DAY)
    old.save(url("c", "weekly.example"), cleaned(text=story(3)), at=now - 30 * DAY)
    site.poll(at=now)
    off = Source(name="off", url="https://off.example/", enabled=False)
    names = [Source(name=name, url=f"https://{name}.example/") for name in ("daily", "weekly")]
    store.save_sources([*names, off], now)
    health = {row.source: row for row in store.status(now).sources}
    assert {name: row.state for name, row in health.items()} == {"daily": "ok", "weekly": "quiet", "off": "disabled"}
    daily = health["daily"]
    assert (daily.articles, daily.articles_24h, daily.articles_7d, daily.failures_in_row) == (2, 1, 2, 0)
    assert (daily.last_success_at, daily.last_article_at) == (now, now - timedelta(hours=2))


def test_times_are_pleasant_in_sql(sqlite_url: str) -> None:
    from storage import open_store

    with open_store(sqlite_url) as store:
        Site(store).save(url("a"), cleaned(published=NOON))
        assert rows(store, "SELECT published, date(published), strftime('%H', published) FROM articles") == [
            ("2026-11-22T12:00:00.123456Z", "2026-11-22", "12")
        ]
        assert rows(store, "SELECT count(*) FROM articles, json_each(authors) WHERE published >= '2026-11-22'") == [(0,)]


def exported(kind: str, store: Store) -> bytes:
    stream = io.BytesIO()
    assert export(kind, store.articles(), stream) == 6
    assert not stream.closed
    return stream.getvalue()


def test_json_lines(filled: Store) -> None:
    lines = [json.loads(line) for line in exported("jsonl", filled).splitlines()]
    first = lines[0]
    assert list(first) == [field.name for field in fields(StoredArticle)]
    assert (first["title"], first["authors"], first["published"]) == ("T0", ["Ann", "Bo"], "2026-11-22T12:00:00.123456Z")


def test_csv_cells_are_no_formulas(store: Store) -> None:
    site = Site(store)
    nasty = ("=HYPERLINK(1)", "+1", "-1", "@cmd", '"quoted"\nline', "plain")
    for number, title in enumerate(nasty):
        site.save(url(str(number)), cleaned(title=title, text=f"=1+{number}", authors=("=x", "y")))
    table = list(csv.DictReader(io.StringIO(exported("csv", store).decode(), newline="")))
    assert [row["title"] for row in table] == ["'=HYPERLINK(1)", "'+1", "'-1", "'@cmd", '"quoted" line', "plain"]
    assert table[0]["text"] == "'=1+0"
    assert table[0]["authors"] == "'=x; y"
    assert (table[0]["published"], table[0]["paywalled"]) == ("", "False")


def test_parquet(filled: Store) -> None:
    from pyarrow import parquet

    table = parquet.read_table(io.BytesIO(exported("parquet", filled))).to_pylist()
    expected = [
        {**asdict(article), **{name: list(getattr(article, name)) for name in ("authors", "tags", "url_chain", "http_headers")}}
        for article in filled.articles()
    ]
    assert table == expected


def test_parquet_without_pyarrow_says_what_to_install(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(StorageError, match=r"newsmill\[parquet\]"):
        export("parquet", filled.articles(), io.BytesIO())


def test_no_such_format(filled: Store) -> None:
    with pytest.raises(StorageError, match="jsonl, csv, parquet"):
        export("../../x", filled.articles(), io.BytesIO())


def test_a_table_of_pandas(filled: Store) -> None:
    import pandas as pd

    table = filled.articles(since=NOON + DAY).to_pandas()
    assert list(table.columns) == [field.name for field in fields(StoredArticle)]
    assert list(table["title"]) == ["T1", "T2", "T3", "T4", "T5"]
    assert table["published"].dt.day.iloc[0] == 23
    assert table["published"].isna().sum() == 1
    assert (str(table["published"].dtype), str(table["duplicate_of"].dtype)) == ("datetime64[us, UTC]", "Int64")
    assert table["authors"].iloc[0] == ["Ann", "Bo"]
    empty = filled.articles(source="nobody").to_pandas()
    assert (len(empty), list(empty.dtypes)) == (0, list(table.dtypes))
    assert pd.concat([table, empty])["id"].tolist() == [2, 3, 4, 5, 6]


def test_a_table_of_polars(filled: Store) -> None:
    import polars as pl

    table = filled.articles(limit=3).to_polars()
    assert table["title"].to_list() == ["T0", "T1", "T2"]
    assert table["published"].to_list() == [NOON, NOON + DAY, NOON + 2 * DAY]
    assert table["authors"].to_list()[0] == ["Ann", "Bo"]
    assert table.schema["canonical_url"] == pl.String
    assert filled.articles(source="nobody").to_polars().schema == table.schema


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_table_without_its_library_says_what_to_install(filled: Store, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(StorageError, match=rf"pip install 'newsmill\[{library}\]'"):
        getattr(filled.articles(), f"to_{library}")()


def test_articles_can_be_gone_through_twice(filled: Store) -> None:
    found = filled.articles(limit=2)
    assert [article.title for article in found] == [article.title for article in found] == ["T0", "T1"]


def test_opened_to_read(database_url: str) -> None:
    import storage

    with storage.open(database_url) as news:
        assert list(news.articles()) == []
        with pytest.raises(StorageError, match="for reading only"):
            news.begin_run("crawl", NOON)
