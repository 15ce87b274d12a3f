"""Lists followed back: the next older page told from calendars, other sections and articles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pages import served

from crawler.archives import latest, older_feed, older_page, recent
from crawler.feeds import open_feed
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
        ('<a href="?before=81234" aria-label="Next page"><img src="arrow.png"></a>', "/politics?before=81234"),
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
        '<a href="/politics?sort=new">»</a>',
        '<a href="/politics?story=7">Older people of the town remember the flood</a>',
        '<link href="/politics?format=print" title="Next">',
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


FEED = "https://news.example/feeds/all"
_ITEM = "<item><title>A story</title><link>https://news.example/a/1</link>{}</item>"


def older_entries(body: str, *, first: str = FEED, number: int = 1, passed: tuple[str, ...] = ()) -> str | None:
    page = served(body.encode(), url=first)
    return older_feed(open_feed(page), first, first=first, number=number, passed=frozenset(map(identity, passed)))


def rss(about: str, item: str = "") -> str:
    atom = 'xmlns:atom="http://www.w3.org/2005/Atom"'
    return f'<rss version="2.0" {atom}><channel><title>News</title>{about}{_ITEM.format(item)}</channel></rss>'


def atom(about: str) -> str:
    entry = "<entry><title>A story</title><link href='https://news.example/a/1'/></entry>"
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>{about}{entry}</feed>'


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (atom('<link rel="self" href="/feeds/all"/><link rel="next" href="/feeds/all?page=2"/>'), "/feeds/all?page=2"),
        (atom('<link rel="next" href="?page=2"/><link rel="prev-archive" href="/feeds/2026/10"/>'), "/feeds/2026/10"),
        (rss('<atom:link rel="next" href="https://news.example/feeds/all/2"/>'), "/feeds/all/2"),
        (rss("<generator>https://wordpress.org/?v=6.4</generator>"), "/feeds/all?paged=2"),
        (atom('<generator uri="https://wordpress.org/">WP</generator>'), "/feeds/all?paged=2"),
        ('{"items": [{"url": "/a/1"}], "next_url": "/feeds/all.json?page=2"}', "/feeds/all.json?page=2"),
    ],
    ids=["atom", "archived", "rss", "wordpress", "wordpress in atom", "json"],
)
def test_the_older_entries_of_a_feed(body: str, found: str) -> None:
    assert older_entries(body) == f"https://news.example{found}"


@pytest.mark.parametrize("first", ["https://news.example/feed/", "https://news.example/politics/feed"])
def test_a_feed_where_wordpress_has_them_is_asked_for_its_next_page(first: str) -> None:
    assert older_entries(rss(""), first=first) == f"{first}?paged=2"
    assert older_entries(rss(""), first=first, number=7) == f"{first}?paged=8"
    assert older_entries(rss("<generator>WordPress</generator>"), first=f"{first}?lang=en") == f"{first}?lang=en&paged=2"


@pytest.mark.parametrize(
    "body",
    [
        rss(""),
        rss('<atom:link rel="self" href="/feeds/all"/>'),
        rss('<atom:link rel="next" href="https://other.example/feeds/all"/>'),
        rss('<atom:link rel="next" href="/feeds/all#top"/>'),
        rss('<atom:link rel="next" href="javascript:next()"/>'),
        rss('<atom:link rel="next" href="/feeds/passed"/>'),
        rss("", item='<atom:link rel="next" href="/a/2"/>'),
        '{"items": [], "next_url": 7}',
        '{"items": [], "next_url": "https://me:secret@news.example/"}',
    ],
)
def test_where_a_feed_has_none(body: str) -> None:
    assert older_entries(body, passed=("https://news.example/feeds/passed",)) is None


def test_what_is_news_in_a_list_of_everything() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)

    def link(name: str, **dates: datetime) -> Link:
        return Link(url=f"https://news.example/{name}", **dates)

    everything = [
        link("undated"),
        link("2020/01/02/old"),
        link("2026/11/20/new"),
        link("old-and-touched", published=now - timedelta(days=900), modified=now - timedelta(days=3)),
        link("touched", modified=now - timedelta(days=1)),
        link("untouched", modified=now - timedelta(days=15)),
    ]
    assert [it.url.rpartition("/")[2] for it in recent(everything, now)] == ["new", "touched"]
    many = [link(f"{number}", modified=now) for number in range(3000)]
    assert recent(many, now) == tuple(many[:500])
