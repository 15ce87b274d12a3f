"""Fetching pages: the one way out of the house, whatever is fetched.

Each request of a chain of redirects is looked at afresh::

    address -> robots.txt -> the host's turn -> a connection -> guard -> GET -> redirect? again : page
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from crawler import targets
from crawler.answers import GOOD, REDIRECTS, judged, next_target, sendable, wait_asked
from crawler.browser import Browser
from crawler.chain import Chain, readdressed, retold
from crawler.content import ACCEPT, unwanted_type
from crawler.cookies import Jar
from crawler.inflate import ACCEPT_ENCODING, Body
from crawler.names import Names
from crawler.neighbours import Neighbours
from crawler.politeness import REFUSALS, Turns
from crawler.recent import Recent
from crawler.robots import MAX_REDIRECTS, Robots
from crawler.ways import PLAIN, Way
from crawler.wire import NoConnection, Wire
from model.access import Render
from model.errors import (
    BadRedirect,
    FetchError,
    HostResting,
    InvalidAddress,
    RobotsDisallowed,
    TooLarge,
    UnwantedType,
)
from model.page import NotModified, Page, Request, Validators, Want
from model.times import now

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from crawler.names import Resolve
    from crawler.options import FetchOptions
    from crawler.robots import Rules
    from crawler.targets import Target
    from crawler.wire import Answer, Head, Headers
    from model.source import Source

_HTML: Final = frozenset({"", "application/xhtml+xml", "text/html"})
#: Look-ups of names at a time for each request in flight: those of requests that gave up go on for a while.
_LOOK_UPS: Final = 2


class Fetcher:
    """Fetches pages politely and safely; an async context manager.

    One for the whole process: the queues of hosts and the rules of sites live in it.

    Args:
        options: limits and manners.
        resolve: names to addresses; the system's resolver unless a test brings its own.
        clock: monotonic seconds.
    """

    def __init__(
        self, options: FetchOptions, *, resolve: Resolve | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._options, self._clock = options, clock
        self._names = Names(_LOOK_UPS * options.concurrency)
        self._wire = Wire(options, resolve or self._names)
        self._turns = Turns(options, clock)
        self._neighbours = Neighbours(resolve or self._names, clock) if options.group_addresses else None
        self._jar = Jar()
        self._browser, self._recent = Browser(options), Recent(clock)
        self._robots = Robots(self._read_robots, options.product, clock)

    async def __aenter__(self) -> Self:
        await self._wire.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._browser.close()
        await self._wire.__aexit__(kind, error, traceback)
        self._names.close()

    def of(self, source: Source) -> Visitor:
        """The fetcher as a source's pages are asked for: with its headers, cookies and proxy."""
        return Visitor(self, Way.of(source))

    async def fetch(self, request: Request, *, way: Way = PLAIN) -> Page | NotModified:
        """Fetch a page, following redirects.

        Raises:
            FetchError: one of its kinds. ``url`` is the request's own; after redirects ``detail`` names the last address.
        """
        jar = self._jar if way.access.cookies else Jar()
        if way.access.render is Render.NONE or request.want is not Want.PAGE:
            return await self._follow(request, way, jar, max_redirects=self._options.max_redirects)
        # What a browser makes of a page may change while the markup stays as it is: so it is never asked conditionally.
        request = replace(request, validators=Validators())
        page = await self._follow(request, way, jar, max_redirects=self._options.max_redirects)
        return await self._shown(page, way, jar) if isinstance(page, Page) and page.content_type in _HTML else page

    async def allowed(self, url: str, *, way: Way = PLAIN) -> bool:
        """Whether the site's robots.txt lets us fetch the page; always, when robots are not obeyed.

        Raises:
            FetchError: the address cannot be asked, or the robots.txt cannot be read.
        """
        target = targets.parse(url)
        return not self._options.obey_robots or (await self._rules(target, way)).allows(target.url)

    async def sitemaps(self, url: str, *, way: Way = PLAIN) -> tuple[str, ...]:
        """The sitemaps that the robots.txt of a page's site names, absolute; what is no address is left out.

        Raises:
            FetchError: the address cannot be asked, or the robots.txt cannot be read.
        """
        target = targets.parse(url)
        found = []
        for sitemap in (await self._rules(target, way)).sitemaps:
            try:
                found.append(targets.join(target, sitemap).url)
            except InvalidAddress:
                continue
        return tuple(dict.fromkeys(found))

    async def rest(self, url: str, seconds: float) -> None:
        """Leave an address's host alone for so long: it asked for that in an earlier run.

        Raises:
            InvalidAddress: the address cannot be asked at all.
        """
        self._turns.rest(await self._queue(targets.parse(url)), seconds)

    async def _shown(self, page: Page, way: Way, jar: Jar) -> Page:
        """The page as a browser shows it."""

        async def load(url: str, want: Want, jar: Jar, headers: Headers) -> Page:
            request = Request(url=url, want=want)
            part = await self._follow(request, way, jar, max_redirects=self._options.max_redirects, headers=headers)
            assert isinstance(part, Page)  # nothing was asked conditionally
            return part

        options = self._options
        cap, seconds = options.cap(Want.PAGE), options.total_timeout
        async with self._browser.context(page.chain[0]) as context:
            from crawler.rendering import shown  # needs the extra, which is there if the browser is

            return await shown(page, context, load=load, jar=jar, cap=cap, seconds=seconds, recent=self._recent)

    async def _follow(
        self, request: Request, way: Way, jar: Jar, *, max_redirects: int, headers: Headers = ()
    ) -> Page | NotModified:
        target = targets.parse(request.url)
        chain = Chain(request=request, target=target, asked=(request.url,), way=way, jar=jar, headers=headers)
        visited: set[tuple[str, str]] = set()
        while True:
            cookies = chain.jar.header(target, now=now())
            if (target.url, cookies) in visited:  # with other cookies the same address may be another page
                raise BadRedirect(request.url, f"a loop: back at {target.url}")
            if len(visited) > max_redirects:
                raise BadRedirect(request.url, f"more than {max_redirects} redirects, the next to {target.url}")
            visited.add((target.url, cookies))
            try:
                began, answer = await self._ask(chain)
                spent = chain.spent + self._clock() - began
                if answer.head.status not in REDIRECTS:
                    return judged(chain, answer, spent)
                target = next_target(chain.target, answer.head)
            except FetchError as error:
                raise retold(error, chain) from error
            chain = chain.on(target, status=answer.head.status, spent=spent)

    async def _ask(self, chain: Chain) -> tuple[float, Answer]:
        """One request of a chain: the moment it was sent and what came back."""
        target, want = chain.target, chain.request.want
        crawl_delay = 0.0 if want is Want.ROBOTS else await self._admit(target, chain.way)
        queue = await self._queue(target)
        seconds = self._options.total_timeout - chain.spent
        async with (
            self._turns.turn(queue, target.url, crawl_delay=crawl_delay, part=want is Want.PART) as turn,
            self._wire.place(target, chain.way.proxy) as place,
        ):
            began = self._clock()
            try:
                answer = await place.get(self._headers(chain), seconds=seconds, take=self._taker(want, target.url))
            except NoConnection as error:
                turn.absent()
                raise error.reason from error
            finally:
                turn.took(self._clock() - began)
            turn.answered(answer.head.status, wait_asked(answer.head))
        self._heed(target, answer.head)
        chain.jar.take((value for name, value in answer.head.headers if name == "set-cookie"), target, now=now())
        return began, answer

    async def _queue(self, target: Target) -> str:
        """Whose turns a host's requests take."""
        return target.authority if self._neighbours is None else await self._neighbours.group(target)

    def _heed(self, target: Target, head: Head) -> None:
        """Pass over an answer, unless the host asks for a longer rest than anybody waits for.

        Raises:
            HostResting: it does.
        """
        wait = wait_asked(head)
        if head.status in REFUSALS and wait is not None and wait > self._options.patience:
            raise HostResting(target.url, f"HTTP {head.status}; asks for {wait:.0f} s without requests", retry_after=wait)

    async def _admit(self, target: Target, way: Way) -> float:
        """Ask robots.txt; the delay it wants."""
        if not self._options.obey_robots:
            return 0.0
        rules = await self._rules(target, way)
        if not rules.allows(target.url):
            raise RobotsDisallowed(target.url, f"{target.robots_url} does not allow it")
        return rules.crawl_delay

    async def _rules(self, target: Target, way: Way) -> Rules:
        try:
            return await self._robots.rules(target.robots_url, way)
        except FetchError as error:
            raise readdressed(error, target.url, error.detail) from error

    async def _read_robots(self, url: str, way: Way) -> bytes:
        page = await self._follow(Request(url=url, want=Want.ROBOTS), way, Jar(), max_redirects=MAX_REDIRECTS)
        assert isinstance(page, Page)
        return page.body

    def _headers(self, chain: Chain) -> Headers:
        validators = chain.request.validators
        conditions = (("If-None-Match", validators.etag), ("If-Modified-Since", validators.last_modified))
        cookies = chain.jar.header(chain.target, now=now())
        headers = (
            *(chain.headers if chain.at_home else ()),
            ("User-Agent", self._options.user_agent),
            ("Accept", ACCEPT[chain.request.want]),
            ("Accept-Encoding", ACCEPT_ENCODING),
            *((name, value) for name, value in conditions if value and sendable(value)),
            *((("Cookie", cookies),) if cookies else ()),
            *chain.way.headers_to(chain.target),
        )
        return tuple({name.lower(): (name, value) for name, value in headers}.values()) if chain.headers else headers

    def _taker(self, want: Want, url: str) -> Callable[[Head], Body | None]:
        """What to do with the body once the head is here."""
        cap = self._options.cap(want)

        def take(head: Head) -> Body | None:
            if head.status not in GOOD:
                return None
            reason = unwanted_type(want, head.header("content-type").partition(";")[0].strip().lower())
            if reason:
                raise UnwantedType(url, reason)
            declared = head.header("content-length")
            if want is not Want.ROBOTS and declared.isdecimal() and int(declared[:20]) > cap:
                raise TooLarge(url, f"{declared[:20]} bytes announced, {cap:,} taken")
            return Body(url, encoding=head.header("content-encoding"), cap=cap, cut=want is Want.ROBOTS)

        return take


class Visitor:
    """A fetcher on behalf of one source.

    Args:
        fetcher: who fetches.
        way: how.
    """

    def __init__(self, fetcher: Fetcher, way: Way) -> None:
        self._fetcher, self._way = fetcher, way

    async def fetch(self, request: Request) -> Page | NotModified:
        """As `Fetcher.fetch`."""
        return await self._fetcher.fetch(request, way=self._way)

    async def allowed(self, url: str) -> bool:
        """As `Fetcher.allowed`."""
        return await self._fetcher.allowed(url, way=self._way)

    async def sitemaps(self, url: str) -> tuple[str, ...]:
        """As `Fetcher.sitemaps`."""
        return await self._fetcher.sitemaps(url, way=self._way)
