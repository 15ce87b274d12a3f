"""Train the classifiers that come with the package: ``python -m benchmarks.training CORPUS``.

Writes ``cleaners/weights/blocks.npz`` and ``lines.npz``; the same corpus and the same LightGBM give the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.training import corpus, pages
from benchmarks.training.forest import convert, train
from benchmarks.training.validate import out_of_fold, table
from cleaners.classifier import save

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TREES = 220
WEIGHTS = Path(__file__).parents[2] / "cleaners" / "weights"


def _above_half(probabilities: NDArray[np.float64]) -> NDArray[np.bool_]:
    return probabilities >= 0.5


def main() -> None:
    """Read the corpus, validate when asked to, train on all of it and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="folder with a folder for each set")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="where the weights go (default: into the package)")
    parser.add_argument("--sets", nargs="+", choices=corpus.SETS, default=corpus.SETS, help="learn from these sets only")
    parser.add_argument("--validate", action="store_true", help="cross-validate and print F1; write nothing")
    options = parser.parse_args()

    examples, names = pages.examples(corpus.read(options.corpus))
    if options.validate:
        table(examples, out_of_fold(examples, trees=TREES, trained_on=options.sets), _above_half)
        return
    booster = train([e for e in examples if e.page.group in options.sets], trees=TREES)
    options.out.mkdir(parents=True, exist_ok=True)
    with (options.out / "blocks.npz").open("wb") as file:
        save(convert(booster, names), file)


if __name__ == "__main__":
    main()
