from __future__ import annotations

import pytest

from cleaners.claims import Claims
from cleaners.kinds import kind_of
from model.article import Block, BlockKind, PageKind, Verdict

PARAGRAPH = "The harbour will close to large ships for eleven weeks from March, the port authority said on Monday afternoon."
TITLE = "Ferry sails again after forty years"


def verdicts(*found: tuple[str, float, bool]) -> list[Verdict]:
    return [
        Verdict(
            block=Block(index=at, kind=BlockKind.PARAGRAPH, text=text, link_density=links),
            kept=keep,
            score=float(keep),
            reason="",
        )
        for at, (text, links, keep) in enumerate(found)
    ]


STORY = [(PARAGRAPH, 0.0, True)] * 6
SECTION = [(TITLE, 1.0, False), (PARAGRAPH, 0.0, True), ("3 November", 0.0, False)] * 6


def test_paragraphs_in_a_row_are_an_article_and_teasers_under_linked_titles_a_section() -> None:
    assert kind_of(Claims(), verdicts(*STORY)) is PageKind.ARTICLE
    assert kind_of(Claims(), verdicts(*SECTION)) is PageKind.LISTING


@pytest.mark.parametrize(
    "above",
    [
        (TITLE, 0.2, False),
        ("More", 1.0, False),
        (f"{TITLE}\n{TITLE}", 1.0, False),
    ],
)
def test_paragraphs_apart_without_linked_titles_are_an_article(above: tuple[str, float, bool]) -> None:
    apart = [above, (PARAGRAPH, 0.0, True), ("3 November", 0.0, False)] * 6
    assert kind_of(Claims(), verdicts(*apart)) is PageKind.ARTICLE


def test_a_linked_title_above_paragraphs_in_a_row_or_above_one_is_no_section() -> None:
    assert kind_of(Claims(), verdicts((TITLE, 1.0, False), *STORY[:4], *STORY[:1])) is PageKind.ARTICLE
    assert kind_of(Claims(), verdicts((TITLE, 1.0, False), (PARAGRAPH * 6, 0.0, True))) is PageKind.ARTICLE


def test_paragraphs_that_are_not_kept_make_no_article_of_a_section() -> None:
    comments = [(PARAGRAPH, 0.0, False)] * 3
    assert kind_of(Claims(), verdicts(*SECTION, *comments)) is PageKind.LISTING


def test_what_a_page_claims_to_be_outweighs_its_shape() -> None:
    assert kind_of(Claims(things=({"@type": "NewsArticle"},)), verdicts(*SECTION)) is PageKind.ARTICLE
    assert kind_of(Claims(things=({"@type": "LiveBlogPosting"},)), verdicts(*STORY)) is PageKind.LIVE


def test_short_report_is_an_article_or_a_teaser_of_one_behind_a_paywall() -> None:
    short = verdicts((PARAGRAPH, 0.0, True), ("It will open again in June, at high tide.", 0.0, True))
    assert kind_of(Claims(), short) is PageKind.ARTICLE
    assert kind_of(Claims(metas={"article:content_tier": ("locked",)}), short) is PageKind.TEASER


def test_lines_that_are_no_sentences_are_no_article() -> None:
    lines = verdicts(*[(f"{TITLE} {number}", 0.0, True) for number in range(20)])
    assert kind_of(Claims(), lines) is PageKind.OTHER


def test_notice_that_the_page_is_gone_is_no_article() -> None:
    gone = verdicts(("This page no longer exists.", 0.0, True), *[(TITLE, 1.0, False)] * 9)
    assert kind_of(Claims(), gone) is PageKind.LISTING


def test_film_and_gallery() -> None:
    assert kind_of(Claims(metas={"og:type": ("video.other",)}), verdicts((TITLE, 0.0, True))) is PageKind.VIDEO
    assert kind_of(Claims(things=({"@type": "ImageGallery"},)), verdicts((TITLE, 0.0, True))) is PageKind.GALLERY
