"""Articles as Markdown files: what stands in them, and under which names."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from visiting import NOON, Site, cleaned, story, url

from model.errors import StorageError
from storage import open_store, upgrade
from storage.columns import storable
from storage.markdown import file_name, markdown, write_markdown

if TYPE_CHECKING:
    from pathlib import Path

    from storage import Store
    from storage.answers import StoredArticle


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory) -> StoredArticle:
    file = str(tmp_path_factory.mktemp("markdown") / "news.db")
    upgrade(file)
    with open_store(file) as store:
        facts = {"published": NOON, "authors": ("Ann: the 'first'", "Bo"), "tags": ("a, b", "#c"), "language": "en"}
        Site(store).save(url("story"), cleaned(title='"Quoted": yes', **facts))
        return store.article(1)


def parts(written: str) -> tuple[dict[str, object], str]:
    """Front matter and body, as the tools read them that take both."""
    _, head, body = re.split(r"(?m)^---\n", written, maxsplit=2)
    return yaml.safe_load(head), body


def shown(body: str) -> list[str]:
    """The lines that a reader of the rendered page sees."""
    html = MarkdownIt("commonmark").render(body)
    return [line.strip() for line in unescape(re.sub(r"<[^>]*>", "", html)).split("\n") if line.strip()]


def test_every_column_that_holds_something_is_in_the_front_matter(article: StoredArticle) -> None:
    facts, body = parts(markdown(article))
    wanted = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(article).items()}
    assert facts == {name: value for name, value in wanted.items() if name != "text" and value not in (None, [])}
    assert "canonical_url" not in facts
    assert shown(body) == ['"Quoted": yes', article.text]


LINES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")) | st.sampled_from(" #*-_`<>[]()&\\|=+.1~!:"))


@given(title=LINES, lines=st.lists(LINES, max_size=5), paragraphs=st.booleans())
def test_whatever_a_page_says_is_shown_and_not_obeyed(
    article: StoredArticle, title: str, lines: list[str], *, paragraphs: bool
) -> None:
    title, text = " ".join(title.split()), storable(("\n\n" if paragraphs else "\n").join(lines))
    facts, body = parts(markdown(replace(article, title=title, text=text, site_name=text)))
    assert facts["title" if title else "id"] == (title or 1)
    assert facts["site_name"] == text
    wanted = [line.strip() for line in [title, *text.split("\n")] if line.strip()]
    assert shown(body) == wanted


@given(text=st.text(st.characters(exclude_categories=("Cs",))))
def test_any_text_is_a_value_of_the_front_matter(article: StoredArticle, text: str) -> None:
    facts, _ = parts(markdown(replace(article, site_name=text, tags=(text, "---"))))
    assert (facts["site_name"], facts["tags"]) == (text, [text, "---"])


def test_hashes_at_the_end_of_a_headline_stay(article: StoredArticle) -> None:
    assert shown(parts(markdown(replace(article, title="We are #1 #", text="")))[1]) == ["We are #1 #"]


def test_names_that_never_change(article: StoredArticle) -> None:
    assert file_name(article) == "daily/2026-11/1.md"
    moved = replace(article, title="../../x", url="https://other.example/y", revision=7, last_seen_at=NOON + timedelta(days=99))
    assert file_name(moved) == "daily/2026-11/1.md"


NASTY = ["-", ".", "..", "../..", "/etc", "a/../../b", "con", "NUL.txt", "a\\b", "x" * 999, ".hidden", "end."]


@given(name=st.text() | st.sampled_from(NASTY))
def test_no_source_leads_out_of_the_folder(article: StoredArticle, name: str) -> None:
    first, *others = file_name(replace(article, source=name)).split("/")
    assert others == ["2026-11", "1.md"]
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}", first)
    assert not first.endswith(".")
    assert first.lower() not in {"con", "nul.txt", "."}


def test_altered_names_stay_apart(article: StoredArticle) -> None:
    assert len({file_name(replace(article, source=name)) for name in ("a/b", "a_b", "a\\b", "_a_b")}) == 4


def test_files_are_written_over_and_articles_chosen(store: Store, tmp_path: Path) -> None:
    site = Site(store)
    for number in range(3):
        site.save(url(str(number)), cleaned(title=f"T{number}", text=story(number)))
    folder = tmp_path / "new" / "articles"
    assert write_markdown(store.articles(since_id=1), folder) == 2
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert found == ["daily/2026-11/2.md", "daily/2026-11/3.md"]
    site.save(url("2"), cleaned(title="Changed", text=story(2)), at=NOON + timedelta(hours=1))
    assert write_markdown(store.articles(), folder) == 3
    assert "# Changed\n" in (folder / "daily/2026-11/3.md").read_text("utf8")
    assert len(list(folder.rglob("*.md"))) == 3


def test_a_folder_that_cannot_be_written(article: StoredArticle, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be written"):
        write_markdown([article], tmp_path / "file")
