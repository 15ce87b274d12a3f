"""Draws docs/before-after.svg: one sample page as it was served, beside what newsmill stored of it."""

from __future__ import annotations

import asyncio
import io
import re
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from newsmill.cli.demonstration import demo_settings, show_page
from newsmill.crawling import Order, crawl
from newsmill.demo.server import SampleSites
from storage import open_store, upgrade

PICTURE = Path(__file__).with_name("before-after.svg")
_WIDTH = 152
#: The fonts rich would have a viewer fetch from elsewhere.
_REMOTE_FONT = re.compile(r"@font-face\s*\{.*?\}", re.DOTALL)


def main() -> int:
    """Crawl the site of the sample, clean one page, draw it."""
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), highlight=False, force_terminal=True)
    with tempfile.TemporaryDirectory() as folder, SampleSites() as sites:
        database = Path(folder) / "picture.sqlite"
        upgrade(str(database))
        (source,) = (source for source in sites.sources() if source.name == "div-soup")
        asyncio.run(crawl(demo_settings(database), Order(sources=[source])))
        with open_store(str(database), readonly=True) as store:
            show_page(console, store)
    drawn = _REMOTE_FONT.sub("", console.export_svg(title="newsmill demo"))
    PICTURE.write_text("\n".join(line.rstrip() for line in drawn.splitlines()) + "\n", encoding="utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
