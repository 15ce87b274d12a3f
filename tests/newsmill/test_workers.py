"""Cleaning in processes: monsters are ended, others go on."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from datetime import UTC, datetime, timedelta

import pytest

from cleaners import clean
from model.errors import CleanCrashed, CleanTimeout, PageError, Unreadable
from model.memory import PackedMemory, unpack_memory
from model.page import Page
from model.source import Source
from newsmill import workers
from newsmill.cleaning import Learned
from newsmill.workers import CleaningPool

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
            return await pool.clean(page(body), SOURCE, PackedMemory())
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


def test_verdicts_come_along_for_who_asks() -> None:
    async def both() -> tuple[Learned, Learned]:
        with CleaningPool(workers=1, timeout=timedelta(seconds=60), memory=2_000_000_000) as pool:
            asked = await pool.clean(page(GOOD), SOURCE, PackedMemory(), explained=True)
            return asked, await pool.clean(page(GOOD), SOURCE, PackedMemory())

    asked, result = asyncio.run(both())
    alone = clean(GOOD, url="http://example.org/a", content_type="text/html; charset=utf-8")
    assert alone.verdicts
    assert asked.cleaned == alone
    assert not result.cleaned.verdicts
    assert result.cleaned.counts == alone.counts == (len(alone.verdicts), sum(verdict.kept for verdict in alone.verdicts))


def story(number: int) -> bytes:
    words = b" ".join(b"%d%s" % (number, word) for word in b"the town agreed to mend its old bridge before winter".split())
    return GOOD.replace(STORY, (b"<p>" + words + b" and the council paid for it, as the mayor had said it would.</p>") * 8)


def test_memory_stays_with_the_process_and_survives_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PAGES_PER_PROCESS", 3)
    monkeypatch.setattr(workers, "MOST_LESSONS", 2)

    async def one_after_the_other() -> list[tuple[int, int]]:
        with CleaningPool(workers=2, timeout=timedelta(seconds=60), memory=2_000_000_000) as pool:
            memory, pages = PackedMemory(), []
            for number in range(7):
                await pool.clean(page(story(number + 50)), SOURCE, memory)  # of no consequence: its memory is not taken up
                memory = (await pool.clean(page(story(number)), SOURCE, memory)).memory
                pages.append((memory.pages, len(memory.lessons)))
                assert unpack_memory(memory).pages == memory.pages
            return pages

    assert asyncio.run(one_after_the_other()) == [(1, 1), (2, 2), (3, 0), (4, 1), (5, 2), (6, 0), (7, 1)]


def test_a_process_that_is_killed_costs_one_page() -> None:
    async def killed() -> tuple[PageError | Learned, Learned]:
        with CleaningPool(workers=1, timeout=timedelta(seconds=60), memory=12_000_000_000) as pool:
            first = await pool.clean(page(GOOD), SOURCE, PackedMemory())
            hit = asyncio.create_task(pool.clean(page(MONSTER * 24), SOURCE, first.memory))
            await asyncio.sleep(0.5)
            for process in multiprocessing.active_children():
                process.kill()
            with pytest.raises(CleanCrashed, match="died with code"):
                await hit
            return first, await pool.clean(page(story(1)), SOURCE, first.memory)

    _, after = asyncio.run(killed())
    assert after.memory.pages == 2


@pytest.mark.slow
def test_a_page_that_takes_too_long_is_ended_and_the_next_one_cleaned() -> None:
    slow, good = cleaned(MONSTER * 24, GOOD, timeout=6, memory=12_000_000_000)
    assert isinstance(slow, CleanTimeout)
    assert "6 s of CPU" in str(slow)
    assert slow.url == "http://example.org/a"
    assert isinstance(good, Learned)


def test_time_in_which_a_process_may_not_run_is_not_the_pages() -> None:
    async def stopped() -> Learned:
        with CleaningPool(workers=1, timeout=timedelta(seconds=1), memory=2_000_000_000) as pool:
            first = await pool.clean(page(GOOD), SOURCE, PackedMemory())
            (process,) = multiprocessing.active_children()
            os.kill(process.ident or 0, signal.SIGSTOP)
            waiting = asyncio.create_task(pool.clean(page(story(1)), SOURCE, first.memory))
            await asyncio.sleep(1.5)
            os.kill(process.ident or 0, signal.SIGCONT)
            return await waiting

    assert asyncio.run(stopped()).memory.pages == 2


def test_a_process_that_never_answers_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    async def stopped() -> Learned:
        with CleaningPool(workers=1, timeout=timedelta(seconds=10), memory=2_000_000_000) as pool:
            first = await pool.clean(page(GOOD), SOURCE, PackedMemory())
            (process,) = multiprocessing.active_children()
            os.kill(process.ident or 0, signal.SIGSTOP)
            monkeypatch.setattr(workers, "WAITING", 0.05)
            with pytest.raises(CleanTimeout, match=r"did not end in 0\.5 s"):
                await pool.clean(page(story(1)), SOURCE, first.memory)
            monkeypatch.undo()
            return await pool.clean(page(story(2)), SOURCE, first.memory)

    assert asyncio.run(stopped()).memory.pages == 2


@pytest.mark.slow
def test_a_page_that_eats_memory_is_an_outcome() -> None:
    (hungry,) = cleaned(MONSTER * 4, timeout=120, memory=450_000_000)
    assert isinstance(hungry, CleanCrashed)


def test_bytes_that_are_no_page_are_unreadable() -> None:
    (result,) = cleaned(bytes(range(256)) * 40, timeout=60)
    assert isinstance(result, Unreadable)
