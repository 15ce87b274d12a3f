"""``python -m newsmill``, and what the command ``newsmill`` runs.

A process that cleans reads the file again that the command was started from, as Python's own multiprocessing has it; so
the commands, 40 ms of imports, are imported when they are to run and not before.
"""

from __future__ import annotations


def main() -> None:
    """See `newsmill.cli.main`."""
    from newsmill import cli

    cli.main()


if __name__ == "__main__":
    main()
