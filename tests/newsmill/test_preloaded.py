"""What all cleaning processes are forked from."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

_SHOWN = """
import gc, os, sys
import newsmill.preloaded
from cleaners import classifier, lexicon
print(len(os.listdir("/proc/self/task")), gc.get_freeze_count() > 10_000, "trafilatura" in sys.modules,
      classifier.shipped.cache_info().currsize > 1, lexicon.lexicon.cache_info().currsize > 1)
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted where Linux lists them")
def test_it_has_one_thread_and_what_every_page_needs() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", _SHOWN], env=environment, check=True, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.split() == ["1", "True", "True", "True", "True"]


def test_the_file_that_a_command_is_started_from_imports_no_command() -> None:
    """Each cleaning process reads it again: multiprocessing does."""
    scripts = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf8"))["project"]["scripts"]
    code = f"import sys\nfrom {scripts['newsmill'].replace(':', ' import ')}\nprint('newsmill.cli' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "False"
