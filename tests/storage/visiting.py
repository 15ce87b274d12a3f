"""Sources, polls and visits as the pipeline would hand them over, in a few words."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text as sql

from model.article import Article, Cleaned, PageKind
from model.page import NotModified, Page
from model.source import Endpoint, EndpointKind, Link, Source
from storage.values import Keep, Keeping, PageStatus, Poll, Visit

if TYPE_CHECKING:
    from model.outcome import Outcome
    from storage import Store
    from storage.values import Result

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
FEED = "https://daily.example/feed.xml"
#: More than the twenty words a text needs to be told from another.
STORY = (
    "The harbour authority said on Friday that the old lighthouse will open its doors to visitors again"
    " after nine years of repairs."
)
OTHER = (
    "Scientists at the coastal institute counted fewer seabirds this winter than in any year"
    " since their records began in nineteen sixty."
)


_WORDS = (
    "amber",
    "bridge",
    "candle",
    "dragon",
    "ember",
    "forest",
    "garden",
    "hollow",
    "island",
    "jungle",
    "kettle",
    "ladder",
    "meadow",
)


def story(number: int) -> str:
    """A text that has nothing in common with those of other numbers but one word."""
    words = random.Random(number).choices(_WORDS, k=30)
    return f"Lighthouse {number}: {' '.join(words)}."


def url(name: str, host: str = "daily.example") -> str:
    return f"https://{host}/{name}"


def cleaned(title: str = "Lighthouse opens", text: str = STORY, **facts: Any) -> Cleaned:
    article = Article(title=title, text=text, **facts)
    return Cleaned(article=article, verdicts=(), kind=PageKind.ARTICLE, doubt=0.25, engine_version="test-1")


def page(
    address: str, at: datetime = NOON, *, body: bytes = b"<html>story</html>", chain: tuple[str, ...] = (), **headers: str
) -> Page:
    sent = (("content-type", "text/html"), *((name.replace("_", "-"), value) for name, value in headers.items()))
    whole = (*chain, address)
    return Page(url=address, chain=whole, status=200, headers=sent, body=body, fetched_at=at, elapsed=0.5)


@dataclass
class Site:
    """A source in a store, with one feed."""

    store: Store
    name: str = "daily"
    now: datetime = NOON
    run_id: int = field(init=False)
    endpoint_id: int = field(init=False)

    def __post_init__(self) -> None:
        others = [state.endpoint.source for state in self.store.endpoints()]
        names = dict.fromkeys([*others, self.name])
        self.store.save_sources([Source(name=name, url=f"https://{name}.example/") for name in names], self.now)
        feed = Endpoint(source=self.name, kind=EndpointKind.FEED, url=f"https://{self.name}.example/feed.xml")
        self.store.save_endpoints(self.name, [feed], self.now)
        self.run_id = self.store.begin_run("crawl", self.now)
        self.endpoint_id = self.store.endpoints(self.name)[0].id

    def poll(self, *links: Link, **facts: Any) -> Any:
        whole = {"endpoint_id": self.endpoint_id, "at": self.now, "next_poll_at": self.now + timedelta(hours=1), **facts}
        return self.store.save_poll(Poll(run_id=self.run_id, links=links, **whole))

    def page_id(self, address: str) -> int:
        (found,) = self.store.add_pages(self.name, [Link(url=address)], self.now)
        return found

    def visit(self, address: str, result: Result | None = None, **facts: Any) -> Visit:
        """A visit that fetched the page, unless the result is an error or a 304."""
        at = facts.pop("at", self.now)
        result = result if result is not None else cleaned()
        whole: dict[str, Any] = {"page_id": self.page_id(address), "run_id": self.run_id, "at": at, "result": result}
        whole |= {"status": PageStatus.STORED, "page": page(address, at) if isinstance(result, Cleaned) else None}
        return Visit(**(whole | facts))

    def save(self, address: str, result: Result | None = None, **facts: Any) -> Outcome:
        return self.store.save_visit(self.visit(address, result, **facts))


def not_modified(address: str, at: datetime = NOON) -> NotModified:
    return NotModified(url=address, chain=(address,), fetched_at=at, elapsed=0.1)


def kept(age: timedelta, size: int = 0, **facts: Any) -> Keeping:
    """What pruning leaves: raw pages so young, and the newest so large."""
    return Keeping(raw=Keep(age=age, size=size), **facts)


def rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(sql(query))]


#: What does not depend on when or in which order things were written.
CONTENT = (
    "SELECT a.source, a.title, a.text, a.url, a.canonical_url, a.published, a.authors, a.revision, a.duplicates, d.url,"
    " a.url_chain, a.endpoint_url, a.word_count FROM all_articles a LEFT JOIN article d ON d.id = a.duplicate_of ORDER BY a.url"
)
LINKS = "SELECT p.url, p.status, a.url FROM page p LEFT JOIN article a ON a.id = p.article_id ORDER BY p.url"
TEXTS = "SELECT a.url, r.number, r.title, r.text FROM revision r JOIN article a ON a.id = r.article_id ORDER BY a.url, r.number"


def content(store: Store) -> tuple[list[tuple[Any, ...]], ...]:
    return tuple([tuple(str(value) for value in row) for row in rows(store, query)] for query in (CONTENT, LINKS, TEXTS))
