"""The extractors that are compared: each a function of a page's bytes and address to its text.

Some peers bring so much along that they are no dependency, not even of the benchmarks; those that are installed are measured:
``pip install newspaper4k news-please resiliparse``.
"""

from __future__ import annotations

from importlib.util import find_spec
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


def resiliparse(sample: Sample) -> str:
    """Resiliparse's main content: rules in C++, made for web archives."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    return str(extract_plain_text(bytes_to_str(sample.html, detect_encoding(sample.html)), main_content=True))


def newspaper(sample: Sample) -> str:
    """newspaper4k with its usual settings, pictures aside: those would be fetched."""
    from newspaper import Article

    article = Article(sample.url or "http://example.org/", fetch_images=False)
    article.download(input_html=sample.html)
    article.parse()
    return str(article.text)


def news_please(sample: Sample) -> str:
    """news-please: several extractors and what most of them agree on."""
    from newsplease import NewsPlease

    article = NewsPlease.from_html(sample.html, url=sample.url or None, fetch_images=False)
    return (article.maintext or "") if article else ""


#: Peers that no extra of ours installs: module -> name in the table and extractor.
_GUESTS: dict[str, tuple[str, Callable[[Sample], str]]] = {
    "resiliparse": ("resiliparse", resiliparse),
    "newspaper": ("newspaper4k", newspaper),
    "newsplease": ("news-please", news_please),
}
#: Name in the table -> extractor; the first is ours, the second what costs are told in ratios to.
PEERS: dict[str, Callable[[Sample], str]] = {
    "newsmill": newsmill,
    "trafilatura": trafilatura,
    "readability-lxml": readability,
    **{name: extract for module, (name, extract) in _GUESTS.items() if find_spec(module)},
}
