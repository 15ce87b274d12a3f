"""robots.txt as RFC 9309 has it: reading it (the one door to protego) and knowing it for a day."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protego import Protego

from crawler.shelf import Shelf
from crawler.ways import PLAIN, Way
from model.errors import (
    BadEncoding,
    BadRedirect,
    BadStatus,
    ConnectionFailed,
    FetchError,
    FetchTimeout,
    RobotsUnreachable,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

#: RFC 9309, 2.3.1.2: at least five redirects are followed.
MAX_REDIRECTS: Final = 5
#: RFC 9309, 2.4: a day at most. One that could not be read is tried again soon, but not for each page of a dead host.
_FRESH: Final = 86_400.0
_FRESH_FAILURE: Final = 300.0
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500
_MAX_SITES: Final = 2_000
_MAX_SITEMAPS: Final = 1_000

_AGENT_LINE = re.compile(r"^([ \t]*user[- ]?agent[ \t]*:?[ \t]*)([^\n#]*)", re.IGNORECASE | re.MULTILINE)
_TOKEN = re.compile(r"[A-Za-z_-]+|\*")


class Rules:
    """What one robots.txt says to us.

    Args:
        text: the file; "" allows everything.
        product: our product token. The groups that name exactly it speak to us, else those of ``*`` (RFC 9309, 2.2.1).
    """

    def __init__(self, text: str, product: str) -> None:
        tokens: set[str] = set()

        def only_token(line: re.Match[str]) -> str:
            # protego takes a group for "news" to mean newsmill too, and one for "newsmill/1.0" to mean nobody.
            # The RFC and Google's parser compare the product token alone, whole.
            token = _TOKEN.match(line[2].strip())
            if token is None:
                return line[0]
            tokens.add(token[0].lower())
            return f"{line[1]}{token[0]}"

        # All of the line ends protego knows, among them a lone carriage return, become the one that the pattern knows.
        self._parsed = Protego.parse(_AGENT_LINE.sub(only_token, "\n".join(text.splitlines())))
        self._group = product if product.lower() in tokens else "*"

    def allows(self, url: str) -> bool:
        """Whether the URL may be fetched: the longest matching rule decides, an allowing one if two are as long."""
        return bool(self._parsed.can_fetch(url, self._group))

    @property
    def crawl_delay(self) -> float:
        """Seconds between requests the site asks for, or 0."""
        return float(self._parsed.crawl_delay(self._group) or 0.0)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The values of its Sitemap lines, each once, in order, as written."""
        return tuple(dict.fromkeys(self._parsed.sitemaps))[:_MAX_SITEMAPS]


def parse(body: bytes, product: str) -> Rules:
    """Read a robots.txt. Whatever the bytes, there are rules: what is not understood does not count.

    A byte order mark is dropped, as it would hide the first group from protego; bytes that are not UTF-8 harm only their
    own line.
    """
    return Rules(body.decode("utf-8-sig", errors="replace"), product)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """The last word on a site: its rules, or why there are none."""

    rules: Rules | None
    trouble: str
    until: float


class _Site:
    __slots__ = ("known", "lock")

    def __init__(self) -> None:
        self.known: _Known | None = None
        self.lock = asyncio.Lock()


class Robots:
    """The rules of all sites visited lately.

    Args:
        read: fetch the robots.txt at this URL, in this way, and give its bytes; fails as `Fetcher.fetch` does.
        product: our product token.
        clock: monotonic seconds.
    """

    def __init__(self, read: Callable[[str, Way], Awaitable[bytes]], product: str, clock: Callable[[], float]) -> None:
        self._read, self._product, self._clock = read, product, clock
        self._sites: Shelf[_Site] = Shelf(_Site, limit=_MAX_SITES)

    async def rules(self, robots_url: str, way: Way = PLAIN) -> Rules:
        """The rules in force; read once however many ask, and again after a day. Sites seen through a proxy are known apart.

        Raises:
            RobotsUnreachable: a server error or no answer; stays so for five minutes.
            FetchError: the address itself is refused, or the host is resting.
        """
        with self._sites.use(f"{robots_url} {way.proxy or ''}") as site:
            async with site.lock:
                if site.known is None or site.known.until <= self._clock():
                    site.known = await self._look(robots_url, way, site.known)
                if site.known.rules is None:
                    raise RobotsUnreachable(robots_url, site.known.trouble)
                return site.known.rules

    async def _look(self, robots_url: str, way: Way, before: _Known | None) -> _Known:
        try:
            body = await self._read(robots_url, way)
        except FetchError as error:
            if _says_nothing(error):
                return _Known(rules=Rules("", self._product), trouble="", until=self._clock() + _FRESH)
            if not _unreachable(error):
                raise
            # RFC 9309, 2.4: an old copy serves for as long as the site is unreachable.
            rules = before.rules if before else None
            return _Known(rules=rules, trouble=f"robots.txt: {error.detail}", until=self._clock() + _FRESH_FAILURE)
        return _Known(rules=parse(body, self._product), trouble="", until=self._clock() + _FRESH)


def _says_nothing(error: FetchError) -> bool:
    """Whether there is no robots.txt, so that everything is allowed (RFC 9309, 2.3.1.2 and 2.3.1.3).

    429 is left out although it is a 4xx: a host that is asked too much has not allowed anything.
    """
    if isinstance(error, BadStatus):
        return error.status < _SERVER_ERROR and error.status != _TOO_MANY
    return isinstance(error, BadRedirect)


def _unreachable(error: FetchError) -> bool:
    return isinstance(error, BadStatus | ConnectionFailed | FetchTimeout | BadEncoding)
