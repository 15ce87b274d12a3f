"""Articles of several pages in archives: one row each, wherever in the files their parts lie."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from configuring import settings_for
from loopback import Site
from misbehaving import article
from test_whole import Paper, part, text_of_part, whole_text

from model.page import Page
from newsmill.importing import import_files
from newsmill.warc import Selection, write_warc
from storage import open_store, upgrade
from storage.raw import raw_pages

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from storage.answers import StoredArticle

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOME = "https://news.example/"


def page(target: str, body: bytes, *, at: datetime = NOON) -> Page:
    url, headers = HOME + target, (("content-type", "text/html; charset=utf-8"),)
    return Page(url=url, chain=(url,), status=200, headers=headers, body=body, fetched_at=at, elapsed=0.5)


def series(name: str, count: int, *, links: str = "", at: datetime = NOON, text: str = "") -> list[Page]:
    """An article at ``name`` with its parts at ``name?page=2`` ..."""
    pager = "".join(f"<a href='/{name}?page={it}'>{it}</a> " for it in range(1, count + 1))
    targets = [name, *(f"{name}?page={number}" for number in range(2, count + 1))]
    return [page(target, part(text or name, number, pager + links), at=at) for number, target in enumerate(targets, 1)]


def imported(database: str, folder: Path, *files: list[Page]) -> Mapping[str, int]:
    paths = []
    for number, pages in enumerate(files):
        paths.append(folder / f"{number}.warc.gz")
        stream = BytesIO()
        write_warc(pages, stream, software="test")
        paths[-1].write_bytes(stream.getvalue())
    return asyncio.run(import_files(settings_for(database), paths, Selection()))


def stored(database: str) -> dict[str, StoredArticle]:
    with open_store(database, readonly=True) as store:
        return {it.url.removeprefix(HOME): it for it in store.articles(duplicates=True)}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_the_parts_of_an_article_are_one_text_in_whatever_order_they_come(
    order: tuple[int, ...], sqlite_url: str, tmp_path: Path
) -> None:
    pages = series("harbour", 3)
    others = [page(f"story-{it}", article(it).encode()) for it in ("first", "last")]
    counts = imported(sqlite_url, tmp_path, [others[0], *(pages[it] for it in order), others[1]])
    assert counts == {"read": 5, "left": 0, "stored": 3, "part": 2}
    found = stored(sqlite_url)
    assert set(found) == {"harbour", "story-first", "story-last"}
    assert found["harbour"].text == whole_text("harbour", 3)
    assert (found["harbour"].parts, found["harbour"].missing_part) == (3, None)


def test_parts_in_different_files_and_an_import_begun_again(sqlite_url: str, tmp_path: Path) -> None:
    first, second, third = series("harbour", 3)
    assert imported(sqlite_url, tmp_path, [third], [first], [second])["stored"] == 1
    assert imported(sqlite_url, tmp_path, [third], [first], [second]) == {"read": 3, "left": 0, "known": 1, "part": 2}
    assert stored(sqlite_url)["harbour"].text == whole_text("harbour", 3)
    assert len(stored(sqlite_url)) == 1


def test_each_capture_is_joined_with_the_parts_of_its_time(sqlite_url: str, tmp_path: Path) -> None:
    later = NOON + timedelta(days=3)
    old, new = series("harbour", 2), series("harbour", 2, at=later, text="the new harbour")
    counts = imported(sqlite_url, tmp_path, [new[1], old[1], new[0], old[0]])
    assert counts == {"read": 4, "left": 0, "stored": 1, "revised": 1, "part": 2}
    (found,) = stored(sqlite_url).values()
    assert (found.text, found.revision) == (whole_text("the new harbour", 2), 2)


def test_a_part_that_the_archive_lacks_is_told_of(sqlite_url: str, tmp_path: Path) -> None:
    pages = series("harbour", 3)
    imported(sqlite_url, tmp_path, pages[:2])
    (found,) = stored(sqlite_url).values()
    assert found.text == whole_text("harbour", 2)
    assert (found.parts, found.missing_part) == (2, "part 3: fetch_error: not in the archive")


def test_parts_whose_first_page_the_archive_lacks_are_kept_each(sqlite_url: str, tmp_path: Path) -> None:
    imported(sqlite_url, tmp_path, series("harbour", 3)[1:])
    assert set(stored(sqlite_url)) == {"harbour?page=2", "harbour?page=3"}


def test_all_parts_on_one_page_win_over_the_pieces(sqlite_url: str, tmp_path: Path) -> None:
    everything = "<a href='/harbour?page=all'>All on one page</a>"
    pages = series("harbour", 3, links=everything)
    paragraphs = tuple(it for number in (1, 2, 3) for it in text_of_part("harbour", number))
    whole = page("harbour?page=all", part("harbour", 0, paragraphs=paragraphs))
    assert imported(sqlite_url, tmp_path, [pages[2], whole, pages[0], pages[1]])["part"] == 3
    (found,) = stored(sqlite_url).values()
    assert found.text == whole_text("harbour", 3)


def test_articles_that_are_only_numbered_are_no_parts(sqlite_url: str, tmp_path: Path) -> None:
    """Of one headline, of a counter, and where each number shows the same page."""
    pages = [page(f"news/{number}", article(number).encode()) for number in range(1, 5)]
    pages += [page(target, article(target).encode()) for target in ("briefing", "briefing-2", "briefing-3")]
    counts = imported(sqlite_url, tmp_path, pages)
    assert counts == {"read": 7, "left": 0, "stored": 7}
    same = [page(target, part("same", 1, "<a href='/same?page=2'>2</a>")) for target in ("same", "same?page=2")]
    imported(sqlite_url, tmp_path, same)
    assert stored(sqlite_url)["same"].parts == 1
    assert stored(sqlite_url)["same?page=2"].duplicate_of is not None


def test_what_was_crawled_exported_and_imported_is_the_same(sqlite_url: str, tmp_path: Path) -> None:
    site = Site()
    site.start()
    try:
        paper = Paper(site, sqlite_url)
        paper.parts("harbour", 4)
        paper.parts("short", 1)
        paper.crawl()
    finally:
        site.close()
    elsewhere = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    upgrade(elsewhere)
    with open_store(sqlite_url, readonly=True) as store:
        imported(elsewhere, tmp_path, list(raw_pages(store.reading)))
    before, after = stored(sqlite_url), stored(elsewhere)
    assert {url: (it.text, it.parts) for url, it in after.items()} == {url: (it.text, it.parts) for url, it in before.items()}
