"""The daemon: looks every few seconds what is due, walks those sources, and ends cleanly.

It remembers nothing: due times are columns of the database, so downtime costs nothing and a restart forgets nothing.
"""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from model.errors import ConfigError, DatabaseBusy, StorageError
from model.times import now
from newsmill.config import load
from newsmill.crawling import opened
from newsmill.log import LogObserver, logger
from newsmill.pipeline import Lane
from newsmill.progress import COLUMNS
from newsmill.resting import heed_rests
from newsmill.rooms import LEASE, Scope
from newsmill.schedule import ticking

if TYPE_CHECKING:
    from pathlib import Path

    from model.source import Source
    from newsmill.config import Settings
    from newsmill.rooms import Rooms
    from storage import Lease

#: Seconds between two looks at what is due.
SCAN_EVERY = 5
#: Seconds between two looks at config.yaml.
RELOAD_EVERY = 5
#: Keys of config.yaml that are read once: what fetches and what cleans is made of them.
AT_START = ("contact", "user_agent", "fetch", "clean")
#: Hours between two removals of what is older than config.yaml wants it kept.
PRUNE_EVERY = 24


class Daemon:
    """One daemon in opened rooms.

    Args:
        file: config.yaml, read again on SIGHUP and when it changes.
        settings: what it said at the start.
        rooms: where the work is done.
        lease: that no other process crawls on this database.
    """

    def __init__(self, file: Path, settings: Settings, rooms: Rooms, lease: Lease) -> None:
        self._file, self._settings, self._rooms, self._lease = file, settings, rooms, lease
        self._changed_at = _changed_at(file)
        self._stop = asyncio.Event()
        self._walks: dict[str, asyncio.Task[None]] = {}
        self._counts = dict.fromkeys(COLUMNS, 0)
        self._log = logger()

    def stop(self) -> None:
        """Begin nothing new; `run` returns once what is in flight is done."""
        self._log.info("stopping", walking=sorted(self._walks))
        self._stop.set()

    async def run(self) -> None:
        """Work until told to stop.

        Raises:
            StorageError: the database could not be used at the start.
        """
        await self._save_sources()
        self._run_id = await asyncio.wrap_future(self._rooms.writer.begin_run("daemon", now()))
        await heed_rests(self._rooms, self._settings.sources)
        ticks = ticking()
        ticks.add_job(self._scan, "interval", seconds=SCAN_EVERY, next_run_time=now())
        ticks.add_job(self._reload_if_changed, "interval", seconds=RELOAD_EVERY)
        ticks.add_job(self._prune, "interval", hours=PRUNE_EVERY, next_run_time=now())
        ticks.start()
        self._log.info("started", sources=len(self._enabled()), database=str(self._rooms.store.address))
        try:
            await self._stop.wait()
        finally:
            ticks.shutdown(wait=False)
            await asyncio.gather(*self._walks.values())
            await asyncio.wrap_future(self._rooms.writer.end_run(self._run_id, now(), self._counts))
        self._log.info("stopped", **{key: count for key, count in self._counts.items() if count})

    async def reload(self) -> None:
        """Read config.yaml again; one that is wrong is told of, and what held before holds on."""
        self._changed_at = _changed_at(self._file)
        try:
            before, self._settings = self._settings, load(self._file)
            await self._save_sources()
        except (ConfigError, StorageError) as error:
            self._log.exception("config.yaml not taken over", error=str(error), exc_info=False)
            return
        self._log.info("config.yaml read again", sources=len(self._enabled()))
        if later := [key for key in AT_START if getattr(before, key) != getattr(self._settings, key)]:
            self._log.warning("changed keys that count from the next start on", keys=later)

    async def _reload_if_changed(self) -> None:
        if _changed_at(self._file) != self._changed_at:
            await self.reload()

    async def _save_sources(self) -> None:
        await asyncio.wrap_future(self._rooms.writer.save_sources(self._settings.sources, now()))

    def _enabled(self) -> list[Source]:
        return [source for source in self._settings.sources if source.enabled]

    async def _prune(self) -> None:
        """Remove what is older than config.yaml wants it kept."""
        try:
            pruned = await asyncio.to_thread(self._rooms.store.prune, self._settings.keeping(), now())
        except StorageError as error:
            self._log.exception("not pruned; tried again in a day", error=str(error), exc_info=False)
            return
        if pruned.bodies or pruned.events:
            self._log.info("pruned", raw_pages=pruned.bodies, bytes=pruned.size, events=pruned.events)

    async def _scan(self) -> None:
        """Start a walk for each source that has something due and is not being walked."""
        idle = {source.name: source for source in self._enabled() if source.name not in self._walks}
        try:
            await self._keep_lease()
            due = await asyncio.to_thread(self._rooms.store.due_sources, now(), tuple(idle))
        except StorageError as error:
            self._log.exception("cannot read what is due", error=str(error), exc_info=False)
            return
        for name in sorted(due):
            if not self._stop.is_set():
                self._walks[name] = asyncio.create_task(self._walk(idle[name]), name=name)

    async def _keep_lease(self) -> None:
        """A restarted PostgreSQL forgets who crawls; where another process does by now, this one ends.

        Raises:
            StorageError: the lease is not held.
        """
        try:
            await asyncio.to_thread(self._lease.keep)
        except DatabaseBusy:
            self.stop()
            raise

    async def _walk(self, source: Source) -> None:
        scope = Scope(run_id=self._run_id, recheck=self._settings.schedule.recheck)
        try:
            tally = await Lane(source, self._rooms, scope, observer=LogObserver(), stop=self._stop).walk()
            for column in COLUMNS:
                self._counts[column] += tally.counts[column]
        except StorageError as error:
            self._log.exception("database failed; tried again soon", source=source.name, error=str(error), exc_info=False)
        except Exception:  # noqa: BLE001 - a fault of ours in one source must not end the others; the trace says where
            self._log.exception("walk failed", source=source.name)
        finally:
            del self._walks[source.name]


async def serve(file: Path, settings: Settings) -> None:
    """Run the daemon on the database of ``settings`` until SIGTERM or SIGINT; SIGHUP reads ``file`` again.

    Raises:
        DatabaseBusy: another daemon or crawl works on this database.
        StorageError: the database cannot be used.
    """
    async with opened(settings) as rooms:
        with rooms.store.lease(LEASE) as lease:
            daemon = Daemon(file, settings, rooms, lease)
            loop = asyncio.get_running_loop()
            reloads: set[asyncio.Task[None]] = set()

            def reload() -> None:
                task = loop.create_task(daemon.reload())
                reloads.add(task)
                task.add_done_callback(reloads.discard)

            loop.add_signal_handler(signal.SIGTERM, daemon.stop)
            loop.add_signal_handler(signal.SIGINT, daemon.stop)
            loop.add_signal_handler(signal.SIGHUP, reload)
            await daemon.run()


def _changed_at(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0  # gone for the moment, as editors do while they save
