"""Articles and their revisions, as one visit after another writes them.

The rules, which make the content independent of the order of writes:

* an article is its canonical address, else its page's; a second page with that address is linked to it;
* of an article's pages the one whose own address is the canonical one speaks for it, else the first by address;
* articles with equal or much the same texts form a cluster named by its earliest (`storage.clusters`).
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from sqlalchemy import bindparam, insert, select

from model.fingerprints import text_hash
from model.outcome import Duplicate, Revised, Stored, Unchanged
from storage import fulltext
from storage.candidates import Signed
from storage.clusters import place, regroup
from storage.columns import storable
from storage.difference import difference
from storage.identity import declared, identity
from storage.raw import keep_fetch
from storage.tables import article as article_table
from storage.tables import revision as revision_table
from storage.tables import site_memory as memory_table
from storage.tokens import count_words

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from model.article import Cleaned
    from model.page import Page
    from model.source import Rules
    from storage.values import Visit

#: What may come of a cleaned page.
Saved: TypeAlias = Stored | Revised | Unchanged | Duplicate

# Made once, as in `storage.visits`.
_CURRENT = select(article_table, revision_table.c.title, revision_table.c.text).join(
    revision_table, (revision_table.c.article_id == article_table.c.id) & (revision_table.c.number == article_table.c.revision)
)
_BY_IDENTITY = _CURRENT.where(article_table.c.identity == bindparam("wanted"))
_BY_PAGE = _CURRENT.where(article_table.c.id == bindparam("of"), article_table.c.page_id == bindparam("spoken_by"))
_NEW = insert(article_table).returning(article_table.c.id)
_UPDATE = article_table.update().where(article_table.c.id == bindparam("of"))
_NEW_REVISION = insert(revision_table)
_MEMORY_PAGES = select(memory_table.c.pages).where(memory_table.c.source == bindparam("of"))


class Arrival(NamedTuple):
    """A cleaned page on its way into the database."""

    page_id: int
    run_id: int
    source: str
    #: The page's address after redirects.
    url: str
    #: The page as linked to so far.
    article_id: int | None
    at: datetime
    #: The page as fetched.
    page: Page | None
    cleaned: Cleaned
    #: The rules that cleaning followed, as JSON.
    rules: str | None

    #: Headline and text as stored, and the text's identity.
    title: str
    text: str
    text_hash: str
    #: The address the page names as its own, where it may speak for it.
    canonical_url: str | None
    #: The identity of its article.
    identity: str


def arrival_of(visit: Visit, page: Row[Any], cleaned: Cleaned) -> Arrival:
    """A cleaned page with what all steps ask of it."""
    url = storable(visit.page.url) if visit.page else page.url
    text, canonical_url = storable(cleaned.article.text), declared(cleaned.article.canonical_url, url)
    return Arrival(
        page_id=page.id,
        run_id=visit.run_id,
        source=page.source,
        url=url,
        article_id=page.article_id,
        at=visit.at,
        page=visit.page,
        cleaned=cleaned,
        rules=_json_of(visit.rules) if visit.rules is not None else None,
        title=" ".join(storable(cleaned.article.title).split()),
        text=text,
        text_hash=text_hash(text),
        canonical_url=canonical_url,
        identity=identity(canonical_url or url),
    )


def _json_of(rules: Rules) -> str | None:
    """The rules that say something; None where none does."""
    said = {name: value for name, value in asdict(rules).items() if value}
    return json.dumps(said, ensure_ascii=False, sort_keys=True) if said else None


def save_article(connection: Connection, arrival: Arrival) -> Saved:
    """Write a cleaned page as a new article, a new revision, a further page of an article, or nothing new."""
    known = _find(connection, arrival)
    if known is None:
        return _store(connection, arrival)
    if known.page_id != arrival.page_id and not _speaks_first(arrival, known):
        connection.execute(_UPDATE, {"of": known.id, "last_seen_at": max(known.last_seen_at, arrival.at)})
        return _linked(arrival, known.id)
    return _renew(connection, arrival, known)


def _find(connection: Connection, arrival: Arrival) -> Row[Any] | None:
    known = connection.execute(_BY_IDENTITY, {"wanted": arrival.identity}).first()
    if known is None and arrival.article_id is not None:
        # The page names another address as its own than it did: still the same article, if it speaks for it.
        known = connection.execute(_BY_PAGE, {"of": arrival.article_id, "spoken_by": arrival.page_id}).first()
    return known


def _speaks_first(arrival: Arrival, known: Row[Any]) -> bool:
    """Whether the arriving page speaks for the article rather than the one that does so far."""
    ours = (identity(arrival.url) != arrival.identity, arrival.url)
    theirs = (identity(known.url) != arrival.identity, known.url)
    return known.gone_at is not None or ours < theirs


def _store(connection: Connection, arrival: Arrival) -> Saved:
    facts = {"first_seen_at": arrival.at, "revision": 1, **_claims(arrival), **_text_facts(arrival)}
    article_id = int(connection.execute(_NEW, {"source": arrival.source, **facts}).scalar_one())
    first = {"article_id": article_id, "number": 1, "seen_at": arrival.at, **_revision(connection, arrival)}
    connection.execute(_NEW_REVISION, first)
    fulltext.add(connection, article_id, arrival.title, arrival.text)
    origin = place(connection, _signed(arrival, article_id, arrival.at), new=True)
    if origin == article_id:
        return Stored(url=arrival.url, article_id=article_id)
    return Duplicate(url=arrival.url, article_id=article_id, original_id=origin)


def _renew(connection: Connection, arrival: Arrival, known: Row[Any]) -> Saved:
    takes_over = known.page_id != arrival.page_id
    changed = known.text_hash != arrival.text_hash or known.title != arrival.title
    # A page that takes over an article seen once only replaces its text: it would have been first in another order.
    replaces = takes_over and known.revision == 1
    facts: dict[str, Any] = _claims(arrival)
    if changed or replaces:
        facts |= _text_facts(arrival)
        number = known.revision if replaces else known.revision + 1
        facts["revision"] = number
        _write_revision(connection, arrival, known, number, replaces=replaces)
        fulltext.remove(connection, known.id, known.title, known.text)
        fulltext.add(connection, known.id, arrival.title, arrival.text)
    connection.execute(_UPDATE, {"of": known.id, **facts})
    if facts.get("text_hash", known.text_hash) != known.text_hash:
        place(connection, _signed(arrival, known.id, known.first_seen_at), new=False)
    elif (known.published, known.url) != (facts["published"], facts["url"]):
        regroup(connection, {known.id})
    if takes_over:
        return _linked(arrival, known.id)
    if changed:
        return Revised(url=arrival.url, article_id=known.id, revision=facts["revision"])
    return Unchanged(url=arrival.url, article_id=known.id)


def _write_revision(connection: Connection, arrival: Arrival, known: Row[Any], number: int, *, replaces: bool) -> None:
    if replaces:
        there = (revision_table.c.article_id == known.id) & (revision_table.c.number == number)
        connection.execute(revision_table.update().where(there).values(**_revision(connection, arrival)))
    else:
        changes = difference((known.title, known.text), (arrival.title, arrival.text))
        facts = {"number": number, "seen_at": arrival.at, "changes": changes, **_revision(connection, arrival)}
        connection.execute(_NEW_REVISION, {"article_id": known.id, **facts})


def _linked(arrival: Arrival, article_id: int) -> Saved:
    if arrival.article_id == article_id:
        return Unchanged(url=arrival.url, article_id=article_id)
    return Duplicate(url=arrival.url, article_id=article_id, original_id=article_id)


def _claims(arrival: Arrival) -> dict[str, Any]:
    """What the page says about itself; no revision when it changes."""
    article = arrival.cleaned.article
    return {
        "identity": arrival.identity,
        "page_id": arrival.page_id,
        "url": arrival.url,
        "canonical_url": arrival.canonical_url,
        "kind": article.kind.value,
        "language": article.language,
        "published": article.published,
        "modified": article.modified,
        "authors": list(article.authors),
        "site_name": article.site_name,
        "description": article.description,
        "image": article.image,
        "tags": list(article.tags),
        "paywalled": article.paywalled,
        "last_seen_at": arrival.at,
        "gone_at": None,
    }


def _text_facts(arrival: Arrival) -> dict[str, Any]:
    words = arrival.cleaned.article.word_count or count_words(arrival.text)
    return {"text_hash": arrival.text_hash, "word_count": words}


def _revision(connection: Connection, arrival: Arrival) -> dict[str, Any]:
    """A revision's row but for its number; its page is kept raw."""
    kept = keep_fetch(connection, arrival.page_id, arrival.run_id, arrival.page) if arrival.page else None
    cleaned, verdicts = arrival.cleaned, arrival.cleaned.verdicts
    origin: dict[str, Any] = {"fetch_id": kept, "engine_version": cleaned.engine_version, "doubt": cleaned.doubt}
    # A visit's memory is written after its article: what stands there is what cleaning was given.
    memory_pages = connection.scalar(_MEMORY_PAGES, {"of": arrival.source})
    origin |= {"rules": arrival.rules, "memory_pages": memory_pages or 0}
    if verdicts:
        origin |= {"blocks": len(verdicts), "blocks_kept": sum(verdict.kept for verdict in verdicts)}
    return {"title": arrival.title, "text": arrival.text, **_text_facts(arrival), **origin}


def _signed(arrival: Arrival, article_id: int, first_seen_at: datetime) -> Signed:
    return Signed(article_id, arrival.text, arrival.text_hash, first_seen_at)


def mark_gone(connection: Connection, page_id: int, at: datetime) -> None:
    """The page that speaks for an article answers that it is gone; the text stays."""
    gone = article_table.update().where(article_table.c.page_id == page_id, article_table.c.gone_at.is_(None))
    connection.execute(gone.values(gone_at=at))


def mark_seen(connection: Connection, article_id: int, at: datetime) -> None:
    """The server says the article is as it was."""
    connection.execute(_UPDATE.where(article_table.c.last_seen_at < at), {"of": article_id, "last_seen_at": at})
