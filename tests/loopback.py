"""A real HTTP server on loopback whose routes are functions, with a log of who asked what and when."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(slots=True, kw_only=True)
class Hit:
    """One request as the server saw it; moments are seconds of `time.monotonic`."""

    target: str
    headers: dict[str, str]
    #: Port of the asker's end of the connection.
    peer: int
    began: float
    ended: float = float("inf")

    @property
    def host(self) -> str:
        return self.headers.get("host", "")

    @property
    def here(self) -> str:
        """Address and target, as a route of one host is named."""
        return self.host.partition(":")[0] + self.target


async def say_ok(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One request answered with "ok", for servers that are about what comes before it (TLS)."""
    with suppress(OSError, asyncio.IncompleteReadError):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")
        writer.close()
        await writer.wait_closed()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An ordinary answer; its Content-Length is right unless the headers hold another."""

    body: bytes = b"<p>A page.</p>"
    status: int = 200
    content_type: str | None = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    #: Seconds until it is sent: what is asked meanwhile stands in the log as asked at the same time.
    delay: float = 0.0

    def encoded(self) -> bytes:
        headers = {"content-length": str(len(self.body))}
        if self.content_type is not None:
            headers["content-type"] = self.content_type
        headers |= {name.lower(): value for name, value in self.headers.items()}
        lines = [f"HTTP/1.1 {self.status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + self.body


#: A route that answers in order, and one that writes what it likes (the connection is closed after it).
Answering: TypeAlias = Callable[[Hit], Reply]
Writing: TypeAlias = Callable[[Hit, asyncio.StreamWriter], Awaitable[None]]


class Site:
    """The server. Every host name leads to the same routes; what has no route is a 404.

    Args:
        addresses: where it listens, all on one port; the first is its own.
    """

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses or ("127.0.0.1",)
        self.log: list[Hit] = []
        self.port = 0
        self._answering: dict[str, Answering] = {}
        self._writing: dict[str, Writing] = {}
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def page(self, target: str, body: bytes = b"<p>A page.</p>", **reply: Any) -> str:
        """A fixed answer; its URL."""
        answer = Reply(body=body, **reply)
        return self.route(target, lambda _: answer)

    def redirect(self, target: str, location: str, status: int = 302) -> str:
        return self.page(target, b"elsewhere", status=status, headers={"location": location})

    def robots(self, text: str | bytes, **reply: Any) -> str:
        body = text.encode() if isinstance(text, str) else text
        return self.page("/robots.txt", body, content_type="text/plain", **reply)

    def route(self, target: str, answer: Answering) -> str:
        """A route, of one host where the target begins with its address, else of all."""
        self._answering[target] = answer
        return self.url(target)

    def raw(self, target: str, write: Writing) -> str:
        self._writing[target] = write
        return self.url(target)

    def url(self, target: str = "/", host: str | None = None) -> str:
        return f"http://{host or self._addresses[0]}:{self.port}{target}"

    @property
    def pages(self) -> list[str]:
        """What was asked for, robots.txt left out."""
        return [hit.target for hit in self.log if hit.target != "/robots.txt"]

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._talk, self._addresses[0], 0, limit=1 << 20)
        self.port = server.sockets[0].getsockname()[1]
        others = [await asyncio.start_server(self._talk, it, self.port, limit=1 << 20) for it in self._addresses[1:]]
        self._ready.set()
        await self._stop.wait()
        for listening in (server, *others):
            listening.close()  # the runner cancels the conversations that are left

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._exchange(await reader.readuntil(b"\r\n\r\n"), writer):
                pass
        writer.close()
        with suppress(ConnectionError, asyncio.CancelledError):
            await writer.wait_closed()

    async def _exchange(self, head: bytes, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; whether the connection lives on."""
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        hit = Hit(target=first.split()[1], headers=headers, peer=writer.get_extra_info("peername")[1], began=time.monotonic())
        self.log.append(hit)
        try:
            write = self._writing.get(hit.here) or self._writing.get(hit.target)
            if write is not None:
                await write(hit, writer)
                return False
            names = (hit.here, hit.here.partition("?")[0], hit.target, hit.target.partition("?")[0])
            answer = next((self._answering[name] for name in names if name in self._answering), None)
            reply = answer(hit) if answer else Reply(status=404)
            await asyncio.sleep(reply.delay)
            hit.ended = time.monotonic()  # before the asker has the answer, so that no pause looks shorter than it was
            writer.write(reply.encoded())
            await writer.drain()
            return reply.headers.get("connection") != "close"
        finally:
            hit.ended = min(hit.ended, time.monotonic())
