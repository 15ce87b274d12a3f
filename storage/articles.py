"""Articles and their revisions, as one visit after another writes them.

The rules, which make the content independent of the order of writes:

* an article is its canonical address, else its page's; a second page with that address is linked to it;
* of an article's pages the one whose own address is the canonical one speaks for it, else the first by address;
* articles with equal or much the same texts form a cluster named by its earliest (`storage.clusters`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import bindparam, insert

from model.outcome import Duplicate, Revised, Stored, Unchanged
from storage import fulltext, revisions
from storage.clusters import place, regroup
from storage.identity import identity
from storage.prepared import Prepared
from storage.revisions import CURRENT
from storage.tables import article as article_table

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from storage.arrivals import Arrival

#: What may come of a cleaned page.
Saved: TypeAlias = Stored | Revised | Unchanged | Duplicate

# Made once, as in `storage.visits`.
_BY_IDENTITY = Prepared(CURRENT.where(article_table.c.identity == bindparam("wanted")))
_BY_PAGE = Prepared(CURRENT.where(article_table.c.id == bindparam("of"), article_table.c.page_id == bindparam("spoken_by")))
_NEW = Prepared(insert(article_table).returning(article_table.c.id))
_UPDATE = Prepared(article_table.update().where(article_table.c.id == bindparam("of")))


def save_article(connection: Connection, arrival: Arrival) -> Saved:
    """Write a cleaned page as a new article, a new revision, a further page of an article, or nothing new."""
    known = _find(connection, arrival)
    if known is None:
        return _store(connection, arrival)
    if known.page_id != arrival.page_id and not _speaks_first(arrival, known):
        _UPDATE.run(connection, {"of": known.id, "last_seen_at": max(known.last_seen_at, arrival.at)})
        return _linked(arrival, known.id)
    return _renew(connection, arrival, known)


def _find(connection: Connection, arrival: Arrival) -> Row[Any] | None:
    known = _BY_IDENTITY.first(connection, {"wanted": arrival.identity})
    if known is None and arrival.article_id is not None:
        # The page names another address as its own than it did: still the same article, if it speaks for it.
        known = _BY_PAGE.first(connection, {"of": arrival.article_id, "spoken_by": arrival.page_id})
    return known


def _speaks_first(arrival: Arrival, known: Row[Any]) -> bool:
    """Whether the arriving page speaks for the article rather than the one that does so far."""
    ours = (identity(arrival.url) != arrival.identity, arrival.url)
    theirs = (identity(known.url) != arrival.identity, known.url)
    return known.gone_at is not None or ours < theirs


def _store(connection: Connection, arrival: Arrival) -> Saved:
    facts = {"first_seen_at": arrival.at, "revision": 1, **arrival.claims(), **arrival.text_facts()}
    article_id = int(_NEW.scalar(connection, {"source": arrival.source, **facts}))
    revisions.begin(connection, arrival, article_id)
    fulltext.add(connection, article_id, arrival.title, arrival.text)
    origin = place(connection, arrival.signed(article_id, arrival.at), new=True)
    if origin == article_id:
        return Stored(url=arrival.url, article_id=article_id)
    return Duplicate(url=arrival.url, article_id=article_id, original_id=origin)


def _renew(connection: Connection, arrival: Arrival, known: Row[Any]) -> Saved:
    takes_over = known.page_id != arrival.page_id
    changed = (known.text_hash, known.title, known.state) != (arrival.text_hash, arrival.title, arrival.state)
    # A page that takes over an article seen once only replaces its text: it would have been first in another order.
    replaces = takes_over and known.revision == 1
    facts: dict[str, Any] = arrival.claims()
    if changed or replaces:
        number = revisions.rewrite(connection, arrival, known) if replaces else revisions.follow(connection, arrival, known)
        facts |= {"revision": number, **arrival.text_facts()}
        _index_anew(connection, arrival, known)
    elif known.is_of_feed and not arrival.is_of_feed:
        revisions.came_from_page(connection, arrival, known)
    _UPDATE.run(connection, {"of": known.id, **facts})
    if facts.get("text_hash", known.text_hash) != known.text_hash:
        place(connection, arrival.signed(known.id, known.first_seen_at), new=False)
    elif (known.published, known.url) != (facts["published"], facts["url"]):
        regroup(connection, {known.id})
    if takes_over:
        return _linked(arrival, known.id)
    if changed:
        return Revised(url=arrival.url, article_id=known.id, revision=facts["revision"])
    return Unchanged(url=arrival.url, article_id=known.id)


def _index_anew(connection: Connection, arrival: Arrival, known: Row[Any]) -> None:
    if (known.title, known.text) != (arrival.title, arrival.text):
        fulltext.remove(connection, known.id, known.title, known.text)
        fulltext.add(connection, known.id, arrival.title, arrival.text)


def _linked(arrival: Arrival, article_id: int) -> Saved:
    if arrival.article_id == article_id:
        return Unchanged(url=arrival.url, article_id=article_id)
    return Duplicate(url=arrival.url, article_id=article_id, original_id=article_id)
