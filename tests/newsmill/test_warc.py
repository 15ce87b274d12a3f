"""WARC files: what is written other tools read, what is read ends as if it had been fetched."""

from __future__ import annotations

import asyncio
import gzip
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
import zstandard
from configuring import settings_for
from misbehaving import article, prose
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from model.errors import ConfigError
from model.page import Origin, Page
from newsmill.importing import import_files
from newsmill.warc import Selection, read_warc, write_warc
from storage import open_store
from storage.raw import raw_pages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def page(path: str, *, at: datetime = NOON, seed: str = "", host: str = "news.example") -> Page:
    url = f"https://{host}/{path}"
    headers = (("content-type", "text/html; charset=utf-8"), ("content-encoding", "gzip"), ("x-name", "Größe"))
    body = article(seed or path).encode()
    return Page(url=url, chain=(url,), status=200, headers=headers, body=body, fetched_at=at, elapsed=0.5)


def archive(*pages: Page) -> bytes:
    stream = BytesIO()
    assert write_warc(pages, stream, software="test") == len(pages)
    return stream.getvalue()


def read(body: bytes, **chosen: object) -> list[Page]:
    found = read_warc(BytesIO(body), Selection(**chosen))  # type: ignore[arg-type] # passed through
    return [it.page for it in found if it.page is not None]


def record(
    kind: str, uri: str, payload: bytes, http: Sequence[tuple[str, str]] = (), status: str = "200 OK", **more: str
) -> bytes:
    stream = BytesIO()
    writer = WARCWriter(stream, gzip=True)
    line = "GET / HTTP/1.1" if kind == "request" else status
    headers = StatusAndHeaders(
        line, list(http), protocol="" if kind == "request" else "HTTP/1.1", is_http_request=kind == "request"
    )
    dated = {"WARC-Date": more.get("date", "2026-11-20T12:00:00Z")}
    dated |= {"WARC-Truncated": more["truncated"]} if "truncated" in more else {}
    made = writer.create_warc_record(
        uri, kind, payload=BytesIO(payload), length=len(payload), http_headers=headers, warc_headers_dict=dated
    )
    writer.write_record(made)
    return stream.getvalue()


HTML = [("Content-Type", "text/html")]


def test_another_tool_reads_what_was_written() -> None:
    body = archive(page("a"), page("b"))
    records = [
        (it.rec_type, it.rec_headers.get_header("WARC-Target-URI"), it.content_stream().read())
        for it in ArchiveIterator(BytesIO(body), check_digests="raise")
    ]
    assert [kind for kind, _, _ in records] == ["warcinfo", "response", "response"]
    assert records[1:] == [("response", it.url, it.body) for it in (page("a"), page("b"))]


def test_the_text_of_a_feed_is_no_answer_of_its_page() -> None:
    body = archive(page("a"), replace(page("b"), origin=Origin.FEED))
    records = list(ArchiveIterator(BytesIO(body), check_digests="raise"))
    assert [it.rec_type for it in records] == ["warcinfo", "response", "resource"]
    assert [it.url for it in read(body)] == [page("a").url]


def test_pages_come_back_as_they_were() -> None:
    (back,) = read(archive(page("a")))
    first = page("a")
    assert (back.url, back.body, back.status, back.fetched_at) == (first.url, first.body, 200, NOON)
    assert back.header("content-type") == "text/html; charset=utf-8"
    assert back.header("content-encoding") is None


@pytest.mark.parametrize("pack", [lambda body: body, gzip.decompress, lambda body: zstandard.compress(gzip.decompress(body))])
def test_files_are_gzipped_plain_or_packed_with_zstd(pack: object) -> None:
    assert [it.url for it in read(pack(archive(page("a"), page("b"))))] == [page("a").url, page("b").url]  # type: ignore[operator]


def test_frames_of_zstd_follow_each_other() -> None:
    frames = b"".join(zstandard.compress(gzip.decompress(archive(page(name)))) for name in "abc")
    assert len(read(frames)) == 3


def with_dictionary(*, packed: bool, cut: int = 0) -> bytes:
    """Three records as a crawler with a dictionary of its own writes them: the dictionary, then a frame a record."""
    samples = [gzip.decompress(archive(page(f"sample-{number}"))) for number in range(200)]
    dictionary = zstandard.train_dictionary(20_000, samples)
    compressor = zstandard.ZstdCompressor(dict_data=dictionary)
    frames = b"".join(compressor.compress(gzip.decompress(archive(page(name)))) for name in "abc")
    content = zstandard.compress(dictionary.as_bytes()) if packed else dictionary.as_bytes()
    return b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content[: len(content) - cut] + (b"" if cut else frames)


