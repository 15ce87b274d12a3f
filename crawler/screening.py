"""Which of the requests that a shown page makes are asked for. Pure.

A page is shown for its text, so what cannot bring text is not asked for: pictures, films, fonts, frames, beacons, and the
hosts that only count readers. Style sheets are answered with an empty one: some pages wait for theirs before they show anything.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

#: Requests of one page, and bytes of all their answers together.
MAX_PARTS: Final = 100
MAX_BYTES: Final = 30_000_000
#: Times that scripts may lead a page elsewhere.
MAX_MOVES: Final = 3

#: What playwright calls the kinds of request that can bring text.
_TEXT: Final = frozenset({"fetch", "script", "xhr"})

#: Hosts that count, test and sell readers, with all below them; sorted. A reader that does not read should not be counted.
COUNTERS: frozenset[str] = frozenset(
    {
        "adnxs.com",
        "adsafeprotected.com",
        "amazon-adsystem.com",
        "amplitude.com",
        "branch.io",
        "chartbeat.com",
        "chartbeat.net",
        "clarity.ms",
        "connect.facebook.net",
        "cookielaw.org",
        "criteo.com",
        "criteo.net",
        "doubleclick.net",
        "fullstory.com",
        "google-analytics.com",
        "googleadservices.com",
        "googlesyndication.com",
        "googletagmanager.com",
        "googletagservices.com",
        "hotjar.com",
        "imrworldwide.com",
        "ioam.de",
        "mixpanel.com",
        "moatads.com",
        "nr-data.net",
        "onetrust.com",
        "optimizely.com",
        "outbrain.com",
        "parsely.com",
        "permutive.com",
        "piano.io",
        "pubmatic.com",
        "quantserve.com",
        "rubiconproject.com",
        "scorecardresearch.com",
        "segment.com",
        "segment.io",
        "sentry.io",
        "taboola.com",
        "tinypass.com",
        "yandex-metrika.com",
    }
)


class Verdict(StrEnum):
    """What becomes of a request."""

    #: The page itself, or the one its scripts lead to.
    PAGE = "page"
    PART = "part"
    #: Answered with nothing in it.
    EMPTY = "empty"
    REFUSED = "refused"


def screened(*, method: str, host: str, kind: str, moves: bool) -> Verdict:
    """What becomes of a request.

    Args:
        method: only GET changes nothing on a server.
        host: of its address.
        kind: as playwright has it: "script", "fetch", "image" ...
        moves: whether it would make the page another one.

    >>> screened(method="GET", host="static.example.org", kind="script", moves=False).value
    'part'
    >>> screened(method="POST", host="example.org", kind="fetch", moves=False).value
    'refused'
    """
    if method != "GET" or is_counter(host):
        return Verdict.REFUSED
    if moves:
        return Verdict.PAGE
    if kind == "stylesheet":
        return Verdict.EMPTY
    return Verdict.PART if kind in _TEXT else Verdict.REFUSED


def is_counter(host: str) -> bool:
    """Whether a host, or one it lies below, is among `COUNTERS`."""
    labels = host.split(".")
    return any(".".join(labels[start:]) in COUNTERS for start in range(len(labels)))
