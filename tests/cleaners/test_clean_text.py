from __future__ import annotations

import json
from pathlib import Path

import pytest

from cleaners import clean_text

LESSONS = sorted((Path(__file__).parents[2] / "fixtures" / "text").iterdir())


@pytest.mark.parametrize("folder", LESSONS, ids=lambda folder: folder.name)
def test_a_dump_gives_exactly_its_text(folder: Path) -> None:
    meta = json.loads((folder / "meta.json").read_text(encoding="utf8"))
    cleaned = clean_text((folder / "raw.txt").read_text(encoding="utf8"))
    assert cleaned.article.text == (folder / "expected.txt").read_text(encoding="utf8").rstrip("\n")
    assert cleaned.article.title == meta["title"]
    assert list(cleaned.article.authors) == meta["authors"]
    assert list(cleaned.article.tags) == meta["tags"]
    assert cleaned.article.language == meta["language"]
