"""Circles of objects are looked for rarely while a command starts, and as usual once it works."""

from __future__ import annotations

import gc

from newsmill.collecting import once_started, while_starting


def test_what_a_command_starts_with_is_not_looked_through_again() -> None:
    usual = gc.get_threshold()
    try:
        while_starting()
        assert gc.get_threshold() > usual
        once_started()
        assert gc.get_threshold() == usual
        assert gc.get_freeze_count() > len(gc.get_objects())
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
