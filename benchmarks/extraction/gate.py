"""The quality gate: figures of `cleaners.clean` against floors that only rise.

``python -m benchmarks.extraction.gate`` measures and fails where a figure is under its floor; ``--raise`` writes floors anew
where figures are higher. The shipped weights learned from the shared corpus, so its figures here flatter: they guard against
loss and say nothing of unseen sites (docs/model-card.md has those, out of fold).
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.extraction.corpora import SHARED, Sample, samples
from benchmarks.extraction.metric import PageScore, score_page, summed
from benchmarks.extraction.peers import newsmill

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BASELINE = Path(__file__).with_name("baseline.json")
#: Floors are kept to so many decimals, cut and never rounded up.
_DECIMALS = 3


def scored(sample: Sample) -> PageScore:
    """One page's score; a page that cannot be cleaned has no text."""
    from model.errors import CleanError

    try:
        text = newsmill(sample)
    except CleanError:
        text = ""
    return score_page(sample.text, text, headline=sample.headline)


def figures(pages: Sequence[Sample], *, workers: int) -> dict[str, float]:
    """F1 of each set."""
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        scores = list(pool.map(scored, pages, chunksize=16))
    by_set: dict[str, list[PageScore]] = defaultdict(list)
    for page, score in zip(pages, scores, strict=True):
        by_set[page.set].append(score)
    return {name: summed(listed).f1 for name, listed in sorted(by_set.items())}


def under(found: Mapping[str, float], floors: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """Set -> (figure, floor) where the figure is under its floor; sets that were not measured are left out."""
    return {name: (found[name], floor) for name, floor in floors.items() if name in found and found[name] < floor}


def raised(found: Mapping[str, float], floors: Mapping[str, float]) -> dict[str, float]:
    """The floors, lifted to the figures that are higher; none falls."""
    step = 10**_DECIMALS
    cut = {name: math.floor(figure * step) / step for name, figure in found.items()}
    return {name: max(cut.get(name, 0.0), floors.get(name, 0.0)) for name in sorted({*cut, *floors})}


def which(corpus: Path | None = None) -> str:
    """Which floors hold: those of the corpus or of the fixtures."""
    return "corpus" if (corpus or SHARED).is_dir() else "fixtures"


def main() -> None:
    """Measure, compare, and say so."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction.gate", description=__doc__)
    parser.add_argument("--corpus", type=Path, help="folder of sets; default: the shared one, or fixtures")
    parser.add_argument("--raise", action="store_true", dest="lift", help="write the floors anew where figures are higher")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()

    baseline = json.loads(BASELINE.read_text("utf8"))
    floors = baseline.get(which(options.corpus), {})
    found = figures(samples(options.corpus), workers=options.workers)
    for name, figure in found.items():
        print(f"{name:<12} F1 {figure:.4f}   floor {floors.get(name, 0.0):.3f}")
    if options.lift:
        baseline[which(options.corpus)] = raised(found, floors)
        BASELINE.write_text(json.dumps(baseline, indent=1) + "\n", "utf8")
    if fallen := under(found, floors):
        sys.exit(f"under the floor: {', '.join(fallen)}")


if __name__ == "__main__":
    main()
