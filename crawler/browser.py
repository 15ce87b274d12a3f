"""Pages as they are after their scripts ran: with `crawler.rendering` the door to playwright and to a Chromium that is installed.

The browser has no network. Every request it makes is answered by us, from `Load`, which takes the same way as any other
request: address, robots.txt, turn, guard. So there is no second look-up of a name, no connection, no protocol of the browser's
own that could go anywhere else (WebSocket, WebRTC, WebTransport, service workers, prefetches, pop-ups): names lead nowhere
(``--host-resolver-rules``), and whatever needs none is sent to a proxy whose name leads nowhere either.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

from model.errors import BrowserMissing, RenderFailed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser as Chromium
    from playwright.async_api import BrowserContext, Playwright

    from crawler.options import FetchOptions

#: Names under which Chromium is found on PATH, the first that is there.
NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
#: Pages shown at a time.
_PAGES: Final = 2
#: Pages that one Chromium shows before another one takes its place: a daemon runs for months, and browsers grow.
_LIFE: Final = 500
#: Seconds without a page after which the browser is closed; it and its driver hold some 400 MB. Sites that want a minute
#: between two pages do not have it started anew for each.
_IDLE: Final = 150.0
#: Seconds that starting and closing may take.
_START: Final = 30.0
_END: Final = 3.0

#: Why the browser reaches nothing by itself. Loopback is exempt from proxies unless it is said otherwise.
ARGUMENTS: Final = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://nowhere.invalid:9",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-sync",
    "--no-pings",
    "--dns-prefetch-disable",
    "--disable-speech-api",
    "--disable-gpu",
    "--blink-settings=imagesEnabled=false",
    "--js-flags=--max-old-space-size=512",
)
#: Gone before the first script of any frame runs: ways to the network that are no request, and so pass no door of ours.
_WITHOUT: Final = """
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport", "TCPSocket", "UDPSocket"])
    try { delete globalThis[name]; } catch {}
"""


class Browser:
    """One Chromium, started for a page that needs it, closed when none did for a while, and started anew when it broke.

    Args:
        options: how it names itself, and where it is.
    """

    def __init__(self, options: FetchOptions) -> None:
        self._options = options
        self._lock = asyncio.Lock()
        self._places = asyncio.Semaphore(_PAGES)
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None
        #: Pages shown by the present one, and those that are being shown or wait for it.
        self._shown = self._users = 0
        self._idle: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def context(self, url: str) -> AsyncIterator[BrowserContext]:
        """A window of its own for one page: nothing stored before, nothing kept after.

        Args:
            url: for the errors.

        Raises:
            BrowserMissing: there is no browser to be had.
            RenderFailed: it broke.
        """
        async with self._places, self._used():
            chromium = await self._started(url)
            from playwright.async_api import Error  # here it is installed

            try:
                context = await chromium.new_context(
                    user_agent=self._options.user_agent, service_workers="block", accept_downloads=False, permissions=[]
                )
            except Error as error:
                await self.close()
                raise RenderFailed(url, f"the browser broke: {_first_line(error)}") from error
            try:
                await context.add_init_script(_WITHOUT)
                yield context
            except Error as error:
                raise RenderFailed(url, f"the browser gave up: {_first_line(error)}") from error
            finally:
                await self._end(context)

    async def close(self) -> None:
        """End the browser; the next page starts another one."""
        async with self._lock:
            await self._stop()

    @asynccontextmanager
    async def _used(self) -> AsyncIterator[None]:
        """Nobody closes the browser for being idle meanwhile."""
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                self._wait_for_pages()

    def _wait_for_pages(self) -> None:
        """Close the browser after a while; where a page came by then, its end begins the while anew."""
        if self._idle is not None:
            self._idle.cancel()

        def expire() -> None:
            self._closing = asyncio.create_task(self._close_idle())

        self._idle = asyncio.get_running_loop().call_later(_IDLE, expire)

    async def _close_idle(self) -> None:
        async with self._lock:
            if not self._users:
                await self._stop()

    async def _started(self, url: str) -> Chromium:
        async with self._lock:
            chromium = self._chromium
            is_old = chromium is not None and self._shown >= _LIFE and not chromium.contexts
            if chromium is None or is_old or not chromium.is_connected():
                await self._stop()
                self._chromium = chromium = await self._launched(url)
                self._shown = 0
            self._shown += 1
            return chromium

    async def _launched(self, url: str) -> Chromium:
        """A new Chromium.

        Raises:
            BrowserMissing: playwright or Chromium is not installed, or Chromium does not start.
        """
        try:
            from playwright.async_api import Error, async_playwright
        except ModuleNotFoundError as error:
            raise BrowserMissing(url, "render: browser needs the extra: pip install 'newsmill[browser]'") from error
        executable = found(self._options.browser)
        if executable is None:
            wanted = self._options.browser or "chromium"
            raise BrowserMissing(
                url, f"render: browser needs a Chromium; {wanted} is not on PATH (fetch.browser may name another)"
            )
        try:
            async with asyncio.timeout(_START):
                self._playwright = await async_playwright().start()
                return await self._playwright.chromium.launch(
                    executable_path=executable,
                    args=list(ARGUMENTS),
                    # Chromium's own sandbox does not work for root, whose processes are inside nobody's.
                    chromium_sandbox=os.geteuid() != 0,
                    # Ctrl-C is ours: what is in flight is finished, then the browser is closed.
                    handle_sigint=False,
                    handle_sigterm=False,
                    handle_sighup=False,
                )
        except (Error, OSError, TimeoutError) as error:
            await self._stop()
            raise BrowserMissing(url, f"{executable} does not start: {_first_line(error)}") from error

    async def _end(self, context: BrowserContext) -> None:
        """Close a window; a browser in which that takes too long (scripts without end) is ended with it."""
        from playwright.async_api import Error

        try:
            async with asyncio.timeout(_END):
                await context.unroute_all(behavior="ignoreErrors")
                await context.close()
        except (TimeoutError, Error):
            await self.close()

    async def _stop(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        chromium, playwright = self._chromium, self._playwright
        self._chromium = self._playwright = None
        if playwright is None:
            return
        from playwright.async_api import Error

        with suppress(TimeoutError, Error):
            if chromium is not None:
                await asyncio.wait_for(chromium.close(), _END)
        await playwright.stop()  # ends the driver, and with it whatever is left of the browser


def found(browser: str | None) -> str | None:
    """The Chromium to start, or None where there is none.

    Args:
        browser: a path or a name on PATH; None looks for those of `NAMES`.
    """
    return next((path for name in ([browser] if browser else NAMES) if (path := shutil.which(name))), None)


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0][:200] or type(error).__name__
