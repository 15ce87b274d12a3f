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

#: Never handed to the browser: what described the bytes on the wire, and what we send on our own terms.
_WIRE_HEADERS: Final = frozenset(
    {
        "connection",
        "content-encoding",
        "content-length",
        "keep-alive",
        "set-cookie",
        "strict-transport-security",
        "transfer-encoding",
    }
)
#: Headers of a script's request that are passed on; a script may add its own, which data often needs.
_NOT_PASSED: Final = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "cookie",
        "host",
        "if-modified-since",
        "if-none-match",
        "range",
        "user-agent",
    }
)
#: What is said of a document besides its own policy: no frames, pictures, workers; no forms, pop-ups, downloads (the sandbox).
_POLICY: Final = (
    "sandbox allow-scripts allow-same-origin; connect-src http: https:; font-src 'none'; frame-src 'none'; img-src 'none'; "
    "manifest-src 'none'; media-src 'none'; object-src 'none'; worker-src 'none'"
)
#: Reads the document in a world in which the page's scripts have changed nothing. Where there are shadow trees, a copy of what
#: is shown: each in the place of its host's children, and those in the place of the slots they are assigned to (the "flat tree"
#: of CSS Scoping). It is built in a document without scripts, node by node, so that no element of the page's own comes alive.
_READ: Final = """
(() => {
    const flat = root => {
        const inert = document.implementation.createHTMLDocument("");
        const copy = inert.importNode(root, false);
        const pending = [[root, copy]];
        while (pending.length) {
            const [from, to] = pending.pop();
            const nodes = [...(from.shadowRoot || from).childNodes].reverse();
            while (nodes.length) {
                const node = nodes.pop();
                if (node.localName === "slot" && node.getRootNode() instanceof ShadowRoot) {
                    const assigned = node.assignedNodes();
                    for (const it of [...(assigned.length ? assigned : node.childNodes)].reverse()) nodes.push(it);
                } else {
                    const twin = to.appendChild(inert.importNode(node, node.localName === "template"));
                    if (node.localName !== "template") pending.push([node, twin]);
                }
            }
        }
        return copy;
    };
    const root = document.documentElement;
    const shadowed = root && [root, ...root.querySelectorAll("*")].some(element => element.shadowRoot);
    const text = root ? (shadowed ? flat(root) : root).outerHTML : "";
    return text.length > %d ? null : text;
})()
"""


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
            text = await _read(context, window, cap)
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
    about_bytes = _WIRE_HEADERS | {"content-type", "etag", "last-modified"}
    headers = (("content-type", "text/html; charset=utf-8"), *(it for it in last.headers if it[0] not in about_bytes))
    chain = first.chain if last is first else (*first.chain, *last.chain)
    return replace(last, chain=chain, headers=headers, body=body, fetched_at=now(), elapsed=first.elapsed + elapsed)


async def _read(context: BrowserContext, window: Window, cap: int) -> str | None:
    """The document as markup, None where it is longer than the cap: it is measured before it leaves the browser."""
    session = await context.new_cdp_session(window)
    frame = (await session.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
    world = await session.send("Page.createIsolatedWorld", {"frameId": frame})
    asked = {"expression": _READ % cap, "contextId": world["executionContextId"], "returnByValue": True}
    value = (await session.send("Runtime.evaluate", asked))["result"].get("value")
    return value if isinstance(value, str) else None


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
        headers = tuple((name, value) for name, value in request.headers.items() if _is_passed(name, value))
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
        headers: dict[str, str] = {}
        for name, value in page.headers:
            if name not in _WIRE_HEADERS:
                headers[name] = f"{headers[name]}, {value}" if name in headers else value
        cookies = [_without_domain(value) for name, value in page.headers if name == "set-cookie"]
        if cookies:
            headers["set-cookie"] = "\n".join(cookies)  # as playwright has several of one name
        if document:
            own = headers.get("content-security-policy")
            headers["content-security-policy"] = f"{own}, {_POLICY}" if own else _POLICY
        await route.fulfill(status=200, headers=headers, body=page.body)


def _is_passed(name: str, value: str) -> bool:
    return name not in _NOT_PASSED and not name.startswith((":", "sec-", "proxy-")) and value.isprintable() and value.isascii()


def _without_domain(cookie: str) -> str:
    """A Set-Cookie header for its own host alone."""
    return ";".join(part for part in cookie.split(";") if not part.strip().lower().startswith("domain"))
