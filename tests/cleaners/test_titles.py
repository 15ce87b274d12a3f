# ruff: noqa: RUF001 - the punctuation and letters of many scripts are meant

from __future__ import annotations

import pytest

from cleaners.blocks import read_document
from cleaners.claims import read_claims
from cleaners.metadata import read_metadata
from cleaners.parsing import parse

STORY = "".join(
    f"<p>Sentence {number} of a story that is long enough to be read as prose by anybody who reads it.</p>" for number in range(4)
)


def title(head: str, body: str = "", url: str = "https://www.harbourpost.example/2026/story") -> str:
    tree = parse(f"<html><head>{head}</head><body>{body}{STORY}</body></html>")
    return read_metadata(read_claims(tree), url, "en", read_document(tree).blocks).title


@pytest.mark.parametrize(
    "written",
    [
        "Ferry sails again - Harbour Post",
        "Ferry sails again | Local | Harbour Post",
        "Harbour Post :: Ferry sails again",
        "Harbour Post » Ferry sails again",
        "Ferry sails again-Local｜Harbour Post",
    ],
)
def test_name_and_section_of_the_site_are_cut_off(written: str) -> None:
    menu = '<ul><li><a href="/">Harbour Post</a></li><li><a href="/local">Local</a></li></ul>'
    assert title(f"<title>{written}</title>", menu) == "Ferry sails again"


def test_site_known_only_by_its_address() -> None:
    assert title(
        "<title>Ferry sails again - The Harbour Post</title><meta property='og:title' content='Ferry sails again | Harbourpost'>"
    ) == ("Ferry sails again")


def test_visible_line_tells_headline_from_site_without_any_claim() -> None:
    masthead = (
        "<table><tr><td><font size=6>Bote vom Tal</font></td></tr></table><b>Glocke gefunden: Sie hing in einer Scheune</b>"
    )
    found = title(
        "<title>Bote vom Tal: Glocke gefunden: Sie hing in einer Scheune</title>", masthead, "http://zeitung.example/1.htm"
    )
    assert found == "Glocke gefunden: Sie hing in einer Scheune"


def test_kicker_stays() -> None:
    assert (
        title("<title>Floods: Bridge closed - Harbour Post</title>", "<h1>Floods: Bridge closed</h1>") == "Floods: Bridge closed"
    )


def test_dash_inside_a_headline_stays() -> None:
    assert (
        title("<title>Night-time ferry - back after forty years - Harbour Post</title>")
        == "Night-time ferry - back after forty years"
    )


def test_what_was_written_for_readers_outweighs_what_repeats_the_title_element() -> None:
    head = "<title>Ferry Harbour timetable 2026</title><meta property='og:title' content='The last boat home'>"
    assert title(
        head
        + '<script type=\'application/ld+json\'>{"@type": "NewsArticle", "headline": "Ferry Harbour timetable 2026"}</script>'
    ) == ("The last boat home")


def test_masthead_in_h1_is_not_the_headline() -> None:
    body = "<h1>Harbour Post</h1><h1>Ferry sails again after forty years</h1>"
    assert title("<title>Ferry sails again</title><meta property='og:site_name' content='Harbour Post'>", body).startswith(
        "Ferry sails again"
    )


def test_page_without_a_title_has_none() -> None:
    assert title("") == ""
