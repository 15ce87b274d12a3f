"""Real proxies on loopback, HTTP and SOCKS5, that note what they were asked for."""

from __future__ import annotations

import asyncio
import base64
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

USER, PASSWORD = "me", "hush:hush"


class Proxy:
    """A proxy; ``asked`` has the places it was to connect to, as it was given them."""

    def __init__(self, *, locked: bool = False, answer: bytes | None = None) -> None:
        self.asked: list[str] = []
        self.port = 0
        self._locked = locked
        #: Said in place of what a proxy should say.
        self._answer = answer
        self._talks: list[asyncio.Future[None]] = []

    @asynccontextmanager
    async def serving(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[Proxy]:
        async with await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=tls) as server:
            self.port = server.sockets[0].getsockname()[1]
            yield self
            async with asyncio.timeout(20):
                await asyncio.gather(*self._talks)  # all clients have hung up

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talks.append(asyncio.ensure_future(self._talked(reader, writer)))

    async def _talked(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            first = await reader.readexactly(1)
            place = await (self._socks(reader, writer) if first == b"\x05" else self._connect(first, reader, writer))
            if place is not None:
                await self._join(place, reader, writer)
        writer.close()
        with suppress(OSError, asyncio.CancelledError):
            await writer.wait_closed()

    async def _connect(self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int] | None:
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
        method, place, _ = head.partition("\r\n")[0].split()
        self.asked.append(f"{method} {place}")
        token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self._answer is not None or (self._locked and f"Proxy-Authorization: Basic {token}\r\n" not in head):
            writer.write(b"HTTP/1.1 407 Who are you?\r\nContent-Length: 0\r\n\r\n" if self._answer is None else self._answer)
            return None
        writer.write(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 here\r\n\r\n")
        host, _, port = place.rpartition(":")
        return host.strip("[]"), int(port)

    async def _socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int] | None:
        methods = await reader.readexactly((await reader.readexactly(1))[0])
        if self._answer is not None:
            writer.write(self._answer)
            return None
        if self._locked and 2 not in methods:
            writer.write(b"\x05\xff")
            return None
        writer.write(b"\x05\x02" if self._locked else b"\x05\x00")
        if self._locked:
            await reader.readexactly(1)
            user, password = [await reader.readexactly((await reader.readexactly(1))[0]) for _ in range(2)]
            right = (user, password) == (USER.encode(), PASSWORD.encode())
            writer.write(b"\x01\x00" if right else b"\x01\x01")
            if not right:
                return None
        _, _, _, kind = await reader.readexactly(4)
        length = {1: 4, 4: 16}.get(kind) or (await reader.readexactly(1))[0]
        packed = await reader.readexactly(length)
        host = packed.decode() if kind == 3 else str(ip_address(packed))
        port = int.from_bytes(await reader.readexactly(2), "big")
        self.asked.append(f"SOCKS {host}:{port}")
        writer.write(b"\x05\x00\x00\x03\x04here\x00\x00")
        return host, port

    async def _join(self, place: tuple[str, int], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*place)
        await asyncio.gather(_pump(reader, back), _pump(there, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    writer.close()
