"""Editions of a page, and pages that refresh to another."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import Site, served

from crawler.variants import fetch_through, is_variant, proper, refreshes_to
from model.errors import BadStatus
from model.page import NotModified, Page, Request, Validators

HOME = "https://news.example/"


@pytest.mark.parametrize(
    "path",
    [
        "amp/story",
        "story/amp",
        "story/amp/",
        "story.amp.html",
        "story-amp",
        "print/story.html",
        "story?print=1",
        "story?id=7&outputType=amp",
        "imprimer/2026/story",
        "story/print.php",
    ],
)
def test_editions(path: str) -> None:
    assert is_variant(HOME + path)


@pytest.mark.parametrize(
    "path", ["story", "fingerprint", "printing-press-stops", "example", "camp/story", "story?format=long", "?p=12", "champ.html"]
)
def test_pages_of_their_own(path: str) -> None:
    assert not is_variant(HOME + path)


def test_hosts_of_editions() -> None:
    assert is_variant("https://m.news.example/story")
    assert is_variant("https://amp.news.example/story")
    assert not is_variant("https://media.example/story")


def test_what_an_edition_shows() -> None:
    story = HOME + "story"
    assert proper(HOME + "amp/story", story) == story
    assert proper(HOME + "amp/story", None) is None
    assert proper(HOME + "amp/story", HOME + "amp/story") is None
    assert proper(HOME + "amp/story", HOME + "amp/other") is None
    assert proper(story, HOME + "another-path-of-it") is None


def page(head: str) -> Page:
    return served(f"<html><head>{head}</head>".encode(), "text/html", HOME + "old")


@pytest.mark.parametrize(
    "head",
    [
        '<meta http-equiv="refresh" content="0; url=/new">',
        "<META HTTP-EQUIV=Refresh CONTENT='0;URL=/new'>",
        '<meta content="3;url=\'/new\'" http-equiv="refresh">',
        '<!--><meta http-equiv="refresh" content="0; url=/new">',
        '<meta http-equiv="refresh" content="0, /new">',
        '<meta charset="utf-8"><meta http-equiv=refresh content=0;url=/new>',
        '<meta http-equiv="refresh" content="0; url=https://news.example/x/../new?utm_source=a&amp;utm_medium=b">',
    ],
)
def test_a_page_that_refreshes(head: str) -> None:
    assert refreshes_to(page(head)) == HOME + "new"


@pytest.mark.parametrize(
    "head",
    [
        "",
        '<meta http-equiv="refresh" content="300">',
        '<meta http-equiv="refresh" content="300; url=/new">',
        '<meta http-equiv="refresh" content="0; url=/old">',
        '<meta http-equiv="refresh" content="0; url=javascript:x()">',
        '<noscript><meta http-equiv="refresh" content="0; url=/no-script"></noscript>',
        '<!-- <meta http-equiv="refresh" content="0; url=/new"> -->',
        '<!-- <meta http-equiv="refresh" content="0; url=/new">',
        '<meta name="description" content="0; url=/new">',
    ],
)
def test_a_page_that_does_not(head: str) -> None:
    assert refreshes_to(page(head)) is None


@given(st.binary(max_size=300), st.binary(max_size=60))
def test_any_bytes_refresh_to_an_address_or_nowhere(body: bytes, content: bytes) -> None:
    target = refreshes_to(served(body + b'<meta http-equiv="refresh" content="0; ' + content + b'">', "text/html", HOME))
    assert target is None or target.startswith(("http://", "https://"))


def test_many_tags_are_read_soon() -> None:
    assert refreshes_to(served(b"<noscript><meta http-equiv=refresh " * 100_000, "text/html", HOME)) is None


def through(site: Site, validators: Validators | None = None) -> Page | NotModified:
    return asyncio.run(fetch_through(site, Request(url=HOME + "old", validators=validators or Validators())))


def test_the_page_behind_is_fetched_once() -> None:
    refresh = b'<meta http-equiv="refresh" content="0; url=/%b">'
    site = Site({HOME + "old": refresh % b"new", HOME + "new": refresh % b"newer", HOME + "newer": b"<p>"})
    shown = through(site)
    assert isinstance(shown, Page)
    assert (shown.url, shown.chain) == (HOME + "new", (HOME + "old", HOME + "new"))
    assert site.asked == [HOME + "old", HOME + "new"]


def test_an_error_behind_it_is_the_pages() -> None:
    site = Site({HOME + "old": b'<meta http-equiv="refresh" content="0; url=/gone">'})
    with pytest.raises(BadStatus):
        through(site)


def test_what_is_as_it_was_leads_nowhere() -> None:
    site = Site({HOME + "old": b"<p>"}, etags={HOME + "old": "v"})
    assert isinstance(through(site, Validators(etag="v")), NotModified)
    assert site.asked == [HOME + "old"]
