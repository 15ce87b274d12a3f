"""A source's archive walked back to a day: list pages and feeds document by document, sitemaps by their months.

Each document's links and where to go on are written in one transaction, so a walk that was ended goes on from there. It ends
where every entry that no page before had is older than the day, where a page has no such entry, at the last page, or at a bound.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from crawler import Polled, poll, read_listing, wanted
from crawler.archives import latest, older_feed, older_page
from crawler.feeds import open_feed
from model.errors import BadStatus, DiscoveryError, PageError, RobotsDisallowed
from model.page import Page, Request, Want
from model.source import EndpointKind
from model.times import now
from model.urls import identity
from newsmill.decide import GONE
from newsmill.polling import text_of
from newsmill.stopping import unless_stopped
from storage.backfills import Backfill, backfill, save_backfill
from storage.values import PollSaved

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from model.source import Link, Source
    from newsmill.progress import Observer, Tally
    from newsmill.rooms import Rooms, Scope
    from storage.values import EndpointState

#: Sitemaps asked for in one walk of an archive.
SITEMAPS = 500
#: A walk that reached its end is begun anew after so long.
DONE_FOR = timedelta(days=1)
_NOTHING_NEW = "a page without any entry that no page before had"


class _Read(NamedTuple):
    """What a list page or a feed's document gave."""

    links: tuple[Link, ...]
    older: str | None


