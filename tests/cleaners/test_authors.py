# ruff: noqa: RUF001 - the punctuation and letters of many scripts are meant

from __future__ import annotations

import json

import pytest

from cleaners.authors import announced_names, authors_of, marked_names
from cleaners.blocks import parse
from cleaners.claims import read_claims
from cleaners.lexicon import lexicon
from cleaners.sites import Names

SITE = Names(spelled=frozenset({"harbour post"}), labels=("harbourpost",), host=frozenset({"harbourpost", "hp"}))


def authors(head: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return authors_of(read_claims(parse(f"<head>{head}</head>")), lexicon("en"), SITE)


def linked(*things: dict[str, object]) -> str:
    return f"<script type='application/ld+json'>{json.dumps({'@graph': things})}</script>"


def test_reference_to_a_person_named_elsewhere_in_the_graph() -> None:
    article = {"@type": "NewsArticle", "author": [{"@id": "#anna"}]}
    assert authors(linked(article, {"@type": "Person", "@id": "#anna", "name": "Anna Lee"})) == (("Anna Lee",), ())


@pytest.mark.parametrize("house", ["Harbour Post", "HP Northern Coast"])
def test_the_site_is_no_person_but_is_named_where_nobody_else_is(house: str) -> None:
    assert authors(linked({"@type": "NewsArticle", "author": {"name": house}})) == ((), (house,))


def test_agency_beside_people_counts_unless_it_is_the_site() -> None:
    assert authors(linked({"@type": "NewsArticle", "author": "Anna Lee, Reuters"})) == (("Anna Lee", "Reuters"), ())


@pytest.mark.parametrize("nobody", ["@harbourpost", "https://social.example/harbour", "www.harbourpost.example", "262588213"])
def test_accounts_and_addresses_are_nobody(nobody: str) -> None:
    assert authors(f"<meta name='author' content='{nobody}'>") == ((), ())


@pytest.mark.parametrize(
    ("claim", "people"),
    [
        ("Anna Lee, MD, RD, FAND", ("Anna Lee",)),
        ("Anna Lee, M.A. Journalism", ("Anna Lee",)),
        ("Anna Lee CPP, PSP", ("Anna Lee",)),
        ("Anna Lee, Coastal Security Correspondent; Tom Ray, Editor", ("Anna Lee", "Tom Ray")),
        ("Anna Lee, Tom Ray, Staff Writers", ("Anna Lee", "Tom Ray")),
        ("Anna Lee, Tom Ray Staff Writers", ("Anna Lee", "Tom Ray")),
        ("Anna Lee ∙ Tom Ray", ("Anna Lee", "Tom Ray")),
        ("ANNA LEE, KARL NG", ("Anna Lee", "Karl Ng")),
        ("Anna Lee HARBOUR POST", ("Anna Lee",)),
    ],
)
def test_what_somebody_studied_or_does_is_no_name(claim: str, people: tuple[str, ...]) -> None:
    assert authors(linked({"@type": "NewsArticle", "author": claim})) == (people, ())


@pytest.mark.parametrize("claim", ["Harbour staff reporter", "Post staff reporter"])
def test_staff_of_the_site_is_named_whole(claim: str) -> None:
    site = Names(spelled=frozenset({"the harbour", "the post"}))
    head = linked({"@type": "NewsArticle", "author": claim})
    assert authors_of(read_claims(parse(f"<head>{head}</head>")), lexicon("en"), site) == ((), (claim,))


def test_company_in_a_meta_tag_made_the_site() -> None:
    assert authors("<meta name='author' content='PierNet sp. z o.o.'>") == ((), ())
    assert authors(linked({"@type": "NewsArticle", "author": "Pier Media Ltd"})) != ((), ())


def test_label_is_taken_off_whatever_its_colon() -> None:
    body = "<i class=author>作者：陈鑫</i><i class=author>栏目：上海 作者： 李闽</i>"
    assert marked_names(read_claims(parse(body)), lexicon("zh"), SITE) == ("陈鑫", "李闽")


def test_of_names_in_markup_those_that_its_words_announce() -> None:
    body = "<i class=author>Tom Ray</i><i class=author>By Anna Lee, Karl</i><i class=author>By Eva Sol</i>"
    assert announced_names(read_claims(parse(body)), lexicon("en"), SITE) == ("Anna Lee",)


def test_names_in_what_markup_calls_an_author() -> None:
    body = (
        "<div class='Post-AuthorName'>Anna Lee 4 August 2010</div><style class=author>.a{b:c}</style><i class=byline>HP Coast</i>"
    )
    assert marked_names(read_claims(parse(body)), lexicon("en"), SITE) == ("Anna Lee",)
