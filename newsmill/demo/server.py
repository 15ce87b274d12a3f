"""Serves the sample sites on loopback, each on a port of its own, and remembers every request.

::

    with SampleSites() as sites:
        crawl(sites.sources())
        assert all(hit.status == 200 for hit in sites.log)
"""

from __future__ import annotations

import gzip
import re
import socket
import sys
import threading
import time
from dataclasses import dataclass
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from model.fingerprints import body_hash
from model.times import utc
from newsmill.demo.sites import Expected, SampleSite, expected, load_sites

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from model.source import Source

_ORIGIN = re.compile(rb"\{\{origin(?::([\w-]+))?\}\}")
_DEFAULT_TYPES = {".html": "text/html", ".htm": "text/html", ".txt": "text/plain", ".xml": "application/xml"}
_GZIP_FROM = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One request that was answered. Times are seconds of ``time.monotonic``."""

    site: str
    #: Path with query, as asked for.
    path: str
    status: int
    started: float
    ended: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server says to one request."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class SampleSites:
    """The sample sites, served while the context is entered.

    Args:
        ports: lesson -> port; sites that are not named get a free one.
        folder: where the sites lie; the shipped ones by default.
        delay: seconds that every answer takes, for tests of what happens in between.
    """

    def __init__(self, ports: Mapping[str, int] | None = None, *, folder: Path | None = None, delay: float = 0.0) -> None:
        self.sites = load_sites(folder)
        self.delay = delay
        #: Every request answered so far, in the order of their ends.
        self.log: list[Hit] = []
        self._ports = dict(ports or {})
        self._origins: dict[str, str] = {}
        self._servers: list[_SiteServer] = []
        self._threads: list[threading.Thread] = []

    @property
    def origins(self) -> Mapping[str, str]:
        """Lesson -> "http://127.0.0.1:PORT"; empty before the context is entered."""
        return MappingProxyType(self._origins)

    def sources(self) -> tuple[Source, ...]:
        """The sites as entries of config.yaml."""
        return tuple(site.source(self._origins[site.lesson]) for site in self.sites)

    def expected(self) -> Mapping[str, Expected]:
        """Lesson -> what a right crawl of that site ends with."""
        return {site.lesson: expected(site) for site in self.sites}

    def __enter__(self) -> Self:
        try:
            for site in self.sites:
                server = _SiteServer(self, site, self._ports.get(site.lesson, 0))
                self._servers.append(server)
                self._origins[site.lesson] = f"http://127.0.0.1:{server.server_port}"
        except OSError:
            self.__exit__()
            raise
        for server in self._servers:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers[: len(self._threads)]:
            server.shutdown()
        for thread in self._threads:
            thread.join()
        for server in self._servers:
            server.hang_up()
            server.server_close()
        self._servers.clear()
        self._threads.clear()


class _SiteServer(ThreadingHTTPServer):
    """One site on one port."""

    daemon_threads = False
    block_on_close = True

    def __init__(self, sites: SampleSites, site: SampleSite, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Connection)
        self.sites, self.site = sites, site
        public = site.folder / "public"
        self._files = {path.relative_to(public).as_posix(): path for path in public.rglob("*") if path.is_file()}
        newest = max(article.published for article in site.articles)
        self._last_modified = format_datetime(utc(newest), usegmt=True)
        self._open: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        """Accept a connection and keep it in mind, so that it can be hung up."""
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close a connection that came to its end."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: tuple[str, int]) -> None:
        """A client that went away in the middle is no news; anything else is told on standard error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        """End the connections that clients still keep alive: their threads then end too."""
        for connection in tuple(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # the client was quicker
                continue

    def answer(self, target: str, asked: Mapping[str, str]) -> Answer:
        """What the site says to a GET of ``target`` (path and query) with the headers ``asked``."""
        moved = self.site.settings.get("redirects", {}).get(target)
        if moved is not None:
            return Answer(status=302, headers=(("Location", moved),), body=b"")
        path = self._find(target)
        if path is None:
            return Answer(status=404, headers=(("Content-Type", self._content_type("404.html")),), body=self._body("404.html"))
        body = self._body(path)
        if target.partition("?")[0].endswith(".gz"):
            body = gzip.compress(body, mtime=0)
        headers = [("Content-Type", self._content_type(target, path)), *self._validators(body)]
        if _unchanged(dict(headers), asked):
            return Answer(status=304, headers=tuple(headers[1:]), body=b"")
        if self.site.compressed and len(body) >= _GZIP_FROM and "gzip" in asked.get("accept-encoding", ""):
            body = gzip.compress(body, mtime=0)
            headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        return Answer(status=200, headers=tuple(headers), body=body)

    def _find(self, target: str) -> str | None:
        """The file that answers ``target``: a query is part of its name (after "@"); parameters it does not name are ignored."""
        path, _, query = target.lstrip("/").partition("?")
        first = query.partition("&")[0]
        folder = f"{path.rstrip('/')}/index.html".lstrip("/")
        names = (f"{path}@{query}", f"{path}@{first}", path, f"{path}.html", folder, path.removesuffix(".gz"))
        return next((name for name in names if name in self._files), None)

    def _body(self, path: str) -> bytes:
        def origin(match: re.Match[bytes]) -> bytes:
            return self.sites.origins[match[1].decode() if match[1] else self.site.lesson].encode()

        return _ORIGIN.sub(origin, self._files[path].read_bytes())

    def _content_type(self, target: str, path: str = "") -> str:
        given = next((kind for pattern, kind in self.site.content_types if re.search(pattern, target)), None)
        if given is not None:
            return given
        suffix = next((suffix for suffix in _DEFAULT_TYPES if path.endswith(suffix)), ".html")
        return _DEFAULT_TYPES[suffix]

    def _validators(self, body: bytes) -> Iterable[tuple[str, str]]:
        if "etag" in self.site.validators:
            yield "ETag", f'"{body_hash(body)[:20]}"'
        if "last-modified" in self.site.validators:
            yield "Last-Modified", self._last_modified


def _unchanged(headers: Mapping[str, str], asked: Mapping[str, str]) -> bool:
    """RFC 9110, 13.2.2: If-None-Match counts before If-Modified-Since."""
    if "if-none-match" in asked:
        return "ETag" in headers and headers["ETag"] in asked["if-none-match"]
    return "Last-Modified" in headers and headers["Last-Modified"] == asked.get("if-modified-since")


class _Connection(BaseHTTPRequestHandler):
    """One client's connection, kept alive."""

    server: _SiteServer
    protocol_version = "HTTP/1.1"
    server_version = "SampleSites/1"
    sys_version = ""
    # Headers and body leave in one packet; without it, delayed acknowledgements cost 40 ms an answer.
    wbufsize = -1

    def do_GET(self) -> None:  # the name http.server asks for
        """Answer and write it down."""
        started = time.monotonic()
        asked = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.answer(self.path, asked)
        time.sleep(self.server.sites.delay)
        # Written down before the client has it, so that it stands in the log by the time the client looks.
        self.server.sites.log.append(
            Hit(site=self.server.site.lesson, path=self.path, status=answer.status, started=started, ended=time.monotonic())
        )
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != HTTPStatus.NOT_MODIFIED:  # which has no body and no length
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    do_HEAD = do_GET  # noqa: N815 # the name http.server asks for

    def log_message(self, *_: object) -> None:
        """Say nothing: `SampleSites.log` remembers."""
