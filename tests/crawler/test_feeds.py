from __future__ import annotations

import contextlib
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pages import served

from crawler.dates import EARLIEST, TOLERANCE, ZONES, moment
from crawler.feeds import read_feed
from crawler.titles import LONGEST, plain
from model.errors import DiscoveryError

if TYPE_CHECKING:
    from model.source import Link

FEEDS = Path(__file__).parents[2] / "fixtures" / "feeds"
LESSONS = sorted(path.name for path in FEEDS.iterdir())
NOW = datetime(2024, 6, 1, tzinfo=UTC)


def document(lesson: str) -> bytes:
    (path,) = (FEEDS / lesson).glob("feed.*")
    return path.read_bytes()


def shown(link: Link) -> dict[str, object]:
    return {
        "url": link.url,
        "title": link.title,
        "published": link.published and link.published.isoformat(),
        "modified": link.modified and link.modified.isoformat(),
        "authors": list(link.authors),
    }


@pytest.mark.parametrize("lesson", LESSONS)
def test_lesson(lesson: str) -> None:
    expected = json.loads((FEEDS / lesson / "expected.json").read_text())
    kind = "application/json" if lesson.startswith("json") else "application/xml"
    assert [shown(link) for link in read_feed(served(document(lesson), kind))] == expected


def test_json_is_known_by_its_first_character() -> None:
    assert len(read_feed(served(b"\xef\xbb\xbf\n" + document("json-feed-1.1"), "text/plain"))) == 3


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  \n",
        b"<!doctype html><html><head><title>404</title></head><body><h1>Not here</h1><a href='/'>home</a></body></html>",
        b"plain words",
        b"/etc/passwd",
        b"http://127.0.0.1:9/feed.xml",
        b"\xff\xfe\x00",
        b"{",
        b"{}",
        b'{"items": 3}',
        b'{"items": ' + b"[" * 100_000,
        b'{"items": [' + b"9" * 10_000 + b"]",
        b"<urlset><url><loc>http://news.example/</loc></url></urlset>",
    ],
)
def test_what_is_no_feed_says_so(body: bytes) -> None:
    with pytest.raises(DiscoveryError) as caught:
        read_feed(served(body))
    assert caught.value.url == "http://news.example/feeds/feed.xml"


def test_an_empty_feed_is_a_feed() -> None:
    assert read_feed(served(b'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title></channel></rss>')) == ()


def test_entities_of_the_document_type_are_not_expanded() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    head = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    body = f'{head}<rss version="2.0"><channel><item><title>a &l11; &x;</title><link>http://news.example/1</link></item></channel></rss>'
    with contextlib.suppress(DiscoveryError):
        (link,) = read_feed(served(body.encode()))
        assert len(link.title or "") < 100
        assert Path("/etc/hostname").read_text().strip() not in (link.title or "").split()


def test_deep_nesting_ends() -> None:
    body = b'<rss version="2.0"><channel><item>' + b"<a>" * 20_000 + b"<link>http://news.example/1</link>"
    with contextlib.suppress(DiscoveryError):
        read_feed(served(body))


def test_titles_are_short() -> None:
    assert plain("x" * 5000) == "x" * LONGEST
    assert plain(" \n<br/> ") is None
    assert plain("a\ud800b") == "ab"


@pytest.mark.parametrize("zone", sorted(ZONES))
def test_every_zone_of_the_table(zone: str) -> None:
    written = moment(f"Sat, 25 May 2024 12:00:00 {zone}", NOW)
    assert written is not None
    assert (datetime(2024, 5, 25, 12, tzinfo=UTC) - written).total_seconds() == ZONES[zone] * 3600


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-25T11:23:00.123+09:00", "2024-05-25T02:23:00+00:00"),
        ("2024-05-25T11:23+09", "2024-05-25T02:23:00+00:00"),
        ("2024-05-25T11:23:00-0500", "2024-05-25T16:23:00+00:00"),
        ("2024.05.25. 11:23", "2024-05-25T11:23:00+00:00"),
        ("2024/05/25 오후 1:02", "2024-05-25T13:02:00+00:00"),
        ("2024년 5월 25일 오전 12:10", "2024-05-25T00:10:00+00:00"),
        ("20240525112300", "2024-05-25T11:23:00+00:00"),
        ("20240525", "2024-05-25T00:00:00+00:00"),
        ("May 25, 2024 11:23 PM EDT", "2024-05-26T03:23:00+00:00"),
        ("Saturday, May 25th, 2024", "2024-05-25T00:00:00+00:00"),
        ("Sat, 25 May 2024 24:00:00 GMT", "2024-05-26T00:00:00+00:00"),
        ("Sat, 25 May 2024 11:23:60 GMT", "2024-05-25T11:24:00+00:00"),
        ("Sat, 25 May 2024 11:23:00 GMT+9", "2024-05-25T02:23:00+00:00"),
        ("Sat, 25 May 2024 11:23:00 XYZ", "2024-05-25T11:23:00+00:00"),
        ("25-May-99", "1999-05-25T00:00:00+00:00"),
        ("2024-13-40", None),
        ("30 Foo 2024", None),
        ("0001-01-01T00:00:00Z", None),
        ("1970-01-01", None),
        ("2024-06-03", None),
        ("2024-05-25T11:23:00+99:00", None),
        ("yesterday", None),
        ("", None),
        ("2024-05-25 " + "x" * 100, None),
    ],
)
def test_dates(text: str, expected: str | None) -> None:
    found = moment(text, NOW)
    assert (found and found.isoformat()) == expected


@given(
    st.one_of(
        st.text(max_size=90), st.from_regex(r"\d{1,4}[-./ ]\w{1,4}[-./ ]\d{1,4} \d\d?:\d\d[ +A-Z0-9:-]{0,12}", fullmatch=True)
    )
)
def test_no_text_breaks_the_dates(text: str) -> None:
    found = moment(text, NOW)
    assert found is None or EARLIEST <= found <= NOW + TOLERANCE


def mutated(body: bytes, seed: int) -> bytes:
    """The document with some bytes lost, doubled and changed."""
    chance = random.Random(seed)
    text = bytearray(body)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(text))
        length = chance.randint(1, 40)
        piece = chance.choice(
            [b"", text[at : at + length] * 2, bytes(chance.randrange(256) for _ in range(3)), b"]]>", b"<", b"&", b"\x00"]
        )
        text[at : at + length] = piece
        text = text or bytearray(b"<")
    return bytes(text)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(LESSONS), st.integers(0, 2**32))
def test_mutated_feeds_raise_nothing_but_our_error(lesson: str, seed: int) -> None:
    with contextlib.suppress(DiscoveryError):
        for link in read_feed(served(mutated(document(lesson), seed))):
            assert link.url.startswith(("http://", "https://"))


@settings(deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"<rss><channel><item>", b"{", b'<?xml version="1.0" encoding="utf-16"?>', b"<feed>"]),
)
def test_random_bytes_raise_nothing_but_our_error(noise: bytes, head: bytes) -> None:
    with contextlib.suppress(DiscoveryError):
        read_feed(served(head + noise))


def test_a_flood_of_tags_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.feeds.MAX_TAGS", 40)
    item = "<item><link>http://news.example/{}</link></item>"
    body = '<rss version="2.0"><channel>' + "".join(item.format(n) for n in range(1000))
    assert 5 < len(read_feed(served(body.encode()))) < 15
