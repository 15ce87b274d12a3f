"""Files that come with newsmill: in a checkout they stand at its top, in an installed package beside this module."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def default_config() -> str:
    """The commented config.yaml that newsmill ships."""
    packed, checkout = _HERE / "config.default.yaml", _HERE.parent / "config.yaml"
    return (packed if packed.exists() else checkout).read_text(encoding="utf8")
