"""Claims -> title, authors, times, language, canonical address, kind: the best claim for each field.

Order of trust: rules people wrote, JSON-LD, Open Graph and meta tags, microdata, what is visible; trafilatura only for
what is still missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from cleaners.claims import types
from cleaners.dates import moment
from cleaners.lexicon import lexicon
from cleaners.names import distinct, is_name, names
from cleaners.text import plain
from cleaners.titles import names_of, title_of
from cleaners.visible import visible
from model.fingerprints import normalised
from model.urls import canonical, declared

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from cleaners.claims import Claims, Json
    from cleaners.lexicon import Lexicon
    from cleaners.titles import Names
    from model.article import Block

_PUBLISHED_METAS = (
    "article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "sailthru.date", "pubdate",
    "publishdate", "publish-date", "publication_date", "article.published", "dc.date.issued", "dcterms.created", "dc.date",
    "dcterms.date", "date", "cxenseparse:recs:publishtime", "og:published_time", "iso-8601-publish-date", "creationdatetime",
)  # fmt: skip
_MODIFIED_METAS = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified",
    "dcterms.modified", "article.updated", "revised",
)  # fmt: skip
_AUTHOR_METAS = ("author", "byl", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "article:author",
                 "citation_author", "cxenseparse:author", "article:author_name", "og:author", "twitter:creator")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What is known of an article but its text."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    language: str | None = None
    site_name: str | None = None
    canonical_url: str | None = None
    description: str | None = None
    image: str | None = None
    tags: tuple[str, ...] = ()
    paywalled: bool = False


def read_metadata(
    claims: Claims, url: str | None, language: str | None, blocks: Sequence[Block] = (), text: Collection[int] = ()
) -> Metadata:
    """The best claim for each field, and what is visible where none is made.

    Args:
        claims: what the page says of itself.
        url: the page's address, without which no address it claims is trusted.
        language: ISO 639-1 where it is known better than the page's own claim.
        blocks: the page's blocks in order.
        text: positions of the blocks that are held for the article's text.
    """
    language = language or claimed_language(claims)
    words = lexicon(language)
    site = _site_name(claims)
    names = names_of(site, claims, url, blocks)
    title = title_of(claims, names, blocks)
    authors, newsrooms = authors_of(claims, words, names)
    published, modified = _published(claims, language), _modified(claims, language)
    if not (authors and published) and blocks:
        seen = visible(blocks, title, words, language, text)
        authors, published = authors or seen.authors, published or seen.published
    return Metadata(
        title=title,
        authors=authors or newsrooms,
        published=published,
        modified=modified,
        language=language,
        site_name=site or None,
        canonical_url=_canonical(claims, url),
        description=plain(claims.meta("og:description", "description", "twitter:description")) or None,
        image=_image(claims, url),
        tags=_tags(claims),
        paywalled=is_paywalled(claims),
    )


def _published(claims: Claims, language: str | None) -> datetime | None:
    """JSON-LD and meta tags first; a <time> may be another article's, and a video's date the video's."""
    named = (_text(claims.article.get("datePublished")), *_contents(claims, _PUBLISHED_METAS))
    seen = (*claims.items.get("datePublished", ()), _text(claims.article.get("uploadDate")), *claims.times)
    return _first_moment((*named, *seen), language)


def _modified(claims: Claims, language: str | None) -> datetime | None:
    named = (_text(claims.article.get("dateModified")), *_contents(claims, _MODIFIED_METAS))
    return _first_moment((*named, *claims.items.get("dateModified", ())), language)


def claimed_language(claims: Claims) -> str | None:
    """ISO 639-1 code of the language the page claims; None without a claim."""
    for claim in (claims.language, _text(claims.article.get("inLanguage")), claims.meta("og:locale", "content-language")):
        if match := re.match(r"([A-Za-z]{2})(?:[-_].*)?$", claim):
            return match[1].lower()
    return None


