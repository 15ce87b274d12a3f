"""Values that only the type checker keeps from being changed."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from model.article import Block, BlockKind, Verdict
from model.memory import PathRecord

if TYPE_CHECKING:
    from pathlib import Path


def test_the_type_checker_refuses_to_change_one(tmp_path: Path) -> None:
    program = tmp_path / "changing.py"
    program.write_text(
        "from model.article import Block, Verdict\n"
        "from model.memory import PathRecord\n"
        "from cleaners.judge import Opinion, Ruling\n"
        "def change(block: Block, verdict: Verdict, record: PathRecord, opinion: Opinion, ruling: Ruling) -> None:\n"
        "    block.text = ''\n"
        "    verdict.kept = False\n"
        "    record.blocks = 0\n"
        "    opinion.score = 0.0\n"
        "    ruling.kept = False\n"
    )
    # In a process of its own: mypy sets how often this one would look for garbage.
    command = [sys.executable, "-m", "mypy", "--follow-imports=silent", f"--cache-dir={tmp_path}", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    refused = [line for line in done.stdout.splitlines() if "is read-only" in line]
    assert (done.returncode, len(refused)) == (1, 5), done.stdout + done.stderr


def test_two_of_equal_fields_are_one() -> None:
    block = Block(index=1, kind=BlockKind.PARAGRAPH, text="A line.")
    again = Block(index=1, kind=BlockKind.PARAGRAPH, text="A line.", path="")
    assert {block: "found"}[again] == "found"
    assert block != Block(index=2, kind=BlockKind.PARAGRAPH, text="A line.")


def test_what_is_no_field_has_no_place() -> None:
    with pytest.raises(TypeError, match="positional"):
        PathRecord(1, 0.5)  # type: ignore[misc]
    with pytest.raises(AttributeError):
        PathRecord(blocks=1, score=0.5).mean = 0.5  # type: ignore[attr-defined]


def test_another_process_gets_the_same() -> None:
    block = Block(index=1, kind=BlockKind.PARAGRAPH, text="A line.")
    verdict = Verdict(block=block, kept=True, score=0.9, reason="stands and reads like the article's text")
    assert pickle.loads(pickle.dumps(verdict)) == verdict
