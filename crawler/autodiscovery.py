"""Where a site lists its articles, when config.yaml names only the site.

Tried in this order, each candidate fetched and read before it counts: feeds that the home page declares or links, sitemaps that
robots.txt names, well-known addresses. Feeds and news sitemaps come first: they hold what is new. What feeds omit is found in a
sitemap of everything, and where there is no sitemap on the home page; these two are also the last resort.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from crawler.feeds import read_feed
from crawler.filters import wanted
from crawler.listings import read_listing
from crawler.markup import address, base_of, parsed
from crawler.poll import text_of
from crawler.sitemaps import Sitemap, read_sitemap
from crawler.walk import in_order, is_news, is_other
from model.errors import DiscoveryError, FetchError, PageError
from model.page import NotModified, Page, Request, Want
from model.source import Endpoint, EndpointKind
from model.urls import canonical, same_site

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bs4 import Tag

    from crawler.protocols import Decode, Fetches
    from model.source import Link, Source

#: Sitemaps of everything that are taken beside feeds.
MAX_BESIDE = 3
#: Candidates of one kind that are fetched to see what they hold.
MAX_TRIED = 6
#: Where publishing systems put them when nothing names them; tried only then.
GUESSED_SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap.xml", "/sitemap_index.xml")
GUESSED_FEEDS = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")

#: Types of ``<link rel=alternate>`` that are feeds (RSS Advisory Board, RFC 4287, JSON Feed 1.1).
_FEED_TYPES = frozenset(
    {"application/atom+xml", "application/feed+json", "application/rdf+xml", "application/rss+xml", "application/xml", "text/xml"}
)
#: Addresses of feeds as sites link them visibly.
_FEED_PATH = re.compile(
    r"/(?:rss|feeds?|atom)(?:\.\w{3,4})?/?$|/(?:rss|feeds?)/[^?]*$|\.(?:rss|rdf|atom)$|(?:rss|feed|atom)\w*\.(?:xml|json)$",
    re.IGNORECASE,
)
#: Feeds of readers' comments, by address or title.
_COMMENTS = re.compile(r"/comments?(?:/|$)|comment|kommentar|comentario|комментар|댓글|コメント|评论", re.IGNORECASE)


def find_feeds(html: str, url: str) -> tuple[str, ...]:
    """Addresses of the feeds a page declares (``<link rel=alternate>``) or links visibly, in that order; of comments none.

    Raises:
        DiscoveryError: the page is nothing a parser takes.
    """
    soup = parsed(html, url)
    base = base_of(soup, url)
    declared = [address(tag, base) for tag in soup.find_all("link", href=True) if _declares_feed(tag)]
    linked = (address(tag, base) for tag in soup.find_all("a", href=True) if not _COMMENTS.search(tag.get_text(" ")))
    visible = [it for it in linked if it and _FEED_PATH.search(it) and same_site(it, url)]
    return tuple(dict.fromkeys(it for it in declared + visible if it and not _COMMENTS.search(it)))


def _declares_feed(tag: Tag) -> bool:
    relations = {str(it).lower() for it in tag.get_attribute_list("rel")}
    if not relations & {"alternate", "feed"} or _COMMENTS.search(str(tag.get("title") or "")):
        return False
    kind = str(tag.get("type") or "").partition(";")[0].strip().lower()
    return kind in _FEED_TYPES or "feed" in relations or (kind == "application/json" and "feed" in str(tag["href"]).lower())


async def discover(source: Source, fetcher: Fetches, decode: Decode) -> tuple[Endpoint, ...]:
    """The endpoints of a source: those it names, as they are; else those found at its home page. Never empty.

    Raises:
        FetchError: nothing is named, nothing was found, and the home page could not be fetched.
        DiscoveryError: the same, and the home page could not be read.
    """
    return named(source) or await _Search(source, fetcher, decode).run()


def named(source: Source) -> tuple[Endpoint, ...]:
    """The endpoints that a source names itself."""
    kinds = ((EndpointKind.FEED, source.feeds), (EndpointKind.SITEMAP, source.sitemaps), (EndpointKind.SECTION, source.sections))
    return tuple(Endpoint(source=source.name, kind=kind, url=url) for kind, urls in kinds for url in urls)


class _Search:
    """One search of a site; every candidate is fetched once."""

    def __init__(self, source: Source, fetcher: Fetches, decode: Decode) -> None:
        self._source, self._fetcher, self._decode = source, fetcher, decode
        self._tried: set[str] = set()
        #: Articles that the endpoints found so far list: another one must list more.
        self._listed: set[str] = set()
        self._fresh: list[Endpoint] = []
        self._archives: list[Endpoint] = []
        #: Articles that the home page links.
        self._front: tuple[Link, ...] = ()

    async def run(self) -> tuple[Endpoint, ...]:
        feeds, trouble = await self._declared()
        await self._try_feeds(feeds)
        await self._try_sitemaps(await self._robots())
        if not self._archives and not self._has_news_sitemap:
            await self._try_sitemaps(self._guesses(GUESSED_SITEMAPS))
        if not self._fresh:
            await self._try_feeds(self._guesses(GUESSED_FEEDS))
        if self._fresh:
            return (*self._fresh, *self._beside())
        if self._archives:
            return tuple(self._archives)
        if trouble is not None:
            raise trouble
        return (self._endpoint(EndpointKind.SECTION, self._source.url),)

    @property
    def _has_news_sitemap(self) -> bool:
        return any(endpoint.kind is EndpointKind.SITEMAP for endpoint in self._fresh)

    def _beside(self) -> tuple[Endpoint, ...]:
        """Where articles stand that feeds omit; a news sitemap has them all."""
        if self._has_news_sitemap:
            return ()
        if self._archives:
            return tuple(self._archives[:MAX_BESIDE])
        return (self._endpoint(EndpointKind.SECTION, self._source.url),) if self._adds(self._front) else ()

    async def _declared(self) -> tuple[tuple[str, ...], PageError | None]:
        """Feeds of the home page, and what was wrong with the page."""
        try:
            home = await self._fetch(self._source.url, Want.PAGE)
            html = text_of(home, self._decode)
            self._front = await asyncio.to_thread(read_listing, html, home.url, self._source, now=home.fetched_at)
            return await asyncio.to_thread(find_feeds, html, home.url), None
        except (FetchError, DiscoveryError) as error:
            return (), error

    async def _robots(self) -> tuple[str, ...]:
        try:
            return await self._fetcher.sitemaps(self._source.url)
        except FetchError:
            return ()  # it will say so again when a page is asked for

    def _guesses(self, paths: Iterable[str]) -> tuple[str, ...]:
        return tuple(canonical(path, self._source.url) for path in paths)

    async def _try_feeds(self, urls: Iterable[str]) -> None:
        for url in self._untried(urls):
            try:
                links = await asyncio.to_thread(read_feed, await self._fetch(url, Want.FEED))
            except (FetchError, DiscoveryError):
                continue
            if self._adds(links):
                self._fresh.append(self._endpoint(EndpointKind.FEED, url))

    async def _try_sitemaps(self, urls: Iterable[str]) -> None:
        """Take news sitemaps, those inside an index too; other sitemaps go to the archives."""
        candidates = [url for url in urls if not is_other(url)]
        for url in self._untried(sorted(candidates, key=is_news, reverse=True)):
            sitemap = await self._sitemap(url)
            if sitemap.news and self._adds(sitemap.links):
                self._fresh.append(self._endpoint(EndpointKind.SITEMAP, url))
            elif sitemap.links or sitemap.children:
                self._archives.append(self._endpoint(EndpointKind.SITEMAP, url))
            inside = [child.url for child in in_order(sitemap.children) if is_news(child.url)]
            for child in self._untried(inside[:2]):
                part = await self._sitemap(child)
                if part.news and self._adds(part.links):
                    self._fresh.append(self._endpoint(EndpointKind.SITEMAP, child))

    async def _sitemap(self, url: str) -> Sitemap:
        """A sitemap; an empty one where there is none to read."""
        try:
            return await asyncio.to_thread(read_sitemap, await self._fetch(url, Want.SITEMAP))
        except (FetchError, DiscoveryError):
            return Sitemap()

    async def _fetch(self, url: str, want: Want) -> Page:
        """A whole page.

        Raises:
            FetchError: none came.
        """
        page = await self._fetcher.fetch(Request(url=url, want=want))
        if isinstance(page, NotModified):
            raise DiscoveryError(url, "not modified, though nothing was said to be known")
        return page

    def _untried(self, urls: Iterable[str]) -> list[str]:
        fresh = [url for url in dict.fromkeys(urls) if url not in self._tried][:MAX_TRIED]
        self._tried.update(fresh)
        return fresh

    def _adds(self, links: Iterable[Link]) -> bool:
        """Whether a list names wanted articles that no endpoint so far does; they are noted."""
        mine = {link.url for link in links if wanted(link.url, self._source)} - self._listed
        self._listed |= mine
        return bool(mine)

    def _endpoint(self, kind: EndpointKind, url: str) -> Endpoint:
        return Endpoint(source=self._source.name, kind=kind, url=url)
