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


@pytest.mark.parametrize(
    ("head", "body", "headline"),
    [
        # The markup divides a kicker from the headline, and another claim has the headline alone.
        (
            "<meta property='og:title' content='Ferry sails again after forty years'>",
            "<h1><span>Harbour</span> - <span>Ferry sails again after forty years</span></h1>",
            "Ferry sails again after forty years",
        ),
        # Another claim has another kicker before it.
        (
            "<meta property='og:title' content='Old boats: Ferry sails again'>",
            "<h1><span>Harbour</span><span>Ferry sails again</span></h1>",
            "Ferry sails again",
        ),
        # Two claims show which part of the third is the blog's name.
        (
            "<title>Notes from the pier: Ferry sails again</title><meta property='og:title' content='Ferry sails again'>",
            "<h1>Notes from the pier</h1>",
            "Ferry sails again",
        ),
        # A top heading below the text is a part of it.
        (
            "<title>Ferry sails again</title><meta property='og:title' content='Ferry sails again'>",
            f"{STORY}<h1>What the captain said</h1>",
            "Ferry sails again",
        ),
        # A heading that shares no word with what the page calls itself is another thing.
        ("<meta property='og:title' content='Ferry sails again'>", "<h1>Healthy eating and diet</h1>", "Ferry sails again"),
    ],
    ids=["kicker", "other kicker", "name of the blog", "below the text", "nothing in common"],
)
def test_heading_is_checked_against_what_the_page_claims(head: str, body: str, headline: str) -> None:
    assert title(head, body) == headline


@pytest.mark.parametrize(
    ("claim", "headline"),
    [
        ("Ferry sails again | Harbourpost - the paper of the coast", "Ferry sails again"),
        ("<b>Ferry</b> sails again", "Ferry sails again"),
        ('Ferry called "late": HARBOURPOST', 'Ferry called "late"'),
    ],
    ids=["slogan behind the name", "markup in a claim", "name behind a quotation"],
)
def test_what_is_glued_to_a_claim_goes(claim: str, headline: str) -> None:
    assert title(f"<meta property='og:title' content='{claim}'>") == headline


def test_line_of_the_page_tells_the_headline_among_names_nobody_knows() -> None:
    head = "<title>ΤΟ ΒΗΜΑ - Ferry sails again - science - Boats</title>"
    assert title(head, "<div>Ferry sails again</div>") == "Ferry sails again"


def test_section_that_the_page_names_is_cut_off() -> None:
    head = "<meta property='article:section' content='정치'><meta property='og:site_name' content='한국일보'>"
    assert title(f"{head}<title>배가 다시 떠났다-정치ㅣ한국일보</title>") == "배가 다시 떠났다"


def test_words_of_a_heading_do_not_run_together_and_are_not_torn() -> None:
    assert title("", "<h1><span>Ferry</span><span>sails again</span></h1>") == "Ferry sails again"
    assert title("<title>Ferry sails</title>", "<h1>Fer<b>r</b>y sails</h1>") == "Ferry sails"


@pytest.mark.parametrize("claim", ["a - " * 50_000, "<b " * 50_000, "x" * 500_000], ids=["marks", "tags", "one word"])
def test_claims_of_any_length_are_read_quickly(claim: str) -> None:
    assert len(title(f"<meta property='og:title' content='{claim}'>")) <= 1_000
