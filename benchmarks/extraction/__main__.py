"""``python -m benchmarks.extraction``: the table. See ``--help``."""

from __future__ import annotations

import argparse
import os
from collections import defaultdict
from difflib import ndiff
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.extraction.corpora import SHARED, Sample, samples
from benchmarks.extraction.measuring import Result, measure_all
from benchmarks.extraction.metric import Score, summed
from benchmarks.extraction.peers import PEERS

if TYPE_CHECKING:
    from collections.abc import Sequence


def main() -> None:
    """Measure and print."""
    options = _options()
    pages = samples(options.corpus, every=options.every)
    print(f"{len(pages)} pages of {'the shared corpus' if (options.corpus or SHARED).is_dir() else 'the fixtures'}\n")
    measured = measure_all(pages, workers=options.workers)
    _print_table("set", [sample.set for sample in pages], measured)
    _print_table("together", ["all sets"] * len(pages), measured)
    if options.by == "language":
        _print_table("language", [f"{sample.set} {sample.language}" for sample in pages], measured)
    if options.by == "site":
        _print_table("site", [sample.site for sample in pages], measured)
    _print_worst(pages, measured, options.worst, differences=options.diff)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description=__doc__)
    parser.add_argument(
        "--corpus", type=Path, help="folder of sets (articles, sites, publishers); default: the shared one, or fixtures"
    )
    parser.add_argument("--every", type=int, default=1, help="measure only each so-many-th page")
    parser.add_argument("--by", choices=["language", "site"], help="one more table")
    parser.add_argument("--worst", type=int, default=0, help="list so many of our worst pages")
    parser.add_argument("--diff", action="store_true", help="with --worst: what is missing (-) and what is too much (+)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


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


def _print_worst(pages: Sequence[Sample], measured: Sequence[dict[str, Result]], count: int, *, differences: bool) -> None:
    name, extract = next(iter(PEERS.items()))
    for sample, results in sorted(zip(pages, measured, strict=True), key=lambda pair: pair[1][name].score.f1)[:count]:
        figures = "  ".join(f"{peer} {results[peer].score.f1:.2f}" for peer in PEERS)
        print(f"{figures}  {sample.set}/{sample.id}  {sample.url}")
        if differences:
            text = "" if results[name].error else extract(sample)
            print(*(f"    {line}" for line in difference(sample.text, text)), sep="\n")


def difference(gold: str, text: str) -> list[str]:
    """Lines of the gold that are missing ("-") and lines that are too much ("+"), in order, white space folded."""
    wanted, given = ([" ".join(line.split()) for line in part.splitlines() if line.strip()] for part in (gold, text))
    return [line for line in ndiff(wanted, given, linejunk=None, charjunk=None) if line[0] in "-+"]


if __name__ == "__main__":
    main()
