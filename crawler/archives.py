"""Lists and feeds that run over many pages, followed back in time: which page is the next older one, and how old an entry is.

On a list ``rel=next`` and "older posts" mean what they say. What they lead to must belong to the list: the same site, and an
address that goes on from the list's own, so that a calendar, an advertiser or the next article is not followed. What a feed
names has but to be of the feed's site: a feed links nothing else in this way.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from crawler.markup import address, base_of, parsed
from crawler.numbering import numbered
from crawler.titles import plain
from model.urls import identity, parameters, same_site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bs4 import Tag

    from crawler.feeds import Feed
    from model.source import Link

#: Links looked at on one page, and characters of what one to older entries says: more is a headline.
_MOST, _LABEL = 5000, 40
#: Parameters that say how many entries are passed over, in lower case, sorted.
_OFFSETS = frozenset({"from", "offset", "skip", "start", "startat", "startindex"})
#: Parameters that say where the page before ended (an entry's number or date), in lower case, sorted.
_CURSORS = frozenset({"after", "before", "cursor", "max", "max_id", "older_than", "to", "until", "updated-max"})
#: What links to older entries say, in the languages of the lexicon; marks alone count too.
_OLDER = re.compile(
    r"^\W*(?:older|next|more (?:news|stories|articles|posts)|ältere|nächste|weiter|suivant|articles? plus anciens|plus ancien"
    r"|siguiente|anteriores|más antigu|próxim|seguinte|mais antig|successiv|avanti|precedenti|volgende|oudere"
    r"|nästa|äldre|neste|eldre|næste|ældre|seuraava|vanhemmat|następn|starsze|další|starší|следующ|далее|раньше|наступн|sonraki|다음|次|下一|後一|التالي|अगला)",
    re.IGNORECASE,
)
_MARKS = re.compile("^[»›>→]+$")  # noqa: RUF001 - as pages have them
#: How old news is, and how many of them a list of everything gives.
_NEWS, _MOST_NEWS = timedelta(days=14), 500
#: Where WordPress has its feeds: of the site, of a section, of a tag.
_WORDPRESS = re.compile(r"/feed/?$")
#: A day or a month in an address.
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[/.-]?(0[1-9]|1[0-2])(?:[/.-]?(0[1-9]|[12]\d|3[01]))?(?!\d)")


def older_page(html: str, url: str, *, first: str, number: int, passed: frozenset[str]) -> str | None:
    """The list's next page, of older entries; None where it is the last.

    Args:
        html: a page of the list, decoded.
        url: where it came from.
        first: the address of the list's first page.
        number: which page this is, from 1.
        passed: identities of the pages read before.

    Raises:
        DiscoveryError: the page is nothing a parser takes.
    """
    soup = parsed(html, url)
    base = base_of(soup, url)
    tags = [(tag, target) for tag in soup.find_all(["a", "link"], href=True, limit=_MOST) if (target := address(tag, base))]
    behind = passed | {identity(url), identity(first)}
    ahead = [(tag, target) for tag, target in tags if identity(target) not in behind and _goes_on(first, target)]
    for choice in (_by_relation(ahead), _by_number(ahead, first, number), _by_offset(ahead, url), _by_label(ahead)):
        if (found := next(choice, None)) is not None:
            return found
    return None


def older_feed(feed: Feed, url: str, *, first: str, number: int, passed: frozenset[str]) -> str | None:
    """The document with a feed's next older entries; None where the feed has no further one.

    Feeds say it themselves (RFC 5005, JSON Feed), but for those of WordPress, which has them all the same.

    Args:
        feed: a document of the feed.
        url: where it came from.
        first: the address of the feed itself.
        number: which document this is, from 1.
        passed: identities of the documents read before.
    """
    guessed = (_paged(first, number + 1),) if "wordpress" in feed.generator or _WORDPRESS.search(urlsplit(first).path) else ()
    behind = passed | {identity(url), identity(first)}
    ahead = (it for it in feed.older or guessed if identity(it) not in behind)
    return next((it for it in ahead if same_site(it, first) or same_site(it, url)), None)


def _paged(first: str, number: int) -> str:
    """A feed's further page, as WordPress numbers them."""
    return f"{first}{'&' if urlsplit(first).query else '?'}paged={number}"


