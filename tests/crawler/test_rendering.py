"""Pages shown in a real headless Chromium: what their scripts bring is there, and nothing gets out but by our own way."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest
from loopback import Reply, Site

from crawler import Fetcher
from crawler.browser import found
from model.access import Access, Render
from model.errors import BadRedirect, BadStatus, BrowserMissing, FetchError, RenderFailed, RobotsDisallowed, TooLarge
from model.page import NotModified, Page, Request, Validators, Want
from model.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from loopback import Hit

    from crawler import FetchOptions
    from crawler.names import Resolve

    Options = Callable[..., FetchOptions]
    Names = Callable[..., Resolve]

Error = pytest.importorskip("playwright.async_api", reason="the extra browser is not installed").Error
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(found(None) is None, reason="no Chromium on PATH (Debian: apt-get install chromium)"),
]

#: Served, and outside the networks that may be visited.
FORBIDDEN = "127.9.9.9"
NETWORKS = ("127.0.0.0/16",)
SHELL = "<!doctype html><html><head><title>News</title></head><body><main></main>{}</body></html>"


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that others keep busy a browser takes its time, which is no fault of a page."""
    monkeypatch.setattr("crawler.rendering._READING", 100.0)
    monkeypatch.setattr("crawler.browser._START", 100.0)


@pytest.fixture
def web() -> Iterator[Site]:
    server = Site("127.0.0.1", "127.0.0.2", FORBIDDEN)
    server.start()
    try:
        yield server
    finally:
        server.close()


def source(web: Site, **access: Any) -> Source:
    return Source(name="a", url=web.url("/"), access=Access(render=Render.BROWSER, **access))


async def render(options: FetchOptions, web: Site, url: str, **access: Any) -> Page:
    async with Fetcher(options) as fetcher:
        page = await fetcher.of(source(web, **access)).fetch(Request(url=url))
    assert isinstance(page, Page)
    return page


def scripted(script: str, more: str = "") -> bytes:
    return SHELL.format(f"{more}<script>{script}</script>").encode()


def told(page: Page | NotModified) -> str:
    """What the page's scripts wrote into it."""
    assert isinstance(page, Page)
    return page.body.decode().partition("<main>")[2].partition("</main>")[0]


ADD = """const say = text => {
    const p = document.createElement('p'); p.textContent = text; document.querySelector('main').append(p)
};"""


async def test_text_that_scripts_bring(web: Site, options: Options) -> None:
    """A bundle on another host, data from an API with a header of its own, a second request in answer to the first."""
    web.robots("User-agent: *\nDisallow: /private")
    bundle = web.url("/app.js", host="127.0.0.2")
    url = web.page(
        "/story",
        SHELL.format(f'<script src="{bundle}"></script>').encode(),
        headers={"etag": '"1"', "last-modified": "Sun, 22 Nov 2026 10:00:00 GMT", "x-kept": "yes"},
    )
    web.page(
        "/app.js",
        f"""{ADD}
        fetch("/api?n=1", {{headers: {{"X-Key": "k"}}}}).then(r => r.json()).then(async first => {{
            say(first.text);
            say((await (await fetch(first.next)).json()).text);
            say((await fetch("/private/x").catch(e => "refused")) + "; " + (await fetch("/missing")).status);
        }});""".encode(),
        content_type="text/javascript",
    )
    web.route("/api", lambda hit: Reply(
        body=f'{{"text": "Paragraph {hit.target[-1]} of {hit.headers.get("x-key")}, größer", "next": "/api?n=2"}}'.encode(),
        content_type="application/json"))  # fmt: skip
    page = await render(options(networks=NETWORKS), web, url)
    assert told(page) == ("<p>Paragraph 1 of k, größer</p><p>Paragraph 2 of None, größer</p><p>refused; 404</p>")
    assert (page.url, page.chain, page.status, page.content_type) == (url, (url,), 200, "text/html")
    assert not page.validators
    assert page.header("x-kept") == "yes"
    assert "/private/x" not in web.pages
    assert {hit.headers["user-agent"] for hit in web.log} == {"newsmill/0 (test@example.org)"}
    by_host = [[hit for hit in web.log if hit.host.startswith(host)] for host in ("127.0.0.1", "127.0.0.2")]
    for hits in by_host:
        assert hits[0].target == "/robots.txt"
        assert all(before.ended <= after.began for before, after in pairwise(hits))


