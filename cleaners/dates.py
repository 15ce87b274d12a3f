"""Moments out of what pages write: ISO 8601 and its many misspellings, RFC 2822, numbers, months in words."""

# ruff: noqa: RUF001 - the punctuation and letters of many scripts are meant

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, cast

from cleaners.months import MONTH_FIRST, month_of, zone_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

_ISO = re.compile(
    r"(?P<year>(?:19|20)\d\d)[-/.年년]\s?(?P<month>\d{1,2})[-/.月월]\s?(?P<day>\d{1,2})[日일.]?"
    r"(?:(?:[T\s,|]|\s[-–]\s)*(?P<half>오전|오후|上午|下午|午前|午後)?\s*(?P<hour>\d{1,2})[:時时시]\s?(?P<minute>\d{2})分?"
    r"(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s?(?P<half2>[AaPp][Mm]\b)?"
    r"\s*(?P<zone>Z\b|z\b|UTC\b|GMT\b|(?:UTC|GMT)?[+-]\d{1,2}:?\d{0,2}|KST\b|JST\b)?)?"
)  # fmt: skip
_COMPACT = re.compile(
    r"^(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:T?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<zone>Z)?)?$"
)
_EPOCH = re.compile(r"^1\d{9}(?:\d{3})?$")
_SECOND_HALF = frozenset({"오후", "下午", "午後", "pm"})
_FIRST_HALF = frozenset({"오전", "上午", "午前", "am"})
_NOON = 12
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_EAST = timezone(timedelta(hours=9))
#: A day of a month in words, either first; "de", "of" and the like between.
_WORDS = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})(?:\.|st|nd|rd|th|er|º|ª|-?(?:го|е))?[\s-]*(?:de |of |d['’])?\s*(?P<month>[^\W\d_]{3,12})\.?,?"
    r"[\s-]*(?:de |del |of )?\s*(?P<year>(?:19|20)\d\d)(?!\d)"
    r"|(?P<month2>[^\W\d_]{3,12})\.?\s+(?P<day2>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year2>(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"(?<![\d.])(?P<day>\d{1,2})(?P<mark>[./-])(?P<month>\d{1,2})(?P=mark)(?P<year>(?:19|20)\d\d)(?!\d)")
#: A time of day, and how far from the date it may stand.
_TIME = re.compile(
    r"(?<![\d.])(?P<hour>[01]?\d|2[0-4])(?:[:h時시]|(?<=\d)\.(?=\d\d\s*(?:uhr|wib|$|[^\d.])))(?P<minute>[0-5]\d)(?!\d)"
    r"(?::[0-5]\d)?\s*(?P<half>[ap]\.?m\b)?\.?\s*(?P<zone>Z\b|UTC\b|GMT\b|(?:UTC|GMT)?[+-]\d{1,2}:?\d{0,2}|KST\b|JST\b)?",
    re.IGNORECASE,
)
_NEAR = 24
#: What RFC 2822's reader passes over.
_HALF = re.compile(r"\d\s*[ap]\.?m\b", re.IGNORECASE)


def moment(text: str, language: str | None = None) -> datetime | None:
    """The moment a text names, in UTC; None when it names none that can be an article's.

    Args:
        text: as a page writes it; the first date in it counts.
        language: ISO 639-1. A time without zone is taken in the zone that all countries of the language share, else as UTC;
            a day without time is that day's beginning in UTC. Months may be named in the language.

    >>> moment("2024-07-25T10:30:00+09:00")
    datetime.datetime(2024, 7, 25, 1, 30, tzinfo=datetime.timezone.utc)
    >>> moment("Dienstag, 3. März 2026, 14:10 Uhr", "de")
    datetime.datetime(2026, 3, 3, 13, 10, tzinfo=datetime.timezone.utc)
    """
    text = " ".join(text.split())[:200]
    if not any(map(str.isdigit, text)):
        return None
    zone: tzinfo = zone_of(language) or UTC
    found = _numbers(_COMPACT.match(text), zone) or _epoch(text) or _numbers(_ISO.search(text), zone)
    found = found or (None if _HALF.search(text) else _mail(text, zone)) or next(_written(text, language, zone), None)
    return found if found and _EARLIEST <= found <= _LATEST else None


def without_dates(text: str) -> str:
    """The text without what reads as dates and the times beside them: what is left of a byline is who.

    >>> without_dates("Andrew Lee 4 August 2010")
    'Andrew Lee'
    """
    if not any(map(str.isdigit, text)):
        return text
    for pattern in (_ISO, _WORDS, _NUMBERS):
        text = pattern.sub(" ", text)
    return " ".join(_TIME.sub(" ", text).split())


def _written(text: str, language: str | None, zone: tzinfo) -> Iterator[datetime]:
    """Dates in words, then dates in numbers with the year last."""
    for match in _WORDS.finditer(text):
        month = month_of(match["month"] or match["month2"], language)
        if month:
            yield from _at(text, match, (match["year"] or match["year2"], month, match["day"] or match["day2"]), zone)
    for match in _NUMBERS.finditer(text):
        day, month = int(match["day"]), int(match["month"])
        if match["mark"] == "/" and language in MONTH_FIRST and day <= 12:  # noqa: PLR2004 - else it is a day after all
            day, month = month, day
        yield from _at(text, match, (match["year"], month, day), zone)


def _at(text: str, date: re.Match[str], numbers: tuple[int | str, ...], zone: tzinfo) -> Iterator[datetime]:
    """The day of a date, at the time that stands beside it."""
    clock = _TIME.search(text[date.end() : date.end() + _NEAR]) or _TIME.search(text[max(0, date.start() - _NEAR) : date.start()])
    hour, minute, where = 0, 0, cast("tzinfo", UTC)  # a day without a time stays that day
    if clock:
        hour, minute = _half(int(clock["hour"]), (clock["half"] or "").replace(".", "").lower()), int(clock["minute"])
        where = _zone(clock["zone"] or "", zone)
    year, month, day = map(int, numbers)
    with suppress(ValueError, OverflowError):
        yield datetime(year, month, day, hour % 24, minute, tzinfo=where).astimezone(UTC)


def _half(hour: int, half: str) -> int:
    """The hour of 24 for one of twelve."""
    if half in _SECOND_HALF and hour < _NOON:
        return hour + _NOON
    return 0 if half in _FIRST_HALF and hour == _NOON else hour


def _numbers(match: re.Match[str] | None, zone: tzinfo) -> datetime | None:
    if match is None:
        return None
    parts = match.groupdict()
    hour = _half(int(parts.get("hour") or 0), (parts.get("half") or parts.get("half2") or "").lower())
    try:
        return datetime(
            int(parts["year"]),
            int(parts["month"]),
            int(parts["day"]),
            hour,
            int(parts.get("minute") or 0),
            int(parts.get("second") or 0),
            tzinfo=_zone(parts.get("zone") or "", zone if parts.get("hour") else UTC),
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(text: str, assumed: tzinfo) -> tzinfo:
    """The zone a text names; the assumed one when it is empty."""
    if text.upper() in ("KST", "JST"):
        return _EAST
    match = re.search(r"([+-])(\d{1,2}):?(\d{2})?$", text)
    if match is None:
        return UTC if text else assumed
    minutes = min(int(match[2]) * 60 + int(match[3] or 0), 23 * 60)
    return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))


def _epoch(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970."""
    return datetime.fromtimestamp(int(text[:10]), UTC) if _EPOCH.match(text) else None


def _mail(text: str, zone: tzinfo) -> datetime | None:
    """RFC 2822: "Thu, 25 Jul 2024 10:30:00 +0900"."""
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