def _goes_on(first: str, target: str) -> bool:
    """Whether an address belongs to the list: on its site, its path the list's own or below it."""
    if not same_site(first, target):
        return False
    own, other = urlsplit(first).path.rstrip("/"), urlsplit(target).path
    stem = re.sub(r"(?:[_.,-]?\d+|/(?:index|default))?(?:\.\w{2,5})?$", "", own)
    if numbered(first, target):
        return True
    parts = {name for name, _ in parameters(target)} - {name for name, _ in parameters(first)}
    return other.startswith(stem) and (
        other.rstrip("/") == own or bool(parts) or "/page" in other or bool(re.search(r"\d", other))
    )


def _by_relation(ahead: list[tuple[Tag, str]]) -> Iterator[str]:
    for tag, target in ahead:
        if "next" in (str(value).lower() for value in tag.get_attribute_list("rel") if value):
            yield target


def _by_number(ahead: list[tuple[Tag, str]], first: str, number: int) -> Iterator[str]:
    """The page after this one; where a site counts from 0, the label tells."""
    for tag, target in ahead:
        found = numbered(first, target)
        label = _label(tag)
        if found and (found.number == number + 1 or (found.number == number and label == str(number + 1))):
            yield target


def _by_offset(ahead: list[tuple[Tag, str]], url: str) -> Iterator[str]:
    """The nearest page of those further on."""
    here = _offset(url)
    further = [(there, target) for _, target in ahead if (there := _offset(target)) > here]
    yield from (target for _, target in sorted(further)[:1])


def _offset(url: str) -> int:
    given = (int(value) for name, value in parameters(url) if name in _OFFSETS and re.fullmatch(r"\d{1,6}", value))
    return next(given, 0)


def _by_label(ahead: list[tuple[Tag, str]]) -> Iterator[str]:
    for tag, target in ahead:
        label = _label(tag)
        cursor = any(name in _CURSORS for name, _ in parameters(target))
        if tag.name == "a" and len(label) <= _LABEL and (_OLDER.search(label) or (cursor and _MARKS.search(label))):
            yield target


def _label(tag: Tag) -> str:
    text = plain(" ".join(piece for piece, _ in zip(tag.strings, range(10), strict=False))) or ""
    return (text or str(tag.get("title") or tag.get("aria-label") or "")).strip()


def recent(links: Iterable[Link], now: datetime) -> tuple[Link, ...]:
    """What is news in a list of everything: entries dated within two weeks, the newest first, some hundred at most.

    Of undated ones nobody knows, and some sites date all they ever wrote with today: hence the bound.
    """
    dated = [(moment, link) for link in links if (moment := link.published or latest(link)) and moment >= now - _NEWS]
    return tuple(link for _, link in sorted(dated, key=lambda entry: entry[0], reverse=True)[:_MOST_NEWS])


def latest(link: Link) -> datetime | None:
    """The latest moment that an entry can be from, by what the list says or its address holds; None where neither dates it.

    >>> from model.source import Link
    >>> latest(Link(url="https://example.com/2024/05/25/story")).isoformat()
    '2024-05-26T14:00:00+00:00'
    """
    if link.published is not None:
        return max(link.published, link.modified or link.published)
    match = _DATE.search(unquote(urlsplit(link.url).path))
    if match is None:
        return link.modified
    try:
        day = datetime(int(match[1]), int(match[2]), int(match[3] or 28), tzinfo=UTC)
    except ValueError:
        return None
    # A month ends three days after its 28th at most, and a day 14 hours later in the west.
    return day + timedelta(days=1 if match[3] else 4, hours=14)
