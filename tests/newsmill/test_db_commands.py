"""The commands under ``newsmill db``, as typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text as sql
from typer.testing import CliRunner, Result

from model.article import Article, Cleaned, PageKind
from model.errors import ConfigError, NotFound
from model.page import Page
from model.source import Link, Source
from newsmill.cli import app
from storage import open_store
from storage.values import PageStatus, Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

WORDS = " ".join(f"word{number}" for number in range(60))
LONG_AGO = datetime.now(UTC) - timedelta(days=400)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["db", *words], catch_exceptions=True)


def own_words(name: str) -> str:
    return " ".join(f"{name}{number}" for number in range(60))


def store_pages(database: str, bodies: Mapping[str, bytes | None], text: Callable[[str], str] = own_words) -> None:
    """An article of each name, with the raw page it came from or none."""
    with open_store(database) as store:
        store.save_sources([Source(name="daily", url="https://daily.example/")], LONG_AGO)
        run_id = store.begin_run("crawl", LONG_AGO)
        for name, body in bodies.items():
            address = f"https://daily.example/{name}"
            (page_id,) = store.add_pages("daily", [Link(url=address)], LONG_AGO)
            answer = {"url": address, "chain": (address,), "status": 200, "headers": (), "fetched_at": LONG_AGO, "elapsed": 0.1}
            article = Article(title=name, text=text(name))
            cleaned = Cleaned(article=article, verdicts=(), kind=PageKind.ARTICLE, doubt=0.0, engine_version="test")
            page = Page(body=body, **answer) if body else None  # type: ignore[arg-type]  # as named above
            store.save_visit(
                Visit(page_id=page_id, run_id=run_id, at=LONG_AGO, result=cleaned, page=page, status=PageStatus.STORED)
            )


@pytest.fixture
def database(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Two copies of a story, fetched long ago."""
    monkeypatch.chdir(tmp_path)
    store_pages(database_url, {name: name.encode() * 999 for name in "ab"}, text=lambda name: f"{WORDS} {name}")
    return database_url


def articles(database: str) -> int:
    with open_store(database, readonly=True) as store:
        return len(list(store.articles()))


def test_a_cut_and_its_undoing(database: str) -> None:
    assert articles(database) == 1
    assert run("cut", "1", "2", "-d", database).stdout == "articles 1 and 2 are cut apart for good\n"
    assert articles(database) == 2
    assert run("cut", "1", "2", "--undo", "-d", database).stdout == "articles 1 and 2 are compared again\n"
    assert articles(database) == 1
    assert isinstance(run("cut", "1", "9", "-d", database).exception, NotFound)


def test_prune_keeps_what_config_wants_kept(database: str) -> None:
    assert isinstance(run("prune", "--older-than", "30d", "-d", database).exception, ConfigError)
    assert run("prune", "--older-than", "soon", "-d", database).exit_code == 2
    assert run("prune", "--older-than", "500d", "-d", database).stdout.startswith("0 raw pages removed")
    told = "2 raw pages removed, 0.0 MB as they were served; 0 old events counted\n"
    assert run("prune", "-d", database).stdout == told
    assert run("check", "-d", database).stdout.startswith("nothing wrong")


def test_check_names_what_is_wrong_and_says_so_to_scripts(database: str) -> None:
    with open_store(database) as store, store.writing() as connection:
        connection.execute(sql("UPDATE revision SET text = 'changed'"))
    found = run("check", "-d", database)
    assert (found.exit_code, found.stdout) == (1, "       2 texts that are not what was stored\n")


def test_show_tells_what_a_revision_changed(database: str) -> None:
    with open_store(database) as store:
        (page_id,) = store.add_pages("daily", [Link(url="https://daily.example/a")], LONG_AGO)
        article = Article(title="a", text=f"{WORDS} changed")
        cleaned = Cleaned(article=article, verdicts=(), kind=PageKind.ARTICLE, doubt=0.0, engine_version="test")
        later = LONG_AGO + timedelta(days=1)
        store.save_visit(Visit(page_id=page_id, run_id=1, at=later, result=cleaned, status=PageStatus.STORED))
    facts = CliRunner().invoke(app, ["show", "2", "-d", database]).stdout
    assert "cleaned by  engine test, doubt 0.00" in facts
    assert ", HTTP 200" in facts
    shown = CliRunner().invoke(app, ["show", "1", "--diff", "-d", database])
    assert shown.exit_code == 0
    assert "first seen: a, 61 words" in shown.stdout
    assert "word59 [-a-]{+changed+}" in shown.stdout


def test_an_export_says_where_the_next_one_goes_on(database: str, tmp_path: Path) -> None:
    words = ["export", "-d", database, "--format", "markdown", "--out", str(tmp_path / "out"), "--duplicates"]
    assert "2 articles written to" in (first := CliRunner().invoke(app, words)).stderr
    assert "; --since-id 2 goes on from here" in first.stderr.replace("\n", "")
    assert "0 articles written to" in CliRunner().invoke(app, [*words, "--since-id", "2"]).stderr
    assert len(list((tmp_path / "out" / "daily").rglob("*.md"))) == 2


def test_copy_says_what_it_copied(database: str, tmp_path: Path) -> None:
    done = run("copy", database, str(tmp_path / "copy.db"), "--quiet")
    assert (done.exit_code, done.stdout.split(",")[0]) == (0, "2 articles")
    assert articles(str(tmp_path / "copy.db")) == 1


DECIDED = "<p>The council of the harbour town decided on day {} that the old lighthouse, closed for years, opens again.</p>"
PARAGRAPHS = "".join(DECIDED.format(day) for day in range(6))
PAGE = f"""<html><body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Lighthouse</h1>{PARAGRAPHS}</article>
<div class="popular"><h3>Popular Now</h3><ul><li><a href="/1">Ten cats that look like mayors</a></li></ul></div></body></html>"""


def test_what_was_removed_can_be_asked_for_in_sql(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store_pages(database_url, {"a": PAGE.encode(), "b": b"\0", "c": None})
    words = ["explain", "-d", database_url]
    told = CliRunner().invoke(app, [*words, "--limit", "9"]).stdout
    assert told.startswith("1 articles explained, ")
    assert told.endswith("1 without a raw page, 1 that cannot be cleaned\n")
    asked = "SELECT article_id, reason FROM removed_blocks WHERE text LIKE '%cats%' AND source = 'daily' AND revision = 1"
    with open_store(database_url) as store, store.reading() as connection:
        (found,) = connection.execute(sql(asked)).all()
        kept = connection.scalar(sql("SELECT count(*) FROM removed_blocks WHERE text LIKE '%council%'"))
    assert found.article_id == 1
    assert found.reason
    assert kept == 0
    assert CliRunner().invoke(app, words).stdout == told, "again changes nothing"
    assert CliRunner().invoke(app, [*words, "--forget"]).stdout == "removed_blocks is empty\n"
    with open_store(database_url) as store, store.reading() as connection:
        assert connection.scalar(sql("SELECT count(*) FROM removed_blocks")) == 0


def test_explaining_many_articles_at_once_counts_all_their_blocks(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store_pages(sqlite_url, {name: PAGE.replace("cats", name).encode() for name in "abcdefgh"})
    told = CliRunner().invoke(app, ["explain", "-d", sqlite_url]).stdout
    with open_store(sqlite_url) as store, store.reading() as connection:
        blocks = connection.scalar(sql("SELECT count(*) FROM removed_blocks"))
    assert told.startswith(f"8 articles explained, {blocks} blocks in removed_blocks; ")
