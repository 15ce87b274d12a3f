"""A walk over a sitemap and the sitemaps it names, newest first, within bounds.

A list of addresses that came as it was at the last walk (by 304, or by its body) is not read again. An index always is: it is
small, and its parts may have changed though it did not.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from crawler.evidence import is_page, is_service
from crawler.filters import wanted
from crawler.sitemaps import MAX_LINKS, Child, Sitemap, read_sitemap
from model.errors import DiscoveryError, FetchError, PageError
from model.fingerprints import body_hash
from model.page import NotModified, Request, Validators, Want
from model.urls import same_site

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crawler.protocols import Fetches
    from model.page import Page
    from model.source import Link, Source

#: An index, its children, their children: deeper ones are loops in disguise.
MAX_DEPTH = 3
#: Documents asked for in one walk. They are taken newest first, so what is left out of a large archive is old.
MAX_DOCUMENTS = 50

#: A day without its time may mean its last minute, and zones differ by most of a day.
_DAY = timedelta(days=1)
#: A document changed this recently is asked for again though its index stays as it was: some are written once a day.
_LIVE = timedelta(days=2)
_NEWS = re.compile(r"news|nachrichten|noticias|actualite", re.IGNORECASE)
#: Sitemaps of pages that are no articles, by their file names (WordPress, Arc and others agree on these words).
_OTHER = re.compile(
    r"(?<![a-z])(?:attachments?|authors?|categor(?:y|ies)|images?|pages?|photos?|product(?:s|_cat|_tag)?|profiles?|tags?|taxonom(?:y|ies)"
    r"|topics?|users?|videos?)(?![a-z])",
    re.IGNORECASE,
)
_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/.]?(0?[1-9]|1[0-2])?(?:[-_/.]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class Walk:
    """One walk; what it found is in its attributes afterwards.

    Args:
        source: whose sitemap it is.
        fetcher: asks the network.
        known: validators of the last walk, by address.
        since: when the last walk was.
        documents: at most so many are asked for.
        by_name: where an index gives no date, the day or month in a document's name is believed.
    """

    def __init__(  # keyword-only
        self,
        *,
        source: Source,
        fetcher: Fetches,
        known: Mapping[str, Validators],
        since: datetime | None,
        documents: int = MAX_DOCUMENTS,
        by_name: bool = False,
    ) -> None:
        self._source, self._fetcher, self._known, self._since = source, fetcher, known, since
        self._documents, self._by_name = documents, by_name
        self._links: dict[str, Link] = {}
        self._asked: set[str] = set()
        #: Whether a root that stays as it was hides nothing: every live document behind it can be asked by itself.
        self._askable = True
        self.validators: dict[str, Validators] = {}
        self.error: PageError | None = None

    @property
    def found(self) -> tuple[Link, ...]:
        """Links the source wants, each address once."""
        return tuple(self._links.values())

    async def run(self, root: str) -> NotModified | None:
        """Walk from the root; `NotModified` when all of it is as it was, None when something was read.

        Raises:
            FetchError: the root could not be fetched.
            DiscoveryError: the root is no sitemap.
        """
        answer = await self._visit(Child(url=root))
        if isinstance(answer, NotModified):
            pending = [(1, Child(url=url)) for url in self._known if url != root]
        else:
            pending = [(1, child) for child in self._worth(answer.children, root)]
        while pending and len(self._asked) < self._documents and len(self._links) < MAX_LINKS:
            depth, child = pending.pop(0)
            if child.url in self._asked:  # several sitemaps named it before it was read
                continue
            try:
                part = await self._visit(child)
            except (FetchError, DiscoveryError) as error:
                self.error, self._askable = self.error or error, False
                continue
            if isinstance(part, Sitemap):
                deeper = self._worth(part.children, root) if depth < MAX_DEPTH else ()
                pending = [(depth + 1, it) for it in deeper] + pending
        if not self._askable and root in self.validators:
            self.validators[root] = Validators(digest=self.validators[root].digest)
        changed = self.validators != self._known or self.error is not None
        return answer if isinstance(answer, NotModified) and not changed else None

    async def _visit(self, child: Child) -> Sitemap | NotModified:
        """Ask for one document and take what it holds."""
        self._asked.add(child.url)
        known = self._known.get(child.url, Validators())
        page = await self._fetcher.fetch(Request(url=child.url, want=Want.SITEMAP, validators=known))
        if isinstance(page, NotModified):
            self.validators[child.url] = known
            return page
        digest = body_hash(page.body)
        if digest == known.digest:
            self._note(child, page, digest=digest)
            return NotModified(url=page.url, chain=page.chain, fetched_at=page.fetched_at, elapsed=page.elapsed)
        sitemap = await asyncio.to_thread(read_sitemap, page)
        if sitemap.children and len(self._asked) > 1:
            self._askable = False  # a 304 of it would not say which parts are behind it
        else:
            self._note(child, page, digest=None if sitemap.children else digest)
        for link in sitemap.links:
            if len(self._links) < MAX_LINKS and self._is_wanted(link.url):
                self._links.setdefault(link.url, link)
        return sitemap

    def _note(self, child: Child, page: Page, *, digest: str | None) -> None:
        """Keep what to ask a document with next time, unless it is old: then only its index is asked."""
        if child.modified is None or child.modified > page.fetched_at - _LIVE:
            self._askable = self._askable and bool(page.validators)
            self.validators[child.url] = replace(page.validators, digest=digest)

    def _is_wanted(self, url: str) -> bool:
        """Whether a link may be an article; where people gave patterns, these alone decide."""
        return wanted(url, self._source) and (bool(self._source.include) or (is_page(url) and not is_service(url)))

    def _worth(self, children: Iterable[Child], root: str) -> list[Child]:
        """The children to read, in order: of this site, not read yet, not older than the last walk."""
        fresh = (child for child in children if child.url not in self._asked and self._is_fresh(child))
        return in_order(child for child in fresh if same_site(child.url, root) or same_site(child.url, self._source.url))

    def _is_fresh(self, child: Child) -> bool:
        if self._since is None:
            return True
        changed = child.modified or (_named_end(child.url) if self._by_name else None)
        return changed is None or changed + _DAY >= self._since


def in_order(children: Iterable[Child]) -> list[Child]:
    """Sitemaps that may hold articles: those of news first, then the newest, then the undated in the order given."""
    kept = [child for child in children if not is_other(child.url)]
    return sorted(kept, key=lambda child: (is_news(child.url), child.modified or _dated(child.url)), reverse=True)


def is_news(url: str) -> bool:
    """Whether a sitemap's file name speaks of news."""
    return _NEWS.search(url.rpartition("/")[2]) is not None


