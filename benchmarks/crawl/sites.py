"""Many news sites on loopback, one address each: ``python -m benchmarks.crawl.sites HOSTS PAGES [CORPUS]`` serves them.

With a corpus its real pages are served, those of one site by one host as far as they go; all addresses in them lead nowhere.
Without one, pages are those of a sample site with other words, so that no two are near-duplicates: short articles among
much clutter, a tenth of a real page's size.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import re
import sys
from pathlib import Path

TEMPLATES = tuple(
    path.read_text("utf8")
    for path in sorted((Path(__file__).parents[2] / "fixtures/sites/semantic-html5/public/2026").rglob("*.html"))
)
_ADDRESSES = re.compile(r'<link rel="canonical"[^>]*>|<meta property="og:url"[^>]*>')
_SITE = re.compile(r'<meta property="og:site_name" content="([^"]*)"')
#: Text of a sentence's length, in elements, descriptions and JSON-LD.
_TEXT = re.compile(r'(?<=>)[^<>{}]{40,}(?=<)|(?<=content=")[^"{}/=]{40,}(?=")|(?<="headline": ")[^"]+')
_WORD = re.compile("[A-Za-z]+")
#: Sets of a corpus, those with the most pages of a site first.
_SETS = ("publishers", "sites", "articles")
_HOST = re.compile(rb"(https?:)?//[a-z0-9.-]+\.[a-z]{2,}", re.IGNORECASE)


def page(host: int, number: int) -> bytes:
    """An article: a sample page whose words are exchanged for one another, each everywhere for the same one.

    So the headline is the same in head and body, sentences stay sentences, and no four words in a row are those of another
    page: to an extractor it is a page like any other.
    """
    template = _ADDRESSES.sub("", TEMPLATES[(host + number) % len(TEMPLATES)])
    site = {word.lower() for name in _SITE.findall(template) for word in _WORD.findall(name)}
    words = sorted(
        {word.lower() for text in _TEXT.findall(template) for word in _WORD.findall(text)} - {word.lower() for word in site}
    )
    chance = random.Random(f"{host}/{number}")
    other = dict(zip(words, chance.sample(words, len(words)), strict=True))

    def exchanged(word: re.Match[str]) -> str:
        found = other.get(word[0].lower(), word[0])
        return found.capitalize() if word[0][0].isupper() else found

    return _TEXT.sub(lambda text: _WORD.sub(exchanged, text[0]), template).encode()


def real_pages(corpus: Path, hosts: int, pages: int) -> list[list[bytes]]:
    """For each host so many pages of the corpus, as many as there are, each used once."""
    listed: list[tuple[str, Path]] = []
    for name in _SETS:
        golds = map(json.loads, (corpus / name / "gold.jsonl").read_text("utf8").splitlines())
        listed += sorted((gold["site"] or "", corpus / name / "html" / f"{gold['id']}.html.gz") for gold in golds)
    bodies = (_HOST.sub(b"http://nowhere.invalid", gzip.decompress(path.read_bytes())) for _, path in listed[: hosts * pages])
    return [[body for _, body in zip(range(pages), bodies, strict=False)] for _ in range(hosts)]


def feed(origin: str, pages: int) -> bytes:
    """The list of all articles of a host."""
    links = "".join(f"<item><title>Story {n}</title><link>{origin}/2026/11/20/story-{n}</link></item>" for n in range(pages))
    return f'<rss version="2.0"><channel><title>News</title>{links}</channel></rss>'.encode()


async def serve(served: list[list[bytes]]) -> None:
    """Serve until cancelled; prints the origins once all of them listen."""
    addresses = [f"127.0.3.{number}" for number in range(1, len(served) + 1)]
    answers: dict[str, tuple[str, bytes]] = {}

    async def talked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await talk(reader, writer, answers)

    first = await asyncio.start_server(talked, addresses[0], 0)
    port = first.sockets[0].getsockname()[1]
    for number, (address, bodies) in enumerate(zip(addresses, served, strict=True)):
        answers[f"{address}:{port}/feed"] = "application/xml", feed(f"http://{address}:{port}", len(bodies))
        for story, body in enumerate(bodies):
            answers[f"{address}:{port}/2026/11/20/story-{story}"] = "text/html", body
        if number:
            await asyncio.start_server(talked, address, port)
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


def main(hosts: int, pages: int, corpus: str | None = None) -> None:
    """Make the pages and serve them."""
    made = real_pages(Path(corpus), hosts, pages) if corpus else [[page(host, n) for n in range(pages)] for host in range(hosts)]
    asyncio.run(serve(made))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