SHADOWS = """
    class Card extends HTMLElement {
        connectedCallback() {
            say("made");
            this.attachShadow({mode: "open"}).innerHTML =
                "<style>p</style><p>in the shadow</p><slot name=late></slot><h2><slot>no headline</slot></h2><x-note></x-note>";
        }
    }
    class Note extends HTMLElement {
        connectedCallback() { this.attachShadow({mode: "open"}).innerHTML = "<i>a shadow in a <slot></slot>shadow</i>" }
    }
    customElements.define("x-note", Note); customElements.define("x-card", Card);
"""


async def test_text_in_shadow_trees_stands_where_it_is_shown(web: Site, options: Options) -> None:
    """Of open ones: made by scripts, one inside another, and declared in the markup."""
    cards = """<x-card>A <b>headline</b><p slot=late>comes late</p><p slot=nowhere>never shown</p></x-card><x-card></x-card>
        <div id=declared><template shadowrootmode=open><p>declared <slot></slot></p></template>here</div>
        <template><p>inert</p></template>"""
    url = web.page("/story", scripted(f"{ADD} {SHADOWS}", cards))
    page = await render(options(networks=NETWORKS), web, url)
    assert told(page) == "<p>made</p><p>made</p>", "copying a page must not bring its elements to life again"
    shadow = "<style>p</style><p>in the shadow</p>{}<h2>{}</h2><x-note><i>a shadow in a shadow</i></x-note>"
    first = shadow.format('<p slot="late">comes late</p>', "A <b>headline</b>")
    markup = page.body.decode()
    assert f"<x-card>{first}</x-card><x-card>{shadow.format('', 'no headline')}</x-card>" in markup
    assert '<div id="declared"><p>declared here</p></div>' in markup
    assert "<template><p>inert</p></template>" in markup
    assert "never shown" not in markup


async def test_what_brings_no_text_is_not_asked_for(web: Site, options: Options) -> None:
    markup = """<link rel=stylesheet href=/s.css><img src=/i.png><video src=/v.mp4></video><iframe src=/frame></iframe>
        <link rel=icon href=/favicon.ico><link rel=prefetch href=/next><object data=/o></object>
        <style>@font-face {font-family: x; src: url(/f.woff)} body {font-family: x; background: url(/b.png)}</style>"""
    url = web.page("/story", scripted(f"""{ADD}
        navigator.sendBeacon("/beacon", "x");
        fetch("/post", {{method: "POST", body: "x"}}).catch(e => say("no post"));
        new EventSource("/events"); new Image().src = "/pixel";
        if (document.querySelector("link").sheet) say("styled");
        for (let n = 0; n < 3; n++) open("/popup" + n);
    """, markup))  # fmt: skip
    page = await render(options(networks=NETWORKS), web, url)
    assert "no post" in told(page)
    assert "styled" in told(page)
    assert web.pages == ["/story"]


async def test_parts_of_a_page_are_asked_for_one_at_a_time(web: Site, options: Options) -> None:
    """By the server's log, though the scripts want them all at once."""
    for number in range(5):
        web.page(f"/part?n={number}", b"x", delay=0.03)
    wanted = "Promise.all([0, 1, 2, 3, 4].map(n => fetch('/part?n=' + n))).then(all => say(all.length))"
    page = await render(options(networks=NETWORKS), web, web.page("/story", scripted(f"{ADD} {wanted}"), delay=0.03))
    assert told(page) == "<p>5</p>"
    assert len(web.log) == 7
    assert all(before.ended <= after.began for before, after in pairwise(web.log))