def is_other(url: str) -> bool:
    """Whether a sitemap's file name speaks of pages that are no articles: authors, tags, pictures, films.

    >>> is_other("https://example.com/post_tag-sitemap.xml"), is_other("https://example.com/sitemap-images.xml")
    (True, True)
    >>> is_other("https://example.com/post-sitemap2.xml"), is_other("https://example.com/homepage.xml")
    (False, False)
    """
    return _OTHER.search(url.rpartition("/")[2]) is not None


def _named_end(url: str) -> datetime | None:
    """The end of the day, month or year in a sitemap's name; None where there is none.

    >>> _named_end("https://example.com/sitemap-2024-05.xml").isoformat()
    '2024-06-01T00:00:00+00:00'
    """
    match = _MONTH.search(url)
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2] or 12), match[3]
    try:
        if day:
            return datetime(year, month, int(day), tzinfo=UTC) + timedelta(days=1)
    except ValueError:
        return None
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def _dated(url: str) -> datetime:
    """The day or month in a sitemap's name (``sitemap-2024-05.xml``), for its place in the order only."""
    match = _MONTH.search(url)
    if match is None:
        return _LONG_AGO
    try:
        return datetime(int(match[1]), int(match[2] or 1), int(match[3] or 1), tzinfo=UTC)
    except ValueError:
        return _LONG_AGO
