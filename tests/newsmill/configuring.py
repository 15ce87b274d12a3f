"""Settings and files that crawl the sample sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    lines = [
        f"database: {database}",
        "contact: test@localhost",
        f"fetch: {{delay: {delay}, networks: [127.0.0.0/8]}}",
        "clean: {workers: 2}",
        "sources:",
    ]
    for source in sites.sources():
        lines += [f"  - name: {source.name}", f"    url: {source.url}", f"    language: {source.language}"]
        for kind in ("feeds", "sitemaps", "sections"):
            if urls := getattr(source, kind):
                lines.append(f"    {kind}: [{', '.join(urls)}]")
    file = folder / "config.yaml"
    file.write_text("\n".join(lines) + "\n", encoding="utf8")
    return file
