"""Moments out of what pages write: ISO 8601 and its many misspellings, RFC 2822, numbers of East Asian dates."""

# ruff: noqa: RUF001 - the punctuation and letters of many scripts are meant

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

_ISO = re.compile(
    r"(?P<year>(?:19|20)\d\d)[-/.年년]\s?(?P<month>\d{1,2})[-/.月월]\s?(?P<day>\d{1,2})[日일.]?"
    r"(?:(?:[T\s,|]|\s[-–]\s)*(?P<half>오전|오후|上午|下午|午前|午後)?\s*(?P<hour>\d{1,2})[:時时시]\s?(?P<minute>\d{2})分?"
    r"(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s?(?P<half2>[AaPp][Mm]\b)?"
    r"\s*(?P<zone>Z\b|z\b|UTC\b|GMT\b|(?:UTC|GMT)?[+-]\d{1,2}:?\d{0,2}|KST\b|JST\b)?)?"
)  # fmt: skip
_COMPACT = re.compile(
    r"^(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:T?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?Z?)?$"
)
_EPOCH = re.compile(r"^1\d{9}(?:\d{3})?$")
_SECOND_HALF = frozenset({"오후", "下午", "午後", "pm"})
_FIRST_HALF = frozenset({"오전", "上午", "午前", "am"})
_NOON = 12
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_EAST = timezone(timedelta(hours=9))


def moment(text: str) -> datetime | None:
    """The moment a text names, in UTC; None when it names none that can be an article's.

    A time without zone is taken as UTC: pages that leave it out leave no way to know.

    >>> moment("2024-07-25T10:30:00+09:00")
    datetime.datetime(2024, 7, 25, 1, 30, tzinfo=datetime.timezone.utc)
    """
    text = " ".join(text.split())[:100]
    found = _numbers(_COMPACT.match(text)) or _epoch(text) or _numbers(_ISO.search(text)) or _mail(text)
    return found if found and _EARLIEST <= found <= _LATEST else None


def _numbers(match: re.Match[str] | None) -> datetime | None:
    if match is None:
        return None
    parts = match.groupdict()
    hour = int(parts.get("hour") or 0)
    half = (parts.get("half") or parts.get("half2") or "").lower()
    if half in _SECOND_HALF and hour < _NOON:
        hour += _NOON
    elif half in _FIRST_HALF and hour == _NOON:
        hour = 0
    try:
        return datetime(
            int(parts["year"]),
            int(parts["month"]),
            int(parts["day"]),
            hour,
            int(parts.get("minute") or 0),
            int(parts.get("second") or 0),
            tzinfo=_zone(parts.get("zone") or ""),
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(text: str) -> timezone:
    if text in ("KST", "JST"):
        return _EAST
    match = re.search(r"([+-])(\d{1,2}):?(\d{2})?$", text)
    if match is None:
        return UTC
    minutes = min(int(match[2]) * 60 + int(match[3] or 0), 23 * 60)
    return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))


def _epoch(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970."""
    return datetime.fromtimestamp(int(text[:10]), UTC) if _EPOCH.match(text) else None


def _mail(text: str) -> datetime | None:
    """RFC 2822: "Thu, 25 Jul 2024 10:30:00 +0900"."""
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
