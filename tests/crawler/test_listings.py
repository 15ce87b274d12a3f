from __future__ import annotations

import contextlib
import json
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.evidence import EVIDENCES, LIST_SEGMENTS, SERVICE_SEGMENTS, Candidate, evidences, is_article
from crawler.filters import wanted
from crawler.listings import read_listing
from model.errors import DiscoveryError
from model.source import Source

LISTINGS = Path(__file__).parents[2] / "fixtures" / "listings"
LESSONS = sorted(path.name for path in LISTINGS.iterdir())
NOW = datetime(2026, 11, 22, tzinfo=UTC)
HOME = "https://www.harbour.example/"
SOURCE = Source(name="harbour", url=HOME)


def page(lesson: str) -> tuple[str, str, list[list[str]]]:
    expected = json.loads((LISTINGS / lesson / "expected.json").read_text())
    html = (LISTINGS / lesson / "source.html").read_bytes().decode(expected["charset"])
    return html, expected["url"], expected["links"]


def candidate(url: str, text: str = "", *, heading: bool = False, furniture: bool = False) -> Candidate:
    return Candidate(url=url, text=text, in_heading=heading, in_article=False, in_furniture=furniture)


@pytest.mark.parametrize("lesson", LESSONS)
def test_lesson(lesson: str) -> None:
    html, url, expected = page(lesson)
    links = read_listing(html, url, Source(name="x", url=url), now=NOW)
    assert [[link.url, link.title, *([str(link.published)] if link.published else [])] for link in links] == expected


def dated(cards: str) -> list[tuple[str, str | None]]:
    links = read_listing(f"<body><main>{cards}</main>", HOME, SOURCE, now=NOW)
    return [(link.url.rpartition("/")[2], link.published and link.published.strftime("%m-%d %H:%M")) for link in links]


def card(number: int, inside: str = "") -> str:
    return f"<div><h2><a href='/article/{10000 + number}'>The headline of story {number}</a></h2>{inside}</div>"


@pytest.mark.parametrize(
    ("cards", "expected"),
    [
        (
            card(1, "<time datetime='2026-11-20T08:00:00+09:00'>today</time>") + card(2),
            [("10001", "11-19 23:00"), ("10002", None)],
        ),
        (card(1, "<p><span><time>Nov 20, 2026</time></span></p>"), [("10001", "11-20 00:00")]),
        (card(1, "<time datetime='2026-11-20'></time><time datetime='2026-11-21'></time>"), [("10001", "11-20 00:00")]),
        (card(1, "<time>three hours ago</time><time datetime='2026-11-21'></time>"), [("10001", "11-21 00:00")]),
        (card(1, "<time datetime='2031-01-01'></time>"), [("10001", None)]),
        (card(1, "<a href='/author/jane'>Jane</a><time datetime='2026-11-20'></time>"), [("10001", "11-20 00:00")]),
        ("<div><time datetime='2026-11-20'></time>" + card(1) + card(2) + "</div>", [("10001", None), ("10002", None)]),
        (
            "<a href='/article/10001'>A story within <time datetime='2026-11-20'></time></a>" + card(2),
            [("10001", "11-20 00:00"), ("10002", None)],
        ),
    ],
)
def test_times_beside_links(cards: str, expected: list[tuple[str, str | None]]) -> None:
    assert dated(cards) == expected


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("2024/05/25/ferry", "Ferry"),
        ("25/05/24/ferry", "Ferry timetable changes"),
        ("2025/dec/05/ferry", "Ferry"),
        ("news/20240525/ferry.html", "Ferry"),
        ("news/view.php?no=7", "도로 정비"),
        ("news/articleView.html?idxno=7", ""),
        ("ferry-timetable-changes-in-june", ""),
        ("article/1011185", ""),
        ("a/x8f", "Eight words make a headline in every paper"),
        ("?p=12", "Ferry timetable changes"),
        ("archives/12345", "フェリーの時刻表が変わる"),
        ("news/K10014461341.html", "防波堤の工事始まる"),
        ("autoren/anna/ferry-timetable-changes-in-june", "Ferry timetable changes in June, says the harbour"),
    ],
)
def test_articles(path: str, text: str) -> None:
    assert is_article(candidate(HOME + path, text, heading=path.startswith("autoren")))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("sport", "Sport"),
        ("en/world-news", "World news"),
        ("2024/05/", "May 2024"),
        ("2024/05/25/", "25 May 2024"),
        ("tag/ferry-timetable-changes", "Ferry timetable"),
        ("author/jane-doe", "Jane Doe, our reporter on the coast"),
        ("about-us", "About us and our house"),
        ("privacy-policy", "Read our privacy policy and what it means for you"),
        ("list.php?page=12", "12"),
        ("list.php?cat=3&page=2", "next page of the list"),
        ("view.php?no=12&mode=print", "Print"),
        ("2024/05/25/ferry?share=mail", "Share this"),
        ("contact.html", "Contact"),
        ("board/write.php?id=7&mode=write", "글쓰기"),
    ],
)
def test_furniture(path: str, text: str) -> None:
    assert not is_article(candidate(HOME + path, text))


