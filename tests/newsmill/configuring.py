"""Settings and files that crawl the sample sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from newsmill.config import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from newsmill.demo.server import SampleSites


def settings_for(database: str, *, delay: str = "0s") -> Settings:
    return Settings.model_validate(
        {
            "database": database,
            "contact": "test@localhost",
            "fetch": {"delay": delay, "networks": ["127.0.0.0/8"]},
            "clean": {"workers": 2},
        }
    )


def write_config(folder: Path, sites: SampleSites, database: str, *, delay: str = "0s") -> Path:
    """A config.yaml as a user would write it for the sample sites."""
    sources = []
    for source in sites.sources():
        entry: dict[str, object] = {"name": source.name, "url": source.url, "language": source.language}
        entry |= {kind: list(urls) for kind in ("feeds", "sitemaps", "sections") if (urls := getattr(source, kind))}
        sources.append(entry)
    document = {
        "database": database,
        "contact": "test@localhost",
        "fetch": {"delay": delay, "networks": ["127.0.0.0/8"]},
        "clean": {"workers": 2},
        "sources": sources,
    }
    file = folder / "config.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf8")
    return file
