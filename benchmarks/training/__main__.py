"""Train the classifiers that come with the package: ``python -m benchmarks.training CORPUS``.

Writes ``cleaners/weights/blocks.npz`` and ``lines.npz``; the same corpus and the same LightGBM give the same bytes.
With ``--validate`` it cross-validates instead and prints F1 by set, language and style of dump: of the probabilities alone,
and for pages of the whole engine told these probabilities.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.training import corpus, dumps, pages, stacked
from benchmarks.training.forest import convert
from benchmarks.training.renderings import STYLES
from benchmarks.training.validate import alone, out_of_fold, table, whole, worst
from cleaners.classifier import save

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.training.corpus import GoldPage
    from cleaners.classifier import Forest

WEIGHTS = Path(__file__).parents[2] / "cleaners" / "weights"


def main() -> None:
    """Read the corpus, then validate or train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="folder with a folder for each set")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="where the weights go (default: into the package)")
    parser.add_argument("--sets", nargs="+", choices=corpus.SETS, default=corpus.SETS, help="learn from these sets only")
    parser.add_argument("--only", choices=("blocks", "lines"), help="one of the two classifiers")
    parser.add_argument("--validate", action="store_true", help="cross-validate and print F1; write nothing")
    parser.add_argument("--worst", type=int, default=0, help="with --validate: list so many of the pages cleaned worst")
    options = parser.parse_args()

    found = list(corpus.read(options.corpus))
    if options.only != "lines":
        _blocks(found, options)
    if options.only != "blocks":
        _lines(found, options)


def _blocks(found: Sequence[GoldPage], options: argparse.Namespace) -> None:
    examples, poorer, names = pages.examples(found)
    learned = [example for example in (*examples, *poorer) if example.blocks and example.page.group in options.sets]
    if not options.validate:
        pair = stacked.Unseeing(learned, names).pair()
        _write(pair.first, options.out, "blocks")
        _write(pair.second, options.out, "context")
        return
    held_out = stacked.out_of_fold(learned, examples, names)
    ways = {
        name: [score(example, each) for example, each in zip(examples, held_out, strict=True)]
        for name, score in (("alone", alone), ("engine", whole))
    }
    table(found, ways)
    worst(found, ways["engine"], options.worst)


def _lines(found: Sequence[GoldPage], options: argparse.Namespace) -> None:
    learned, names = dumps.examples(found)
    training = [example for styled in learned.values() for example in styled]
    if options.validate:
        every, _ = dumps.examples(found, styles_a_page=len(STYLES))
        judged = [example for styled in every.values() for example in styled]
        probabilities = iter(out_of_fold(training, judged, dumps.learn, trained_on=options.sets))
        for style, examples in every.items():
            print(f"dumps in style {style}")
            table([one.page for one in examples], {"alone": [alone(one, next(probabilities)) for one in examples]})
    else:
        seen = [example for example in training if example.page.group in options.sets]
        _write(convert(dumps.learn(seen), names), options.out, "lines")


def _write(forest: Forest, folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.npz").open("wb") as file:
        save(forest, file)


if __name__ == "__main__":
    main()
