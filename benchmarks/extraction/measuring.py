"""Every extractor on every page, in processes of their own."""

from __future__ import annotations

import logging
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.extraction.corpora import Sample
from benchmarks.extraction.metric import PageScore, score_page
from benchmarks.extraction.peers import PEERS

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one extractor made of one page."""

    score: PageScore
    #: CPU seconds of the process.
    cpu: float
    #: The error's class name, where it raised; its text then counts as empty.
    error: str | None = None


def measure(sample: Sample) -> dict[str, Result]:
    """Every extractor on one page, one after the other in one process, so that the machine's noise meets all alike."""
    results = {}
    for name, extract in PEERS.items():
        error, text, began = None, "", time.process_time()
        try:
            text = extract(sample)
        except Exception as raised:  # noqa: BLE001 - a peer may raise what it likes; it is counted
            error = type(raised).__name__
        cpu = time.process_time() - began
        results[name] = Result(score=score_page(sample.text, text, headline=sample.headline), cpu=cpu, error=error)
    return results


def measure_all(pages: Sequence[Sample], *, workers: int) -> list[dict[str, Result]]:
    """One result an extractor for each page, in the order of the pages."""
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin) as pool:
        return list(pool.map(measure, pages, chunksize=8))


def _begin() -> None:
    """Runs once in each process: import and warm everything, so that no page pays for it."""
    logging.disable(logging.CRITICAL)
    page = b"<html><body><article><h1>Head</h1><p>" + b"Some words to begin with. " * 40 + b"</p></article></body></html>"
    measure(Sample(id="", set="", site="", language="", url="http://example.org/", html=page, text="Some words"))
