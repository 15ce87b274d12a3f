"""Extraction is no worse than it was."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from benchmarks.extraction.corpora import SHARED, samples
from benchmarks.extraction.gate import BASELINE, figures, raised, under

if TYPE_CHECKING:
    from pathlib import Path

FLOORS = json.loads(BASELINE.read_text("utf8"))


@pytest.mark.slow
@pytest.mark.timeout(1800)  # a minute of CPU: much by the clock where others use the machine too
@pytest.mark.skipif(not SHARED.is_dir(), reason="no shared corpus beside the project: floors of the fixtures alone are tested")
def test_no_set_of_the_corpus_falls_under_its_floor() -> None:
    assert under(figures(samples(), workers=os.cpu_count() or 1), FLOORS["corpus"]) == {}


def test_no_set_of_the_fixtures_falls_under_its_floor(tmp_path: Path) -> None:
    assert under(figures(samples(tmp_path / "none"), workers=1), FLOORS["fixtures"]) == {}


def test_floors_only_rise() -> None:
    assert raised({"a": 0.91259, "b": 0.5}, {"a": 0.9, "b": 0.6, "c": 0.7}) == {"a": 0.912, "b": 0.6, "c": 0.7}


def test_what_is_under_its_floor_is_named() -> None:
    assert under({"a": 0.8, "b": 0.9}, {"a": 0.85, "b": 0.9, "c": 1.0}) == {"a": (0.8, 0.85)}
