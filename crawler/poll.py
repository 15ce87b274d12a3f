"""One visit to an endpoint: which links it names now, asked for politely.

Every document behind an endpoint (a sitemap index has many) is asked for with the validators of the last visit. A server that
answers 304 to everything is believed here; some do so wrongly for ever, so the caller now and then passes no validators.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from crawler.feeds import read_feed
from crawler.filters import wanted
from crawler.freshness import fresh_for
from crawler.listings import read_listing
from crawler.walk import MAX_DOCUMENTS, Walk
from model.errors import CleanError, DiscoveryError, FetchError, PageError
from model.fingerprints import body_hash
from model.page import NotModified, Request, Validators, Want
from model.source import EndpointKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crawler.protocols import Decode, Fetches
    from model.page import Page
    from model.source import Endpoint, Link, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What an endpoint named."""

    #: The source's links in the order they were found, each address once; none where the document is the one read before.
    links: tuple[Link, ...] = ()
    #: Address of each document -> what to ask with next time, to be kept in place of the earlier; an empty one forgets that.
    validators: Mapping[str, Validators] = field(default_factory=dict)
    #: How long the endpoint's server says that its answer is good; nothing for those of many documents.
    fresh_for: timedelta = timedelta()
    #: What went wrong with a part while the rest went well.
    error: PageError | None = None


async def poll(  # four rooms meet here; the rest is keyword-only
    endpoint: Endpoint,
    source: Source,
    fetcher: Fetches,
    decode: Decode,
    *,
    validators: Mapping[str, Validators],
    since: datetime | None,
    documents: int = MAX_DOCUMENTS,
) -> Polled | NotModified:
    """Visit an endpoint.

    Args:
        endpoint: the page that lists articles.
        source: whose it is: only links it wants are returned.
        fetcher: asks the network.
        decode: body and Content-Type header to text.
        validators: those of the last visit, by address; empty asks for everything whole.
        since: when the endpoint was last visited well; parts of a sitemap that say they are older are not read.
        documents: most sitemaps asked for; with more than usual, what their names say of dates is believed too.

    Returns:
        The links; or `NotModified` when every document is as it was.

    Raises:
        FetchError: the endpoint itself could not be fetched.
        DiscoveryError: it cannot be read as what it should be, or a section page holds no article links.
    """
    if endpoint.kind is EndpointKind.SITEMAP:
        deep = documents > MAX_DOCUMENTS
        walk = Walk(source=source, fetcher=fetcher, known=validators, since=since, documents=documents, by_name=deep)
        unchanged = await walk.run(endpoint.url)
        if unchanged:
            return replace(unchanged, headers=())  # they speak of the root alone
        return Polled(links=walk.found, validators=walk.validators, error=walk.error)
    known = validators.get(endpoint.url, Validators())
    if endpoint.kind is EndpointKind.FEED:
        return await _poll_feed(endpoint, source, fetcher, known)
    return await _poll_section(endpoint, source, fetcher, decode, known)


async def _poll_section(
    endpoint: Endpoint, source: Source, fetcher: Fetches, decode: Decode, known: Validators
) -> Polled | NotModified:
    page = await fetcher.fetch(Request(url=endpoint.url, validators=known))
    if isinstance(page, NotModified):
        return page
    learned = {endpoint.url: replace(page.validators, digest=body_hash(page.body))}
    if learned[endpoint.url].digest == known.digest:
        return Polled(validators=learned, fresh_for=fresh_for(page.headers))
    links = await asyncio.to_thread(_section_links, page, source, decode)  # parsing would hold up every other host
    return Polled(links=links, validators=learned, fresh_for=fresh_for(page.headers))


async def _poll_feed(endpoint: Endpoint, source: Source, fetcher: Fetches, known: Validators) -> Polled | NotModified:
    """Visit a feed where it has moved to, and where it was when that is no feed any more."""
    if known.moved_to is not None:
        try:
            return await _read_feed_at(known.moved_to, endpoint, source, fetcher, known)
        except (FetchError, DiscoveryError):
            known = Validators()  # those are another address's
    return await _read_feed_at(endpoint.url, endpoint, source, fetcher, known)


async def _read_feed_at(
    url: str, endpoint: Endpoint, source: Source, fetcher: Fetches, known: Validators
) -> Polled | NotModified:
    page = await fetcher.fetch(Request(url=url, want=Want.FEED, validators=known))
    if isinstance(page, NotModified):
        return page
    digest = body_hash(page.body)
    links = () if digest == known.digest else await asyncio.to_thread(_feed_links, page, source)
    # A move counts once a feed was read there: sites that close send all of their addresses to the home page.
    moved_to = page.moved_to or (url if url != endpoint.url else None)
    learned = {endpoint.url: replace(page.validators, moved_to=moved_to, digest=digest)}
    return Polled(links=links, validators=learned, fresh_for=fresh_for(page.headers))


def _feed_links(page: Page, source: Source) -> tuple[Link, ...]:
    return tuple(link for link in read_feed(page) if wanted(link.url, source))


def _section_links(page: Page, source: Source, decode: Decode) -> tuple[Link, ...]:
    links = read_listing(text_of(page, decode), page.url, source, now=page.fetched_at)
    if not links:
        raise DiscoveryError(page.url, "a section page without article links")
    return links


def text_of(page: Page, decode: Decode) -> str:
    """A page decoded.

    Raises:
        DiscoveryError: the bytes are no text.
    """
    try:
        return decode(page.body, page.header("content-type"))
    except CleanError as error:
        raise DiscoveryError(page.url, error.detail) from error