@pytest.mark.parametrize("packed", [True, False])
def test_a_dictionary_stands_before_the_frames_of_zstd(packed: bool) -> None:  # noqa: FBT001 - a parameter of the test
    body = with_dictionary(packed=packed)
    assert [it.body for it in read(body)] == [page(name).body for name in "abc"]
    with pytest.raises(ConfigError, match="not a WARC file"):
        read(b"\x28\xb5\x2f\xfd" + body[4:])


_BOMB = zstandard.compress(bytes(40_000_000))


@pytest.mark.parametrize(
    "body",
    [
        with_dictionary(packed=True, cut=100),
        b"\x5d\x2a\x4d\x18\xff\xff\xff\xff" + b"x" * 100,
        b"\x5d\x2a\x4d\x18"
        + len(zstandard.compress(bytes(40_000_000))).to_bytes(4, "little")
        + zstandard.compress(bytes(40_000_000)),
    ],
    ids=["broken off", "lies about its size", "a bomb"],
)
def test_a_broken_dictionary_is_no_archive(body: bytes) -> None:
    with pytest.raises(ConfigError, match="not a WARC file"):
        read(body)


#: `resource.getrusage` would count what the process that started this one had taken.
_MEASURED = """
import sys
from newsmill.warc import Selection, read_warc
with open(sys.argv[1], "rb") as stream:
    lengths = [len(it.page.body) for it in read_warc(stream, Selection()) if it.page]
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(len(lengths), sum(lengths), int(peak.split()[1]) // 1024)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_a_large_archive_takes_no_more_memory_than_a_small_one(kind: str, tmp_path: Path) -> None:
    filler = bytes(range(32, 127)) * 20_000  # 1.9 MB

    def large(number: int) -> bytes:
        return record("response", f"http://news.example/{number}", f"<p>{number}</p>".encode() + filler, HTML)

    file = tmp_path / "large.warc"
    with file.open("wb") as stream:
        for number in range(150):
            body = large(number)
            stream.write(body if kind == "gzip" else zstandard.compress(gzip.decompress(body)))
    done = subprocess.run([sys.executable, "-c", _MEASURED, str(file)], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    pages, size, megabytes = map(int, done.stdout.split())
    assert (pages, size > 280_000_000) == (150, True)
    assert megabytes < 100


def test_an_import_tells_how_far_it_is(sqlite_url: str, tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.warc.gz" for number in range(2)]
    for number, file in enumerate(files):
        file.write_bytes(archive(*(page(f"story-{number}-{it}") for it in "wxyz")))
    told: list[int] = []
    watch = lambda position, _: told.append(position)  # noqa: E731 - as short as it is
    asyncio.run(import_files(settings_for(sqlite_url), files, Selection(), watch=watch))
    assert len(told) == 8
    assert told == sorted(told)
    assert files[0].stat().st_size <= told[4] <= told[-1] <= sum(file.stat().st_size for file in files)


def test_content_and_transfer_encodings_are_undone() -> None:
    packed = gzip.compress(b"<p>packed")
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed)
    headers = [*HTML, ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")]
    (back,) = read(record("response", "http://news.example/a", chunked, headers))
    assert back.body == b"<p>packed"


def test_what_is_no_page_is_left() -> None:
    body = b"".join(
        [
            record("request", "http://news.example/a", b"", [("Host", "news.example")]),
            record("revisit", "http://news.example/a", b"", HTML),
            record("response", "http://news.example/gone", b"x", HTML, "404 Not Found"),
            record("response", "http://news.example/moved", b"x", HTML, "301 Moved Permanently"),
            record("response", "http://news.example/picture", b"x", [("Content-Type", "image/png")]),
            record("response", "http://news.example/large", b"x" * 2000, HTML),
            record("response", "http://news.example/empty", b"", HTML),
            record("response", "dns:news.example", b"x", HTML),
            record("response", "http://news.example/cut", b"<p>half", HTML, truncated="length"),
            record("response", "http://me:secret@news.example/", b"x", HTML),
            record("response", "http://news.example/undated", b"x", HTML, date="yesterday"),
            record("response", "http://news.example/never", b"x", HTML, date="9999-12-31T23:59:59-23:00"),
            record("response", "http://news.example/page", b"<p>x", HTML),
        ]
    )
    assert [it.url for it in read(body, largest=1000)] == ["http://news.example/page"]


def test_hosts_and_dates_choose() -> None:
    body = archive(page("a"), page("b", at=NOON + DAY), page("c", host="www.news.example"), page("d", host="other.example"))

    def names(**chosen: object) -> str:
        return "".join(it.url[-1] for it in read(body, **chosen))

    assert names(hosts=("news.example",)) == "abc"
    assert names(hosts=("https://other.example/",)) == "d"
    assert names(since=NOON + DAY) == "b"
    assert names(until=NOON + DAY) == "acd"


@pytest.mark.parametrize("host", ["[", "http://", "user@news.example"])
def test_what_is_no_site_is_said_so_before_anything_is_read(host: str) -> None:
    with pytest.raises(ConfigError, match="is no site"):
        Selection(hosts=(host,))


def test_a_file_that_breaks_off_gives_what_it_holds() -> None:
    body = archive(page("a"), page("b"))
    assert [it.url for it in read(body[:-300])][:1] == [page("a").url]


@pytest.mark.parametrize(
    "body",
    [b"<html><p>no archive", gzip.compress(b"<html><p>no archive"), zstandard.compress(b"<html>")],
    ids=["plain", "gzip", "zstd"],  # gzip's bytes hold the time: they are no name for a test
)
def test_what_is_no_archive(body: bytes) -> None:
    with pytest.raises(ConfigError, match="not a WARC file"):
        read(body)


def imported(database: str, folder: Path, *pages: Page, **chosen: object) -> Mapping[str, int]:
    file = folder / "pages.warc.gz"
    file.write_bytes(archive(*pages))
    return asyncio.run(import_files(settings_for(database), [file], Selection(**chosen)))  # type: ignore[arg-type] # passed through


def texts(database: str) -> Mapping[str, tuple[str, ...]]:
    with open_store(database, readonly=True) as store:
        return {it.url: tuple(it.text.split("\n\n")) for it in store.articles()}


def test_an_import_stores_articles_and_asks_nobody(database_url: str, tmp_path: Path) -> None:
    pages = [page(f"story-{number}", host=f"paper{number % 3}.example") for number in range(9)]
    counts = imported(
        database_url, tmp_path, *pages, page("picture", host="left.example"), hosts=tuple(f"paper{n}.example" for n in range(3))
    )
    assert counts == {"read": 10, "left": 1, "stored": 9}
    assert texts(database_url) == {it.url: prose(it.url.rpartition("/")[2]) for it in pages}
    with open_store(database_url, readonly=True) as store, store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM page WHERE next_attempt_at IS NOT NULL").scalar_one() == 0
        assert [it.fetched_at for it in store.articles()] == [NOON] * 9


def test_an_import_begun_again_changes_nothing(sqlite_url: str, tmp_path: Path) -> None:
    pages = [page(f"story-{number}") for number in range(3)]
    imported(sqlite_url, tmp_path, *pages)
    assert imported(sqlite_url, tmp_path, *pages) == {"read": 3, "left": 0, "known": 3}
    assert len(texts(sqlite_url)) == 3


def test_later_captures_are_revisions_and_earlier_ones_are_not(sqlite_url: str, tmp_path: Path) -> None:
    counts = imported(
        sqlite_url,
        tmp_path,
        page("a", seed="second", at=NOON),
        page("a", seed="first", at=NOON - DAY),
        page("a", seed="third", at=NOON + DAY),
    )
    assert counts == {"read": 3, "left": 0, "stored": 1, "known": 1, "revised": 1}
    assert texts(sqlite_url) == {page("a").url: prose("third")}


def test_what_was_stored_can_be_exported_and_imported_elsewhere(sqlite_url: str, tmp_path: Path) -> None:
    from storage import upgrade

    pages = [page(f"story-{number}", host=f"paper{number % 2}.example", at=NOON + number * DAY) for number in range(4)]
    imported(sqlite_url, tmp_path, *pages)
    with open_store(sqlite_url, readonly=True) as store:
        out = list(raw_pages(store.reading))
        assert {it.url: it.body for it in out} == {it.url: it.body for it in pages}
        assert {it.url for it in raw_pages(store.reading, source="paper1.example")} == {pages[1].url, pages[3].url}
        assert {it.url for it in raw_pages(store.reading, since=NOON + DAY, until=NOON + 3 * DAY)} == {pages[1].url, pages[2].url}
        assert len(list(raw_pages(store.reading, limit=3))) == 3
    elsewhere = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    upgrade(elsewhere)
    imported(elsewhere, tmp_path, *out)
    assert texts(elsewhere) == texts(sqlite_url)


def test_the_commands(sqlite_url: str, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from newsmill.cli import app

    file, out = tmp_path / "in.warc.gz", tmp_path / "out.warc.gz"
    file.write_bytes(archive(page("a"), page("b")))
    done = CliRunner().invoke(app, ["import", str(file), "--database", sqlite_url, "--quiet"])
    assert (done.exit_code, done.stdout) == (0, "2 read, 2 stored\n")
    done = CliRunner().invoke(app, ["export", "--format", "warc", "--database", sqlite_url, "-o", str(out)])
    assert done.exit_code == 0
    assert sorted(it.url for it in read(out.read_bytes())) == [page("a").url, page("b").url]
