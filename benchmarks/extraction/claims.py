"""``python -m benchmarks.extraction.claims``: titles, authors and dates beside trafilatura's, where a corpus names them.

A title counts as right when it is the gold one but for case, punctuation and white space; "to the letter" only white space
may differ. Authors are compared as sets of names, F1 over all pages that name any. A date is right when the day is,
ours that of UTC: gold without a zone may call it the day before or after.
"""

from __future__ import annotations

import argparse
import gzip
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from benchmarks.extraction.corpora import SETS, SHARED
from model.errors import CleanError
from model.fingerprints import normalised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

#: Seconds by which a moment may differ from a gold one in another zone and still be of its day.
_HALF_A_DAY = 43_200


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What a page says of its article, by people or by an extractor."""

    title: str = ""
    authors: frozenset[str] = frozenset()
    #: ISO 8601, "" where unknown.
    published: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Shares of pages, and F1 of authors; None where no page has gold."""

    pages: int
    title: float | None
    to_the_letter: float | None
    authors: float | None
    date: float | None


def named(names: Sequence[str]) -> frozenset[str]:
    """Names to compare."""
    return frozenset(form for name in names if (form := normalised(name)))


def newsmill(html: bytes, url: str | None) -> Claimed:
    """`cleaners.clean`."""
    from cleaners import clean

    try:
        article = clean(html, url=url).article
    except CleanError:
        return Claimed()
    moment = article.published.isoformat() if article.published else ""
    return Claimed(title=article.title, authors=named(article.authors), published=moment)


def trafilatura(html: bytes, url: str | None) -> Claimed:
    """The library trafilatura with its usual settings."""
    from trafilatura import bare_extraction

    document = cast("Any", bare_extraction(html, url=url, with_metadata=True))
    if document is None:
        return Claimed()
    authors = named((document.author or "").split(";"))
    return Claimed(title=document.title or "", authors=authors, published=document.date or "")


def figures(pairs: Sequence[tuple[Claimed, Claimed]]) -> Figures:
    """Of pairs of gold and what was found; each figure over the pages whose gold has the field."""
    titled = [(gold.title, found.title) for gold, found in pairs if gold.title]
    signed = [(gold.authors, found.authors) for gold, found in pairs if gold.authors]
    dated = [(gold.published, found.published) for gold, found in pairs if gold.published]
    shared = sum(len(gold & found) for gold, found in signed)
    return Figures(
        pages=len(pairs),
        title=_share([normalised(gold) == normalised(found) for gold, found in titled]),
        to_the_letter=_share([gold.split() == found.split() for gold, found in titled]),
        authors=2 * shared / sum(len(gold) + len(found) for gold, found in signed) if signed else None,
        date=_share([_same_day(gold, found) for gold, found in dated]),
    )


def _share(right: Sequence[bool]) -> float | None:
    return sum(right) / len(right) if right else None


def _same_day(gold: str, found: str) -> bool:
    if gold[:10] == found[:10]:
        return True
    try:
        wanted, given = datetime.fromisoformat(gold), datetime.fromisoformat(found)
    except ValueError:
        return False
    zoned = wanted.tzinfo is not None and given.tzinfo is not None
    return zoned and abs((wanted - given).total_seconds()) < _HALF_A_DAY


def _pages(folder: Path, every: int) -> Iterator[tuple[Claimed, bytes, str | None]]:
    lines = (folder / "gold.jsonl").read_text("utf8").splitlines()[::every]
    for gold in map(json.loads, lines):
        html = gzip.decompress((folder / "html" / f"{gold['id']}.html.gz").read_bytes())
        yield _gold(gold), html, gold["url"]


def _gold(gold: Mapping[str, Any]) -> Claimed:
    title = gold.get("title") or gold.get("headline") or ""
    return Claimed(title=title, authors=named(gold.get("authors") or ()), published=gold.get("published") or "")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction.claims", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=SHARED, help="folder of sets; default: the shared one")
    parser.add_argument("--every", type=int, default=1, help="measure only each so-many-th page")
    options = parser.parse_args()
    extractors: dict[str, Callable[[bytes, str | None], Claimed]] = {"newsmill": newsmill, "trafilatura": trafilatura}
    print(f"{'set':<12} {'extractor':<12} {'pages':>5}  title  to the letter  authors F1   date")
    for name in (name for name in SETS if (options.corpus / name).is_dir()):
        pages = list(_pages(options.corpus / name, options.every))
        for extractor, extract in extractors.items():
            told = figures([(gold, extract(html, url)) for gold, html, url in pages])
            cells = zip((told.title, told.to_the_letter, told.authors, told.date), (5, 13, 10, 5), strict=True)
            print(f"{name:<12} {extractor:<12} {told.pages:>5}", *(_cell(share, width) for share, width in cells), sep="  ")


def _cell(share: float | None, width: int) -> str:
    return f"{'-' if share is None else format(share, '.3f'):>{width}}"


if __name__ == "__main__":
    main()
