"""Runs: the rooms opened, every source walked, the run closed."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler import Fetcher, FetchOptions
from model.errors import ConfigError
from model.page import Want
from model.source import Link, Source
from model.times import now
from model.urls import canonical, same_site, site
from newsmill.pipeline import Lane
from newsmill.progress import COLUMNS, Silent
from newsmill.resting import heed_rests
from newsmill.rooms import LEASE, LIST_PAGES, Rooms, Scope
from newsmill.stopping import first_failure
from newsmill.workers import CleaningPool
from storage import Writer, open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime

    from newsmill.config import Settings
    from newsmill.progress import Observer, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How a run ended."""

    run_id: int
    #: Source name -> what was counted.
    tallies: Mapping[str, Tally]
    #: True when it was asked to stop before it was done.
    interrupted: bool = False

    @property
    def broken(self) -> tuple[str, ...]:
        """Names of the sources of which nothing could be read."""
        return tuple(sorted(name for name, tally in self.tallies.items() if tally.broken))

    @property
    def totals(self) -> Mapping[str, int]:
        """Counts over all sources."""
        return {column: sum(tally.counts[column] for tally in self.tallies.values()) for column in COLUMNS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked of one run."""

    sources: Sequence[Source]
    #: Visit only these addresses (they must belong to one of the sources).
    urls: Sequence[str] = ()
    #: Poll endpoints whether due or not.
    poll_all: bool = True
    #: At most so many pages a source.
    limit: int | None = None
    #: Walk archives back to this day, each over at most so many list pages.
    since: datetime | None = None
    list_pages: int = LIST_PAGES
    #: Name of the kind of run in the database.
    kind: str = "crawl"


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Rooms]:
    """The rooms of a run, closed again whatever happens.

    Raises:
        StorageError: the database cannot be opened.
    """
    with (
        open_store(settings.database) as store,
        Writer(store) as writer,
        CleaningPool(workers=settings.clean.workers, timeout=settings.clean.timeout, memory=settings.clean.memory) as pool,
    ):
        async with Fetcher(fetch_options(settings)) as fetcher:
            yield Rooms(store=store, writer=writer, fetcher=fetcher, pool=pool)


def fetch_options(settings: Settings) -> FetchOptions:
    """The crawler's options as config.yaml has them."""
    fetch = settings.fetch
    return FetchOptions(
        user_agent=settings.full_user_agent,
        networks=fetch.networks,
        proxy_networks=fetch.proxy_networks,
        delay=fetch.delay.total_seconds(),
        delay_factor=fetch.delay_factor,
        group_addresses=fetch.group_addresses,
        max_delay=fetch.max_delay.total_seconds(),
        concurrency=fetch.concurrency,
        connect_timeout=fetch.connect_timeout.total_seconds(),
        read_timeout=fetch.read_timeout.total_seconds(),
        total_timeout=fetch.total_timeout.total_seconds(),
        caps={Want.PAGE: fetch.max_page, Want.FEED: fetch.max_feed, Want.SITEMAP: fetch.max_sitemap},
        obey_robots=fetch.obey_robots,
        browser=fetch.browser,
    )


async def crawl(
    settings: Settings, order: Order, *, observer: Observer | None = None, stop: asyncio.Event | None = None
) -> Report:
    """Walk the sources once.

    Args:
        settings: what config.yaml says.
        order: what is to be done.
        observer: who watches.
        stop: once set, what is in flight is finished and the run ends.

    Raises:
        DatabaseBusy: a daemon or another crawl works on this database.
        StorageError: the database cannot be used; what was written before stays.
    """
    async with opened(settings) as rooms:
        with rooms.store.lease(LEASE):
            await asyncio.wrap_future(rooms.writer.save_sources(known_sources(settings, order.sources), now()))
            return await run(settings, rooms, order, observer=observer or Silent(), stop=stop or asyncio.Event())


async def run(settings: Settings, rooms: Rooms, order: Order, *, observer: Observer, stop: asyncio.Event) -> Report:
    """One run in rooms that are open."""
    run_id = await asyncio.wrap_future(rooms.writer.begin_run(order.kind, now()))
    scope = Scope(
        run_id=run_id,
        poll_all=order.poll_all,
        limit=order.limit,
        recheck=settings.schedule.recheck,
        since=order.since,
        list_pages=order.list_pages,
    )
    scopes = await _scopes(rooms, order, scope)
    await heed_rests(rooms, order.sources)
    tallies: dict[str, Tally] = {}

    async def walk(source: Source, scope: Scope) -> None:
        tallies[source.name] = await Lane(source, rooms, scope, observer=observer, stop=stop).walk()

    with first_failure():
        async with asyncio.TaskGroup() as group:
            for source, scope in scopes:
                group.create_task(walk(source, scope), name=source.name)
    report = Report(run_id=run_id, tallies=tallies, interrupted=stop.is_set())
    await asyncio.wrap_future(rooms.writer.end_run(run_id, now(), report.totals))
    return report


async def _scopes(rooms: Rooms, order: Order, scope: Scope) -> Sequence[tuple[Source, Scope]]:
    if not order.urls:
        return [(source, scope) for source in order.sources]
    wanted: dict[str, list[Link]] = {}
    for url in order.urls:
        wanted.setdefault(owner(url, order.sources).name, []).append(Link(url=canonical(url)))
    scopes = []
    for source in order.sources:
        if links := wanted.get(source.name):
            pages = await asyncio.wrap_future(rooms.writer.add_pages(source.name, links, now()))
            scopes.append((source, replace(scope, pages=pages)))
    return scopes


def known_sources(settings: Settings, asked: Sequence[Source]) -> Sequence[Source]:
    """Every source of config.yaml and those made up for single addresses."""
    configured = settings.sources
    names = {source.name for source in configured}
    return [*configured, *(source for source in asked if source.name not in names)]


def chosen(settings: Settings, names: Sequence[str]) -> tuple[Source, ...]:
    """The sources a user names, or all that are enabled.

    Raises:
        ConfigError: no source of that name.
    """
    sources = {source.name: source for source in settings.sources}
    unknown = [name for name in names if name not in sources]
    if unknown:
        raise ConfigError(f"no source is named {', '.join(unknown)}; there are: {', '.join(sources) or 'none'}")
    if names:
        return tuple(sources[name] for name in dict.fromkeys(names))
    return tuple(source for source in sources.values() if source.enabled)


def owners(settings: Settings, urls: Sequence[str]) -> tuple[Source, ...]:
    """The sources that addresses belong to; one is made up for each site that config.yaml does not know.

    Raises:
        ConfigError: not an address that can be fetched.
    """
    found: dict[str, Source] = {}
    for url in urls:
        try:
            canonical(url)
        except ValueError as error:
            raise ConfigError(f"{url!r} cannot be crawled: {error}") from None
        known = next((source for source in (*settings.sources, *found.values()) if same_site(url, source.url)), None)
        source = known or _made_up(url)
        found[source.name] = source
    return tuple(found.values())


def owner(url: str, sources: Sequence[Source]) -> Source:
    """The one of ``sources`` that an address belongs to."""
    return next(source for source in sources if same_site(url, source.url))


def _made_up(url: str) -> Source:
    parts = urlsplit(canonical(url))
    return Source(name=site(url), url=f"{parts.scheme}://{parts.netloc}/")
