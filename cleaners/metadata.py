"""Claims -> title, authors, times, language, canonical address, kind: the best claim for each field.

Order of trust: rules people wrote, JSON-LD, Open Graph and meta tags, microdata, what is visible; trafilatura only for
what is still missing.
"""

# ruff: noqa: RUF001 - the punctuation and letters of many scripts are meant

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
from model.article import PageKind
from model.fingerprints import normalised
from model.urls import canonical, declared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from cleaners.claims import Claims, Json
    from cleaners.lexicon import Lexicon

#: Between a headline and the name of the site in <title> and og:title.
_SITE_MARK = re.compile(r"\s+[|–—·•»«:-]\s+|\s*[|_»«｜]\s*|(?<=[^\s\d])\s*::\s*")
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
_LIVE, _GALLERY, _VIDEO = frozenset({"LiveBlogPosting"}), frozenset({"ImageGallery", "MediaGallery"}), frozenset({"VideoObject"})


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


def read_metadata(claims: Claims, url: str | None, language: str | None) -> Metadata:
    """The best claim for each field.

    Args:
        claims: what the page says of itself.
        url: the page's address, without which no address it claims is trusted.
        language: ISO 639-1 where it is known better than the page's own claim.
    """
    article = claims.article
    language = language or claimed_language(claims)
    site = _site_name(claims)
    published = _first_moment((_text(article.get("datePublished")), *_contents(claims, _PUBLISHED_METAS)))
    published = published or _first_moment(
        (*claims.items.get("datePublished", ()), _text(article.get("uploadDate")), *claims.times)
    )
    modified = _first_moment(
        (_text(article.get("dateModified")), *_contents(claims, _MODIFIED_METAS), *claims.items.get("dateModified", ()))
    )
    return Metadata(
        title=title_of(claims, site),
        authors=authors_of(claims, lexicon(language), site),
        published=published,
        modified=modified,
        language=language,
        site_name=site or None,
        canonical_url=_canonical(claims, url),
        description=plain(claims.meta("og:description", "description", "twitter:description")) or None,
        image=_image(claims, url),
        tags=_tags(claims),
        paywalled=_is_paywalled(claims),
    )


def claimed_language(claims: Claims) -> str | None:
    """ISO 639-1 code of the language the page claims; None without a claim."""
    for claim in (claims.language, _text(claims.article.get("inLanguage")), claims.meta("og:locale", "content-language")):
        if match := re.match(r"([A-Za-z]{2})(?:[-_].*)?$", claim):
            return match[1].lower()
    return None


def title_of(claims: Claims, site: str) -> str:
    """The headline: the claim that most claims agree on, without the site's name.

    The visible headline, Open Graph's and JSON-LD's often differ by a kicker or an editor's second thought; what two of
    them say outweighs what one says.
    """
    claimed = (
        (claims.meta("og:title"), 1.1),
        (_text(claims.article.get("headline")), 1.05),
        (next(iter(claims.headings), ""), 1.0),
        (claims.title, 0.6),
        (next(iter(claims.items.get("headline", ())), ""), 0.5),
        (claims.meta("twitter:title"), 0.3),
    )
    votes: dict[str, float] = {}
    spelled: dict[str, str] = {}
    for claim, weight in claimed:
        title = _without_site(plain(unescape(claim)).replace("\n", " "), site)
        form = normalised(title)
        if form and form != normalised(site):
            votes[form] = votes.get(form, 0.0) + weight
            spelled.setdefault(form, title)
    return spelled[max(votes, key=lambda form: votes[form])] if votes else ""


def _without_site(title: str, site: str) -> str:
    """The title without the site's name, or a short part that stands where the name would, at its end or start."""
    parts = _SITE_MARK.split(title)
    marks = _SITE_MARK.findall(title)
    name = normalised(site)
    while len(parts) > 1:
        last, first = normalised(parts[-1]), normalised(parts[0])
        if name and (last == name or last in name or name in last) and len(last) < len(name) + 25:
            parts, marks = parts[:-1], marks[:-1]
        elif name and first == name:
            parts, marks = parts[1:], marks[1:]
        else:
            break
    joined = parts[0] + "".join(mark + part for mark, part in zip(marks, parts[1:], strict=True))
    return joined.strip()


