"""Removed blocks of many articles, worked out from their raw pages and written into the database."""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from model.errors import CleanError, NotFound
from model.source import Source
from model.times import now
from newsmill.workers import CleaningPool
from storage import open_store
from storage.explanations import forget_explanation, save_explanation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from model.memory import PackedMemory
    from newsmill.config import Settings
    from storage import Store
    from storage.answers import StoredArticle

#: Articles worked on at once.
AT_ONCE = 16


async def explain(settings: Settings, chosen: Mapping[str, object], *, watch: Callable[[int], None]) -> Counter[str]:
    """Clean raw pages again with today's rules and memory, and write down what is not in the text, and why.

    Args:
        settings: what config.yaml says.
        chosen: which articles, as `Store.articles` takes it.
        watch: told how many articles are done.

    Returns:
        ``explained``, ``blocks``; ``pruned`` (no raw page is kept), ``failed`` (it cannot be cleaned).

    Raises:
        NotFound: the database knows no source of that name.
        StorageError: the database cannot be used.
    """
    clean = settings.clean
    with (
        open_store(settings.database) as store,
        CleaningPool(workers=clean.workers, timeout=clean.timeout, memory=clean.memory) as pool,
    ):
        if (source := chosen.get("source")) is not None:
            store.check_source(str(source))
        explaining = _Explaining(store, pool, {source.name: source for source in settings.sources})
        for articles in _slices(store.articles(**chosen)):  # type: ignore[arg-type]  # as the command hands them on
            await asyncio.gather(*map(explaining.take, articles))
            watch(sum(explaining.counts[ending] for ending in ("explained", "pruned", "failed")))
        return explaining.counts


def forget(settings: Settings) -> None:
    """Empty the tables again.

    Raises:
        StorageError: the database cannot be used.
    """
    with open_store(settings.database) as store, store.writing() as connection:
        forget_explanation(connection)


class _Explaining:
    """One walk over articles."""

    def __init__(self, store: Store, pool: CleaningPool, sources: Mapping[str, Source]) -> None:
        self._store, self._pool, self._sources = store, pool, sources
        self._memories: dict[str, PackedMemory] = {}
        self.counts: Counter[str] = Counter(explained=0, blocks=0, pruned=0, failed=0)

    async def take(self, article: StoredArticle) -> None:
        """Explain one article."""
        try:
            page = await asyncio.to_thread(self._store.raw_article, article.id)
            memory = await asyncio.to_thread(self._memory, article.source)
            source = self._sources.get(article.source) or Source(name=article.source, url=article.url)
            learned = await self._pool.clean(page, source, memory, explained=True)
        except NotFound:
            self.counts["pruned"] += 1
        except CleanError:
            self.counts["failed"] += 1
        else:
            write = partial(
                save_explanation, article_id=article.id, revision=article.revision, cleaned=learned.cleaned, now=now()
            )
            written = await asyncio.to_thread(self._store.write, write)  # others count meanwhile
            self.counts["blocks"] += written
            self.counts["explained"] += 1

    def _memory(self, source: str) -> PackedMemory:
        if source not in self._memories:
            # One at a time: articles of a source mostly come together, and a memory may be megabytes.
            self._memories = {source: self._store.packed_memory(source)}
        return self._memories[source]


def _slices(articles: Iterable[StoredArticle]) -> Iterable[list[StoredArticle]]:
    held: list[StoredArticle] = []
    for article in articles:
        held.append(article)
        if len(held) == AT_ONCE:
            yield held
            held = []
    if held:
        yield held
