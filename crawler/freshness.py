"""For how long a server says that its answer is good (RFC 9111, section 4.2)."""

from __future__ import annotations

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from crawler.wire import Headers

#: No list is believed to stay as it is for longer: many servers say a year of all they send, feeds included.
LONGEST: Final = timedelta(hours=1)

_DIRECTIVE = re.compile(r"(?<![\w-])(no-store|no-cache|max-age)\b(?:\s*=\s*\"?(\d{1,9}))?", re.IGNORECASE)


def fresh_for(headers: Headers) -> timedelta:
    """How long an answer is good from its coming on, an hour at most; nothing where its server does not say.

    Args:
        headers: of the answer, names in lower case. ``max-age`` counts before ``Expires``, which counts from ``Date`` on;
            the time that the answer lay in a cache (``Age``) is taken off.

    >>> fresh_for((("cache-control", "public, max-age=600"), ("age", "120")))
    datetime.timedelta(seconds=480)
    """
    control = ", ".join(value for name, value in headers if name == "cache-control")
    directives = {match[1].lower(): match[2] for match in _DIRECTIVE.finditer(control)}
    if {"no-store", "no-cache"} & directives.keys():
        return timedelta()
    said = dict(reversed(headers))  # the first of each name
    lifetime = int(directives["max-age"] or 0) if "max-age" in directives else _until(said)
    age = said.get("age", "").strip()
    seconds = lifetime - (int(age) if re.fullmatch(r"\d{1,9}", age) else 0)
    return min(timedelta(seconds=max(seconds, 0)), LONGEST)


def _until(said: dict[str, str]) -> int:
    """Seconds from Date to Expires; 0 where they do not say."""
    try:
        expires, date = (parsedate_to_datetime(said[name]) for name in ("expires", "date"))
        return int((expires - date).total_seconds())
    except (KeyError, TypeError, ValueError, OverflowError):  # TypeError: one of them has no zone
        return 0
