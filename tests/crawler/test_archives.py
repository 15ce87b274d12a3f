"""Lists followed back: the next older page told from calendars, other sections and articles."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.archives import latest, older_page
from model.source import Link
from model.urls import identity

LIST = "https://news.example/politics"


def older(links: str, url: str = LIST, *, number: int = 1, passed: tuple[str, ...] = ()) -> str | None:
    html = f"<html><body><h2><a href='/2026/11/22/a-story-of-the-harbour'>A story</a></h2>{links}</body></html>"
    return older_page(html, url, first=LIST, number=number, passed=frozenset(map(identity, passed)))


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ('<link rel="next" href="/politics/page/2/">', "/politics/page/2/"),
        ('<a href="?page=2">2</a><a href="?page=3">3</a>', "/politics?page=2"),
        ('<a href="/politics/2">2</a>', "/politics/2"),
        ('<a href="?page=1">2</a><a href="?page=2">3</a>', "/politics?page=1"),
        ('<a href="/politics/page/2/">Older posts</a>', "/politics/page/2/"),
        ('<a href="?start=40">3</a><a href="?start=20">2</a>', "/politics?start=20"),
        ('<a href="?before=81234">Ältere Beiträge</a>', "/politics?before=81234"),
        ('<a href="?before=81234">»</a>', "/politics?before=81234"),
        ('<a href="/politics?page=2">다음</a>', "/politics?page=2"),
    ],
)
def test_the_next_page_of_a_list(links: str, found: str) -> None:
    assert older(links) == f"https://news.example{found}"


@pytest.mark.parametrize(
    "links",
    [
        '<a href="https://other.example/politics?page=2">Next</a>',
        '<a href="/sport?page=2">2</a>',
        '<a href="/calendar/2026/12">Next month</a>',
        '<a href="/2026/11/21/a-storm-comes-over-the-harbour">Next: a storm</a>',
        '<link rel="next" href="/2026/11/21/a-storm">',
        '<a href="/politics">1</a>',
        '<a href="/politics?sort=new">Newest</a>',
        "",
    ],
)
def test_what_leads_out_of_a_list(links: str) -> None:
    assert older(links) is None


def test_a_list_goes_on_and_never_back() -> None:
    links = '<a href="/politics">1</a><a href="?page=2">2</a><a href="?page=3">3</a><a href="?page=3">Next</a>'
    assert older(links, f"{LIST}?page=2", number=2) == f"{LIST}?page=3"
    assert older('<a rel="next" href="?page=2">Next</a>', f"{LIST}?page=3", number=3, passed=(f"{LIST}?page=2",)) is None
    assert older('<a href="?start=0">1</a><a href="?start=60">4</a>', f"{LIST}?start=40", number=3) == f"{LIST}?start=60"


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://news.example/2024/05/25/story", "2024-05-26"),
        ("https://news.example/20240525/story", "2024-05-26"),
        ("https://news.example/2024/05/story", "2024-06-01"),
        ("https://news.example/2024/story", None),
        ("https://news.example/2024/02/31/story", None),
        ("https://news.example/story-1234567890", None),
    ],
)
def test_an_entry_is_no_later_than_its_address_says(url: str, day: str | None) -> None:
    found = latest(Link(url=url))
    assert (found.date().isoformat() if found else None) == day


def test_what_the_list_says_counts_before_the_address() -> None:
    said = datetime(2025, 1, 2, tzinfo=UTC)
    assert latest(Link(url="https://news.example/2024/05/25/story", published=said)) == said