def authors_of(claims: Claims, words: Lexicon, site: Names) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The people that are named as authors, and the newsrooms that are where no person is; names only.

    Agencies count where JSON-LD names them as authors; elsewhere a name must be a person's.
    """
    people = _people(claims.article.get("author")) or _people(claims.article.get("creator"))
    found = distinct(name for person in people for name in (*_person(person, words, site), *_agencies(person, words)))
    if found:
        return found, ()
    in_metas = tuple(_contents(claims, _AUTHOR_METAS))
    from_metas = (name for content in in_metas for name in _person(content, words, site))
    return distinct(from_metas) or _visible_authors(claims, words, site), _newsrooms(people) or _newsrooms(in_metas)


def _agencies(claim: str, words: Lexicon) -> Iterator[str]:
    """Agencies named beside people."""
    yield from (part.strip() for part in re.split(r"[,/;]", plain(claim)) if normalised(part) in words.agencies)


def _newsrooms(claimed: Iterable[str]) -> tuple[str, ...]:
    """Whoever is named, when it is nobody but the house: "FOCUS online"; or somebody whose site bears the name."""
    named = (plain(unescape(claim)) for claim in claimed if not claim.startswith(("http:", "https:", "/")))
    return tuple(dict.fromkeys(name for name in named if 2 < len(name) <= 60))  # noqa: PLR2004 - a name's length


def _visible_authors(claims: Claims, words: Lexicon, site: Names) -> tuple[str, ...]:
    for line in claims.bylines:
        if len(line) <= 120 and (found := tuple(name for name in names(line, words) if not site.name(name))):  # noqa: PLR2004
            return found
    return ()


def _people(claim: Json) -> list[str]:
    """Names in a claim of any shape: a string, a thing, a list of either."""
    if isinstance(claim, str):
        return [claim]
    if isinstance(claim, dict):
        return _people(claim.get("name")) if "name" in claim else []
    return [name for entry in claim for name in _people(entry)] if isinstance(claim, list) else []


def _person(claim: str, words: Lexicon, site: Names) -> Iterator[str]:
    """The people a claim names; nobody where the site comes first: "hessenschau.de, Frankfurt, Germany"."""
    if claim.startswith(("http:", "https:", "/", "@")) or site.name(claim.partition(",")[0]):
        return
    found = [name for name in names(claim, words) if not site.name(name)]
    yield from found or ((plain(claim),) if is_name(claim, words) else ())


def _site_name(claims: Claims) -> str:
    publisher = claims.article.get("publisher")
    named = next(iter(_people(publisher)), "") if publisher else ""
    website = next((_text(thing.get("name")) for thing in claims.things if "WebSite" in types(thing)), "")
    return plain(claims.meta("og:site_name") or named or website or claims.meta("application-name"))


def _canonical(claims: Claims, url: str | None) -> str | None:
    if not url:
        return None
    claimed = (claims.canonical, claims.meta("og:url"), _text(claims.article.get("url")))
    try:
        return next((address for claim in claimed if claim and (address := declared(claim, url))), None)
    except ValueError:
        return None


def _image(claims: Claims, url: str | None) -> str | None:
    claimed = claims.meta("og:image", "og:image:url", "twitter:image", "twitter:image:src")
    claimed = claimed or _address(claims.article.get("image")) or _address(claims.article.get("thumbnailUrl"))
    if not claimed:
        return None
    try:
        return canonical(claimed, url)
    except ValueError:
        return None


def _address(claim: Json) -> str:
    if isinstance(claim, list):
        return _address(claim[0]) if claim else ""
    return _text(claim.get("url")) if isinstance(claim, dict) else _text(claim)


def _tags(claims: Claims) -> tuple[str, ...]:
    keywords = claims.article.get("keywords")
    listed: Iterable[Json] = keywords if isinstance(keywords, list) else [keywords]
    found = [part for entry in listed for part in re.split(r"[,;]", _text(entry))]
    found = found if any(found) else [*claims.metas.get("article:tag", ())]
    found = found or re.split(r"[,;]", claims.meta("news_keywords", "keywords"))
    return tuple({normalised(tag): plain(tag).strip() for tag in reversed(found[:60]) if normalised(tag)}.values())[::-1]


def is_paywalled(claims: Claims) -> bool:
    """Whether the page says that its text is for subscribers."""
    free = claims.article.get("isAccessibleForFree")
    if free is not None:
        return str(free).casefold() in ("false", "no", "0")
    return (
        claims.meta("article:content_tier").casefold() in ("locked", "metered")
        or "paid" in claims.meta("content-tier").casefold()
    )


def _contents(claims: Claims, metas: Iterable[str]) -> Iterator[str]:
    for name in metas:
        yield from claims.metas.get(name, ())


def _first_moment(claimed: Iterable[str], language: str | None) -> datetime | None:
    return next((found for claim in claimed if claim and (found := moment(claim, language))), None)


def _text(claim: Json) -> str:
    """A claim as text; "" for anything that is no single value."""
    if isinstance(claim, list):
        return _text(claim[0]) if claim else ""
    if isinstance(claim, dict):
        return _text(claim.get("name") or claim.get("@value"))
    return "" if claim is None else str(claim).strip()
