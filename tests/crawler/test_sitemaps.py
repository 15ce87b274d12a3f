from __future__ import annotations

import contextlib
import gzip
import json
import random
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pages import served

from crawler import sitemaps
from crawler.sitemaps import read_sitemap
from crawler.walk import in_order, is_other
from model.errors import DiscoveryError

if TYPE_CHECKING:
    from crawler.sitemaps import Child, Sitemap

SITEMAPS = Path(__file__).parents[2] / "fixtures" / "sitemaps"
LESSONS = sorted(path.name for path in SITEMAPS.iterdir())
URL = "http://news.example/sitemap.xml"
ENTRY = "<url><loc>http://news.example/a/{}</loc></url>"


def document(lesson: str) -> bytes:
    (path,) = (SITEMAPS / lesson).glob("sitemap.*")
    return path.read_bytes()


def read(body: bytes | str) -> Sitemap:
    return read_sitemap(served(body.encode() if isinstance(body, str) else body, "application/xml", URL))


def shown(sitemap: Sitemap) -> dict[str, object]:
    return {
        "links": [
            [link.url, link.title, link.published and link.published.isoformat(), link.modified and link.modified.isoformat()]
            for link in sitemap.links
        ],
        "children": [[child.url, child.modified and child.modified.isoformat()] for child in sitemap.children],
        "news": sitemap.news,
    }


@pytest.mark.parametrize("lesson", LESSONS)
def test_lesson(lesson: str) -> None:
    assert shown(read(document(lesson))) == json.loads((SITEMAPS / lesson / "expected.json").read_text())


@pytest.mark.parametrize("lesson", LESSONS)
def test_lesson_gzipped(lesson: str) -> None:
    assert read(gzip.compress(document(lesson))) == read(document(lesson))


def test_gzip_of_several_members() -> None:
    head, tail = "<urlset>" + ENTRY.format(1), ENTRY.format(2) + "</urlset>"
    assert len(read(gzip.compress(head.encode()) + gzip.compress(tail.encode())).links) == 2


def test_a_gzip_that_breaks_off_gives_what_it_holds() -> None:
    body = "<urlset>" + "".join(ENTRY.format(random.Random(n).getrandbits(200)) for n in range(500))
    whole = gzip.compress(body.encode())
    assert 100 < len(read(whole[: len(whole) // 2]).links) < 400


def test_a_bomb_is_cut_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MAX_BYTES", 1_000_000)
    body = "<urlset>" + ENTRY.format(1) + " " * 50_000_000
    squeezed = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = squeezed.compress(body.encode()) + squeezed.flush()
    unpacked = sitemaps._Unpacked(bomb)
    assert sum(map(len, iter(unpacked.read, b""))) == 1_000_000
    assert len(read(bomb).links) == 1


def test_no_more_links_than_the_protocol_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MAX_LINKS", 10)
    entries = "".join(ENTRY.format(n) for n in range(30))
    assert len(read(f"<urlset>{entries}</urlset>").links) == 10
    assert len(read(f"<urlset>{entries}</broken>").links) == 10
    assert len(read("\n".join(f"http://news.example/{n}" for n in range(30))).links) == 10


def test_a_flood_of_empty_elements_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MAX_ELEMENTS", 1000)
    assert read("<urlset>" + ENTRY.format(1) + "<a/>" * 5000 + ENTRY.format(2) + "</urlset>").links[0].url.endswith("/1")
    assert len(read("<urlset>" + "<a/>" * 5000 + ENTRY.format(2) + "</urlset>").links) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x1f\x8b",
        b"\x1f\x8b\x08\x00garbage",
        b"<!doctype html><html><body><p>not found</body></html>",
        b"<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>",
        b"<urlset",
        b"words",
        b"{}",
    ],
)
def test_what_is_no_sitemap_says_so(body: bytes) -> None:
    with pytest.raises(DiscoveryError) as caught:
        read(body)
    assert caught.value.url == URL


def test_an_empty_sitemap_is_one() -> None:
    assert read("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>") == sitemaps.Sitemap()


def test_entities_are_not_expanded() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    head = f'<!DOCTYPE urlset [<!ENTITY l0 "ha">{laughs}<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    found = read(
        f"{head}<urlset><url><loc>http://news.example/&l11;</loc></url><url><loc>http://news.example/&x;</loc></url></urlset>"
    )
    assert {link.url for link in found.links} <= {"http://news.example/", "http://news.example/&l11;", "http://news.example/&x;"}


def test_deep_nesting_is_no_sitemap() -> None:
    with pytest.raises(DiscoveryError):
        read("<urlset>" + "<a>" * 100_000)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("post-sitemap2.xml", False),
        ("sitemap-news.xml", False),
        ("sitemap-2024-05.xml.gz", False),
        ("homepage.xml", False),
        ("author-sitemap.xml", True),
        ("post_tag-sitemap.xml", True),
        ("category-sitemap.xml", True),
        ("image_sitemap.xml", True),
        ("video-sitemap1.xml", True),
        ("sitemap-authors.xml", True),
    ],
)
def test_sitemaps_of_other_pages_are_known_by_name(name: str, other: bool) -> None:  # noqa: FBT001 # a table of cases
    assert is_other(f"http://news.example/tag/{name}") is other


def test_children_in_order() -> None:
    index = read(document("index-with-dates"))

    def names(children: list[Child]) -> list[str]:
        return [child.url.rpartition("/")[2] for child in children]

    assert names(in_order(index.children)) == [
        "sitemap-news.xml",
        "sitemap-b.xml",
        "sitemap-2024-04.xml.gz",
        "sitemap-2023-12.xml.gz",
        "sitemap-a.xml",
    ]


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(LESSONS), st.integers(0, 2**32), st.booleans())
def test_mutated_sitemaps_raise_nothing_but_our_error(lesson: str, seed: int, packed: bool) -> None:  # noqa: FBT001 # drawn
    chance = random.Random(seed)
    text = bytearray(gzip.compress(document(lesson)) if packed else document(lesson))
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(text))
        text[at : at + chance.randint(0, 30)] = chance.choice(
            [b"", b"<", b"]]>", b"&x;", b"\x00", bytes([chance.randrange(256)])]
        )
        text = text or bytearray(b"<")
    with contextlib.suppress(DiscoveryError):
        read(bytes(text))


@settings(deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"<urlset>", b"\x1f\x8b\x08", b'<?xml version="1.0" encoding="utf-16"?>', b"http://"]),
)
def test_random_bytes_raise_nothing_but_our_error(noise: bytes, head: bytes) -> None:
    with contextlib.suppress(DiscoveryError):
        read(head + noise)
