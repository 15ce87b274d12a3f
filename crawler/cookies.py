"""Cookies, each for the host that set it and for no other (RFC 6265, with ``Domain`` read as narrowly as can be).

Sites that ask "do you take cookies?" set one and redirect to where one came from: without cookies that is a loop without
end. So a `Jar` lives for one page with its redirects; for a source that wants more, one lives for the whole run.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.targets import Target

#: Hosts of one jar, cookies of one host, characters of one cookie, and of all that one request carries.
_MAX_HOSTS: Final = 1_000
_MAX_COOKIES: Final = 50
_MAX_COOKIE: Final = 4_096
_MAX_SENT: Final = 8_192

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")
#: More than RFC 6265 lets servers write and less than would break a header.
_VALUE = re.compile(r"[ !-:<-~\x80-\xff]*")
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FOREVER: Final = timedelta(days=400)  # RFC 6265bis, section 5.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """What one host set."""

    name: str
    value: str
    path: str
    secure: bool
    #: None until the jar is thrown away.
    expires: datetime | None

    def fits(self, target: Target, path: str, now: datetime) -> bool:
        """Whether it goes with a request to a path of its host."""
        if (self.secure and target.scheme != "https") or (self.expires is not None and self.expires <= now):
            return False
        return path == self.path or path.startswith(self.path.rstrip("/") + "/")


class Jar:
    """Cookies by host. A host is a name with its port; names above and below it are others."""

    def __init__(self) -> None:
        self._hosts: OrderedDict[str, tuple[Cookie, ...]] = OrderedDict()

    def take(self, set_cookies: Iterable[str], target: Target, *, now: datetime) -> None:
        """Keep what an answer of the target's host sets, as its Set-Cookie headers have it."""
        kept = {(cookie.name, cookie.path): cookie for cookie in self._hosts.get(target.authority, ())}
        for cookie in (found for line in set_cookies for found in _read(line, target, now)):
            before = kept.pop((cookie.name, cookie.path), None)
            if before is not None and before.secure and target.scheme != "https":
                cookie = before  # noqa: PLW2901 - what came over TLS is not replaced by what anybody on the way may have written
            if cookie.expires is None or cookie.expires > now:
                kept[cookie.name, cookie.path] = cookie
        if kept:
            self._hosts[target.authority] = tuple(kept.values())[-_MAX_COOKIES:]
            self._hosts.move_to_end(target.authority)
        else:
            self._hosts.pop(target.authority, None)
        if len(self._hosts) > _MAX_HOSTS:
            self._hosts.popitem(last=False)

    def header(self, target: Target, *, now: datetime) -> str:
        """The Cookie header for a request; "" for none. Longer paths come first, then what was set first."""
        known = self._hosts.get(target.authority, ())
        if not known:
            return ""
        path = urlsplit(target.url).path or "/"
        fitting = sorted((cookie for cookie in known if cookie.fits(target, path, now)), key=lambda it: -len(it.path))
        sent = ""
        for cookie in fitting:
            longer = f"{sent}; {cookie.name}={cookie.value}" if sent else f"{cookie.name}={cookie.value}"
            sent = longer if len(longer) <= _MAX_SENT else sent
        return sent


def _read(line: str, target: Target, now: datetime) -> Iterator[Cookie]:
    """The cookie of a Set-Cookie header (RFC 6265, section 5.2); none where it is refused."""
    pair, *rest = line.split(";")
    name, equals, value = (part.strip() for part in pair.partition("="))
    if (
        len(line) > 2 * _MAX_COOKIE
        or len(pair) > _MAX_COOKIE
        or not (equals and _NAME.fullmatch(name) and _VALUE.fullmatch(value))
    ):
        return
    attributes = {key.strip().lower(): text.strip() for key, _, text in (part.partition("=") for part in rest)}
    secure = "secure" in attributes
    if secure and target.scheme != "https":
        return
    path = attributes.get("path", "")
    path = path if path.startswith("/") else _folder(target)
    if not _keeps_promise(name, attributes, path) or not _is_of(attributes.get("domain", ""), target.host):
        return
    yield Cookie(name=name, value=value, path=path, secure=secure, expires=_expiry(attributes, now))


def _keeps_promise(name: str, attributes: dict[str, str], path: str) -> bool:
    """Whether a cookie whose name promises something (RFC 6265bis, section 4.1.3) is such a one."""
    lowered = name.lower()
    if lowered.startswith("__host-"):
        return "secure" in attributes and path == "/" and not attributes.get("domain")
    return "secure" in attributes or not lowered.startswith("__secure-")


def _is_of(domain: str, host: str) -> bool:
    """Whether a Domain attribute names the host or what it belongs to; else the cookie is somebody else's."""
    name = domain.removeprefix(".").lower()
    return not name or host == name or host.endswith("." + name)


def _folder(target: Target) -> str:
    """The path of a cookie that names none (RFC 6265, section 5.1.4)."""
    return urlsplit(target.url).path.rpartition("/")[0] or "/"


def _expiry(attributes: dict[str, str], now: datetime) -> datetime | None:
    """When a cookie ends; Max-Age counts before Expires, and one that cannot be read not at all."""
    age = attributes.get("max-age", "")
    if age.removeprefix("-").isdecimal() and age.isascii():
        seconds = min(int(age[:12]), _FOREVER.total_seconds())
        return now + timedelta(seconds=seconds) if seconds > 0 else _LONG_AGO
    try:
        moment = parsedate_to_datetime(attributes.get("expires", ""))
    except ValueError:
        return None
    # Compared before it is converted: the last evening of the year 9999 in the west is no moment of UTC.
    return min(moment.replace(tzinfo=moment.tzinfo or UTC), now + _FOREVER).astimezone(UTC)
