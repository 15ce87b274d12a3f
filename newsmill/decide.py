"""What follows from how a visit ended: pure functions of plain values and ``now``. Doers ask here and decide nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from model.article import Cleaned, PageKind
from model.errors import (
    BadEncoding,
    BadRedirect,
    BadStatus,
    CleanCrashed,
    CleanTimeout,
    HostResting,
    InvalidAddress,
    PageError,
    RobotsDisallowed,
    TooLarge,
    Unreadable,
    UnwantedType,
)
from model.fingerprints import body_hash, fingerprint
from model.outcome import Skipped
from model.page import NotModified, Validators
from model.source import Endpoint, EndpointKind
from storage.values import PageStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from model.page import Page
    from model.source import Link, Source
    from storage.values import EndpointState, PageState, Result

#: Waits after the first, second, ... failure in a row; the last one repeats. Nothing is given up that may come back.
RETRY_WAITS = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=3),
    timedelta(hours=12),
    timedelta(days=2),
    timedelta(days=7),
)
#: The same for a page that cleaning died of. It may change, and so does the engine; `newsmill reclean` needs no visit.
CLEAN_WAITS = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
#: A page of which a part could not be had is looked at again after this.
PART_WAIT = timedelta(hours=3)
#: A page whose robots.txt says no is asked about again after this: the rules may change.
ROBOTS_WAIT = timedelta(days=7)
#: Reason of a page that was skipped for the one it is an edition of, and when it is looked at again.
VARIANT = "variant"
VARIANT_WAIT = timedelta(days=1)
#: A server that names a time to come back is not believed beyond this.
LONGEST_RETRY_AFTER = timedelta(hours=24)
_DAY = timedelta(days=1)
#: Statuses that say the page itself is not to be had, as opposed to the server having a bad day.
GONE = frozenset({400, 401, 402, 404, 405, 406, 410, 414, 451})
#: Those among them by which a site keeps a page to itself that it has.
REFUSED = frozenset({401, 402, 403, 410, 451})
#: Two moments of one calendar day, each in some zone of the earth, lie no further apart.
ONE_DAY_ANYWHERE = timedelta(hours=38)
#: Kinds of page that list or tease others and hold no story of their own.
NOT_ARTICLES = frozenset({PageKind.LISTING, PageKind.OTHER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """Where a page stands after a visit, and when it is due again (None: not until a link names it anew)."""

    status: PageStatus
    due: datetime | None


def needs_discovery(source: Source, known: Sequence[EndpointState], *, due: int) -> bool:
    """Whether the source's endpoints are to be established again, now that ``due`` of the known ones are due.

    True where config.yaml names them (they may have changed; this asks nobody), where none is known,
    and where none of the known ones answered last time.
    """
    if not known:
        return True
    configured = bool(source.feeds or source.sitemaps or source.sections)
    return configured or (bool(due) and all(state.failures for state in known))


def is_beside_feeds(endpoint: Endpoint, source: Source, known: Sequence[EndpointState]) -> bool:
    """Whether an endpoint is a sitemap that discovery found beside feeds: of it news are wanted, not its whole archive.

    One that config.yaml names is wanted whole.
    """
    if endpoint.kind is not EndpointKind.SITEMAP or source.sitemaps:
        return False
    return any(state.endpoint.kind is EndpointKind.FEED for state in known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What an endpoint is asked with, as `crawler.poll` takes it."""

    validators: Mapping[str, Validators]
    since: datetime | None


def asking(state: EndpointState, *, now: datetime) -> Asking:
    """What the next poll of an endpoint asks with.

    Some servers answer 304 for ever, or give a feed that changed the ETag it had: so the first poll of each day asks for
    everything whole. The day begins at an hour of its own for each endpoint, so that not all of them are whole at once.

    Args:
        state: the endpoint as it stands.
        now: the moment of the poll.
    """
    shift = timedelta(seconds=fingerprint(state.endpoint.url) % _DAY.total_seconds())
    last = state.last_polled_at
    if last is not None and (last - shift).date() == (now - shift).date():
        return Asking(validators=state.validators, since=state.last_success_at)
    moved = {url: Validators(moved_to=known.moved_to) for url, known in state.validators.items() if known.moved_to}
    return Asking(validators=moved, since=state.last_success_at)


def asking_page(state: PageState, *, now: datetime, recheck: tuple[timedelta, ...]) -> Validators:
    """What a visit to a page asks with: nothing at the last of its set ages and after it, since some servers answer 304 for ever.

    Args:
        state: the page as it stands.
        now: the moment of the visit.
        recheck: ages of an article at which it is looked at again.
    """
    return state.validators if _next_check(state.first_seen_at, now, recheck) else Validators()


def fallback_endpoints(source: Source, known: Sequence[EndpointState]) -> tuple[Endpoint, ...]:
    """What to poll when discovery failed: what is known, or the home page, whose polls then carry the failure and its waits."""
    return tuple(state.endpoint for state in known) or (Endpoint(source=source.name, kind=EndpointKind.SECTION, url=source.url),)


def arrived(page: Page, *, wanted: bool) -> Skipped | None:
    """Why a page is not the one that was asked for, or None when it is.

    Args:
        page: the page as fetched.
        wanted: whether its final address passes the source's filters.
    """
    asked, got = urlsplit(page.chain[0]), urlsplit(page.url)
    if got.path in {"", "/"} and not got.query and asked.path not in {"", "/"}:
        return Skipped(url=page.chain[0], reason="not_an_article", detail="sent on to the home page")
    if len(page.chain) > 1 and not wanted:
        return Skipped(url=page.chain[0], reason="filtered", detail=f"sent on to {page.url}")
    return None


