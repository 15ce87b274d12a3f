"""The version of cleaning: raised whenever the same page may give another text."""

from __future__ import annotations

#: Stored with every article, so that a database knows what to clean again.
ENGINE_VERSION = "8"
