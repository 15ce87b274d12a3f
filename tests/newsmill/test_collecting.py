"""What a command does without while it starts."""

from __future__ import annotations

import gc
import os
import subprocess
import sys

import pytest

from newsmill.collecting import once_started, while_starting


def test_what_a_command_starts_with_is_not_looked_through_again(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = gc.get_threshold()
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")  # which would stay to the end of all tests
    try:
        while_starting()
        assert gc.get_threshold() > usual
        once_started()
        assert gc.get_threshold() == usual
        assert gc.get_freeze_count() > len(gc.get_objects())
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


@pytest.mark.parametrize(("own", "said"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_numpy_begins_no_threads_unless_somebody_says_so(own: dict[str, str], said: str) -> None:
    code = (
        "from newsmill.collecting import while_starting; while_starting()\n"
        "import numpy, os; print(os.environ['OPENBLAS_NUM_THREADS'], len(os.listdir('/proc/self/task')))"
    )
    others = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run([sys.executable, "-c", code], env=others | own, stdout=subprocess.PIPE, text=True, check=True)
    told, threads = done.stdout.split()
    assert told == said
    assert threads == "1" or own
