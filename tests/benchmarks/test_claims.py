"""Titles, authors and dates are counted as the documentation says."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.extraction.claims import Claimed, figures, named

ROOT = Path(__file__).parents[2]
GOLD = Claimed(title="Ferry sails: at last", authors=named(["Anna Lee", "Tom Ray"]), published="2026-09-03T23:30:00+02:00")
NEARLY = Claimed(title="FERRY sails - at last", authors=named(["anna lee"]), published="2026-09-04T03:00:00+00:00")


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (GOLD, (1.0, 1.0, 1.0, 1.0)),
        (NEARLY, (1.0, 0.0, 2 / 3, 1.0)),
        (Claimed(title="Ferry sails", authors=named(["Eva Sol"]), published="2026-09-05"), (0.0, 0.0, 0.0, 0.0)),
        (Claimed(), (0.0, 0.0, 0.0, 0.0)),
    ],
)
def test_what_is_found_is_compared_with_gold(found: Claimed, told: tuple[float, ...]) -> None:
    of = figures([(GOLD, found)])
    assert (of.title, of.to_the_letter, of.authors, of.date) == pytest.approx(told)


def test_fields_without_gold_do_not_count() -> None:
    unsigned = (Claimed(title="A"), Claimed(title="A", authors=named(["Eva Sol"])))
    assert figures([(GOLD, GOLD), unsigned]).authors == 1.0
    assert figures([unsigned]).authors is None


def test_it_prints_a_line_for_each_extractor(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    (folder / "html").mkdir(parents=True)
    page = b"<title>Ferry sails</title><h1>Ferry sails</h1>" + b"<p>It sails again tonight, after forty years ashore.</p>" * 5
    (folder / "html" / "1.html.gz").write_bytes(gzip.compress(page))
    gold: dict[str, object] = {"id": "1", "url": "http://harbour.example/1", "title": "Ferry sails", "authors": []}
    (folder / "gold.jsonl").write_text(json.dumps(gold))
    words = [sys.executable, "-m", "benchmarks.extraction.claims", "--corpus", str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert [line.split() for line in done.stdout.splitlines()[1:]] == [
        ["articles", "newsmill", "1", "1.000", "1.000", "-", "-"],
        ["articles", "trafilatura", "1", "1.000", "1.000", "-", "-"],
    ]
