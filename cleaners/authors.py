"""Who wrote a page, as its claims say: names of people, else the house they name instead."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from cleaners.dates import without_dates
from cleaners.lines import byline_names
from cleaners.names import distinct, is_full, is_name, names
from cleaners.text import plain
from model.fingerprints import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cleaners.claims import Claims, Json
    from cleaners.lexicon import Lexicon
    from cleaners.sites import Names

_AUTHOR_METAS = ("author", "byl", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "article:author",
                 "citation_author", "cxenseparse:author", "article:author_name", "og:author", "twitter:creator")  # fmt: skip
#: What stands for an author and names none: addresses, accounts, numbers.
_ADDRESS = re.compile(r"https?:|www\.|/|@|\d+$")
#: Legal forms: whoever bears one in a meta tag made the site.
_COMPANY = re.compile(r"\b(?:GmbH|Inc|LLC|Ltd|S\.?A|s\.r\.o|sp\. ?z ?o\. ?o|SpA|ООО|ЗАО|ОАО)(?:\.|\b)|有限公司|株式会社")  # noqa: RUF001 - Cyrillic
#: Characters of a byline, and of a house's name.
_BYLINE, _HOUSE = 120, 60


def authors_of(claims: Claims, words: Lexicon, site: Names) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The people that are named as authors, and the newsrooms that are where no person is; names only.

    Agencies count where JSON-LD names them as authors; elsewhere a name must be a person's.
    """
    known = {str(thing.get("@id")): thing for thing in claims.things if "@id" in thing and "name" in thing}
    people = people_in(claims.article.get("author"), known) or people_in(claims.article.get("creator"), known)
    found = distinct(name for person in people for name in (*_person(person, words, site), *_agencies(person, words, site)))
    if found:
        return found, ()
    contents = (content for meta in _AUTHOR_METAS for content in claims.metas.get(meta, ()))
    in_metas = tuple(content for content in contents if not _COMPANY.search(content))
    from_metas = (name for content in in_metas for name in _person(content, words, site))
    return distinct(from_metas), _newsrooms(people) or _newsrooms(in_metas)


def marked_names(claims: Claims, words: Lexicon, site: Names) -> tuple[str, ...]:
    """The names in what the page's markup calls an author or a byline, in order; the page's other stories have theirs too."""
    return tuple(name for line in _marked(claims) for name in names(line, words) if not site.name(name))


def announced_names(claims: Claims, words: Lexicon, site: Names) -> tuple[str, ...]:
    """The full names in the first of these that says so: "By Anna Lee"."""
    lines = (byline_names(line, words) for line in _marked(claims) if not words.naming.isdisjoint(normalised(line).split()))
    named = ([name for name in found if is_full(name) and not site.name(name)] for found in lines)
    return tuple(next((found for found in named if found), ()))


def _marked(claims: Claims) -> Iterator[str]:
    return (without_dates(line) for line in claims.bylines if len(line) <= _BYLINE and "{" not in line)


def people_in(claim: Json, known: Mapping[str, Mapping[str, Json]]) -> list[str]:
    """Names in a claim of any shape: a string, a thing, a list of either, a reference to a thing that is known."""
    if isinstance(claim, str):
        return [claim]
    if isinstance(claim, dict):
        thing = claim if "name" in claim else known.get(str(claim.get("@id")), {})
        return people_in(thing.get("name"), {})
    return [name for entry in claim for name in people_in(entry, known)] if isinstance(claim, list) else []


def _agencies(claim: str, words: Lexicon, site: Names) -> Iterator[str]:
    """Agencies named beside people; not the one whose site it is."""
    parts = (part.strip() for part in re.split(r"[,/;]", plain(claim)))
    yield from (part for part in parts if normalised(part) in words.agencies and not site.name(part))


def _newsrooms(claimed: Iterable[str]) -> tuple[str, ...]:
    """Whoever is named, when it is nobody but the house: "FOCUS online"; or somebody whose site bears the name."""
    named = (plain(unescape(claim)) for claim in claimed if not _ADDRESS.match(claim))
    return tuple(dict.fromkeys(name for name in named if 2 < len(name) <= _HOUSE))  # noqa: PLR2004 - a name's length


def _person(claim: str, words: Lexicon, site: Names) -> Iterator[str]:
    """The people a claim names; nobody where the site comes first: "hessenschau.de, Frankfurt, Germany"."""
    if _ADDRESS.match(claim) or site.name(claim.partition(",")[0]):
        return
    found = [site.without(name) for name in names(claim, words) if not site.name(name)]
    yield from found or ((plain(claim),) if is_name(claim, words) else ())
