"""A web that misbehaves: hosts on loopback, each with one fault or a family of harmless ones, and healthy hosts between them.

`PAGES` and `ENDPOINTS` are the table of attacks and faults, each with the ending that it must come to. Every host has a
feed that lists its pages. An ending is "outcome reason" as the database has them: "failed too_large", "stored".
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from loopback import Answering, Hit, Reply, Site, Writing

from model.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HEALTHY = tuple(f"127.0.1.{number}" for number in range(1, 21))
#: Listens, and must never be asked: it lies outside the networks that may be visited.
FORBIDDEN = "127.9.9.9"
NETWORK = "127.0.0.0/16"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A page or endpoint that goes wrong."""

    name: str
    #: One of these endings is right.
    ends: frozenset[str]
    answer: Answering | Writing
    #: Whether `answer` writes to the connection itself.
    writes: bool = False
    #: Where there are further routes, by target.
    beside: Mapping[str, Answering] = field(default_factory=dict)


_WORDS = (
    *("harbour", "ferry", "council", "bridge", "winter", "market", "railway", "teacher", "garden", "engine", "vote", "island"),
    *("library", "storm", "budget", "river", "bakery", "museum", "captain", "signal", "forest", "village", "mayor", "school"),
)


def prose(seed: object, paragraphs: int = 5) -> tuple[str, ...]:
    """Paragraphs as a newspaper has them, always the same for one seed."""
    chance = random.Random(str(seed))

    def sentence() -> str:
        words = [chance.choice(_WORDS) for _ in range(chance.randint(9, 18))]
        return f"{' '.join(words).capitalize()} {chance.randint(100, 999)}."

    return tuple(" ".join(sentence() for _ in range(4)) for _ in range(paragraphs))


def article(seed: object, *, extra: str = "", charset: str = '<meta charset="utf-8">') -> str:
    """A page with an article that a cleaner finds."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in prose(seed))
    return (
        f"<!doctype html><html lang='en'><head>{charset}<title>The story of {seed}</title></head>"
        f"<body><nav><a href='/'>Home</a></nav><article><h1>The story of {seed}</h1>{body}</article>{extra}</body></html>"
    )


#: Seconds that a healthy host takes to answer, so that two requests at a time would be seen as such.
_WORK = 0.02


def _html(text: str | bytes, **reply: object) -> Answering:
    body = text.encode() if isinstance(text, str) else text
    return lambda _: Reply(body=body, **reply)  # type: ignore[arg-type] # passed through


def _to(location: str) -> Answering:
    return lambda _: Reply(body=b"", status=302, headers={"location": location})


def _wall(hit: Hit) -> Reply:
    """Asks whether cookies are taken, by a redirect to where one came from."""
    if "taken=yes" in hit.headers.get("cookie", ""):
        return Reply(body=article("behind a wall").encode())
    return Reply(status=302, body=b"", headers={"location": hit.target, "set-cookie": "taken=yes; Path=/"})


def bomb(megabytes: int) -> bytes:
    """Nothing, so many megabytes of it, packed to a thousandth."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()


_BOMB = bomb(64)
_OK = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n"


async def endless_chunks(_hit: Hit, writer: asyncio.StreamWriter) -> None:
    writer.write(_OK + b"transfer-encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n")
        await writer.drain()


