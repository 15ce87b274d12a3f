"""config.yaml: read once into frozen settings; every mistake named with its key, its line and what is allowed."""

from __future__ import annotations

from newsmill.config.loading import load, parse
from newsmill.config.schema import Settings

__all__ = ["Settings", "load", "parse"]
