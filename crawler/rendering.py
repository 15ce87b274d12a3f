"""One page shown in a browser until it is at rest, each of its requests answered by us.

The page itself was fetched before, like any other; here its scripts run, and what they ask for is screened, asked for in the
same way, counted and bounded. What the page then looks like is the page. This module needs the extra ``browser``, so it is
imported once a browser is there.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from playwright.async_api import Error

from crawler import screening, targets
from crawler.chain import readdressed
from crawler.flattening import read_document
from crawler.relaying import WIRE_HEADERS, headers_of, passed
from crawler.screening import Verdict, screened
from model.errors import BadRedirect, BadStatus, FetchError, FetchTimeout, RenderFailed, TooLarge
from model.page import Page, Want
from model.times import now

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Request, Route
    from playwright.async_api import Page as Window

    from crawler.cookies import Jar
    from crawler.recent import Recent

#: Seconds without a request in flight after which a page counts as at rest.
_QUIET: Final = 0.6
#: Seconds that reading the page may take: scripts without end hold it up for ever.
_READING: Final = 20.0


class Load(Protocol):
    """How a shown page's requests are asked for: `crawler.fetch.Fetcher` in the way of the page's source."""

    async def __call__(self, url: str, want: Want, jar: Jar, headers: tuple[tuple[str, str], ...], /) -> Page:
        """Fetch it.

        Raises:
            FetchError: by its kind.
        """
        ...


async def shown(page: Page, context: BrowserContext, *, load: Load, jar: Jar, cap: int, seconds: float, recent: Recent) -> Page:
    """The page after its scripts ran.

    Args:
        page: as it was served.
        context: a browser's window of its own.
        load: asks for what the page asks for.
        jar: the cookies of the page and of all that it loads.
        cap: bytes that the result may have.
        seconds: after which what stands there by then is taken.
        recent: scripts that other pages loaded.

    Raises:
        FetchTimeout: it did not even begin.
        RenderFailed: its scripts do not end.
        TooLarge: they made more than ``cap``.
        FetchError: they lead to a page that cannot be had, or elsewhere without end.
        playwright.async_api.Error: the browser gave up.
    """
    show = _Show(page, load=load, jar=jar, recent=recent)
    began = time.monotonic()
    try:
        window = await show.begin(context, seconds)
        if show.trouble is not None:
            raise readdressed(show.trouble, page.chain[0], f"{show.trouble.detail}; its scripts lead to {show.trouble.url}")
        async with asyncio.timeout(_READING):
            text = await read_document(context, window, cap)
    except TimeoutError as error:
        raise RenderFailed(page.chain[0], "its scripts do not end") from error
    finally:
        await show.end()
    body = b"<!DOCTYPE html>" + (text or "").encode("utf-8", "replace")
    if text is None or len(body) > cap:
        raise TooLarge(page.chain[0], f"its scripts made more than {cap:,} bytes of it")
    return _as_page(show.page, page, body, elapsed=time.monotonic() - began)


def _as_page(last: Page, first: Page, body: bytes, *, elapsed: float) -> Page:
    """The document at which the browser arrived, with what it made of it. Its validators would be those of the bare markup."""
    about_bytes = WIRE_HEADERS | {"content-type", "etag", "last-modified"}
    headers = (("content-type", "text/html; charset=utf-8"), *(it for it in last.headers if it[0] not in about_bytes))
    chain = first.chain if last is first else (*first.chain, *last.chain)
    return replace(last, chain=chain, headers=headers, body=body, fetched_at=now(), elapsed=first.elapsed + elapsed)


class _Show:
    """What goes on while one page is shown."""

    def __init__(self, page: Page, *, load: Load, jar: Jar, recent: Recent) -> None:
        self.page = page
        self.window: Window | None = None
        #: Why a page to which scripts led could not be had.
        self.trouble: FetchError | None = None
        self._load, self._jar, self._recent = load, jar, recent
        self._pending = self._parts = self._moves = self._bytes = 0
        self._stirred = time.monotonic()
        self._answering: set[asyncio.Task[None]] = set()

    async def begin(self, context: BrowserContext, seconds: float) -> Window:
        """Show the page until it is at rest, or the time is over: most pages that never rest have long shown what they have.

        Raises:
            FetchTimeout: by then it had not even begun.
        """
        self.window = window = await context.new_page()
        await context.route("**/*", self.answer)
        is_there = False
        try:
            async with asyncio.timeout(seconds):
                await window.goto(self.page.url, wait_until="commit", timeout=0)
                is_there = True
                await self.rest()
        except TimeoutError as error:
            if not is_there:
                raise FetchTimeout(self.page.chain[0], f"the browser shows nothing in {seconds:g} s") from error
        return window

    async def end(self) -> None:
        """Ask for nothing more."""
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)

    async def rest(self) -> None:
        """Wait until nothing was asked for a while."""
        while True:
            left = _QUIET if self._pending else self._stirred + _QUIET - time.monotonic()
            if left <= 0:
                return
            await asyncio.sleep(left)

    async def answer(self, route: Route) -> None:
        """Answer one request of the browser, in a task that ends with the page."""
        task = asyncio.create_task(self._answered(route))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)
        await asyncio.wait({task})

    async def _answered(self, route: Route) -> None:
        self._pending += 1
        try:
            try:
                await self._answer(route)
            except BadStatus as error:
                await route.fulfill(status=error.status or 502, body="")
            except FetchError:
                await route.abort()
        except Error:
            pass  # the window is closed, or was never ours: nobody waits for an answer
        finally:
            self._pending -= 1
            self._stirred = time.monotonic()

    async def _answer(self, route: Route) -> None:
        request = route.request
        target = targets.parse(request.url)
        moves = request.is_navigation_request() and self._is_ours(request)
        match screened(method=request.method, host=target.host, kind=request.resource_type, moves=moves):
            case Verdict.PAGE:
                await self._move(route, target.url)
            case Verdict.PART:
                await self._fulfil(route, await self._part(request, target))
            case Verdict.EMPTY:
                await route.fulfill(status=200, content_type="text/css", body="")
            case Verdict.REFUSED:
                await route.abort()

    def _is_ours(self, request: Request) -> bool:
        """Whether a navigation is that of the page itself, not of a frame or a pop-up."""
        return self.window is not None and request.frame == self.window.main_frame

    async def _move(self, route: Route, url: str) -> None:
        """Answer with the page, or with that to which its scripts lead: another one, fetched with all that belongs to it."""
        self._moves += 1
        try:
            if self._moves > 1 + screening.MAX_MOVES:
                raise BadRedirect(url, f"more than {screening.MAX_MOVES} times")
            if self._moves > 1:
                await self._take_cookies(url)
                self.page = await self._load(url, Want.PAGE, self._jar, ())
        except FetchError as error:
            self.trouble = self.trouble or error
            await route.fulfill(status=204)  # the browser stays where it is; on any other answer it would show a page of its own
        else:
            await self._fulfil(route, self.page, document=True)

    async def _part(self, request: Request, target: targets.Target) -> Page:
        is_script = request.resource_type == "script"
        if is_script and (known := self._recent.get(target.url)) is not None:
            return known
        self._parts += 1
        if self._parts > screening.MAX_PARTS or self._bytes > screening.MAX_BYTES:
            raise TooLarge(target.url, "the page asks for too much")
        await self._take_cookies(target.url)
        headers = passed(request.headers)
        part = await self._load(target.url, Want.PART, self._jar, headers)
        self._bytes += len(part.body)
        if is_script:
            self._recent.keep(target.url, part)
        return part

    async def _take_cookies(self, url: str) -> None:
        """Cookies that scripts set for exactly this host; those that a Domain spreads over several stay behind."""
        assert self.window is not None
        target = targets.parse(url)
        theirs = [it for it in await self.window.context.cookies(url) if it.get("domain", "") == target.host]
        lines = [f"{it.get('name')}={it.get('value')}; Path=/" for it in theirs]
        self._jar.take(lines, target, now=now())

    async def _fulfil(self, route: Route, page: Page, *, document: bool = False) -> None:
        await route.fulfill(status=200, headers=headers_of(page, document=document), body=page.body)
