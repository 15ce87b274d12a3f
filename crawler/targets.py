"""Addresses that may be asked: parsed once, by the parser that also writes them on the wire."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

import httpx

from crawler.guard import literal
from model.errors import InvalidAddress

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
#: ASCII form of a name. Underscores are not legal and occur.
_NAME = re.compile(r"(?=.{1,253}\Z)([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
_MAX_LENGTH: Final = 8192
_MAX_PORT: Final = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An absolute http(s) URL without credentials, in the form in which it is asked."""

    #: Without fragment, everything escaped.
    url: str
    scheme: str
    #: Lower case, ASCII, no brackets, no final dot; addresses in their usual form.
    host: str
    port: int
    #: The same as the wire takes it, so that it is not parsed again.
    parsed: httpx.URL = field(repr=False, compare=False)

    @property
    def authority(self) -> str:
        """Identity of the host for its queue: host, and port where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def site(self) -> str:
        """What one robots.txt speaks for: scheme and authority (RFC 9309, 2.3)."""
        return f"{self.scheme}://{self.authority}"

    @property
    def robots_url(self) -> str:
        """Where that robots.txt is."""
        return f"{self.site}/robots.txt"


def parse(url: str) -> Target:
    """Read an absolute URL.

    Raises:
        InvalidAddress: not http or https, no host, credentials, or not a URL at all.
    """
    return _checked(url, _read(url))


def join(base: Target, location: str) -> Target:
    """The target of a redirect, as a Location header names it.

    Raises:
        InvalidAddress: as `parse`.
    """
    return _checked(location, httpx.URL(base.url).join(_read(location)))


def _read(url: str) -> httpx.URL:
    if len(url) > _MAX_LENGTH:
        raise InvalidAddress(url[:200], f"longer than {_MAX_LENGTH:,} characters")
    try:
        return httpx.URL(url.strip(" \t\r\n").partition("#")[0])
    except (httpx.InvalidURL, ValueError) as error:
        raise InvalidAddress(url, str(error)) from error


def _checked(text: str, url: httpx.URL) -> Target:
    if url.scheme not in _DEFAULT_PORTS:
        raise InvalidAddress(text, f"scheme {url.scheme[:20]!r}: only http and https are fetched")
    if url.userinfo or "@" in url.netloc.decode("ascii"):
        raise InvalidAddress(text, "credentials in the address")
    written = url.raw_host.decode("ascii")
    host = _host(text, written)
    port = _DEFAULT_PORTS[url.scheme] if url.port is None else url.port
    if not 1 <= port <= _MAX_PORT:
        raise InvalidAddress(text, f"port {port}")
    if host != written or url.port == _DEFAULT_PORTS[url.scheme]:
        url = url.copy_with(host=host, port=None if port == _DEFAULT_PORTS[url.scheme] else port)
    return Target(url=str(url), scheme=url.scheme, host=host, port=port, parsed=url)


def _host(text: str, raw: str) -> str:
    """The host in its usual form: ``0x7f.1`` becomes ``127.0.0.1``."""
    host = raw.strip("[]").removesuffix(".").lower()
    try:
        address = literal(host)
    except ValueError as error:
        raise InvalidAddress(text, str(error)) from error
    if address is None and not _NAME.fullmatch(host):
        raise InvalidAddress(text, f"host {host[:80]!r} is not a name")
    return host if address is None else str(address)
