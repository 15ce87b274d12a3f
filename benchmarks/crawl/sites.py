"""Many news sites on loopback, one address each: ``python -m benchmarks.crawl.sites HOSTS PAGES`` serves until it is ended.

Pages are those of a sample site, the words of each longer text shuffled, so that no two pages are near-duplicates.
"""

from __future__ import annotations

import asyncio
import random
import re
import sys
from pathlib import Path

TEMPLATES = tuple(
    path.read_text("utf8")
    for path in sorted((Path(__file__).parents[2] / "fixtures/sites/semantic-html5/public/2026").rglob("*.html"))
)


def page(host: int, number: int) -> bytes:
    """An article."""
    template = TEMPLATES[(host + number) % len(TEMPLATES)]
    chance = random.Random(f"{host}/{number}")

    def shuffled(text: re.Match[str]) -> str:
        words = text[1].split()
        return f">{' '.join(chance.sample(words, len(words)))}<"

    text = re.sub(r">([^<>{}]{40,})<", shuffled, template)
    return re.sub(r'<link rel="canonical"[^>]*>|<meta property="og:url"[^>]*>', "", text).encode()


def feed(origin: str, pages: int) -> bytes:
    """The list of all articles of a host."""
    links = "".join(f"<item><title>Story {n}</title><link>{origin}/2026/11/20/story-{n}</link></item>" for n in range(pages))
    return f'<rss version="2.0"><channel><title>News</title>{links}</channel></rss>'.encode()


async def serve(hosts: int, pages: int) -> None:
    """Serve until cancelled; prints the origins once all of them listen."""
    addresses = [f"127.0.3.{number}" for number in range(1, hosts + 1)]
    first = await asyncio.start_server(lambda *ends: talk(*ends, answers), addresses[0], 0)
    port = first.sockets[0].getsockname()[1]
    answers: dict[str, tuple[str, bytes]] = {}
    for host, address in enumerate(addresses):
        origin = f"http://{address}:{port}"
        answers[f"{address}:{port}/feed"] = "application/xml", feed(origin, pages)
        for number in range(pages):
            answers[f"{address}:{port}/2026/11/20/story-{number}"] = "text/html; charset=utf-8", page(host, number)
        if host:
            await asyncio.start_server(lambda *ends: talk(*ends, answers), address, port)
    print(*(f"http://{address}:{port}" for address in addresses), flush=True)
    await first.serve_forever()


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: dict[str, tuple[str, bytes]]) -> None:
    """Answer one connection's requests."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            host = re.search(r"\r\nhost: *(\S+)", head, re.IGNORECASE)
            found = answers.get((host[1] if host else "") + head.split()[1])
            kind, body = found or ("text/plain", b"")
            status = "200 OK" if found else "404 Not Found"
            writer.write(f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        writer.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
