"""The extraction benchmark runs on the fixtures when no corpus is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.extraction.__main__ import difference

ROOT = Path(__file__).parents[2]


def test_it_prints_a_line_for_each_extractor_without_a_corpus(tmp_path: Path) -> None:
    words = ["--corpus", str(tmp_path / "none"), "--every", "20", "--workers", "1", "--worst", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.extraction", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "of the fixtures" in done.stdout
    for name in ("newsmill", "trafilatura", "readability-lxml"):
        assert any(f" {name} " in line for line in done.stdout.splitlines())
    assert "(1.00)" in done.stdout


def test_a_difference_names_what_is_missing_and_what_is_too_much() -> None:
    assert difference("One.\n\nTwo  words.\n\nThree.", "One.\n\nTwo words.\n\nMost read") == ["- Three.", "+ Most read"]
