"""What is said on one connection: what answers are taken for, and when another request may follow."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING

import httpx
import pytest

from crawler.dialogue import Dialogue
from crawler.streams import connect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio

REQUEST = httpx.Request("GET", "http://here.example/a?b=1", headers={"X-Name": "Value"})
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@asynccontextmanager
async def dialogue(*answers: bytes, unasked: bytes = b"") -> AsyncIterator[tuple[Dialogue, list[bytes]]]:
    """A dialogue with a server that answers so, then hangs up, and the heads it was sent."""
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(unasked)
            for answer in answers:
                heard.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(answer)
            await writer.drain()
            writer.write_eof()
            await reader.read()
        finally:
            writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        stream = await connect(ip_address("127.0.0.1"), server.sockets[0].getsockname()[1], 20)
        talked = Dialogue(stream, keep=60)
        try:
            yield talked, heard
        finally:
            talked.close()


async def body(talked: Dialogue) -> bytes:
    return b"".join([piece async for piece in talked.pieces()])


async def test_one_request_after_another() -> None:
    async with dialogue(OK, b"HTTP/1.1 404 No\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n") as (talked, heard):
        head = await talked.ask(REQUEST)
        assert (head.status_code, await body(talked)) == (200, b"ok")
        assert talked.end()
        assert not talked.has_expired
        head = await talked.ask(REQUEST)
        assert (head.status_code, await body(talked)) == (404, b"abc")
        talked.end()
    assert heard == [b"GET /a?b=1 HTTP/1.1\r\nHost: here.example\r\nX-Name: Value\r\n\r\n"] * 2


async def test_words_before_the_answer_are_passed_over() -> None:
    hints = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n"
    async with dialogue(hints + OK) as (talked, _):
        assert (await talked.ask(REQUEST)).status_code == 200
        assert await body(talked) == b"ok"


async def test_what_follows_an_answer_unasked_is_no_answer_to_the_next_request() -> None:
    async with dialogue(OK + b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nbad") as (talked, _):
        await talked.ask(REQUEST)
        assert await body(talked) == b"ok"
        assert not talked.end()
        assert talked.is_closed


async def test_an_answer_that_is_not_read_to_its_end_ends_the_connection() -> None:
    async with dialogue(OK) as (talked, _):
        await talked.ask(REQUEST)
        assert not talked.end()
        assert talked.is_closed


async def test_who_refuses_before_listening_is_heard() -> None:
    refusal = b"HTTP/1.1 503 Busy\r\nretry-after: 60\r\n\r\n"
    async with dialogue(unasked=refusal) as (talked, heard):
        while not talked._stream._inbox.ended:  # noqa: ASYNC110 - of an end nothing tells that could be waited for
            await asyncio.sleep(0.01)
        head = await talked.ask(REQUEST)
        assert head.status_code == 503
        assert (b"retry-after", b"60") in list(head.headers)
    assert heard == []


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 1000 + OK,
    ],
)
async def test_what_is_no_answer(answer: bytes) -> None:
    async with dialogue(answer) as (talked, _):
        with pytest.raises(httpx.RemoteProtocolError):
            await talked.ask(REQUEST)
        assert not talked.end()


async def test_a_body_that_breaks_off() -> None:
    async with dialogue(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf") as (talked, _):
        await talked.ask(REQUEST)
        with pytest.raises(httpx.RemoteProtocolError):
            await body(talked)


async def test_what_cannot_be_sent_is_not_sent() -> None:
    async with dialogue(OK) as (talked, heard):
        with pytest.raises(httpx.LocalProtocolError):
            await talked.ask(httpx.Request("GET", "http://here.example/", headers=[(b"X", b"a\r\nY: b")]))
    assert heard == []
