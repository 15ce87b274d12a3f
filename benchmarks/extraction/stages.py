"""Where the time of `cleaners.clean` goes, stage by stage: ``python -m benchmarks.extraction.stages``."""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

from benchmarks.extraction.corpora import Sample, samples
from cleaners.blocks import read_document
from cleaners.claims import read_claims
from cleaners.decoding import decode
from cleaners.evidence import first_opinions
from cleaners.features import columns
from cleaners.opinion import second_opinion
from cleaners.page import PageRead, judged_page
from cleaners.parsing import parse
from model.errors import CleanError
from model.memory import SiteMemory


def stages(sample: Sample) -> dict[str, float]:
    """CPU seconds of each stage on one page; features are a part of the opinions, and told by themselves too.

    Raises:
        CleanError: the page cannot be cleaned.
    """
    marks = [("", time.process_time())]

    def mark(name: str) -> None:
        marks.append((name, time.process_time()))

    html = decode(sample.html, sample.content_type).text
    mark("decode")
    tree = parse(html)
    mark("parse")
    document = read_document(tree)
    mark("blocks")
    claims = read_claims(tree)
    mark("claims")
    if document.blocks:
        columns(document)
    mark("(features alone)")
    opinions = first_opinions(document)
    mark("features and trees")
    if opinions.doubtful:
        second_opinion(html, sample.url, metadata=False)
    mark("(second opinion alone)")
    read = PageRead(html=html, document=document, claims=claims)
    judged_page(read, url=sample.url, memory=SiteMemory(), language=None, opinions=opinions)
    mark("second opinion, words, metadata, text")
    return {name: after - before for (_, before), (name, after) in pairwise(marks)}


def main() -> None:
    """Measure in this process and print means."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction.stages", description=__doc__)
    parser.add_argument("--corpus", type=Path, help="folder of sets; default: the shared one, or fixtures")
    parser.add_argument("--every", type=int, default=5, help="measure only each so-many-th page")
    options = parser.parse_args()

    pages = samples(options.corpus, every=options.every)
    stages(pages[0])  # imports and weights are paid for once
    total: dict[str, float] = defaultdict(float)
    for page in pages:
        try:
            for name, seconds in stages(page).items():
                total[name] += seconds
        except CleanError as error:
            print(error)
    for name, seconds in total.items():
        print(f"{name:<38} {1000 * seconds / len(pages):6.2f} ms a page")
    whole = sum(seconds for name, seconds in total.items() if not name.startswith("("))
    print(f"{'all':<38} {1000 * whole / len(pages):6.2f} ms a page, mean of {len(pages)}")


if __name__ == "__main__":
    main()
