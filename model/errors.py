"""Everything that can go wrong, as one tree. Foreign errors are mapped at one door each.

::

    NewsmillError
    ├── ConfigError                 config.yaml is wrong: names key, line and what is allowed
    ├── StorageError
    │   ├── DatabaseMissing         nothing there yet: `newsmill init`
    │   ├── SchemaMismatch          the database is older or newer than this version
    │   ├── DatabaseBusy            somebody else holds the database (a second daemon, a long lock)
    │   ├── DatabaseUnavailable     cannot connect, disk full, server gone
    │   └── NotFound                no such article, source or page
    └── PageError                   one page went wrong; carries its URL; never stops a run
        ├── FetchError
        │   ├── InvalidAddress      not an http(s) URL, credentials in it, a port that is not allowed
        │   ├── AddressRefused      the host resolves to an address we do not visit
        │   ├── RobotsDisallowed    robots.txt says no
        │   ├── RobotsUnreachable   robots.txt could not be read: treated as "no" for now (RFC 9309)
        │   ├── ConnectionFailed    DNS, TCP or TLS failed, or the connection broke
        │   ├── FetchTimeout        connecting, reading or the whole request took too long
        │   ├── HostResting         the host asked us to stay away for a while (Retry-After)
        │   │   └── HostAbsent      the host could not be connected to lately, and is not tried for a while
        │   ├── BadStatus           an answer that is not a page: 4xx, 5xx
        │   ├── BadRedirect         a loop, too many hops, or a target that is not allowed
        │   ├── TooLarge            more bytes than the cap for its kind
        │   ├── BadEncoding         the content encoding is broken or not one we asked for
        │   ├── UnwantedType        not the kind of content that was asked for (an image, a PDF)
        │   ├── BrowserMissing      the source says `render: browser`, and there is no browser here that starts
        │   └── RenderFailed        the page did not come through its scripts: it crashed, or they do not end
        ├── DiscoveryError          a feed, sitemap or section page that cannot be read as one
        └── CleanError
            ├── CleanTimeout        cleaning took longer than allowed and was killed
            ├── CleanCrashed        the cleaning process died
            └── Unreadable          the bytes are not text or hold no page
"""

from __future__ import annotations

from typing import Self


class NewsmillError(Exception):
    """Root of the tree."""


class ConfigError(NewsmillError):
    """config.yaml is wrong.

    Args:
        message: what is wrong and what is allowed.
        key: dotted path of the key, e.g. ``sources[2].every``.
        line: line of the file, from 1, where it is known.
        file: the file's name as the user gave it.
    """

    def __init__(self, message: str, *, key: str | None = None, line: int | None = None, file: str | None = None) -> None:
        where = ":".join(str(part) for part in (file, line) if part is not None)
        super().__init__(": ".join(part for part in (where, key, message) if part))
        self.key, self.line, self.file = key, line, file


class StorageError(NewsmillError):
    """The database cannot do what was asked."""


class DatabaseMissing(StorageError):
    """There is no newsmill database at that address yet."""


class SchemaMismatch(StorageError):
    """The database's schema is not the one this version reads."""


class DatabaseBusy(StorageError):
    """Somebody else holds the database."""


class DatabaseUnavailable(StorageError):
    """The database cannot be reached or cannot be written."""


class NotFound(StorageError):
    """No such row."""


class PageError(NewsmillError):
    """One page went wrong.

    Args:
        url: the page's address.
        detail: what happened, in a few words; the class name says the kind.
    """

    def __init__(self, url: str, detail: str = "") -> None:
        super().__init__(f"{detail} ({url})" if detail else url)
        self.url, self.detail = url, detail

    @property
    def code(self) -> str:
        """The kind of error as the database stores it: the class name in snake case."""
        name = type(self).__name__
        return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")

    def __reduce__(self) -> tuple[type[Self], tuple[str, str], dict[str, object]]:
        """Errors cross process borders whole."""
        return type(self), (self.url, self.detail), self.__dict__


class FetchError(PageError):
    """The page could not be fetched."""


class InvalidAddress(FetchError):
    """Not an address that may be asked."""


class AddressRefused(FetchError):
    """The host resolves to an address that is not public and not listed in config.yaml."""


class RobotsDisallowed(FetchError):
    """The site's robots.txt does not allow this page."""


class RobotsUnreachable(FetchError):
    """The site's robots.txt could not be read, so nothing may be asked for now (RFC 9309, 2.3.1.4)."""


class ConnectionFailed(FetchError):
    """DNS, TCP or TLS failed, or the connection broke."""


class FetchTimeout(FetchError):
    """Connecting, reading or the whole request took too long."""


class BadStatus(FetchError):
    """An answer that is not a page.

    Args:
        url: the page's address.
        detail: what happened.
        status: HTTP status code.
        retry_after: seconds the server asked us to wait, where it did.
    """

    def __init__(self, url: str, detail: str = "", *, status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(url, detail or f"HTTP {status}")
        self.status, self.retry_after = status, retry_after


class HostResting(FetchError):
    """The host asked us to stay away for a while, just now or lately; in the latter case it was not asked at all.

    Args:
        url: the page's address.
        detail: what happened.
        retry_after: seconds until the host may be asked again.
    """

    def __init__(self, url: str, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(url, detail or f"the host rests for another {retry_after or 0:.0f} s")
        self.retry_after = retry_after


class HostAbsent(HostResting):
    """The host could not be connected to lately, so it was not asked at all."""


class BadRedirect(FetchError):
    """A redirect loop, too many hops, or a target that is not allowed."""


class TooLarge(FetchError):
    """More bytes than the cap for this kind of page."""


class BadEncoding(FetchError):
    """The content encoding is broken or not one we asked for."""


class UnwantedType(FetchError):
    """The content is not of the kind that was asked for."""


class BrowserMissing(FetchError):
    """The page needs a browser, and none can be started: the extra ``browser`` or a Chromium is not installed."""


class RenderFailed(FetchError):
    """The page did not come through its scripts."""


class DiscoveryError(PageError):
    """A feed, sitemap or section page that cannot be read as one."""


class CleanError(PageError):
    """The page could not be cleaned; its bytes are kept."""


class CleanTimeout(CleanError):
    """Cleaning took longer than allowed and was killed."""


class CleanCrashed(CleanError):
    """The cleaning process died."""


class Unreadable(CleanError):
    """The bytes are not text, or hold no page."""
