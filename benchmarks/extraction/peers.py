"""The extractors that are compared: each a function of a page's bytes and address to its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.extraction.corpora import Sample


def newsmill(sample: Sample) -> str:
    """`cleaners.clean`, metadata and verdicts included."""
    from cleaners import clean

    return clean(sample.html, url=sample.url, content_type=sample.content_type).article.text


def trafilatura(sample: Sample) -> str:
    """The library trafilatura with its usual settings and metadata."""
    from trafilatura import bare_extraction

    document = cast("Any", bare_extraction(sample.html, url=sample.url, with_metadata=True))
    return (document.text or "") if document is not None else ""


def readability(sample: Sample) -> str:
    """readability-lxml (Mozilla's algorithm), its summary as text."""
    from lxml import html
    from readability import Document

    summary = Document(sample.html, url=sample.url).summary(html_partial=True)
    return "\n".join(line.strip() for line in html.fromstring(summary).itertext() if line.strip())


#: Name in the table -> extractor; the first is ours, the second what costs are told in ratios to.
PEERS: dict[str, Callable[[Sample], str]] = {"newsmill": newsmill, "trafilatura": trafilatura, "readability-lxml": readability}