async def test_scripts_are_asked_for_once_a_run(web: Site, options: Options) -> None:
    web.page("/app.js", f"{ADD} say(location.pathname)".encode(), content_type="text/javascript")
    web.page("/mine.js", b"say('mine')", content_type="text/javascript", headers={"cache-control": "private"})
    markup = SHELL.format("<script src=/app.js></script><script src=/mine.js></script>").encode()
    async with Fetcher(options(networks=NETWORKS)) as fetcher:
        for target in ("/a", "/b"):
            page = await fetcher.of(source(web)).fetch(Request(url=web.page(target, markup)))
            assert told(page) == f"<p>{target}</p><p>mine</p>"
    assert sorted(web.pages) == ["/a", "/app.js", "/b", "/mine.js", "/mine.js"]


#: Each way a script may try to reach an address; ``PLACE`` is host and port of a server that listens there.
ATTEMPTS = (Path(__file__).parents[2] / "fixtures" / "scripts" / "every-way-out" / "attempts.js").read_text()


class Listener:
    """What listens at a place over TCP and UDP, and notes whoever comes."""

    def __init__(self) -> None:
        self.came: list[str] = []
        self.place = ""

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await asyncio.start_server(self._talk, FORBIDDEN, 0)
        port = self._server.sockets[0].getsockname()[1]
        self._udp, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(FORBIDDEN, port))  # type: ignore[arg-type,type-var] # quacks
        self.place = f"{FORBIDDEN}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._udp.close()

    async def _talk(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came.append("TCP")
        writer.close()

    def connection_made(self, _: asyncio.BaseTransport) -> None:
        """Of the datagrams' protocol."""

    def connection_lost(self, _: Exception | None) -> None:
        """Of the datagrams' protocol."""

    def datagram_received(self, *_: object) -> None:
        self.came.append("UDP")


def trying(*places: str) -> str:
    return "".join(f"(() => {{{ATTEMPTS.replace('PLACE', place)}}})();" for place in places)


async def test_nothing_reaches_a_refused_address(web: Site, options: Options, names: Names) -> None:
    """By address and by name, also by a name that leads elsewhere the second time; over TCP and over UDP."""
    async with Listener() as inside:
        port = inside.place.rpartition(":")[2]
        places = [inside.place, *(f"{host}:{port}" for host in ("in.example", "turning.example", "localhost"))]
        url = web.page("/story", scripted(f"{ADD} {trying(*places)} setTimeout(() => say('tried'), 100)"))
        resolve = names({"in.example": FORBIDDEN, "turning.example": ["127.0.0.3", FORBIDDEN], "localhost": FORBIDDEN})
        async with Fetcher(options(networks=NETWORKS, total_timeout=30.0), resolve=resolve) as fetcher:
            page = await fetcher.of(source(web)).fetch(Request(url=url))
        assert told(page) == "<p>tried</p>"
        assert not inside.came
    assert web.pages == ["/story"]


async def test_the_browser_has_no_network_of_its_own(options: Options) -> None:
    """Even where none of its requests is looked at, and the page has no policy."""
    async with Listener() as inside, Fetcher(options(networks=("127.0.0.0/8",))) as fetcher:
        async with fetcher._browser.context("http://a.example/") as context:
            window = await context.new_page()
            for url in (f"http://{inside.place}/", f"https://{inside.place}/", "http://localhost/", "http://a.example/"):
                with pytest.raises(Error, match="ERR_"):
                    await window.goto(url)
            body = f"<main></main><script>{trying(inside.place, 'localhost')} console.log('tried')</script>"
            tried = asyncio.Event()
            window.on("console", lambda message: tried.set() if message.text == "tried" else None)
            await context.route("http://a.example/", lambda route: route.fulfill(body=body, content_type="text/html"))
            await window.goto("http://a.example/", wait_until="commit")
            async with asyncio.timeout(120):
                await tried.wait()
            await asyncio.sleep(1.0)  # for what takes its time to arrive
        assert not inside.came


async def test_redirects_of_parts_pass_the_guard(web: Site, options: Options) -> None:
    web.redirect("/out", web.url("/x", host=FORBIDDEN))
    web.redirect("/on", "/there")
    web.page("/there", b"through")
    url = web.page("/story", scripted(f"""{ADD}
        fetch("/out").catch(() => say("refused"));
        fetch("/on").then(r => r.text()).then(say);"""))  # fmt: skip
    assert set(told(await render(options(networks=NETWORKS), web, url)).split("</p>")) == {"<p>refused", "<p>through", ""}
    assert not [hit for hit in web.log if hit.host.startswith(FORBIDDEN)]


async def test_cookies_of_a_page_and_its_parts(web: Site, options: Options) -> None:
    """A wall that a script opens: it sets a cookie and loads the page anew."""

    def wall(hit: Hit) -> Reply:
        if "human=yes" in hit.headers.get("cookie", ""):
            return Reply(body=scripted(f"{ADD} fetch('/api').then(r => r.text()).then(say); say(document.cookie)"))
        headers = {"set-cookie": "seen=1; Domain=127.0.0.1; Path=/"}
        return Reply(body=scripted("document.cookie = 'human=yes; path=/'; location.reload()"), headers=headers)

    url = web.route("/story", wall)
    web.route("/api", lambda hit: Reply(body=hit.headers.get("cookie", "none").encode()))
    page = await render(options(networks=NETWORKS), web, url)
    assert "human=yes" in told(page).partition("</p>")[2]
    assert "seen=1" in told(page)
    assert [hit.target for hit in web.log] == ["/robots.txt", "/story", "/story", "/api"]


async def test_scripts_may_lead_elsewhere_a_few_times(web: Site, options: Options) -> None:
    web.robots("User-agent: *\nDisallow: /private")
    there = web.page("/there", scripted(f"{ADD} say('arrived')"))
    start = web.page("/start", scripted("location.href = '/there'"))
    page = await render(options(networks=NETWORKS), web, start)
    assert (page.url, page.chain, told(page)) == (there, (start, there), "<p>arrived</p>")
    web.route("/round", lambda _: Reply(body=scripted(f"location.href = '/round?{len(web.log)}'")))
    web.page("/closed", scripted("location.href = '/private'"))
    async with Fetcher(options(networks=NETWORKS)) as fetcher:
        visitor = fetcher.of(source(web))
        for target, error in (("/round", BadRedirect), ("/closed", RobotsDisallowed)):
            with pytest.raises(error, match="its scripts lead to") as caught:
                await visitor.fetch(Request(url=web.url(target)))
            assert caught.value.url == web.url(target)
    assert sum(target.startswith("/round") for target in web.pages) == 4
    assert "/private" not in web.pages


async def test_the_headers_of_a_source_go_with_its_parts(web: Site, options: Options) -> None:
    url = web.page("/story", scripted(f"fetch('/api'); fetch('{web.url('/other', host='127.0.0.2')}').catch(() => 0)"))
    await render(options(networks=NETWORKS), web, url, headers=(("X-Key", "secret"),))
    assert {(hit.target, hit.headers.get("x-key")) for hit in web.log if hit.target != "/robots.txt"} == {
        ("/story", "secret"),
        ("/api", "secret"),
        ("/other", None),
    }


async def test_pages_that_need_no_browser_start_none(web: Site, options: Options) -> None:
    web.robots("User-agent: *\nDisallow: /private")
    async with Fetcher(options(networks=NETWORKS, browser="no-such-browser")) as fetcher:
        visitor = fetcher.of(source(web))
        await visitor.fetch(Request(url=web.page("/feed"), want=Want.FEED))
        await visitor.fetch(Request(url=web.page("/text", b"plain", content_type="text/plain")))
        with pytest.raises(BadStatus):
            await visitor.fetch(Request(url=web.url("/missing")))
        with pytest.raises(RobotsDisallowed):
            await visitor.fetch(Request(url=web.url("/private")))
        with pytest.raises(BrowserMissing, match=r"no-such-browser is not on PATH \(fetch\.browser may"):
            await visitor.fetch(Request(url=web.page("/story")))


async def test_a_browser_that_does_not_start(web: Site, options: Options) -> None:
    with pytest.raises(BrowserMissing, match="does not start"):
        await render(options(networks=NETWORKS, browser="/bin/false"), web, web.page("/story"))


async def test_it_is_never_asked_conditionally(web: Site, options: Options) -> None:
    url = web.page("/story", scripted(f"{ADD} say('x')"))
    async with Fetcher(options(networks=NETWORKS)) as fetcher:
        await fetcher.of(source(web)).fetch(Request(url=url, validators=Validators(etag='"1"')))
    assert "if-none-match" not in web.log[-1].headers


async def test_a_browser_is_replaced_after_many_pages(web: Site, options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.browser._LIFE", 2)
    url = web.page("/story", scripted(f"{ADD} say('x')"))
    browsers = []
    async with Fetcher(options(networks=NETWORKS)) as fetcher:
        for _ in range(3):
            assert told(await fetcher.of(source(web)).fetch(Request(url=url))) == "<p>x</p>"
            browsers.append(fetcher._browser._chromium)
    first, second, third = browsers
    assert first is second is not third


async def test_a_browser_that_nobody_needs_is_closed(web: Site, options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.browser._IDLE", 0.05)
    url = web.page("/story", scripted(f"{ADD} say('x')"))
    async with Fetcher(options(networks=NETWORKS)) as fetcher:
        for _ in range(2):
            assert told(await fetcher.of(source(web)).fetch(Request(url=url))) == "<p>x</p>"
            for _ in range(600):
                if fetcher._browser._playwright is None:
                    break
                await asyncio.sleep(0.1)
            assert fetcher._browser._playwright is fetcher._browser._chromium is None


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ("while (true);", RenderFailed),
        ("document.body.textContent = 'x'.repeat(1_000_000)", TooLarge),
        ("document.body.textContent = '日'.repeat(50_000)", TooLarge),
        (f"{ADD} say('shown'); setInterval(() => fetch('/tick?' + Math.random()), 100)", None),
        (f"{ADD} say('shown'); for (let n = 0; n < 200; n++) fetch('/tick?n=' + n).catch(() => 0)", None),
    ],
    ids=["hangs", "swells", "swells-a-little", "never-rests", "asks-too-much"],
)
async def test_after_a_page_that_misbehaves_the_next_is_shown(
    web: Site, options: Options, monkeypatch: pytest.MonkeyPatch, script: str, error: type[FetchError] | None
) -> None:
    if error is RenderFailed:
        monkeypatch.setattr("crawler.rendering._READING", 1.0)
        monkeypatch.setattr("crawler.browser._END", 1.0)
    good = web.page("/good", scripted(f"{ADD} say('good')"))
    url = web.page("/bad", scripted(script))
    web.route("/tick", lambda _: Reply(body=b"x"))
    async with Fetcher(options(networks=NETWORKS, total_timeout=10.0, caps={Want.PAGE: 100_000})) as fetcher:
        visitor = fetcher.of(source(web))
        with pytest.raises(error) if error else nullcontext():
            assert told(await visitor.fetch(Request(url=url))) == "<p>shown</p>"
        monkeypatch.undo()
        assert told(await visitor.fetch(Request(url=good))) == "<p>good</p>"
    assert sum("n=" in target for target in web.pages) <= 100


async def test_giving_up_leaves_no_window(web: Site, options: Options) -> None:
    """Who stops waiting, as on Ctrl-C, leaves a browser that works on."""
    url = web.page("/restless", scripted("setInterval(() => fetch('/tick'), 50)"))
    ticking = asyncio.Event()
    loop = asyncio.get_running_loop()

    def tick(_: Hit) -> Reply:
        loop.call_soon_threadsafe(ticking.set)
        return Reply()

    web.route("/tick", tick)
    async with Fetcher(options(networks=NETWORKS)) as fetcher:
        waiting = asyncio.create_task(fetcher.of(source(web)).fetch(Request(url=url)))
        await ticking.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert fetcher._browser._chromium is not None
        assert not fetcher._browser._chromium.contexts
