"""Parts of one article: joined in order, nothing twice; pages that are no further part told from those that are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cleaners import adds, joined, replaced, stands_in
from model.article import Article, Block, BlockKind, Cleaned, PageKind, Verdict

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
STANDFIRST = "The harbour town waits for its ferries, and nobody knows when they will come back to the pier."
PARAGRAPHS = [
    f"Paragraph number {number} tells at some length what happened at the harbour on day {number}." for number in range(12)
]


def part(*texts: str, dropped: tuple[str, ...] = (), kind: PageKind = PageKind.ARTICLE, **facts: object) -> Cleaned:
    blocks = [(text, True) for text in texts] + [(text, False) for text in dropped]
    verdicts = tuple(
        Verdict(block=Block(index=at, kind=BlockKind.PARAGRAPH, text=text), kept=kept, score=0.9, reason="reads as text")
        for at, (text, kept) in enumerate(blocks)
    )
    claims: dict[str, Any] = {"title": "Harbour"} | facts
    article = Article(text="\n\n".join(texts), kind=kind, **claims)
    return Cleaned(article=article, verdicts=verdicts, kind=kind, doubt=0.1, engine_version="t")


FIRST = part(STANDFIRST, *PARAGRAPHS[:3], dropped=("Share",), authors=("Anna Lee",))
SECOND = part(STANDFIRST, *PARAGRAPHS[3:6], dropped=("Share",), modified=NOON)
THIRD = part(STANDFIRST, *PARAGRAPHS[6:9], dropped=("Share",))


def test_parts_are_joined_in_order_and_what_they_share_stands_once() -> None:
    whole = joined([FIRST, SECOND, THIRD])
    assert whole.article.text == "\n\n".join([STANDFIRST, *PARAGRAPHS[:9]])
    assert whole.article.authors == ("Anna Lee",)
    assert whole.article.modified == NOON
    assert whole.article.word_count == len(whole.article.text.split())
    assert [verdict.block.index for verdict in whole.verdicts] == list(range(15))
    repeated = [verdict for verdict in whole.verdicts if "already" in verdict.reason]
    assert [verdict.block.text for verdict in repeated] == [STANDFIRST] * 2


@pytest.mark.parametrize(("first", "whole"), [(PageKind.TEASER, PageKind.ARTICLE), (PageKind.GALLERY, PageKind.GALLERY)])
def test_a_teaser_that_goes_on_is_an_article(first: PageKind, whole: PageKind) -> None:
    made = joined([part(*PARAGRAPHS[:3], kind=first), SECOND])
    assert (made.kind, made.article.kind) == (whole, whole)


def test_one_part_is_the_article_itself() -> None:
    assert joined([FIRST]) is FIRST


def test_a_chapter_named_in_a_list_of_links_keeps_its_heading() -> None:
    first = part(*PARAGRAPHS[:3], dropped=("The vote",))
    assert "The vote" in joined([first, part("The vote", *PARAGRAPHS[3:6])]).article.text


def test_a_site_that_answers_every_number_with_page_one_adds_nothing() -> None:
    assert not adds(FIRST, [FIRST])
    assert not adds(part(STANDFIRST, *PARAGRAPHS[:3], PARAGRAPHS[7]), [FIRST])
    assert not adds(part(), [FIRST])
    assert not adds(part(STANDFIRST), [FIRST])


def test_a_further_part_adds_its_text_however_short() -> None:
    assert adds(SECOND, [FIRST])
    assert adds(part(PARAGRAPHS[4]), [FIRST])
    assert not adds(SECOND, [FIRST, SECOND])


def test_a_page_with_everything_counts_by_what_is_new() -> None:
    everything = part(STANDFIRST, *PARAGRAPHS[:4])
    assert not adds(everything, [FIRST])
    assert adds(everything, [FIRST], whole=True)
    assert joined([FIRST, part(STANDFIRST, *PARAGRAPHS)]).article.text == "\n\n".join([STANDFIRST, *PARAGRAPHS])


@pytest.mark.parametrize("kind", [PageKind.TEASER, PageKind.OTHER, PageKind.ARTICLE])
def test_a_teaser_gives_way_to_the_whole_text_and_keeps_its_claims(kind: PageKind) -> None:
    teaser = part(PARAGRAPHS[0], kind=kind, authors=("Anna Lee",), image="https://a.example/i.jpg", paywalled=True)
    whole = part(*PARAGRAPHS, published=NOON)
    assert stands_in(whole, teaser)
    result = replaced(teaser, whole)
    assert result.article.text == whole.article.text
    assert (result.article.authors, result.article.image, result.article.published) == (
        ("Anna Lee",),
        "https://a.example/i.jpg",
        NOON,
    )
    assert (result.kind, result.article.kind, result.article.paywalled) == (PageKind.ARTICLE, PageKind.ARTICLE, True)
    assert [verdict.kept for verdict in result.verdicts] == [False] + [True] * 12


def test_the_page_names_the_story_and_the_text_its_language() -> None:
    of_feed = part(*PARAGRAPHS, title="Harbour in the feed", language="de")
    named = replaced(part(PARAGRAPHS[0], language="en"), of_feed).article
    unnamed = replaced(part(PARAGRAPHS[0], title="", language="en"), part(*PARAGRAPHS, title="Harbour in the feed")).article
    assert (named.title, named.language) == ("Harbour", "de")
    assert (unnamed.title, unnamed.language) == ("Harbour in the feed", "en")


def test_a_text_hardly_longer_than_the_page_does_not_stand_in() -> None:
    assert not stands_in(part(*PARAGRAPHS[:11]), part(*PARAGRAPHS[:10]))
    assert not stands_in(part(*PARAGRAPHS[:2]), part("Short."))
