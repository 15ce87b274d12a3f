"""Pages with gold text, as they lie on disk: ``<set>/gold.jsonl`` and ``<set>/html/<id>.html.gz``."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from courlan import extract_domain

from benchmarks.training.score import tokens
from cleaners.decoding import decode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SETS = ("articles", "sites", "publishers")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldPage:
    """A page and what people say its text is."""

    #: Which of `SETS`.
    group: str
    id: str
    url: str
    #: ISO 639-1, "?" where unknown.
    language: str
    #: Registered domain: pages of one never stand on both sides of a fold.
    domain: str
    html: str
    #: Tokens of the text, and of the headline that leads it in some golds.
    text: list[str]
    headline: list[str]
    #: Tokens of the title, where the set has it.
    title: list[str]


def read(corpus: Path, groups: tuple[str, ...] = SETS) -> Iterator[GoldPage]:
    """The pages of some sets in the order of their gold files."""
    for group in groups:
        with (corpus / group / "gold.jsonl").open(encoding="utf8") as lines:
            for line in lines:
                yield _page(corpus, group, json.loads(line))


def _page(corpus: Path, group: str, gold: dict[str, str | None]) -> GoldPage:
    name, url = gold["id"] or "", gold["url"] or ""
    body = gzip.decompress((corpus / group / "html" / f"{name}.html.gz").read_bytes())
    return GoldPage(
        group=group,
        id=name,
        url=url,
        language=gold["lang"] or "?",
        domain=extract_domain(url) or urlsplit(url).hostname or name,
        html=decode(body).text,
        text=tokens(gold["text"] or ""),
        headline=tokens(gold.get("headline") or ""),
        title=tokens(gold.get("title") or ""),
    )
