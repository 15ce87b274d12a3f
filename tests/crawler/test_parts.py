"""Where an article goes on: links to its next part told from links to the next article, to comments, to lists."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.numbering import numbered
from crawler.parts import Further, further, may_be_part, may_go_on
from model.page import Page
from model.urls import canonical

FIRST = "https://news.example/2026/11/harbour-closes"


def decode(body: bytes, _content_type: str | None) -> str:
    return body.decode()


def asked(links: str, url: str = FIRST, *, first: str | None = None, number: int = 1) -> str | None:
    found = answer(links, url, first=first, number=number)
    return found.url if found else None


def answer(links: str, url: str = FIRST, *, first: str | None = None, number: int = 1) -> Further | None:
    body = f"<html><head><title>x</title></head><body><article><p>Text.</p></article>{links}</body></html>".encode()
    at = datetime(2026, 11, 22, tzinfo=UTC)
    page = Page(url=url, chain=(url,), status=200, headers=(), body=body, fetched_at=at, elapsed=0.1)
    found = further(page, decode, first=first or url, number=number)
    assert found is None or may_go_on(page, first=first or url, number=number)
    return found


@pytest.mark.parametrize(
    ("links", "may"),
    [
        ("", False),
        ('<a href="/sport?page=2">2</a>', False),
        ('<a href="?tab=1">1</a><a href="harbour-closes-two/1">1</a>', False),
        ('<a href="?tab=1">1</a><a href="?page=2">2</a>', True),
        ("".join(f'<a href="?{name}=1">1</a>' for name in "abcdefghijklmnoqrstuv"), True),  # too many to look at in passing
    ],
)
def test_a_quick_look_says_which_pages_end(links: str, *, may: bool) -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    page = Page(url=FIRST, chain=(FIRST,), status=200, headers=(), body=links.encode(), fetched_at=at, elapsed=0.1)
    assert may_go_on(page, first=FIRST, number=1) is may


@pytest.mark.parametrize(
    ("links", "url", "found"),
    [
        ('<a href="?page=2">2</a>', FIRST, f"{FIRST}?page=2"),
        ('<A HREF="?page=2">2</A>', FIRST, f"{FIRST}?page=2"),
        ('<a href="./?page=2">2</a>', f"{FIRST}/", f"{FIRST}/?page=2"),
        ('<a href="/2026/11/harbour-closes/2/">Next page</a>', f"{FIRST}/", f"{FIRST}/2/"),
        ('<a href="harbour-closes/seite-2">Weiter auf Seite 2</a>', FIRST, f"{FIRST}/seite-2"),
        ('<a href="harbour-closes/page/2">&rsaquo;</a>', FIRST, f"{FIRST}/page/2"),
        ('<a href="harbour-closes-2.html">2</a>', f"{FIRST}.html", f"{FIRST}-2.html"),
        ('<a href="harbour-closes_p2.html">2</a>', f"{FIRST}.html", f"{FIRST}_p2.html"),
        ('<a href="harbour-closes,seite=2.html">[2]</a>', f"{FIRST}.html", f"{FIRST},seite=2.html"),
        ('<link rel="next" href="/2026/11/harbour-closes-2.html">', f"{FIRST}.html", f"{FIRST}-2.html"),
        ('<a href="view.php?no=12&amp;page=2">2페이지</a>', "https://news.example/view.php?no=12", None),
        ('<a href="?page=1">Página 2</a>', FIRST, f"{FIRST}?page=1"),
        ('<a href="/2026/11/harbour-closes/page-2">2</a>', f"{FIRST}/page-1", f"{FIRST}/page-2"),
        ('<a href="?page=2" title="Page 2"><img src="arrow.png"></a>', FIRST, f"{FIRST}?page=2"),
        ("<a href=\"?page=3\">3</a><a href='?page=2'>2</a>", FIRST, f"{FIRST}?page=2"),
        (
            '<a href="?page=2">Seite 2: Why the council of the harbour town voted against the plan</a>',
            FIRST,
            f"{FIRST}?page=2",
        ),
    ],
)
def test_parts_are_told_by_their_addresses(links: str, url: str, found: str | None) -> None:
    if url.endswith("no=12"):
        found = "https://news.example/view.php?no=12&page=2"
    assert asked(links, url) == found


@pytest.mark.parametrize(
    "links",
    [
        '<link rel="next" href="/2026/11/storm-hits-coast">',
        '<a rel="next" href="/2026/11/storm-hits-coast-2">Next article</a>',
        '<a href="/2026/11/harbour-closes-2">Harbour closes again, says the council</a>',  # the same headline a year later
        '<a href="/2026/11/">2</a>',
        '<a href="/news?page=2">2</a>',
        '<a href="https://other.example/2026/11/harbour-closes?page=2">2</a>',
        '<a href="?comment-page=2">2</a>',
        '<a href="?cpage=2#comments">2</a>',
        '<section class="user-comments"><a href="?page=2">2</a></section>',
        '<a href="?page=3">3</a>',
        '<a href="?page=2">A town by the sea waits for its ferries and nobody knows when they come back</a>',
        '<a href="?id=2">2</a>',
        '<a href="#2">2</a>',
        '<a href="?page=2&sort=new">2</a>',
        '<a href="javascript:next(2)">2</a>',
        '<a href="https://other.example/2026/11/harbour-closes/komplettansicht">Auf einer Seite</a>',
        '<a href="/2026/11/harbour-closes/komplettansicht?utm=1&amp;x=1">Auf einer Seite</a>',
        "",
    ],
)
def test_what_is_no_further_part(links: str) -> None:
    assert asked(links) is None


def test_the_next_of_a_later_part_is_looked_for_beside_the_first() -> None:
    links = '<a href="?page=1">1</a> <a href="?page=3">3</a>'
    assert asked(links, f"{FIRST}?page=2", first=FIRST, number=2) == f"{FIRST}?page=3"
    assert asked('<a href="?page=1">1</a>', f"{FIRST}?page=2", first=FIRST, number=2) is None


@pytest.mark.parametrize(
    "href",
    ["?page=all", "?view=single", "?singlepage=true", "/2026/11/harbour-closes/komplettansicht", "?showall=1", "?pagewanted=all"],
)
def test_one_page_with_everything_is_preferred(href: str) -> None:
    found = answer(f'<a href="?page=2">2</a> <a href="{href}">Auf einer Seite</a>')
    assert found is not None
    assert found.whole
    assert found.url.endswith(href.rpartition("/")[2])


def test_hostile_pages_cost_little() -> None:
    assert asked('<a href="?page=2">' * 5_000) is not None
    assert asked("<" * 200_000 + '<a href="?page=2">2</a>') is None
    assert asked("href=" * 200_000) is None
    assert asked('<a href="?' + "_" * 500_000 + '">') is None


@pytest.mark.parametrize(
    ("first", "url", "number", "marked"),
    [
        ("https://a.example/s/", "http://www.a.example/s/2", 2, True),
        ("https://a.example/s.php?id=4", "https://a.example/s.php?id=4&pg=3", 3, True),
        ("https://a.example/s?page=1", "https://a.example/s?page=2", 2, True),
        ("https://a.example/s-teil-1.html", "https://a.example/s-teil-2.html", 2, True),
        ("https://a.example/s.html", "https://a.example/s.3.html", 3, False),
    ],
)
def test_numbers_of_addresses(first: str, url: str, number: int, *, marked: bool) -> None:
    found = numbered(first, url)
    assert found is not None
    assert (found.number, found.marked) == (number, marked)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/s",
        "https://a.example/s?page=two",
        "https://a.example/s?page=99999",
        "https://a.example/s/2?x=1",
        "https://a.example/s2",
    ],
)
def test_addresses_without_a_number_of_their_own(url: str) -> None:
    assert numbered("https://a.example/s", url) is None


@pytest.mark.parametrize(
    "url",
    [
        *(f"{FIRST}{end}" for end in ("?page=2", "?PAGE=3&x=1", "?page=all", "?singlepage=1", "?page=1", "/komplettansicht")),
        *(f"{FIRST}{end}" for end in ("/2/", "/seite-2", "-2.html", "_p2.html", ",seite=2.html", "/page-2", "/2025")),
    ],
)
def test_an_address_that_could_be_a_parts(url: str) -> None:
    assert may_be_part(url)


@pytest.mark.parametrize("end", ["", ".html", "?no=123456", "-12345", "/123456", "?page=two", "?view=list", "/all"])
def test_an_address_that_could_not(end: str) -> None:
    assert not may_be_part(FIRST + end)


@given(
    st.sampled_from(
        [FIRST, FIRST + ".html", FIRST + "?no=12", FIRST + "/page-1", FIRST + "?p=1", "https://news.example/a_0.php"]
    ),
    st.integers(2, 30),
    st.sampled_from(["?page={}", "&page={}", "/{}", "/seite-{}", "-{}", "_p{}.html", "-page-{}.php", "/page/{}/", "?p={}"]),
)
def test_whatever_an_article_may_lead_to_could_be_a_part(first: str, number: int, shape: str) -> None:
    """So that the pages of an archive may be sorted by their addresses alone."""
    base, _, query = first.partition("?")
    stem = base.removesuffix(".html").removesuffix(".php").removesuffix("page-1").removesuffix("_0").rstrip("/")
    for url in (base + shape.format(number), f"{first}{shape.format(number)}", stem + shape.format(number) + f"?{query}"):
        if numbered(first, canonical(url)):
            assert may_be_part(canonical(url))