class Backfilling:
    """The walks back through one source's archives.

    Args:
        source: the source.
        rooms: where the work is done.
        scope: the day, and the bounds.
        observer: who watches.
        tally: counts pages read and links.
        stop: once set, no further page is asked for.
    """

    def __init__(
        self, source: Source, rooms: Rooms, scope: Scope, *, observer: Observer, tally: Tally, stop: asyncio.Event
    ) -> None:
        self._source, self._rooms, self._scope = source, rooms, scope
        self._fetcher = rooms.fetcher.of(source)
        self._observer, self._tally, self._stop = observer, tally, stop
        self._new = 0

    async def run(self, since: datetime) -> None:
        """Walk back to a day, sitemaps first: they hold most for the fewest requests.

        Raises:
            Stopped: the run was told to stop; the next one goes on from there.
            StorageError: the database failed; nothing of the page in hand is written.
        """
        states = await asyncio.to_thread(self._rooms.store.endpoints, self._source.name)
        walks = {EndpointKind.SITEMAP: self._sitemap, EndpointKind.FEED: self._pages, EndpointKind.SECTION: self._pages}
        for kind, walk in walks.items():
            for state in states:
                if state.endpoint.kind is kind and not self._is_full:
                    await walk(state, await self._begun(state, since))

    @property
    def _is_full(self) -> bool:
        return self._scope.limit is not None and self._new >= self._scope.limit

    async def _begun(self, state: EndpointState, since: datetime) -> Backfill:
        """How far the walk to this day is; at its beginning where there was none, or its end is a while ago."""
        known = await asyncio.to_thread(backfill, self._rooms.store.reading, state.id)
        at = now()
        if known is None or known.since != since or (known.ended_at is not None and known.ended_at + DONE_FOR < at):
            return Backfill(endpoint_id=state.id, since=since, updated_at=at)
        return known

    async def _sitemap(self, state: EndpointState, walk: Backfill) -> None:
        if walk.ended_at is not None:
            return
        asked = poll(state.endpoint, self._source, self._fetcher, text_of, validators={}, since=walk.since, documents=SITEMAPS)
        try:
            polled = await unless_stopped(self._stop, asked)
        except PageError as error:
            self._tell(state.endpoint.url, state, None, error)
            return
        assert isinstance(polled, Polled)  # nothing was asked conditionally
        walk = replace(walk, documents=1, updated_at=now())
        if polled.error is None:
            walk = replace(walk, ended_at=walk.updated_at, ended_by="the sitemap was read")
        await self._write(state, walk, polled.links, url=state.endpoint.url, error=polled.error)

    async def _pages(self, state: EndpointState, walk: Backfill) -> None:
        want, read_page = (Want.FEED, self._feed) if state.endpoint.kind is EndpointKind.FEED else (Want.PAGE, self._list)
        seen: set[str] = set()
        passed: set[str] = set()
        while walk.ended_at is None and not self._is_full and walk.documents < self._scope.list_pages:
            url = walk.next_url or state.endpoint.url
            try:
                page = await unless_stopped(self._stop, self._fetcher.fetch(Request(url=url, want=want)))
                assert isinstance(page, Page)  # nothing was asked conditionally
                read = await asyncio.to_thread(
                    read_page, page, first=state.endpoint.url, number=walk.documents + 1, passed=frozenset(passed)
                )
                end = None
            except PageError as error:
                end = _why_last(error) if walk.documents else None
                if end is None:
                    self._tell(url, state, None, error)
                    return
                read = _Read((), None)
            passed.add(identity(url))
            fresh = [link for link in read.links if identity(link.url) not in seen]
            seen.update(identity(link.url) for link in fresh)
            end = end or _end(fresh, read.older, walk.since)
            walk = replace(walk, next_url=read.older, documents=walk.documents + 1, updated_at=now())
            walk = replace(walk, ended_at=now(), ended_by=end) if end else walk
            saved = await self._write(state, walk, fresh, url=url)
            walk = replace(walk, links=walk.links + saved.new)

    def _list(self, page: Page, *, first: str, number: int, passed: frozenset[str]) -> _Read:
        """A list page's entries, and the page after it.

        Raises:
            DiscoveryError: it cannot be read.
        """
        html = text_of(page.body, page.header("content-type"))
        links = read_listing(html, page.url, self._source, now=page.fetched_at)
        return _Read(links, older_page(html, page.url, first=first, number=number, passed=passed))

    def _feed(self, page: Page, *, first: str, number: int, passed: frozenset[str]) -> _Read:
        """A feed's entries, and the document with older ones.

        Raises:
            DiscoveryError: it cannot be read.
        """
        feed = open_feed(page)
        links = tuple(link for link in feed.links if wanted(link.url, self._source))
        return _Read(links, older_feed(feed, page.url, first=first, number=number, passed=passed))

    async def _write(
        self, state: EndpointState, walk: Backfill, links: Iterable[Link], *, url: str, error: PageError | None = None
    ) -> PollSaved:
        kept = tuple(link for link in links if not _is_older(link, walk.since))
        save = partial(save_backfill, state=walk, links=kept)
        saved = await asyncio.wrap_future(self._rooms.writer.submit(save))
        self._new += saved.new
        self._tell(url, state, saved, error)
        return saved

    def _tell(self, url: str, state: EndpointState, saved: PollSaved | None, error: PageError | None) -> None:
        saved = saved or PollSaved(new=0, changed=0, known=0)
        self._tally.add_poll(error, new=saved.new)
        self._observer.polled(self._source.name, replace(state.endpoint, url=url), saved, error)


def _why_last(error: PageError) -> str | None:
    """Why a list ends before a page that cannot be had; None where that may be had another time."""
    if isinstance(error, RobotsDisallowed):
        return "robots.txt does not allow the next page"
    return _NOTHING_NEW if isinstance(error, DiscoveryError) or (isinstance(error, BadStatus) and error.status in GONE) else None


def _is_older(link: Link, since: datetime) -> bool:
    moment = latest(link)
    return moment is not None and moment < since


def _end(fresh: list[Link], older: str | None, since: datetime) -> str | None:
    """Why the walk ends at a list page; None where it goes on. Entries of unknown age do not end it."""
    if not fresh:
        return _NOTHING_NEW
    if all(_is_older(link, since) for link in fresh):
        return f"every entry is older than {since:%Y-%m-%d}"
    return "the last page" if older is None else None
