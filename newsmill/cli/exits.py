"""What the exit codes mean; scripts rely on them."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended."""

    OK = 0
    #: The configuration, the database or the address given is wrong.
    ERROR = 1
    #: The command line is wrong.
    USAGE = 2
    #: Of some sources nothing could be read.
    SOME_FAILED = 3
    #: Of no source anything could be read.
    ALL_FAILED = 4
    #: The database is locked by another process, its disk is full, or it cannot be reached; nothing that was written is lost.
    DATABASE = 5
    #: Ended by Ctrl-C or SIGTERM; the next run goes on from there.
    INTERRUPTED = 130