def _dripping(head: bytes, drop: bytes) -> Writing:
    async def drip(_hit: Hit, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(0.05)

    return drip


def _number(hit: Hit) -> int:
    """The page that a list or an article is asked for."""
    return int(hit.target.partition("page=")[2] or 1)


async def _silent(_hit: Hit, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


def _writing(answer: bytes) -> Writing:
    async def write(_hit: Hit, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    return write


def _page(name: str, ends: str, answer: Answering | Writing, *, writes: bool = False, **beside: Answering) -> Fault:
    """Endings apart by " | "; further routes by their target without the slash."""
    routes = {f"/{target}": route for target, route in beside.items()}
    return Fault(name=name, ends=frozenset(ends.split(" | ")), answer=answer, writes=writes, beside=routes)


#: Addresses that a redirect may not lead to, in the many ways in which they can be written; some are no address to us at all.
INSIDE = (
    f"http://{FORBIDDEN}:PORT/",
    "http://10.0.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://2852039166/",
    "http://100.64.0.1/",
    "http://192.168.1.1/",
    "http://[::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[64:ff9b::a00:1]/",
    "http://[2002:a00:1::]/",
    "http://0/",
)
NO_ADDRESS = (
    "file:///etc/passwd",
    "data:text/html,x",
    "ftp://127.0.1.1/",
    "http://a:b@127.0.1.1/",
    "javascript:1",
    "http://[::1",
)

PAGES: tuple[Fault, ...] = (
    # What is not one page's worth of bytes.
    _page("gzip-bomb", "failed too_large", _html(_BOMB, headers={"content-encoding": "gzip"})),
    _page("large-page", "failed too_large", _html(b"<p>" + b"x" * 3_000_000)),
    _page("announced-too-large", "failed too_large", _writing(_OK + b"content-length: 99999999999\r\n\r\n"), writes=True),
    _page("endless-chunks", "failed too_large", endless_chunks, writes=True),
    _page("bomb-in-redirect", "stored", lambda _: Reply(
        body=_BOMB, status=302, headers={"content-encoding": "gzip", "location": "/good"}),
        good=_html(article("behind a bomb"))),
    # What comes too slowly or not at all.
    _page("slow-body", "failed fetch_timeout", _dripping(_OK + b"\r\n", b"x"), writes=True),
    _page("slow-headers", "failed fetch_timeout", _dripping(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"), writes=True),
    _page("silence", "failed fetch_timeout", _silent, writes=True),
    # What is no HTTP, or half of it.
    _page("hangs-up", "failed connection_failed", _writing(b""), writes=True),
    _page("headers-of-200-kb", "failed connection_failed", _writing(_OK + b"x: " + b"x" * 200_000 + b"\r\n\r\n"), writes=True),
    _page("no-http", "failed connection_failed", _writing(b"SSH-2.0-OpenSSH_9.6\r\n"), writes=True),
    _page("lying-length", "failed connection_failed", _writing(_OK + b"content-length: 1000\r\n\r\n<p>half"), writes=True),
    _page("truncated-gzip", "failed connection_failed", _html(
        gzip.compress(article("half").encode())[:-20], headers={"content-encoding": "gzip"})),
    _page("brotli-unasked", "failed bad_encoding", _html(b"\x0b\x02\x80", headers={"content-encoding": "br"})),
    # Redirects.
    _page("redirect-loop", "failed bad_redirect", _to("/loop"), loop=_to("/redirect-loop")),
    _page("redirect-chain", "failed bad_redirect", lambda hit: Reply(
        status=302, body=b"", headers={"location": hit.target + ("x" if "?" in hit.target else "?")})),
    *(_page(f"inside-{number}", "failed address_refused | failed bad_redirect", _to(url)) for number, url in enumerate(INSIDE)),
    *(_page(f"no-address-{number}", "failed bad_redirect", _to(url)) for number, url in enumerate(NO_ADDRESS)),
    _page("sent-home", "skipped not_an_article", _to("/"), **{"": _html("<p>Home.")}),
    _page("refreshes-inside", "failed address_refused", lambda hit: Reply(
        body=f'<meta http-equiv=refresh content="0;url=http://{FORBIDDEN}:{hit.host.rpartition(":")[2]}/">'.encode())),
    # Cookies.
    _page("cookie-wall", "stored", _wall),
    _page("cookie-loop", "failed bad_redirect", lambda hit: Reply(status=302, body=b"", headers={
        "location": hit.target, "set-cookie": f"n={len(hit.headers.get('cookie', ''))}{hit.began}; Path=/"})),
    _page("cookies-without-end", "stored", _html(
        article("cookies"), headers={"set-cookie": "a=" + "x" * 60_000 + "; Domain=.example; Path=/"})),
    # Markup that is meant to hurt.
    _page("nested-tags", "stored | skipped empty | skipped not_an_article | failed clean_timeout | failed clean_crashed"
          " | failed unreadable",
          _html("<div>" * 100_000 + "deep" + "</div>" * 100_000)),
    _page("paragraphs", "stored | skipped not_an_article | failed clean_timeout | failed clean_crashed", _html(
        "<p>A short one." * 60_000)),
    _page("colspan", "stored | failed clean_timeout | failed clean_crashed", _html(
        article("tables", extra="<table>" + "<tr><td colspan=9007199254740992>x</td></tr>" * 50 + "</table>"))),
    # An article whose every part leads to another one.
    _page("endless-parts", "stored", lambda hit: Reply(body=article(
        f"part {_number(hit)}", extra=f"<a href='/endless-parts?page={_number(hit) + 1}'>{_number(hit) + 1}</a>").encode())),
    # Bytes that are no text, or another one than they say.
    _page("empty", "skipped empty | failed unreadable", _html(b"")),
    _page("nul", "stored", _html(article("nul").replace("</p>", "\x00 </p>"))),
    _page("lone-surrogates", "stored", _html(article("surrogates", extra="<p>&#xD800; &#55296;</p>"))),
    _page("invalid-utf-8", "stored", _html(article("bytes").encode().replace(b"<p>", b"<p>\xff\xfe\x80 "))),
    _page("wrong-charset", "stored", _html(article("charset"), content_type="text/html; charset=no-such-charset")),
    _page("absent-charset", "stored", _html(article("none", charset=""), content_type="text/html")),
    _page("utf-16", "stored", _html(article("wide", charset="").encode("utf-16"), content_type="text/html")),
    _page("entities", "stored", _html(
        '<!DOCTYPE html [<!ENTITY a "boom"><!ENTITY b "&a;&a;&a;">]>' + article("entities", extra="<p>&b;</p>"))),
    _page("picture", "failed unwanted_type", _html(b"\x89PNG\r\n\x1a\n", content_type="image/png")),
    _page("pdf-as-html", "failed unwanted_type", _html(b"%PDF-1.7\n")),
    # Servers in a mood.
    _page("gone", "failed bad_status", _html(b"gone", status=410)),
    _page("teapot", "failed bad_status", _html(b"no", status=500)),
    _page("not-modified-unasked", "failed bad_status", _html(b"", status=304)),
    _page("busy", "failed host_resting", _html(b"busy", status=429, headers={"retry-after": "7200"})),
    _page("sql-in-title", "stored", _html(article("'); DROP TABLE article; --"))),
)  # fmt: skip


def _xml(text: str) -> Answering:
    return lambda _: Reply(body=text.encode(), content_type="application/xml")


_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))

#: Faults of endpoints, by kind; the ending is that of the endpoint.
ENDPOINTS: Mapping[str, tuple[Fault, ...]] = {
    "feeds": (
        _page("billion-laughs", "polled | failed discovery_error", _xml(
            f'<!DOCTYPE rss [<!ENTITY l0 "ha">{_LAUGHS}]>'
            '<rss version="2.0"><channel><item><title>&l9;</title></item></channel></rss>')),
        _page("html-as-feed", "failed discovery_error", _html("<!doctype html><title>404</title><p>Not here.")),
        _page("feed-bomb", "failed too_large", _html(_BOMB, headers={"content-encoding": "gzip"})),
        _page("surrogates-in-json", "polled", lambda _: Reply(
            body=json.dumps({"items": [{"title": "\ud800", "url": "\ud800"}]}).encode(), content_type="application/json")),
        _page("empty-feed", "failed discovery_error", _html(b"")),
    ),
    "sitemaps": (
        _page("self-index", "polled", _xml(
            "<sitemapindex>" + "".join(f"<sitemap><loc>/self-index?{n}</loc></sitemap>" for n in range(9)) + "</sitemapindex>")),
        _page("sitemap-bomb", "failed discovery_error | failed too_large", lambda _: Reply(
            body=_BOMB, content_type="application/gzip")),
        _page("xxe", "polled | failed discovery_error", _xml(
            '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><urlset><url><loc>http://127.0.1.1/&e;</loc></url></urlset>')),
    ),
    "sections": (
        _page("calendar", "polled | failed discovery_error", lambda hit: Reply(body="".join(
            f"<a href='/calendar?month={len(hit.target) + n}'>Next month</a> <a href='/2024/{n:02}/'>{n}</a>"
            for n in range(1, 13)).encode())),
        _page("nested-links", "polled | failed discovery_error", _html("<a href='/x'>" * 30_000)),
    ),
}  # fmt: skip


def _feed(base: str, targets: Iterator[str] | tuple[str, ...]) -> Answering:
    links = "".join(f"<item><title>A story</title><link>{base}{target}</link></item>" for target in targets)
    return _xml(f'<rss version="2.0"><channel><title>News</title>{links}</channel></rss>')


class MisbehavingWeb:
    """The hosts, served while the context is entered."""

    def __init__(self) -> None:
        self.bad = {fault.name: f"127.0.2.{number}" for number, fault in enumerate(self._faults(), 1)}
        self.site = Site(*HEALTHY, *self.bad.values(), FORBIDDEN)
        #: Address of each healthy article -> its paragraphs.
        self.articles: dict[str, tuple[str, ...]] = {}
        #: Addresses that robots.txt refuses.
        self.private: list[str] = []
        #: Address of each bad page or endpoint -> its right endings.
        self.pages: dict[str, frozenset[str]] = {}
        self.endpoints: dict[str, frozenset[str]] = {}
        self.sources: list[Source] = []

    @staticmethod
    def _faults() -> Iterator[Fault]:
        yield from PAGES
        for faults in ENDPOINTS.values():
            yield from faults

    def __enter__(self) -> Self:
        self.site.start()
        for host in HEALTHY:
            self._make_healthy(host)
        for fault in PAGES:
            self._make_bad(fault)
        for kind, faults in ENDPOINTS.items():
            for fault in faults:
                self._make_endpoint(kind, fault)
        return self

    def __exit__(self, *_: object) -> None:
        self.site.close()

    def _make_healthy(self, host: str) -> None:
        base = self.site.url("", host=host)
        robots = b"User-agent: *\nDisallow: /private/\n"
        self.site.route(f"{host}/robots.txt", lambda _: Reply(body=robots, content_type="text/plain", delay=_WORK))
        targets = tuple(f"/2026/11/2{number}/story-{number}" for number in range(3))
        sport = ("/sport/2026/11/20/match", "/sport/2026/11/21/match-of-the-day")
        for target in (*targets, *sport):
            seed = f"{host}{target}"
            self.site.route(seed, _html(article(seed), delay=_WORK))
            self.articles[base + target] = prose(seed)
        self.private.append(f"{base}/private/story")
        self.site.route(f"{host}/feed", _feed(base, (*targets, "/private/story")))
        self.site.route(f"{host}/sport/feed", _feed(base, sport))
        self._add(host, feeds=(f"{base}/feed",))
        self._add(f"{host}-sport", host=host, feeds=(f"{base}/sport/feed",))  # both want the host at the same time

    def _make_bad(self, fault: Fault) -> None:
        host = self._routes(fault)
        base = self.site.url("", host=host)
        self.pages[f"{base}/{fault.name}"] = fault.ends
        self.site.route(f"{host}/feed", _feed(base, (f"/{fault.name}",)))
        self._add(fault.name, host=host, feeds=(f"{base}/feed",))

    def _make_endpoint(self, kind: str, fault: Fault) -> None:
        host = self._routes(fault)
        url = self.site.url(f"/{fault.name}", host=host)
        self.endpoints[url] = fault.ends
        self._add(fault.name, host=host, **{kind: (url,)})

    def _routes(self, fault: Fault) -> str:
        host = self.bad[fault.name]
        if fault.writes:
            self.site.raw(f"{host}/{fault.name}", fault.answer)  # type: ignore[arg-type] # `writes` says so
        else:
            self.site.route(f"{host}/{fault.name}", self._with_port(fault.answer))  # type: ignore[arg-type] # as above
        for target, answer in fault.beside.items():
            self.site.route(host + target, answer)
        return host

    def _with_port(self, answer: Answering) -> Answering:
        """The answer, in which PORT stands for the server's own."""

        def answering(hit: Hit) -> Reply:
            reply = answer(hit)
            headers = {name: value.replace("PORT", str(self.site.port)) for name, value in reply.headers.items()}
            return Reply(body=reply.body, status=reply.status, content_type=reply.content_type, headers=headers)

        return answering

    def _add(self, name: str, *, host: str | None = None, **endpoints: tuple[str, ...]) -> None:
        self.sources.append(Source(name=name, url=self.site.url("/", host=host or name), **endpoints))  # type: ignore[arg-type] # by kind
