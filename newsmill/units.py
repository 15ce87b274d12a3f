"""Amounts as people write them: "30m", "5MB"."""

from __future__ import annotations

import re
from datetime import timedelta

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_BYTES = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)", re.IGNORECASE)


def duration(text: str | float) -> timedelta:
    """A length of time: ``"90s"``, ``"30m"``, ``"6h"``, ``"1d"``, ``"2w"``, or a number of seconds.

    >>> duration("1.5h")
    datetime.timedelta(seconds=5400)

    Raises:
        ValueError: it is neither.
    """
    try:
        return timedelta(seconds=_amount(text, _SECONDS, "s"))
    except OverflowError:
        raise ValueError(f"{text!r} is longer than can be counted") from None


def size(text: str | float) -> int:
    """A number of bytes: ``"500KiB"``, ``"5MB"``, ``"2GB"``, or a plain number.

    >>> size("5MB")
    5000000

    Raises:
        ValueError: it is neither.
    """
    try:
        return int(_amount(text, _BYTES, "b"))
    except OverflowError:
        raise ValueError("that is more bytes than can be counted") from None


def _amount(text: str | float, units: dict[str, int], default: str) -> float:
    found = _AMOUNT.fullmatch(str(text).strip())
    factor = found and units.get(found[2].lower() or default)
    if isinstance(text, bool) or not found or not factor:
        raise ValueError(f"{text!r} is not a number with one of the units {', '.join(units)}")
    return float(found[1]) * factor
