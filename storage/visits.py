"""The end of a visit to a page, and everything that follows from it, in the transaction it is called in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select

from model.article import Cleaned
from model.errors import BadStatus, NotFound, PageError, RobotsDisallowed
from model.outcome import Duplicate, Failed, Revised, Skipped, Stored, Unchanged
from model.page import NotModified, Origin, Validators
from storage.arrivals import arrival_of
from storage.articles import Saved, save_article
from storage.memories import pages_learned, save_memory
from storage.prepared import Prepared
from storage.raw import keep_fetch, keep_first
from storage.revisions import mark_gone, mark_seen
from storage.tables import event as event_table
from storage.tables import page as page_table

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from model.outcome import Outcome
    from model.page import Page
    from storage.values import Result, Visit

#: Answers that mean the page will not come back by waiting.
_GONE = (404, 410)
_NAMES: dict[type, str] = {
    Stored: "stored",
    Revised: "revised",
    Unchanged: "unchanged",
    Duplicate: "duplicate",
    Skipped: "skipped",
    Failed: "failed",
}

# Statements are made once: SQLAlchemy needs longer to make one than SQLite to run it.
_p, _e = page_table.c, event_table.c
#: The page, its event of this moment (that of the same visit, written before), and of how many pages its site's memory is.
_PAGE = Prepared(
    select(
        *(_p.id, _p.source, _p.url, _p.article_id, _p.fetch_id, _p.attempts, _p.next_attempt_at),
        *(_e.outcome.label("replayed"), _e.reason, _e.detail),
        pages_learned(_p.source).label("memory_pages"),
    )
    .outerjoin(event_table, (_e.page_id == _p.id) & (_e.at == bindparam("then")))
    .where(_p.id == bindparam("of"))
)
_CHANGE = Prepared(page_table.update().where(page_table.c.id == bindparam("of")))
_NEW_EVENT = Prepared(insert(event_table))


def save_visit(connection: Connection, visit: Visit) -> Outcome:
    """Write a visit; the same visit again (same page, same moment) changes nothing.

    Raises:
        NotFound: no such page.
    """
    page = _PAGE.first(connection, {"of": visit.page_id, "then": visit.at})
    if page is None:
        raise NotFound(f"no page {visit.page_id}")
    if page.replayed is not None:
        return _as_recorded(page)
    changes: dict[str, Any] = _page_changes(connection, page, visit)
    outcome = _apply(connection, page, visit, changes)
    reason, detail = _reason(outcome)
    changes |= {"outcome": _NAMES[type(outcome)], "reason": reason, "detail": detail}
    _CHANGE.run(connection, {"of": page.id, **changes})
    ending = {"outcome": _NAMES[type(outcome)], "reason": reason, "detail": detail}
    _NEW_EVENT.run(connection, {"run_id": visit.run_id, "at": visit.at, "page_id": page.id, **ending})
    if visit.memory is not None:
        save_memory(connection, page.source, visit.memory, visit.at, known=page.memory_pages or 0)
    return outcome


def _page_changes(connection: Connection, page: Row[Any], visit: Visit) -> dict[str, Any]:
    """What the visit changes about the page itself."""
    changes: dict[str, Any] = {
        "status": visit.status.value,
        "next_attempt_at": visit.next_attempt_at,
        "visited_at": visit.at,
        "attempts": page.attempts + 1 if isinstance(visit.result, PageError) else 0,
    }
    if visit.page is not None:
        validators = _validators(visit.page, visit.result)
        changes |= {"fetched_at": visit.page.fetched_at, "etag": validators.etag, "last_modified": validators.last_modified}
        if page.fetch_id is None:
            changes["fetch_id"] = keep_first(connection, page.id, visit.run_id, visit.page)
        elif isinstance(visit.result, PageError):
            keep_fetch(connection, page.id, visit.run_id, visit.page)
    return changes


def _validators(page: Page, result: Result) -> Validators:
    """What to ask with next time; nothing where only a whole page can tell.

    A page that could not be cleaned is fetched whole until it can; the first of several parts says nothing about the others;
    and what a feed carries is no answer of the page's.
    """
    told = not (isinstance(result, PageError) or page.parts or page.missing or page.origin is Origin.FEED)
    return page.validators if told else Validators()


def _apply(connection: Connection, page: Row[Any], visit: Visit, changes: dict[str, Any]) -> Outcome:
    """Write what the visit means for articles; adds the page's article to ``changes``."""
    result = visit.result
    match result:
        case Cleaned():
            outcome: Outcome = _save_cleaned(connection, page, visit, result, changes)
        case NotModified():
            if page.article_id is not None:
                mark_seen(connection, page.article_id, visit.at)
            outcome = Unchanged(url=page.url, article_id=page.article_id, not_modified=True)
        case Skipped():
            outcome = result
        case RobotsDisallowed():
            outcome = Skipped(url=page.url, reason="robots", detail=result.detail)
        case PageError():
            if isinstance(result, BadStatus) and result.status in _GONE:
                mark_gone(connection, page.id, visit.at)
            outcome = Failed(url=page.url, error=result.code, detail=result.detail, final=visit.next_attempt_at is None)
    return outcome


def _save_cleaned(connection: Connection, page: Row[Any], visit: Visit, cleaned: Cleaned, changes: dict[str, Any]) -> Saved:
    outcome = save_article(connection, arrival_of(visit, page, cleaned)._replace(fetch_id=changes.get("fetch_id")))
    changes["article_id"] = outcome.article_id
    return outcome


def _reason(outcome: Outcome) -> tuple[str | None, str | None]:
    match outcome:
        case Skipped():
            return outcome.reason, outcome.detail
        case Failed():
            return outcome.error, outcome.detail
        case Revised():
            return None, f"revision {outcome.revision}"
        case _:
            return None, None


def _as_recorded(page: Row[Any]) -> Outcome:
    """The outcome of a visit written before: nothing new any more."""
    if page.replayed == "skipped":
        return Skipped(url=page.url, reason=page.reason, detail=page.detail)
    if page.replayed == "failed":
        return Failed(url=page.url, error=page.reason, detail=page.detail, final=page.next_attempt_at is None)
    return Unchanged(url=page.url, article_id=page.article_id)
