"""Bodies under a cap, inflated in bounded steps."""

from __future__ import annotations

import contextlib
import gzip
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.inflate import Body
from model.errors import BadEncoding, ConnectionFailed, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterable

URL = "http://example.org/"


def collect(chunks: Iterable[bytes], encoding: str = "gzip", cap: int = 1_000_000, *, cut: bool = False) -> bytes:
    body = Body(URL, encoding=encoding, cap=cap, cut=cut)
    for chunk in chunks:
        body.add(chunk)
        if body.full:
            break
    return body.end()


def pieces(whole: bytes, size: int) -> list[bytes]:
    return [whole[at : at + size] for at in range(0, len(whole), size)]


def bare(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


@given(st.binary(max_size=300_000), st.integers(1, 5000))
def test_every_spelling_of_every_encoding(body: bytes, size: int) -> None:
    for encoding, wire in (
        ("gzip", gzip.compress(body)),
        ("X-GZIP ", gzip.compress(body)),
        ("deflate", zlib.compress(body)),
        ("deflate", bare(body)),
        ("identity", body),
        ("", body),
        ("none", body),
    ):
        assert collect(pieces(wire, max(size, 64)), encoding) == body


def test_in_single_bytes() -> None:
    body = b"<p>Hello</p>" * 500
    for encoding, wire in (("gzip", gzip.compress(body)), ("deflate", zlib.compress(body)), ("deflate", bare(body))):
        assert collect(pieces(wire, 1), encoding) == body


def test_output_larger_than_a_step_from_one_chunk() -> None:
    body = bytes(900_000)
    assert collect([gzip.compress(body)]) == body


def test_several_members_and_padding() -> None:
    wire = gzip.compress(b"one, ") + gzip.compress(b"two") + bytes(100)
    assert collect([wire]) == collect(pieces(wire, 7)) == b"one, two"


def test_nothing_at_all() -> None:
    assert collect([]) == b""


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress", "chunked"])
def test_encodings_that_were_not_asked_for(encoding: str) -> None:
    with pytest.raises(BadEncoding):
        Body(URL, encoding=encoding, cap=10)


@pytest.mark.parametrize("cut_at", [1, 5, 12, 30, -9, -1])
def test_streams_that_break_off(cut_at: int) -> None:
    with pytest.raises(ConnectionFailed, match="breaks off"):
        collect([gzip.compress(b"some text that is long enough" * 10)[:cut_at]])


def test_damaged_streams() -> None:
    wire = bytearray(gzip.compress(bytes(range(256)) * 100))
    wire[-6] ^= 0xFF
    with pytest.raises(BadEncoding):
        collect([bytes(wire)])


def test_the_cap_counts_inflated_bytes() -> None:
    assert len(collect([gzip.compress(bytes(1000))], cap=1000)) == 1000
    with pytest.raises(TooLarge):
        collect([gzip.compress(bytes(1001))], cap=1000)


def test_the_cap_counts_bytes_on_the_wire() -> None:
    """Empty members inflate to nothing."""
    with pytest.raises(TooLarge):
        collect([gzip.compress(b"")] * 100, cap=1000)


def test_a_bomb_is_stopped_within_a_step() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    body = Body(URL, encoding="gzip", cap=100_000)
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            body.add(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


def test_cutting_keeps_the_head() -> None:
    text = b"User-agent: *\n" * 1000
    assert collect(pieces(text, 100), "", cap=500, cut=True) == text[:500]
    assert collect([gzip.compress(text)], cap=500, cut=True) == text[:500]


def test_crumbs() -> None:
    with pytest.raises(TooLarge, match="chunks"):
        collect((b"x" for _ in range(30_000)), "")
    assert len(collect((b"x" * 64 for _ in range(15_000)), "")) == 960_000


@given(st.lists(st.binary(max_size=100), max_size=20), st.sampled_from(["gzip", "deflate"]))
def test_any_bytes_end_in_bytes_or_a_typed_error(chunks: list[bytes], encoding: str) -> None:
    with contextlib.suppress(BadEncoding, ConnectionFailed, TooLarge):
        assert len(collect(chunks, encoding, cap=500)) <= 500
