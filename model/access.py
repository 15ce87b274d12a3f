"""How a source's pages are asked for, where the usual way is not enough: headers, a proxy, cookies, a browser."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv6Address
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Headers of one source, and characters of one value.
MAX_HEADERS = 30
MAX_VALUE = 4_096

#: Names (lower case) that a source may not set, and why.
_OWN = "newsmill sends that header itself"
_CONNECTION = "that header belongs to the connection, not to the page"
REFUSED_HEADERS = {
    "accept": _OWN,
    "accept-encoding": _OWN,
    "connection": _CONNECTION,
    "content-length": _CONNECTION,
    "cookie": "cookies are kept per host; see the key cookies",
    "cookie2": "cookies are kept per host; see the key cookies",
    "expect": _CONNECTION,
    "host": "the host is that of the address",
    "http2-settings": _CONNECTION,
    "if-match": _OWN,
    "if-modified-since": _OWN,
    "if-none-match": _OWN,
    "if-range": _OWN,
    "if-unmodified-since": _OWN,
    "keep-alive": _CONNECTION,
    "range": "half a page must not pass for a whole one",
    "te": _CONNECTION,
    "trailer": _CONNECTION,
    "transfer-encoding": _CONNECTION,
    "upgrade": _CONNECTION,
    "user-agent": "how requests name themselves is the key user_agent, for all sites alike",
}
#: RFC 9110, section 5.6.2.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
#: RFC 9110, section 5.5, without bytes that are no characters of anything.
_VALUE = re.compile(r"[!-~\xa1-\xff](?:[ \t!-~\xa1-\xff]*[!-~\xa1-\xff])?")

_PROXY_PORTS = {"http": 8080, "https": 443, "socks5": 1080}
_MAX_PORT = 65_535


class Render(StrEnum):
    """What makes the page of what a server sends."""

    #: The markup as it was sent.
    NONE = "none"
    #: The markup after its scripts ran in a browser.
    BROWSER = "browser"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A server through which connections are made."""

    #: ``http``, ``https`` (both by CONNECT) or ``socks5``.
    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How one source's pages are asked for. What may be secret is not printed."""

    #: Names and values that go with each request to the source's own site, and to no other.
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    proxy: Proxy | None = None
    #: Whether cookies outlive the page that set them, until the end of the run.
    cookies: bool = False
    render: Render = Render.NONE


def checked_headers(headers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The headers unchanged, when a source may set them.

    Raises:
        ValueError: a name that is refused or none, a value that fits into no header, a name given twice, too many.

    >>> checked_headers([("Accept-Language", "de")])
    (('Accept-Language', 'de'),)
    """
    if len(headers) > MAX_HEADERS:
        raise ValueError(f"{len(headers)} headers; at most {MAX_HEADERS}")
    for name, value in headers:
        lowered = name.lower()
        if not _TOKEN.fullmatch(name):
            raise ValueError(f"{name[:40]!r} is no name of a header")
        if lowered in REFUSED_HEADERS or lowered.startswith("proxy-"):
            raise ValueError(f"{name} may not be set: {REFUSED_HEADERS.get(lowered, _CONNECTION)}")
        if len(value) > MAX_VALUE or not _VALUE.fullmatch(value):
            raise ValueError(
                f"the value of {name} fits into no header: one line of up to {MAX_VALUE} printable Latin-1 characters"
            )
    names = [name.lower() for name, _ in headers]
    if len(set(names)) < len(names):
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)} is given twice")
    return tuple(headers)


def proxy_at(url: str) -> Proxy:
    """The proxy at an address such as ``http://user:password@proxy.example:3128`` or ``socks5://10.0.0.5``.

    Raises:
        ValueError: another scheme, no host, a path, or credentials that cannot be sent; the address is not repeated, as it
            may hold a password.

    >>> proxy_at("socks5://10.0.0.5")
    Proxy(scheme='socks5', host='10.0.0.5', port=1080, user='')
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise ValueError("the address of a proxy that cannot be read") from None
    if parts.scheme == "socks5h":
        raise ValueError("socks5h has the proxy look names up, where no check of ours would see the address; use socks5")
    if parts.scheme not in _PROXY_PORTS or not parts.hostname:
        raise ValueError("the address of a proxy begins with http://, https:// or socks5:// and names a host")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("the address of a proxy has no path")
    host = str(IPv6Address(parts.hostname)) if ":" in parts.hostname else parts.hostname
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if max(len(user.encode()), len(password.encode())) > 255 or ":" in user:  # noqa: PLR2004 - RFC 1929; RFC 7617
        raise ValueError("a user name or password that no proxy takes: too long, or a colon in the name")
    port = _PROXY_PORTS[parts.scheme] if port is None else port
    if not 1 <= port <= _MAX_PORT:
        raise ValueError(f"port {port}")
    return Proxy(scheme=parts.scheme, host=host, port=port, user=user, password=password)
