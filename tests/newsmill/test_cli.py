"""The command line as a user types it."""

from __future__ import annotations

import csv
import io
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from configuring import write_config

from newsmill.demo.server import SampleSites
from storage import open_store, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

DUMPS = Path(__file__).parents[2] / "fixtures" / "text"


def newsmill(*words: str, folder: Path, given: bytes | None = None, code: int = 0) -> str:
    """Run a command; its standard output."""
    done = subprocess.run(
        [sys.executable, "-m", "newsmill", *words], cwd=folder, input=given, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == code, done.stderr.decode()
    return done.stdout.decode() if code in {0, 3, 4} else done.stderr.decode()


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a config.yaml and a database that was crawled."""
    folder = tmp_path_factory.mktemp("crawled")
    upgrade(str(folder / "news.db"))
    with SampleSites() as sites:
        write_config(folder, sites, "sqlite:///news.db")
        newsmill("crawl", "--quiet", folder=folder)
        yield folder


def test_init_writes_a_commented_file_makes_the_database_and_keeps_what_is_there(tmp_path: Path) -> None:
    assert "newsmill crawl" in newsmill("init", folder=tmp_path)
    assert "# " in (tmp_path / "config.yaml").read_text("utf8")
    assert (tmp_path / "newsmill.sqlite").is_file()
    (tmp_path / "config.yaml").write_text("contact: me@example.net\n", encoding="utf8")
    assert "stays as it is" in newsmill("init", folder=tmp_path)
    assert (tmp_path / "config.yaml").read_text("utf8") == "contact: me@example.net\n"


def test_the_demo_shows_that_every_article_came_out_as_written(tmp_path: Path) -> None:
    told = newsmill("demo", "--folder", "try it", folder=tmp_path)
    assert (match := re.search(r"(\d+) of (\d+) articles came out exactly", told))
    assert match[1] == match[2]
    assert "0 articles were stored anew" in told
    with open_store(str(tmp_path / "try it" / "newsmill.sqlite"), readonly=True) as store:
        assert sum(1 for _ in store.articles(duplicates=True)) >= int(match[2])


def test_a_crawl_without_network_fails_per_source_with_reason_and_code(tmp_path: Path) -> None:
    sources = "".join(f"  - name: {name}\n    url: http://{name}.invalid/\n" for name in ("one", "two"))
    (tmp_path / "config.yaml").write_text(f"contact: me@example.net\nsources:\n{sources}", encoding="utf8")
    newsmill("init", folder=tmp_path)
    told = newsmill("crawl", "--quiet", folder=tmp_path, code=4)
    assert "one: endpoint failed: robots_unreachable: robots.txt: DNS: " in told
    assert "two: endpoint failed: " in told
    with open_store(str(tmp_path / "newsmill.sqlite"), readonly=True) as store:
        assert not list(store.articles(duplicates=True))
        with store.reading() as connection:
            assert not connection.exec_driver_sql("SELECT id FROM page").all()
    report = json.loads(newsmill("crawl", "--json", folder=tmp_path, code=4))
    assert report["failed_sources"] == ["one", "two"]


def test_a_wrong_file_ends_with_one_line_and_code_1(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("fetch:\n  dealy: 3s\n", encoding="utf8")
    told = newsmill("crawl", folder=tmp_path, code=1)
    assert "config.yaml:2: fetch.dealy: unknown key, did you mean delay?" in " ".join(told.split())
    assert "Traceback" not in told


def test_a_missing_database_says_what_to_run(tmp_path: Path) -> None:
    assert "newsmill init" in newsmill("search", "word", "--database", "none.db", folder=tmp_path, code=1)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words",
    [
        ("crawl", "nope"),
        ("search", "Taiwan", "--source", "nope"),
        ("export", "--source", "nope"),
        ("export", "--format", "warc", "--source", "nope"),
        ("explain", "--source", "nope"),
        ("reclean", "nope", "--dry-run"),
    ],
)
def test_an_unknown_source_lists_those_there_are(words: tuple[str, ...], crawled: Path) -> None:
    told = " ".join(newsmill(*words, folder=crawled, code=1).split())
    assert "no source is named nope; there are: " in told
    assert "semantic-html5" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("crawl", "nasa", "--url", "http://example.org/a"), "--url names the pages"),
        (("crawl", "--url", "http://example.org/a", "--since", "2026-11-01"), "--url names the pages"),
        (("crawl", "--list-pages", "3"), "--since asks for"),
        (("crawl", "--since", "yesterday"), "2026-11-22"),
        (("search", "x", "--until", "9999-12-31T23:00-05:00"), "2026-11-22"),
        (("clean", "page.html", "--explain", "--format", "markdown"), "a form of their own"),
        (("show", "1", "--raw", "--json"), "one at a time"),
        (("show", "1", "--explain", "--diff"), "one at a time"),
    ],
)
def test_options_that_contradict_each_other_are_said_so(words: tuple[str, ...], told: str, tmp_path: Path) -> None:
    plain = re.sub(r"[│\s]+", " ", newsmill(*words, folder=tmp_path, code=2))
    assert told in plain


@pytest.mark.parametrize("words", [("init", "taken"), ("init", "taken/below"), ("demo", "--folder", "taken")])
def test_a_folder_that_cannot_be_made_ends_in_one_line(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    told = newsmill(*words, folder=tmp_path, code=5 if "demo" in words else 1)
    assert "cannot be written" in " ".join(told.split())
    assert "Traceback" not in told


@pytest.mark.parametrize("words", [("db", "cut", "9" * 30, "1"), ("reclean", "--after", "9" * 30), ("show", "9" * 30)])
def test_a_number_that_no_database_holds_ends_in_one_line(words: tuple[str, ...], crawled: Path) -> None:
    assert "Traceback" not in newsmill(*words, folder=crawled, code=1)


def test_a_terminal_that_lacks_a_character_shows_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    (tmp_path / "page.txt").write_text("Мост закрыт. " * 40, encoding="utf8")
    assert "\\u041c" in newsmill("clean", "page.txt", "--explain", folder=tmp_path)


def test_no_reader_any_more_is_no_error(crawled: Path) -> None:
    for words in (("show", "1", "--explain"), ("export", "--format", "csv")):
        command = [sys.executable, "-m", "newsmill", *words]
        with subprocess.Popen(command, cwd=crawled, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout
            assert process.stderr
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(timeout=120) == 0


def test_json_of_a_crawl_counts_each_source(crawled: Path) -> None:
    report = json.loads(newsmill("crawl", "--json", folder=crawled))
    assert report["totals"]["new"] == 0
    assert set(report["sources"]) >= {"semantic-html5", "div-soup", "euc-kr", "table-layout", "split-body"}


def test_search_finds_and_marks_words(crawled: Path) -> None:
    hits = json.loads(newsmill("search", "Taiwan Strait", "--json", folder=crawled))
    assert "North Korea" in hits[0]["title"]
    assert "**Taiwan**" in hits[0]["snippet"]
    newsmill("search", "xyzzyplugh", folder=crawled, code=3)
    assert newsmill("search", "Taiwan", "--until", "1999-01-01", folder=crawled, code=3)


def test_show_by_id_and_address_with_text_and_facts(crawled: Path) -> None:
    hit = json.loads(newsmill("search", "Taiwan Strait", "--json", folder=crawled))[0]
    shown = newsmill("show", str(hit["id"]), folder=crawled)
    assert "Daniel Kim" in shown
    assert "ironclad defense commitments" in shown
    assert "Popular Now" not in shown
    assert json.loads(newsmill("show", hit["url"], "--json", folder=crawled))["id"] == hit["id"]
    explained = newsmill("show", str(hit["id"]), "--explain", folder=crawled)
    assert "Popular Now" in explained
    assert "✗" in explained
    verdicts = json.loads(newsmill("show", str(hit["id"]), "--explain", "--json", folder=crawled))["verdicts"]
    assert len(verdicts) == explained.count("✗") + explained.count("✓")
    assert "<html" in newsmill("show", str(hit["id"]), "--raw", folder=crawled)
    assert "revision 1" in newsmill("show", str(hit["id"]), "--revisions", folder=crawled)
    assert "no article" in newsmill("show", "999999", folder=crawled, code=1)


def test_status_names_every_source(crawled: Path) -> None:
    status = json.loads(newsmill("status", "--json", folder=crawled))
    assert status["articles"] >= 55
    assert {source["source"] for source in status["sources"]} >= {"semantic-html5", "div-soup"}
    assert "div-soup" in newsmill("status", folder=crawled)


def test_export_writes_each_story_once_in_every_form(crawled: Path, tmp_path: Path) -> None:
    lines = newsmill("export", folder=crawled).splitlines()
    stories = [json.loads(line) for line in lines]
    assert len({story["url"] for story in stories}) == len(stories) >= 55
    rows = list(csv.DictReader(io.StringIO(newsmill("export", "--format", "csv", folder=crawled))))
    assert [row["url"] for row in rows] == [story["url"] for story in stories]
    target = tmp_path / "all.parquet"
    newsmill("export", "--format", "parquet", "--output", str(target), folder=crawled)
    import pyarrow.parquet

    assert pyarrow.parquet.read_table(target).num_rows == len(stories)
    after = newsmill("export", "--since-id", str(stories[10]["id"]), folder=crawled).splitlines()
    assert [json.loads(line)["id"] for line in after] == [story["id"] for story in stories[11:]]
    folder = tmp_path / "articles"
    newsmill("export", "--format", "markdown", "--out", str(folder), "--limit", "3", folder=crawled)
    assert sorted(int(file.stem) for file in folder.rglob("*.md")) == [story["id"] for story in stories[:3]]
    assert "name a folder" in newsmill("export", "--format", "markdown", folder=crawled, code=1)
    assert "cannot be written" in newsmill("export", "--output", str(target / "x"), folder=crawled, code=1)


@pytest.mark.parametrize("lesson", ["viewus-dtt", "voa-summit"])
def test_clean_gives_the_two_samples_exactly(lesson: str, tmp_path: Path) -> None:
    dump = (DUMPS / lesson / "raw.txt").read_bytes()
    cleaned = json.loads(newsmill("clean", "-", "--json", folder=tmp_path, given=dump))
    assert cleaned["text"] == (DUMPS / lesson / "expected.txt").read_text("utf8").rstrip("\n")


def test_clean_explains_every_block(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    story = "<p>" + "The council met on Monday and agreed to repair the old bridge before winter comes. " * 4 + "</p>"
    page.write_text(f"<html><body><nav><a href=/>Home</a></nav><article><h1>Bridge</h1>{story * 3}</article></body></html>")
    told = newsmill("clean", str(page), "--explain", folder=tmp_path)
    assert "✓" in told
    assert "✗" in told
    assert "Home" in told
    explained = newsmill("clean", str(page), "--explain", "--json", folder=tmp_path)
    assert explained == newsmill("clean", str(page), "--format", "json", folder=tmp_path)
    assert "no such" in newsmill("clean", "missing.html", folder=tmp_path, code=1).casefold()


def test_discover_prints_an_entry_to_paste(crawled: Path, sites: SampleSites) -> None:
    write_config(crawled.parent, sites, "sqlite:///unused.db")
    told = newsmill("discover", sites.origins["div-soup"], "--config", str(crawled.parent / "config.yaml"), folder=crawled)
    assert "- name:" in told
    assert f"url: {sites.origins['div-soup']}/" in told
    assert "feeds:" in told


@pytest.mark.slow
def test_ctrl_c_finishes_what_is_in_flight_and_the_next_crawl_goes_on(tmp_path: Path, sites: SampleSites) -> None:
    database = tmp_path / "news.db"
    upgrade(str(database))
    write_config(tmp_path, sites, "sqlite:///news.db", delay="0.3s")
    process = subprocess.Popen([sys.executable, "-m", "newsmill", "crawl", "--quiet"], cwd=tmp_path, stderr=subprocess.PIPE)
    for _ in range(1500):
        if len(sites.log) > 30:
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"goes on from here" in told
    with open_store(str(database), readonly=True) as store:
        before = {article.url for article in store.articles(duplicates=True)}
    assert before
    write_config(tmp_path, sites, "sqlite:///news.db")
    newsmill("crawl", "--quiet", folder=tmp_path)
    with open_store(str(database), readonly=True) as store:
        after = {article.url for article in store.articles(duplicates=True)}
    assert after > before
    assert len(after) >= 60
