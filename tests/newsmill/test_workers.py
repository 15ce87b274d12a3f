"""Cleaning in processes: monsters are ended, others go on."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from model.errors import CleanCrashed, CleanTimeout, PageError, Unreadable
from model.memory import SiteMemory
from model.page import Page
from model.source import Source
from newsmill.workers import CleaningPool, Learned

SOURCE = Source(name="s", url="http://example.org/")
STORY = b"<p>The council met on Monday and agreed to repair the old bridge before the winter comes to the valley.</p>" * 8
GOOD = b"<html><head><title>Bridge</title></head><body><article><h1>Bridge</h1>" + STORY + b"</article></body></html>"
MONSTER = b"<html><body>" + b"<div><p>word <b>word</b> <i>word, word.</i></p>" * 60_000 + b"</body></html>"


def page(body: bytes) -> Page:
    return Page(
        url="http://example.org/a",
        chain=("http://example.org/a",),
        status=200,
        headers=(("content-type", "text/html; charset=utf-8"),),
        body=body,
        fetched_at=datetime(2026, 11, 22, tzinfo=UTC),
        elapsed=0.1,
    )


def cleaned(*bodies: bytes, timeout: float, memory: int = 2_000_000_000) -> list[Learned | PageError]:
    """What becomes of each page, asked for at the same time of one process."""

    async def one(pool: CleaningPool, body: bytes) -> Learned | PageError:
        try:
            return await pool.clean(page(body), SOURCE, SiteMemory())
        except PageError as error:
            return error

    async def all_of_them() -> list[Learned | PageError]:
        with CleaningPool(workers=1, timeout=timedelta(seconds=timeout), memory=memory) as pool:
            return await asyncio.gather(*(one(pool, body) for body in bodies))

    return asyncio.run(all_of_them())


def test_a_page_comes_back_cleaned_and_the_memory_moved_on() -> None:
    (result,) = cleaned(GOOD, timeout=60)
    assert isinstance(result, Learned)
    assert "repair the old bridge" in result.cleaned.article.text
    assert result.memory.pages == 1


@pytest.mark.slow
def test_a_page_that_takes_too_long_is_ended_and_the_next_one_cleaned() -> None:
    slow, good = cleaned(MONSTER * 24, GOOD, timeout=6, memory=12_000_000_000)
    assert isinstance(slow, CleanTimeout)
    assert slow.url == "http://example.org/a"
    assert isinstance(good, Learned)


@pytest.mark.slow
def test_a_page_that_eats_memory_is_an_outcome() -> None:
    (hungry,) = cleaned(MONSTER * 4, timeout=120, memory=450_000_000)
    assert isinstance(hungry, CleanCrashed)


def test_bytes_that_are_no_page_are_unreadable() -> None:
    (result,) = cleaned(bytes(range(256)) * 40, timeout=60)
    assert isinstance(result, Unreadable)
