"""Dates as feeds and sitemaps write them: RFC 822, ISO 8601, and what publishing systems really print.

feedparser reads a named zone it does not know ("KST") as UTC, which is nine hours wrong for every Korean feed; so dates
are read here first. A date without a zone is read as UTC, for nothing better is known.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

#: Hours east of UTC by the zone's name. Where a name is used by several countries (IST, CST, BST) the one that RFC 822 or
#: most feeds mean is taken: India, US Central, British Summer.
ZONES: dict[str, float] = {
    "ACDT": 10.5,
    "ACST": 9.5,
    "ADT": -3,
    "AEDT": 11,
    "AEST": 10,
    "AKDT": -8,
    "AKST": -9,
    "ART": -3,
    "AST": -4,
    "AWST": 8,
    "BRST": -2,
    "BRT": -3,
    "BST": 1,
    "CAT": 2,
    "CDT": -5,
    "CEST": 2,
    "CET": 1,
    "CLST": -3,
    "CLT": -4,
    "COT": -5,
    "CST": -6,
    "EAT": 3,
    "EDT": -4,
    "EEST": 3,
    "EET": 2,
    "EST": -5,
    "GMT": 0,
    "HKT": 8,
    "HST": -10,
    "ICT": 7,
    "IDT": 3,
    "IST": 5.5,
    "JST": 9,
    "KST": 9,
    "MDT": -6,
    "MEST": 2,
    "MESZ": 2,
    "MEZ": 1,
    "MSK": 3,
    "MST": -7,
    "MYT": 8,
    "NDT": -2.5,
    "NPT": 5.75,
    "NST": -3.5,
    "NZDT": 13,
    "NZST": 12,
    "PDT": -7,
    "PHT": 8,
    "PKT": 5,
    "PST": -8,
    "SAST": 2,
    "SGT": 8,
    "TRT": 3,
    "UT": 0,
    "UTC": 0,
    "WAT": 1,
    "WEST": 1,
    "WET": 0,
    "WIB": 7,
    "WIT": 9,
    "WITA": 8,
    "Z": 0,
}

#: No web page was published earlier; the zeros of clocks (0001, 1900, 1970, 1980) fall before it.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
#: A time written without its zone is at most 14 hours ahead of UTC (Kiritimati); what lies beyond was never published.
TOLERANCE = timedelta(hours=14)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: Longer texts are not dates.
_LONGEST = 80
_CLOCK = (
    r"(?P<half>[AaPp]\.?[Mm]\.?|오전|오후)?\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<late>[AaPp]\.?[Mm]\.?)?"
)
_ZONE = r"\s*\(?(?P<zone>[+-]\d{1,2}:?\d{2}|[+-]\d{1,2}|[A-Za-z]{1,4}(?:[+-]\d{1,2}(?::?\d{2})?)?)?\b"
_SHAPES = tuple(
    re.compile(shape + r"(?:[\sT,]*(?:at\s+)?" + _CLOCK + _ZONE + ")?")
    for shape in (
        r"(?P<year>\d{4})\s?[-./년]\s?(?P<month>\d{1,2})\s?[-./월]\s?(?P<day>\d{1,2})[.일]?",
        r"(?:[A-Za-z]{2,9}\.?,?\s*)?(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?P<month>[A-Za-z]{3,9})\.?,?[\s-]+(?P<year>\d{4}|\d{2})\b",
        r"(?:[A-Za-z]{2,9}\.?,?\s+)?(?P<month>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})\b",
    )
)
_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?)?(Z|[+-]\d\d:?\d\d)?")


def moment(text: str, now: datetime) -> datetime | None:
    """The moment a text names, aware UTC; None where it names none, or one that cannot be (long past, future).

    Args:
        text: as written in the document.
        now: when the document was fetched.

    >>> from datetime import UTC, datetime
    >>> now = datetime(2026, 1, 1, tzinfo=UTC)
    >>> str(moment("Sat, 25 May 2024 11:23:00 KST", now)), str(moment("2024-05-25", now)), moment("1970-01-01T00:00:00Z", now)
    ('2024-05-25 02:23:00+00:00', '2024-05-25 00:00:00+00:00', None)
    """
    folded = " ".join(text.split())
    if not folded or len(folded) > _LONGEST:
        return None
    return plausible(_compact(folded) or _written(folded), now)


def plausible(claimed: datetime | None, now: datetime) -> datetime | None:
    """The moment where a page may have been published then, else None."""
    return claimed if claimed is not None and EARLIEST <= claimed <= now + TOLERANCE else None


def _written(text: str) -> datetime | None:
    """Year, month and day apart from each other, with or without a time and a zone."""
    for shape in _SHAPES:
        if match := shape.match(text):
            part = match.groupdict()
            year = int(part["year"])
            year += 0 if len(part["year"]) == 4 else 2000 if year < 70 else 1900  # noqa: PLR2004 # RFC 2822, section 4.3
            name = part["month"]
            month = int(name) if name.isdigit() else _month(name)
            hour = _hour(int(part["hour"] or 0), part["half"] or part["late"] or "")
            return _built((year, month, int(part["day"]), hour, int(part["minute"] or 0), int(part["second"] or 0)), part["zone"])
    return None


def _month(name: str) -> int:
    """1 to 12; 0, which no calendar takes, for a word that is no English month."""
    start = name[:3].lower()
    return _MONTHS.index(start) + 1 if start in _MONTHS else 0


def _compact(text: str) -> datetime | None:
    """20240525, 20240525112300, 20240525T112300Z."""
    match = _DIGITS.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(digits or 0) for digits in match.groups()[:6])
    return _built((year, month, day, hour, minute, second), match[7])


def _hour(hour: int, half: str) -> int:
    """The hour of 24, given that of twelve and its half of the day."""
    if half == "오후" or half[:1].lower() == "p":
        return hour % 12 + 12
    return hour % 12 if half else hour


def _built(fields: tuple[int, int, int, int, int, int], zone: str | None) -> datetime | None:
    year, month, day, hour, minute, second = fields
    try:
        # ISO 8601 has 24:00, leap seconds are real: both are the next second of a day
        start = datetime(year, month, day, tzinfo=timezone(_offset(zone or "")))
        return (start + timedelta(hours=hour, minutes=minute, seconds=second)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offset(zone: str) -> timedelta:
    """Distance east of UTC; none for a zone nobody knows."""
    name, sign, digits = re.fullmatch(r"([A-Za-z]*)([+-]?)(.*)", zone, re.DOTALL).groups()  # type: ignore[union-attr] # matches anything
    if not digits:
        return timedelta(hours=ZONES.get(name.upper(), 0))
    plain = digits.replace(":", "")
    hours, minutes = (int(plain[:-2]), int(plain[-2:])) if len(plain) > 2 else (int(plain), 0)  # noqa: PLR2004 # hh or hhmm
    return (-1 if sign == "-" else 1) * timedelta(hours=hours, minutes=minutes)
