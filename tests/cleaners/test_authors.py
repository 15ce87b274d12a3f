from __future__ import annotations

import json

import pytest

from cleaners.authors import authors_of, marked_names
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


def test_names_in_what_markup_calls_an_author() -> None:
    body = (
        "<div class='Post-AuthorName'>Anna Lee 4 August 2010</div><style class=author>.a{b:c}</style><i class=byline>HP Coast</i>"
    )
    assert marked_names(read_claims(parse(body)), lexicon("en"), SITE) == ("Anna Lee",)