def test_a_menu_needs_more_evidence() -> None:
    slug = HOME + "special/harbour-expansion-big-picture"
    assert is_article(candidate(slug, "Harbour expansion now"))
    assert not is_article(candidate(slug, "Harbour expansion now", furniture=True))
    assert is_article(candidate(slug, "Harbour expansion: what the town will gain and lose", furniture=True))


def test_no_single_evidence_but_an_address_suffices() -> None:
    reasons = [it.reason for it in EVIDENCES]
    assert len(set(reasons)) == len(reasons)
    assert [it.reason for it in evidences(candidate(HOME + "sport", "Sport"))] == [
        "a text of one or two words",
        "a short path and no headline",
    ]


def test_the_tables_are_in_lower_case_and_apart() -> None:
    assert all(word == word.lower() for word in LIST_SEGMENTS | SERVICE_SEGMENTS)
    assert not LIST_SEGMENTS & SERVICE_SEGMENTS


def test_peoples_patterns_come_before_evidence() -> None:
    html = '<a href="/x/1">One</a><a href="/2024/05/25/a-b-c-d">Two words more than that</a><a href="https://sister.example/x/9">N</a>'
    chosen = Source(name="x", url=HOME, include=("/x/",), exclude=("one",))
    assert [link.url for link in read_listing(html, HOME, chosen, now=NOW)] == [HOME + "x/1", "https://sister.example/x/9"]
    refused = Source(name="x", url=HOME, exclude=("a-b-c",))
    assert read_listing(html, HOME, refused, now=NOW) == ()


def test_wanted() -> None:
    assert wanted("http://harbour.example/a", SOURCE)
    assert wanted("https://sport.harbour.example/a", SOURCE)
    assert not wanted("https://other.example/a", SOURCE)
    assert wanted("https://other.example/a", Source(name="x", url=HOME, include=(r"^https://other\.example/",)))
    assert not wanted("https://www.harbour.example/a", Source(name="x", url=HOME, include=("/news/",)))
    assert not wanted("https://www.harbour.example/news/a", Source(name="x", url=HOME, include=("/news/",), exclude=("/a$",)))


def test_the_page_itself_is_no_article_of_its_own() -> None:
    url = HOME + "2024/05/25/the-list-of-the-day"
    html = f'<a href="{url}#top">The list of the day in full</a><a href="http://harbour.example/2024/05/25/the-list-of-the-day/">x</a>'
    assert read_listing(html, url, SOURCE, now=NOW) == ()


@pytest.mark.parametrize("html", ["", "no markup", "/etc/passwd", "http://127.0.0.1/"])
def test_what_is_no_page_says_so(html: str) -> None:
    with pytest.raises(DiscoveryError):
        read_listing(html, HOME, SOURCE, now=NOW)


@pytest.mark.parametrize(
    "html",
    [
        "<a href='/2024/05/25/deep'>" + "<div>" * 10_000 + "Deep",
        "<b>" * 10_000 + "<a href='/2024/05/25/deep'>Deep</a>",
        "<a href='http://[::1/x'>x</a><a href='/2024/05/25/deep'>Deep</a><base href='http://['>",
        "\x00<a href='/2024/05/25/deep'>\ud800Deep\x00</a><?xml version='1.0'?>",
        "<a href='/2024/05/25/deep'><div>" * 2_000,
        "<a href='/2024/05/25/deep'>" + "word " * 100_000 + "</a>",
    ],
)
def test_hostile_pages_end(html: str) -> None:
    with contextlib.suppress(DiscoveryError):
        assert {link.url for link in read_listing(html, HOME, SOURCE, now=NOW)} <= {HOME + "2024/05/25/deep"}


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(LESSONS), st.integers(0, 2**32))
def test_mutated_pages_raise_nothing_but_our_error(lesson: str, seed: int) -> None:
    html, url, _ = page(lesson)
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(html))
        noise = chance.choice(["", "<", '"', "'", "\x00", "\ud800", "<![CDATA[", "<!--", "<base href='//[x'>"])
        html = html[:at] + noise + html[at + 3 :]
    with contextlib.suppress(DiscoveryError):
        read_listing(html, url, Source(name="x", url=url), now=NOW)


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from(["", "<a href=", "<a href='", "<table><td>", "<svg><a href=x>"]))
def test_random_text_raises_nothing_but_our_error(noise: str, head: str) -> None:
    with contextlib.suppress(DiscoveryError):
        read_listing(head + noise, HOME, SOURCE, now=NOW)


def test_a_flood_of_tags_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.markup.MAX_TAGS", 20)
    html = "".join(f"<a href='/2024/05/25/{n}'>Deep</a>" for n in range(100))
    assert 8 <= len(read_listing(html, HOME, SOURCE, now=NOW)) <= 12


def test_a_crawler_of_feeds_starts_without_beautifulsoup() -> None:
    code = "import sys, crawler, crawler.parts, crawler.archives; print(sorted({'bs4', 'soupsieve'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