def completed(cleaned: Cleaned, link: Link) -> Cleaned:
    """The cleaned page with what its endpoint claims of it, where the page itself says nothing or less.

    A page that shows only a day yields midnight; a feed that names a time of that day, in whatever zone, knows better.
    """
    article = cleaned.article
    published = article.published
    vague = published is None or published.time() == time(0)
    if vague and link.published is not None and (published is None or abs(link.published - published) < ONE_DAY_ANYWHERE):
        published = link.published
    completed = replace(
        article,
        title=article.title or link.title or "",
        authors=article.authors or link.authors,
        published=published,
    )
    return cleaned if completed == article else replace(cleaned, article=completed)


def judged(cleaned: Cleaned, *, url: str, languages: Sequence[str] = ()) -> Cleaned | Skipped:
    """The cleaned page, or why it is not to be stored.

    Args:
        cleaned: the page.
        url: its address.
        languages: ISO 639-1; where any are given, a page in another one is none of the source's. One of unknown language is.
    """
    if not cleaned.article.text:
        return Skipped(url=url, reason="empty", detail="no article text on the page")
    if cleaned.kind in NOT_ARTICLES:
        return Skipped(url=url, reason="not_an_article", detail=f"a page of kind {cleaned.kind.value}")
    if languages and cleaned.article.language not in {None, *languages}:
        return Skipped(url=url, reason="filtered", detail=f"written in {cleaned.article.language}")
    return cleaned


def is_as_stored(page: Page, state: PageState) -> bool:
    """Whether a page came byte for byte as the one its text was made of, so that cleaning can tell nothing new."""
    return state.status is PageStatus.STORED and state.body_hash == body_hash(page.body)


def gives_a_piece(cleaned: Cleaned) -> bool:
    """Whether a page shows but a teaser of its article, or nothing of it: what the feed carries may be more."""
    return cleaned.kind is PageKind.TEASER or cleaned.article.paywalled or not cleaned.article.text


def feed_may_answer(error: PageError, state: PageState) -> bool:
    """Whether the text that a feed carries is taken in place of a page that was refused.

    Not where the page's own text is stored: that it is refused now takes nothing away. Not where it is gone without a
    trace (404) or has a bad day.
    """
    if not state.has_feed_text or (state.status is PageStatus.STORED and not state.is_of_feed):
        return False
    return isinstance(error, RobotsDisallowed | Unreadable) or (isinstance(error, BadStatus) and error.status in REFUSED)


def waits_for_part(error: PageError, state: PageState) -> bool:
    """Whether a visit that lacks a part of the article is given up for now, because the whole may be stored already.

    A page seen for the first time is stored with the parts there are, and says what is missing.
    """
    return state.status is PageStatus.STORED and not _is_final(error)


def after_visit(
    result: Result, state: PageState, *, now: datetime, recheck: tuple[timedelta, ...], missing: bool = False
) -> Next:
    """What a visit to a page leads to.

    Args:
        result: how the visit ended.
        state: the page as it was before the visit.
        now: the moment of the visit.
        recheck: ages of an article at which it is looked at again.
        missing: a further part of the article could not be had.
    """
    match result:
        case Cleaned() | NotModified():
            due = _next_check(state.first_seen_at, now, recheck)
            return Next(status=PageStatus.STORED, due=min(due or now + PART_WAIT, now + PART_WAIT) if missing else due)
        case Skipped():
            # By then the page it shows is known; where that one could not be stored, this one is.
            return Next(status=PageStatus.SKIPPED, due=now + VARIANT_WAIT if result.reason == VARIANT else None)
        case RobotsDisallowed():
            return Next(status=PageStatus.SKIPPED, due=now + ROBOTS_WAIT)
        case _:
            return _after_error(result, state, now)


def _after_error(error: PageError, state: PageState, now: datetime) -> Next:
    if _is_final(error):
        # What was stored once stays stored: a page that is gone loses no text.
        status = PageStatus.STORED if state.status is PageStatus.STORED else PageStatus.FAILED
        return Next(status=status, due=None)
    waits = _waits(error)
    wait = waits[min(state.attempts, len(waits) - 1)]
    wait = max(wait, rest_asked(error))
    status = PageStatus.STORED if state.status is PageStatus.STORED else PageStatus.PENDING
    return Next(status=status, due=now + wait)


def rest_asked(error: PageError | None) -> timedelta:
    """How long a host is to be left alone by its own word, as far as that is believed."""
    if isinstance(error, BadStatus | HostResting) and error.retry_after is not None:
        return min(timedelta(seconds=error.retry_after), LONGEST_RETRY_AFTER)
    return timedelta()


def _waits(error: PageError) -> tuple[timedelta, ...]:
    return CLEAN_WAITS if isinstance(error, CleanTimeout | CleanCrashed) else RETRY_WAITS


def _is_final(error: PageError) -> bool:
    """Whether asking again soon cannot help."""
    if isinstance(error, BadStatus):
        return error.status in GONE
    # An address that is refused is not among them: it is what a resolver said this time.
    return isinstance(error, InvalidAddress | BadRedirect | TooLarge | BadEncoding | UnwantedType | Unreadable)


def _next_check(first_seen_at: datetime, now: datetime, recheck: tuple[timedelta, ...]) -> datetime | None:
    """The next age at which a fresh article is looked at again, or None when it is old enough to rest."""
    moments = (first_seen_at + age for age in sorted(recheck))
    return next((moment for moment in moments if moment > now), None)
