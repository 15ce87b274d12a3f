"""Revisions: what an article said, and whether people could read it, each time that one of these changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, bindparam, insert, select

from model.page import Origin
from storage.difference import Version, difference
from storage.prepared import Prepared
from storage.raw import keep_fetch
from storage.tables import article as article_table
from storage.tables import page_fetch as fetch_table
from storage.tables import revision as revision_table
from storage.values import Publication

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from storage.arrivals import Arrival

# Made once, as in `storage.visits`.
_r, _feed = revision_table.c, fetch_table.alias()
_OF_FEED = (
    select(_feed.c.id)
    .where(
        (_feed.c.id == _r.fetch_id) | (_feed.c.first_id == _r.fetch_id),
        _feed.c.origin == Origin.FEED.value,
    )
    .exists()
)
#: Articles with their current headline, text and state, and whether a feed gave the text.
CURRENT: Final = select(article_table, _r.title, _r.text, _r.state, _OF_FEED.label("is_of_feed")).join(
    revision_table, and_(_r.article_id == article_table.c.id, _r.number == article_table.c.revision)
)
_NEW = Prepared(insert(revision_table))
_CHANGE = Prepared(revision_table.update().where(_r.article_id == bindparam("of"), _r.number == bindparam("numbered")))
_OF_PAGE = CURRENT.where(article_table.c.page_id == bindparam("spoken_by"), article_table.c.gone_at.is_(None))
_ARTICLE = CURRENT.where(article_table.c.id == bindparam("of"))
_UPDATE = Prepared(article_table.update().where(article_table.c.id == bindparam("of")))
#: What a revision of the same text takes over from the one before.
_KEPT: Final = tuple(
    column for column in revision_table.columns if column.name not in {"id", "number", "seen_at", "state", "changes"}
)
_BEFORE = select(*_KEPT).where(_r.article_id == bindparam("of"), _r.number == bindparam("numbered"))


def begin(connection: Connection, arrival: Arrival, article_id: int) -> None:
    """Write the first revision of a new article."""
    _NEW.run(connection, {"article_id": article_id, "number": 1, "seen_at": arrival.at, **_facts(connection, arrival)})


def follow(connection: Connection, arrival: Arrival, known: Row[Any]) -> int:
    """Write a revision after the one there is, and return its number.

    Args:
        connection: an open transaction.
        arrival: what differs.
        known: the article as `CURRENT` gives it.
    """
    after = Version(arrival.title, arrival.text, arrival.state)
    changes = difference(Version(known.title, known.text, known.state), after)
    facts = {"number": known.revision + 1, "seen_at": arrival.at, "changes": changes, **_facts(connection, arrival)}
    _NEW.run(connection, {"article_id": known.id, **facts})
    return int(known.revision) + 1


def rewrite(connection: Connection, arrival: Arrival, known: Row[Any]) -> int:
    """Write over the revision there is, and return its number."""
    _CHANGE.run(connection, {"of": known.id, "numbered": known.revision, **_facts(connection, arrival)})
    return int(known.revision)


def came_from_page(connection: Connection, arrival: Arrival, known: Row[Any]) -> None:
    """The page itself gives the text that only its feed gave: that is where it comes from now."""
    made = _origin(connection, arrival)
    _CHANGE.run(connection, {"of": known.id, "numbered": known.revision, **made})


def mark_gone(connection: Connection, page_id: int, at: datetime) -> None:
    """The page that speaks for an article answers that it is gone; the text stays."""
    for known in connection.execute(_OF_PAGE, {"spoken_by": page_id}).all():
        _turn(connection, known, Publication.GONE, at)
        _UPDATE.run(connection, {"of": known.id, "gone_at": at})


def mark_seen(connection: Connection, article_id: int, at: datetime) -> None:
    """The server says the article is as it was; one that was gone is back."""
    known = connection.execute(_ARTICLE, {"of": article_id}).one()
    if known.gone_at is not None:
        _turn(connection, known, Publication.PAYWALLED if known.paywalled else Publication.PUBLIC, at)
    _UPDATE.run(connection, {"of": article_id, "gone_at": None, "last_seen_at": max(at, known.last_seen_at)})


def _turn(connection: Connection, known: Row[Any], state: Publication, at: datetime) -> None:
    """A revision of the same text in another state."""
    before = connection.execute(_BEFORE, {"of": known.id, "numbered": known.revision}).one()
    same = Version(known.title, known.text, known.state)
    facts = {"number": known.revision + 1, "seen_at": at, "state": state, "changes": difference(same, same._replace(state=state))}
    _NEW.run(connection, {**before._mapping, **facts})  # noqa: SLF001 - SQLAlchemy's public name for a row's dict
    _UPDATE.run(connection, {"of": known.id, "revision": known.revision + 1})


def _facts(connection: Connection, arrival: Arrival) -> dict[str, Any]:
    """A revision's row but for its number; its page is kept raw."""
    said = {"title": arrival.title, "text": arrival.text, "state": arrival.state, **arrival.text_facts()}
    return said | _origin(connection, arrival)


def _origin(connection: Connection, arrival: Arrival) -> dict[str, Any]:
    """Where a text is from and how it was made."""
    kept = arrival.fetch_id
    if kept is None and arrival.page is not None:
        kept = keep_fetch(connection, arrival.page_id, arrival.run_id, arrival.page)
    return {"fetch_id": kept, "memory_pages": arrival.memory_pages, **arrival.making()}
