"""Pages with their true texts: the shared corpus where it lies beside the project, else the fixtures."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "corpus"
SETS = ("articles", "sites", "publishers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One page and its truth."""

    id: str
    #: The set it belongs to.
    set: str
    site: str
    language: str
    url: str
    html: bytes
    text: str
    headline: str | None = None
    #: The Content-Type header, where the page came with one.
    content_type: str | None = None


def samples(corpus: Path | None = None, *, every: int = 1) -> list[Sample]:
    """All pages there are, in a stable order.

    Args:
        corpus: a folder of sets as the shared corpus has them; without it the shared one, or the fixtures where that is missing.
        every: take only each so-many-th page.
    """
    folder = corpus or SHARED
    found = _of_corpus(folder) if folder.is_dir() else _of_fixtures()
    return [sample for number, sample in enumerate(found) if number % every == 0]


def _of_corpus(folder: Path) -> Iterator[Sample]:
    for name in SETS:
        for line in (folder / name / "gold.jsonl").read_text("utf8").splitlines():
            gold = json.loads(line)
            yield Sample(
                id=gold["id"],
                set=name,
                site=gold["site"],
                language=gold["lang"] or "?",
                url=gold["url"],
                html=gzip.decompress((folder / name / "html" / f"{gold['id']}.html.gz").read_bytes()),
                text=gold["text"],
                headline=gold["headline"],
            )


def _of_fixtures() -> Iterator[Sample]:
    yield from _of_sample_sites()
    for folder in sorted((ROOT / "fixtures" / "pages").glob("*/source.html")):
        lesson = folder.parent
        yield Sample(
            id=lesson.name,
            set="pages",
            site=lesson.name,
            language="?",
            url=f"http://{lesson.name}.example/story",
            html=folder.read_bytes(),
            text=(lesson / "expected.txt").read_text("utf8"),
        )


def _of_sample_sites() -> Iterator[Sample]:
    """The sample sites' articles, asked for over loopback as a crawl would; those that run over several pages are left out."""
    from newsmill.demo.server import SampleSites

    with SampleSites() as served:
        languages = {site.lesson: site.language for site in served.sites}
        for lesson, expected in served.expected().items():
            for path, article in expected.articles.items():
                if article.pages:
                    continue
                url = served.origins[lesson] + path
                with urlopen(url, timeout=10) as answer:
                    html, content_type = answer.read(), answer.headers["Content-Type"]
                yield Sample(
                    id=f"{lesson}{path}",
                    set="sites",
                    site=lesson,
                    language=languages[lesson],
                    url=url,
                    html=html,
                    content_type=content_type,
                    text=article.text,
                    headline=article.title,
                )
