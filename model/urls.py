"""Addresses: one spelling for each page, and which of them belong to one site.

`canonical` is fetchable: it only changes what every server must treat alike (RFC 3986, section 6.2.2 and 6.2.3) and
what only follows the reader around (`model.tracking`). `identity` goes further and is only a key: http and https,
with and without ``www.``, a slash at the end, the order of parameters. `site` is the name under which a newsroom's hosts
are known. All are pure; what is not an http(s) address raises `ValueError`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from ipaddress import IPv6Address
from urllib.parse import SplitResult, quote, urlsplit

from model.tracking import ARTICLE_PARAMETERS, TRACKING_NAMES, TRACKING_PREFIXES

#: Longer addresses are traps, not articles: RFC 9110, section 4.1 asks servers to take 8,000 octets.
MAX_LENGTH = 8000

_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
#: RFC 3986: what a path and a query may hold unescaped (``%`` because escapes are already in order).
_PATH_SAFE = "/:@!$&'()*+,;=~%"
_QUERY_SAFE = _PATH_SAFE + "?"
#: Letters, digits, hyphen and, as real hosts have it, underscore; labels of 1 to 63, as DNS has it.
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})*")
#: The full stops of IDNA (RFC 3490, section 3.1).
_LABEL_ENDS = re.compile("[.\u3002\uff0e\uff61]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: Browsers drop these wherever they stand (WHATWG URL, "remove all ASCII tab or newline").
_FOLDED = str.maketrans("", "", "\t\r\n")
#: Escaped once too often, as feeds and old pages do it.
_AMPERSAND = re.compile(r"&(?:amp;)+", re.IGNORECASE)
#: Hosts of the same newsroom: the desktop, mobile and AMP editions.
_EDITION = re.compile(r"(?:www\d?|m|mobile|amp)\.")
#: What is left when an edition is cut off a name directly under a registry (m.co.uk): not a site.
_REGISTRY = re.compile(r"(?:ac|co|com|edu|go|gob|gov|ne|net|or|org)\.[a-z]{2}|[^.]+")
#: Paths that are a site's front page, editions and languages included.
_FRONT = re.compile(r"/(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:(?:index|default|home|main)(?:\.\w{2,5})?/?)?", re.IGNORECASE)
#: Pages that show another article for another query.
_SCRIPT = re.compile(r"\.(?:php\d?|aspx?|jspx?|do|cgi|cfm|nhn|pl)$", re.IGNORECASE)


def canonical(url: str, base: str | None = None) -> str:
    """The one spelling of an address, absolute, fetchable and idempotent.

    Scheme and host in lower case, host in ASCII (IDNA), default port, fragment (``#!`` too), dot segments, tracking
    parameters and an empty query gone, escapes in upper case and only where needed. The order of parameters and the
    slash at the end stay: servers may care.

    Args:
        url: an address as found in the wild; relative when ``base`` is given.
        base: the address of the document it stood in.

    Raises:
        ValueError: not http(s), no host or a wrong one, user name or password in it, control characters, too long.

    >>> canonical("HTTP://Example.COM:80/a/./b/../c%7e?utm_source=rss&id=7#top")
    'http://example.com/a/c~?id=7'
    >>> canonical("../view.php?no=12", base="https://example.com/news/list/")
    'https://example.com/news/view.php?no=12'
    >>> canonical("https://뉴스.kr/기사")
    'https://xn--vg1b002a.kr/%EA%B8%B0%EC%82%AC'
    """
    parts = _split(url, base)
    authority = _authority(parts)
    path = _without_dots(_escaped(parts.path, _PATH_SAFE)) or "/"
    query = _query(parts.query)
    result = f"{parts.scheme}://{authority}{path}" + (f"?{query}" if query else "")
    if len(result) > MAX_LENGTH:
        raise ValueError(f"an address of {len(result)} characters")
    return result


def host_key(url: str) -> str:
    """The server an address asks, for politeness and robots.txt: host, and port where it is not the default.

    Raises:
        ValueError: as `canonical`.

    >>> host_key("https://Example.com:443/a"), host_key("http://127.0.0.1:8001/")
    ('example.com', '127.0.0.1:8001')
    """
    return _authority(_split(url, None))


def site(url: str) -> str:
    """The name of the site: the host without ``www.``, ``m.``, ``mobile.`` or ``amp.``, and a port that is not the default.

    Raises:
        ValueError: as `canonical`.

    >>> site("https://www.example.com/a"), site("http://m.example.co.kr/"), site("http://127.0.0.1:8002/")
    ('example.com', 'example.co.kr', '127.0.0.1:8002')
    """
    name = host_key(url)
    host, colon, port = name.partition(":") if not name.startswith("[") else (name, "", "")
    bare = _EDITION.sub("", host, count=1) if _EDITION.match(host) else host
    if _REGISTRY.fullmatch(bare):
        bare = host
    return bare + colon + port


def same_site(one: str, other: str) -> bool:
    """Whether two addresses belong to one site: equal `site`, or one a sub-domain of the other on the same port.

    Two sub-domains of one domain are not the same site: on blogspot.com they are strangers. Without a list of public
    suffixes that is the safe reading.

    Raises:
        ValueError: one of them is no address (see `canonical`).

    >>> same_site("https://www.example.com/a", "http://sport.example.com/b")
    True
    >>> same_site("http://127.0.0.1:8001/", "http://127.0.0.1:8002/")
    False
    """
    first, second = site(one), site(other)
    if first == second:
        return True
    return first.endswith("." + second) or second.endswith("." + first)


@lru_cache(maxsize=512)  # several steps ask for the same address while its page is in hand
def identity(url: str) -> str:
    """A key under which two addresses are the same page; not an address itself.

    Over `canonical` it folds http and https, ``www.``, a slash at the end and the order of parameters. Hosts for phones
    (``m.``) are another page with other markup, and stay apart; equal texts are found by their text.

    Raises:
        ValueError: as `canonical`.

    >>> identity("http://www.example.com/a/?b=2&a=1") == identity("https://example.com/a?a=1&b=2")
    True
    """
    parts = urlsplit(canonical(url))
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    path = parts.path.rstrip("/") or "/"
    return parts.netloc.removeprefix("www.") + path + (f"?{query}" if query else "")


def declared(claimed: str, page_url: str) -> str | None:
    """The address a page names as its own (``rel=canonical``, ``og:url``), canonical, or None where it is not to be trusted.

    Trusted only within the site; not when it names the front page from a deeper one, and not when it drops the parameter
    that tells the article (``view.php?no=12`` declared as ``view.php``): templates with a fixed tag do both, and every
    article would become one.

    Raises:
        ValueError: ``page_url`` is no address. A wrong ``claimed`` is only not trusted.

    >>> declared("/story/12", "https://www.example.com/story/12?page=all")
    'https://www.example.com/story/12'
    >>> declared("https://other.org/story/12", "https://www.example.com/story/12") is None
    True
    """
    page = canonical(page_url)
    try:
        claim = canonical(claimed, page)
    except ValueError:
        return None
    if not claimed.strip() or not same_site(claim, page):
        return None
    theirs, ours = urlsplit(claim), urlsplit(page)
    if is_front(claim) and not is_front(page):
        return None
    return None if _loses_article(theirs, ours) else claim


def is_front(url: str) -> bool:
    """Whether an address is a site's front page, that of a language (``/ko/``) included.

    >>> is_front("https://example.com/"), is_front("https://example.com/en/index.html"), is_front("https://example.com/?p=7")
    (True, True, False)
    """
    parts = urlsplit(url)
    return not parts.query and _FRONT.fullmatch(parts.path) is not None


def parameters(url: str) -> tuple[tuple[str, str], ...]:
    """Names (lower case) and values of an address's query, in order, escapes left in.

    >>> parameters("https://example.com/view.php?No=12&mode")
    (('no', '12'), ('mode', ''))
    """
    pieces = (piece.partition("=") for piece in urlsplit(url).query.split("&") if piece)
    return tuple((name.lower(), value) for name, _, value in pieces)


def _split(url: str, base: str | None) -> SplitResult:
    """The parts of an absolute http(s) address without credentials."""
    text = url.translate(_FOLDED).strip()
    if len(text) > MAX_LENGTH:
        raise ValueError(f"an address of {len(text)} characters")
    if _CONTROL.search(text):
        raise ValueError("control characters in an address")
    head, mark, tail = re.match(r"([^?#]*)(.?)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr] # matches anything
    text = head.replace("\\", "/") + mark + tail  # as browsers read it; else "http://a\@b" is two hosts
    parts = urlsplit(text)
    if base is not None and not parts.scheme:
        parts = _resolved(parts, urlsplit(base))
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError(f"not an http(s) address: {url[:80]!r}")
    if "@" in parts.netloc:
        raise ValueError("a user name or password in an address")
    return parts


def _resolved(parts: SplitResult, base: SplitResult) -> SplitResult:
    """RFC 3986, section 5.2.2, dot segments left in; `urllib.parse.urljoin` also drops an empty ``;`` at the end."""
    if parts.netloc:
        return parts._replace(scheme=base.scheme)
    if not parts.path:
        return base._replace(query=parts.query or base.query)
    folder = "" if parts.path.startswith("/") else base.path.rpartition("/")[0] + "/"
    return base._replace(path=folder + parts.path, query=parts.query)


def _authority(parts: SplitResult) -> str:
    """Host in ASCII, and the port where it is not the scheme's own."""
    host = parts.hostname or ""
    host = f"[{IPv6Address(host).compressed}]" if "[" in parts.netloc else _ascii_host(host)
    if "%" in host:
        raise ValueError("an address with a zone index")
    port = parts.port
    return host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"


def _ascii_host(host: str) -> str:
    """The host as DNS is asked: IDNA labels, lower case, no dot at the end."""
    if len(host) > 253:  # noqa: PLR2004 # DNS's limit; also, the codec's time grows with the square of the length
        raise ValueError("a host name that is too long")
    if not host.isascii():
        host = ".".join(_ascii_label(label) for label in _LABEL_ENDS.split(host))
    host = host.lower().removesuffix(".")
    if not _HOST.fullmatch(host):
        raise ValueError(f"not a host name: {host[:80]!r}")
    return host


def _ascii_label(label: str) -> str:
    """One label in ASCII. Python's codec is IDNA 2003, which writes ``ß`` as ``ss``: IDNA 2008 keeps it, and so do browsers."""
    lowered = unicodedata.normalize("NFC", label.lower())
    if "ß" in lowered or "ς" in lowered:
        return "xn--" + lowered.encode("punycode").decode("ascii")
    return label.encode("idna").decode("ascii") if label else ""


def _escaped(text: str, safe: str) -> str:
    """Escapes in upper case, unreserved characters unescaped, everything not allowed escaped as UTF-8."""
    return quote(_ESCAPE.sub(_ordered, text), safe=safe)


def _ordered(match: re.Match[str]) -> str:
    if not match[1]:
        return "%25"  # a per cent sign that begins no escape
    char = chr(int(match[1], 16))
    return char if char in _UNRESERVED else match[0].upper()


def _without_dots(path: str) -> str:
    """RFC 3986, section 5.2.4."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _query(query: str) -> str:
    """The query without tracking and empty pieces, order kept."""
    pieces = _escaped(_AMPERSAND.sub("&", query), _QUERY_SAFE).split("&")
    return "&".join(piece for piece in pieces if piece and not _tracks(piece.partition("=")[0].lower()))


def _tracks(name: str) -> bool:
    return name in TRACKING_NAMES or name.startswith(TRACKING_PREFIXES)


def _loses_article(claim: SplitResult, page: SplitResult) -> bool:
    """Whether a claim names the page's script but not the article the page's query names."""
    if claim.path.rstrip("/") != page.path.rstrip("/") or not page.query:
        return False
    theirs = set(claim.query.lower().split("&"))
    missing = [piece for piece in page.query.lower().split("&") if piece not in theirs]
    names = {piece.partition("=")[0] for piece in missing}
    return bool(names & ARTICLE_PARAMETERS) or (bool(_SCRIPT.search(page.path)) and not claim.query and bool(missing))
