"""One source's endpoints: established, polled when they are due, their links written."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import cleaners
from crawler import Polled, discover, poll
from crawler.archives import recent
from crawler.freshness import fresh_for
from crawler.walk import MAX_DOCUMENTS
from model.errors import PageError
from model.page import NotModified, Validators
from model.times import now
from newsmill.decide import asking, fallback_endpoints, is_beside_feeds, needs_discovery, rest_asked
from newsmill.schedule import next_poll
from newsmill.stopping import unless_stopped
from storage.rests import wake
from storage.values import Poll

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.source import Source
    from newsmill.progress import Observer, Tally
    from newsmill.rooms import Rooms, Scope
    from storage.values import EndpointState


#: Documents read in a poll of a sitemap that stands beside feeds.
BESIDE_FEEDS = 5


class Polling:
    """The polls of one source.

    Args:
        source: the source.
        rooms: where the work is done.
        scope: what is to be done.
        observer: who watches.
        tally: counts polls and links.
        stop: once set, no new poll is begun.
    """

    def __init__(
        self, source: Source, rooms: Rooms, scope: Scope, *, observer: Observer, tally: Tally, stop: asyncio.Event
    ) -> None:
        self._source, self._rooms, self._scope = source, rooms, scope
        self._fetcher = rooms.fetcher.of(source)
        self._observer, self._tally, self._stop = observer, tally, stop

    async def run(self) -> None:
        """Poll what is due.

        Raises:
            Stopped: the run was told to stop.
            StorageError: the database failed; nothing of the poll in hand is written.
        """
        known, due = await asyncio.to_thread(self._endpoints)
        if needs_discovery(self._source, known, due=len(due)):
            await self._discover(known)
            known, due = await asyncio.to_thread(self._endpoints)
        for state in due:
            await self._poll(state, beside=is_beside_feeds(state.endpoint, self._source, known))

    def _endpoints(self) -> tuple[Sequence[EndpointState], Sequence[EndpointState]]:
        """All that are known, and those to be polled."""
        known = self._rooms.store.endpoints(self._source.name)
        return known, known if self._scope.poll_all else self._rooms.store.due_endpoints(now(), [self._source.name])

    async def _discover(self, known: Sequence[EndpointState]) -> None:
        """Establish the source's endpoints anew; where that fails, the ones known (or the home page) stay and tell why."""
        try:
            found = await unless_stopped(self._stop, discover(self._source, self._fetcher, text_of))
        except PageError:
            found = fallback_endpoints(self._source, known)
        await asyncio.wrap_future(self._rooms.writer.save_endpoints(self._source.name, found, now()))

    async def _poll(self, state: EndpointState, *, beside: bool) -> None:
        """Poll an endpoint and write what came; ``beside`` feeds only news are taken of it."""
        name, at = self._source.name, now()
        ask = asking(state, now=at)
        try:
            polled = await unless_stopped(
                self._stop,
                poll(
                    state.endpoint,
                    self._source,
                    self._fetcher,
                    text_of,
                    validators=ask.validators,
                    since=ask.since,
                    documents=BESIDE_FEEDS if beside else MAX_DOCUMENTS,
                ),
            )
        except PageError as failure:
            polled = Polled(validators=state.validators, error=failure)
        if isinstance(polled, NotModified):
            polled = Polled(validators=state.validators, fresh_for=fresh_for(polled.headers))
        failures = state.failures + 1 if polled.error and not polled.links else 0
        regular = next_poll(self._source.every, name=name, now=at, failures=failures)
        saved = await asyncio.wrap_future(
            self._rooms.writer.save_poll(
                Poll(
                    endpoint_id=state.id,
                    run_id=self._scope.run_id,
                    at=at,
                    next_poll_at=max(regular, at + polled.fresh_for, at + rest_asked(polled.error)),
                    links=recent(polled.links, at) if beside else polled.links,
                    # Documents that no poll names any more are forgotten, else they would be asked for ever.
                    validators={url: Validators() for url in state.validators} | dict(polled.validators),
                    error=polled.error,
                )
            )
        )
        if state.failures and polled.error is None:  # pages that waited for the host wait no longer
            await asyncio.wrap_future(self._rooms.writer.submit(partial(wake, source=name, now=at)))
        self._tally.add_poll(polled.error, new=saved.new)
        self._observer.polled(name, state.endpoint, saved, polled.error)


def text_of(body: bytes, content_type: str | None) -> str:
    """The text of a page that lists articles, as `crawler` takes it: decoding lives in `cleaners`."""
    return cleaners.decode(body, content_type).text
