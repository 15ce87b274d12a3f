"""Claims -> title, authors, times, language, canonical address, kind: the best claim for each field.

Order of trust: rules people wrote, JSON-LD, Open Graph and meta tags, microdata, what is visible; trafilatura only for
what is still missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleaners.authors import announced_names, authors_of, marked_names, people_in
from cleaners.claims import types
from cleaners.dates import moment
from cleaners.headings import joined
from cleaners.lexicon import lexicon
from cleaners.sites import names_of
from cleaners.text import plain
from cleaners.titles import title_of
from cleaners.visible import Clues, visible
from model.fingerprints import normalised
from model.urls import canonical, declared

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from cleaners.claims import Claims, Json
    from cleaners.sites import Names
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
    title = title_of(claims, names, blocks, text, url)
    authors, newsrooms = authors_of(claims, words, names)
    published, modified = _published(claims, language), _modified(claims, language)
    if not (authors and published) and blocks:
        seen = visible(blocks, text, _clues(claims, title, names, language, house=bool(newsrooms)))
        authors = authors or tuple(name for name in seen.authors if not names.name(name))
        newsrooms = newsrooms or seen.authors
        published = published or seen.published
    published = published or _first_moment(claims.times, language)
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


def _clues(claims: Claims, title: str, names: Names, language: str | None, *, house: bool) -> Clues:
    """What the page's markup says of whom and what to look for in sight."""
    words = lexicon(language)
    return Clues(
        words=words,
        language=language,
        headlines=(title, *(joined(parts) for parts in claims.headings)),
        marked=marked_names(claims, words, names),
        announced=announced_names(claims, words, names),
        house=house,
    )


def _published(claims: Claims, language: str | None) -> datetime | None:
    """JSON-LD and meta tags first; a <time> may be another article's, and a video's date the video's."""
    named = (_text(claims.article.get("datePublished")), *_contents(claims, _PUBLISHED_METAS))
    times = claims.times if len(set(claims.times)) == 1 else ()  # several are those of other stories too
    seen = (*claims.items.get("datePublished", ()), _text(claims.article.get("uploadDate")), *times)
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


def _site_name(claims: Claims) -> str:
    publisher = claims.article.get("publisher")
    named = next(iter(people_in(publisher, {})), "") if publisher else ""
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