def authors_of(claims: Claims, words: Lexicon, site: str) -> tuple[str, ...]:
    """Names only. Agencies and newsrooms count where JSON-LD names them as authors; elsewhere a name must be a person's."""
    people = _people(claims.article.get("author")) or _people(claims.article.get("creator"))
    found = distinct(name for person in people for name in (*_person(person, words, site), *_agencies(person, words)))
    if found:
        return found
    from_metas = (name for content in _contents(claims, _AUTHOR_METAS) for name in _person(content, words, site))
    return distinct(from_metas) or _visible_authors(claims, words, site) or _newsrooms(people)


def _agencies(claim: str, words: Lexicon) -> Iterator[str]:
    """Agencies named beside people."""
    yield from (part.strip() for part in re.split(r"[,/;]", plain(claim)) if normalised(part) in words.agencies)


def _newsrooms(claimed: Iterable[str]) -> tuple[str, ...]:
    """Whoever JSON-LD names, when it is nobody by name: "FOCUS online"."""
    named = (plain(unescape(claim)) for claim in claimed if not claim.startswith(("http:", "https:", "/")))
    return tuple(dict.fromkeys(name for name in named if 2 < len(name) <= 60))  # noqa: PLR2004 - a name's length


def _visible_authors(claims: Claims, words: Lexicon, site: str) -> tuple[str, ...]:
    for line in claims.bylines:
        if len(line) <= 120 and (found := tuple(name for name in names(line, words) if normalised(name) != normalised(site))):  # noqa: PLR2004
            return found
    return ()


def _people(claim: Json) -> list[str]:
    """Names in a claim of any shape: a string, a thing, a list of either."""
    if isinstance(claim, str):
        return [claim]
    if isinstance(claim, dict):
        return _people(claim.get("name")) if "name" in claim else []
    return [name for entry in claim for name in _people(entry)] if isinstance(claim, list) else []


def _person(claim: str, words: Lexicon, site: str) -> Iterator[str]:
    if claim.startswith(("http:", "https:", "/", "@")) or normalised(claim) == normalised(site):
        return
    found = names(claim, words)
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


def _is_paywalled(claims: Claims) -> bool:
    free = claims.article.get("isAccessibleForFree")
    if free is not None:
        return str(free).casefold() in ("false", "no", "0")
    return (
        claims.meta("article:content_tier").casefold() in ("locked", "metered")
        or "paid" in claims.meta("content-tier").casefold()
    )


def kind_of(claims: Claims, *, letters: float, linked: float) -> PageKind:
    """What the page is for.

    Args:
        claims: what it says of itself.
        letters: size of the text that was kept, see `measure.size`.
        linked: share of the page's text that stands in links.
    """
    named = {name for thing in claims.things for name in types(thing)}
    if named & _LIVE:
        return PageKind.LIVE
    if letters >= 500:  # noqa: PLR2004 - enough to be read
        return PageKind.ARTICLE
    if types(claims.article)[:1] and _GALLERY & set(types(claims.article)):
        return PageKind.GALLERY
    if (_VIDEO & set(types(claims.article))) or claims.meta("og:type").startswith("video"):
        return PageKind.VIDEO
    if letters >= 140:  # noqa: PLR2004 - a short report, or the start of one behind a paywall
        return PageKind.TEASER if _is_paywalled(claims) else PageKind.ARTICLE
    return PageKind.LISTING if linked > 0.5 else PageKind.OTHER  # noqa: PLR2004


def _contents(claims: Claims, metas: Iterable[str]) -> Iterator[str]:
    for name in metas:
        yield from claims.metas.get(name, ())


def _first_moment(claimed: Iterable[str]) -> datetime | None:
    return next((found for claim in claimed if claim and (found := moment(claim))), None)


def _text(claim: Json) -> str:
    """A claim as text; "" for anything that is no single value."""
    if isinstance(claim, list):
        return _text(claim[0]) if claim else ""
    if isinstance(claim, dict):
        return _text(claim.get("name") or claim.get("@value"))
    return "" if claim is None else str(claim).strip()
