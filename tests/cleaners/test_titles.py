# ruff: noqa: RUF001 - the punctuation and letters of many scripts are meant

from __future__ import annotations

import json

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


def claimed(og: str, headline: str, title: str, kind: str = "NewsArticle") -> str:
    thing = json.dumps({"@type": kind, "headline": headline})
    return f"<title>{title}</title><meta property='og:title' content='{og}'><script type='application/ld+json'>{thing}</script>"


REWRITTEN = "Harbour in uproar: captain defies the mayor"


@pytest.mark.parametrize(
    ("slug", "headline"),
    [
        ("faehre-faehrt-nach-40-jahren-wieder", "Fähre fährt nach 40 Jahren wieder"),
        ("article4711/fahre-fahrt-nach-40-jahren-wieder-4711.html", "Fähre fährt nach 40 Jahren wieder"),
        ("f%C3%A4hre-f%C3%A4hrt-nach-40-jahren-wieder", "Fähre fährt nach 40 Jahren wieder"),
        ("faehre-faehrt-wieder", REWRITTEN),
        ("4711", REWRITTEN),
        ("[", REWRITTEN),
    ],
)
def test_address_tells_the_headline_that_was_rewritten_elsewhere(slug: str, headline: str) -> None:
    head = claimed(REWRITTEN, "Fähre fährt nach 40 Jahren wieder", REWRITTEN)
    assert title(head, f"<h1>{REWRITTEN}</h1>", f"https://www.harbourpost.example/2026/{slug}") == headline


def test_address_that_repeats_the_title_element_tells_nothing() -> None:
    head = claimed("The last boat home", "Ferry harbour timetable for 2026", "Ferry harbour timetable for 2026")
    address = "https://www.harbourpost.example/ferry-harbour-timetable-for-2026"
    assert title(head, url=address) == "The last boat home"


def test_part_that_the_address_repeats_is_the_headlines_own() -> None:
    head = claimed(*["Ferry sails again - latest local news"] * 3)
    menu = '<a href="/">Local news</a><h1>Ferry sails again</h1>'
    repeated = "https://www.harbourpost.example/ferry-sails-again-latest-local-news-4711"
    assert title(head, menu, repeated) == "Ferry sails again - latest local news"
    assert title(head, menu) == "Ferry sails again"


@pytest.mark.parametrize(
    ("kind", "headline"),
    [("NewsArticle", "Captain defies the mayor"), ("BlogPosting", "Ferry harbour in uproar over the captain")],
)
def test_newsroom_means_what_it_says_twice_and_a_blog_writes_it_for_search_engines(kind: str, headline: str) -> None:
    head = claimed(*["Captain defies the mayor"] * 3, kind)
    assert title(head, "<h1>Ferry harbour in uproar over the captain</h1>") == headline


def test_heading_of_the_second_level_where_the_first_ends_a_trail_of_links() -> None:
    head = claimed("The last boat home", *["Ferry harbour timetable for 2026"] * 2)
    head += "<meta name='twitter:title' content='The last boat home'>"
    trail = "<ul><li><a href='/local'>Local</a></li><li><h1>Ferry harbour timetable for 2026</h1></li></ul>"
    assert title(head, trail) == "Ferry harbour timetable for 2026"
    assert title(head, f"{trail}<h2>The last boat home</h2>") == "The last boat home"


@pytest.mark.parametrize(
    "body",
    [
        # The site's name and more in the only h1.
        "<h1>Harbourpost Local Life</h1><h2>Ferry sails again after forty years</h2>",
        # A section in h1 that shares words with the headline.
        "<h1>Ferry news and boats</h1><h2>Ferry sails again after forty years</h2>",
        # Both are told by <title>, one of them is longer.
        "<h1>Boat News</h1><h1>Ferry sails again after forty years</h1>",
    ],
)
def test_heading_that_says_less_of_what_is_claimed_gives_way(body: str) -> None:
    assert title("<title>Ferry sails again after forty years | Boat News</title>", body) == "Ferry sails again after forty years"


def test_claim_that_a_quotation_mark_broke_off_does_not_count() -> None:
    head = (
        '<title>Mayor greets "Captain Ann" at the pier</title><meta property="og:title" content="Mayor greets "Captain Ann" at">'
    )
    assert title(head, '<h1>Mayor greets "Captain Ann" at the pier</h1>') == 'Mayor greets "Captain Ann" at the pier'


def test_tag_among_the_links_is_no_section_where_the_heading_has_it_too() -> None:
    head = "<meta property='og:title' content='Six colours: tea!'><title>Six colours: tea!</title>"
    assert title(head, "<h1>Six colours: tea!</h1><ul><li><a href='/t'>tea</a></li></ul>") == "Six colours: tea!"


def test_marks_that_are_left_over_go_and_quotation_marks_stay() -> None:
    assert title("<title>» Ferry sails again -</title>") == "Ferry sails again"
    body = "<h1><span>Strait:</span> <span>«Ferry sails again»</span></h1>"
    assert title("<meta property='og:title' content='Ferry: «Ferry sails again»'>", body).endswith("«Ferry sails again»")


@pytest.mark.parametrize("claim", ["a - " * 50_000, "<b " * 50_000, "x" * 500_000], ids=["marks", "tags", "one word"])
def test_claims_of_any_length_are_read_quickly(claim: str) -> None:
    assert len(title(f"<meta property='og:title' content='{claim}'>")) <= 1_000
