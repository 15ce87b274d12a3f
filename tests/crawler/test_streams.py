"""Connections as bytes both ways: bounded, timed, closed when the other side is."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import struct
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from crawler.streams import connect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from crawler.streams import Stream, TcpStream

    Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

pytestmark = pytest.mark.anyio

HERE = ip_address("127.0.0.1")
CERTIFICATE = Path(__file__).parents[2] / "fixtures" / "tls" / "throwaway"


@asynccontextmanager
async def talking(talk: Talk, context: ssl.SSLContext | None = None) -> AsyncIterator[TcpStream]:
    """A stream to a server that talks so; both ends are closed in the end."""
    talks: list[asyncio.Task[None]] = []

    async def talked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.create_task(talked(reader, writer)))

    async with await asyncio.start_server(accepted, "127.0.0.1", 0, ssl=context) as server:
        stream = await connect(HERE, server.sockets[0].getsockname()[1], 20)
        try:
            yield stream
        finally:
            stream.close()
            for task in talks:
                task.cancel()
            await asyncio.gather(*talks)


def serving_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE / "cert.pem", CERTIFICATE / "key.pem")
    return context


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(CERTIFICATE / "cert.pem"))


async def all_of(stream: Stream) -> bytes:
    pieces = []
    while piece := await stream.read(1000, 20):
        assert len(piece) <= 1000
        pieces.append(piece)
    return b"".join(pieces)


async def test_what_comes_is_read_to_the_end_and_no_further() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(4) * 1000)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with talking(talk) as stream:
        assert not stream.is_readable
        await stream.write(b"", 20)
        await stream.write(b"abcd", 20)
        assert await all_of(stream) == b"abcd" * 1000
        assert await stream.read(10, 20) == b""
        assert stream.is_readable
        with pytest.raises(httpx.WriteError):
            await stream.write(b"more", 20)


async def test_who_sends_without_end_is_not_read_ahead_without_end() -> None:
    sent = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        while True:
            writer.write(bytes(100_000))
            await writer.drain()
            sent += 100_000

    async with talking(talk) as stream:
        before = -1
        while before != sent or not stream.is_readable:  # until it has to wait
            before = sent
            await asyncio.sleep(0.2)
        assert len(stream._inbox._bytes) < 1_000_000
        got = 0
        while got <= before + 1_000_000:  # read on, and it goes on
            got += len(await stream.read(1 << 20, 20))


async def test_silence_ends_in_time() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async with talking(talk) as stream:
        with pytest.raises(httpx.ReadTimeout):
            await stream.read(1, 0.05)
        with pytest.raises(httpx.WriteTimeout):
            await stream.write(bytes(50_000_000), 0.05)
        with pytest.raises(httpx.ConnectTimeout):
            await stream.start_tls(trusting(), "tls.example", 0.05)


async def test_a_connection_that_breaks_says_so() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(1)
        linger = struct.pack("ii", 1, 0)  # closing resets the connection
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    async with talking(talk) as stream:
        await stream.write(b"x", 20)
        with pytest.raises(httpx.ReadError, match="reset"):
            await stream.read(1, 20)


async def test_nobody_answers() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        with pytest.raises(httpx.ConnectError):
            await connect(HERE, listening.getsockname()[1], 20)


async def test_tls_that_ends_without_a_word_has_ended() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(4) * 20_000)
        await writer.drain()
        await reader.readexactly(1)

    async with talking(talk, serving_tls()) as plain:
        stream = await plain.start_tls(trusting(), "tls.example", 20)
        await stream.write(b"", 20)
        await stream.write(b"abcd", 20)
        got = b""
        while len(got) < 80_000:
            got += await stream.read(1000, 20)
        await stream.write(b"!", 20)
        assert got + await all_of(stream) == b"abcd" * 20_000
        assert stream.is_readable


async def test_tls_with_broken_records_breaks() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(1)
        with socket.socket(fileno=os.dup(writer.get_extra_info("socket").fileno())) as below:
            below.send(b"\x17\x03\x03\x00\x20" + bytes(32))
        await asyncio.sleep(60)

    async with talking(talk, serving_tls()) as plain:
        stream = await plain.start_tls(trusting(), "tls.example", 20)
        await stream.write(b"x", 20)
        with pytest.raises(httpx.ReadError, match="SSL"):
            await stream.read(10, 20)


async def test_who_speaks_no_tls_is_hung_up_on() -> None:
    gone = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 What?\r\n\r\n")
        try:
            await reader.read()
        finally:
            gone.set()

    async with talking(talk) as stream:
        with pytest.raises(httpx.ConnectError, match="SSL"):
            await stream.start_tls(trusting(), "tls.example", 20)
        async with asyncio.timeout(20):
            await gone.wait()


async def test_who_is_not_the_host_is_hung_up_on() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with talking(talk, serving_tls()) as stream:
        with pytest.raises(httpx.ConnectError, match="Hostname mismatch"):
            await stream.start_tls(trusting(), "other.example", 20)
        assert await stream.read(1, 20) == b""
