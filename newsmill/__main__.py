"""``python -m newsmill``."""

from __future__ import annotations

from newsmill.cli import main

main()
