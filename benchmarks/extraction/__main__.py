"""``python -m benchmarks.extraction``: the table. See ``--help``."""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.extraction.corpora import SHARED, Sample, samples
from benchmarks.extraction.metric import PageScore, Score, score_page, summed
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


def main() -> None:
    """Measure and print."""
    options = _options()
    pages = samples(options.corpus, every=options.every)
    print(f"{len(pages)} pages of {'the shared corpus' if (options.corpus or SHARED).is_dir() else 'the fixtures'}\n")
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(options.workers, mp_context=context, initializer=_begin) as pool:
        measured = list(pool.map(measure, pages, chunksize=8))
    _print_table("set", [sample.set for sample in pages], measured)
    if options.by == "language":
        _print_table("language", [f"{sample.set} {sample.language}" for sample in pages], measured)
    if options.by == "site":
        _print_table("site", [sample.site for sample in pages], measured)
    _print_worst(pages, measured, options.worst)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description=__doc__)
    parser.add_argument(
        "--corpus", type=Path, help="folder of sets (articles, sites, publishers); default: the shared one, or fixtures"
    )
    parser.add_argument("--every", type=int, default=1, help="measure only each so-many-th page")
    parser.add_argument("--by", choices=["language", "site"], help="one more table")
    parser.add_argument("--worst", type=int, default=0, help="list so many of our worst pages")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def _begin() -> None:
    """Runs once in each process: import and warm everything, so that no page pays for it."""
    logging.disable(logging.CRITICAL)
    page = b"<html><body><article><h1>Head</h1><p>" + b"Some words to begin with. " * 40 + b"</p></article></body></html>"
    measure(Sample(id="", set="", site="", language="", url="http://example.org/", html=page, text="Some words"))


def _print_table(what: str, groups: Sequence[str], measured: Sequence[dict[str, Result]]) -> None:
    by_group: dict[str, list[dict[str, Result]]] = defaultdict(list)
    for group, results in zip(groups, measured, strict=True):
        by_group[group].append(results)
    reference = list(PEERS)[1]
    print(f"{what:<22} {'extractor':<17} {'pages':>5}  {'F1':>5} {'P':>5} {'R':>5}  {'bad':>4} {'errors':>6}  CPU (ratio)")
    for group, results in sorted(by_group.items(), key=lambda item: -len(item[1])):
        base = sum(result[reference].cpu for result in results)
        for name in PEERS:
            score: Score = summed([result[name].score for result in results])
            errors = sum(result[name].error is not None for result in results)
            cpu = sum(result[name].cpu for result in results)
            print(
                f"{group:<22} {name:<17} {score.pages:>5}  {score.f1:.3f} {score.precision:.3f} {score.recall:.3f}  "
                f"{score.bad:>4} {errors:>6}  {1000 * cpu / len(results):5.1f} ms ({cpu / base:.2f})"
            )
    print()


def _print_worst(pages: Sequence[Sample], measured: Sequence[dict[str, Result]], count: int) -> None:
    ours = next(iter(PEERS))
    for sample, results in sorted(zip(pages, measured, strict=True), key=lambda pair: pair[1][ours].score.f1)[:count]:
        figures = "  ".join(f"{name} {results[name].score.f1:.2f}" for name in PEERS)
        print(f"{figures}  {sample.set}/{sample.id}  {sample.url}")


if __name__ == "__main__":
    main()
