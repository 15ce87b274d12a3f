"""Ctrl-C and SIGTERM for commands that can be ended gently."""

from __future__ import annotations

import asyncio
import signal


def stopping_gently(what: str) -> asyncio.Event:
    """An event that the first Ctrl-C or SIGTERM sets; a second Ctrl-C ends the command at once.

    Args:
        what: what is still done then, for the note that says so.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end_gently() -> None:
        from newsmill.cli.terminal import note

        stop.set()
        note(f"{what}; the next run goes on from here (Ctrl-C again ends at once)")
        loop.remove_signal_handler(signal.SIGINT)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end_gently)
    return stop
