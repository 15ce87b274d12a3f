"""trafilatura's reading of a page: the one module that imports it.

Its import takes a second, so it happens on the first page. Whatever it throws at a hostile page means that it has no
opinion, and is no error of ours.
"""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

#: Pages beyond this many characters are not shown to it: it needs seconds for a megabyte of markup.
_LONGEST = 1_500_000

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondOpinion:
    """What trafilatura makes of a page; empty fields where it says nothing."""

    text: str = ""
    title: str = ""
    #: Names as it gives them, apart by "; ".
    authors: str = ""
    #: ISO 8601 day.
    date: str = ""
    site_name: str = ""
    description: str = ""
    image: str = ""
    tags: tuple[str, ...] = ()


def second_opinion(html: str, url: str | None = None, *, metadata: bool = True) -> SecondOpinion:
    """Trafilatura's text of a page, without its comparison with other extractors.

    Of the 103 pages of the corpus that ask for it, judged out of fold, that comparison changes five: two for the better, three
    for the worse; and it costs a seventh of the time on all of them, and a third of a second in each new process
    (docs/model-card.md, "Doubt").

    Args:
        html: the page.
        url: its address.
        metadata: read what the page says of itself too, which is a good part of the time.
    """
    if len(html) > _LONGEST:
        return SecondOpinion()
    try:
        document = _extractor()(html, url, metadata)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError, ArithmeticError, AssertionError, OSError):
        return SecondOpinion()
    return _read(document) if document is not None else SecondOpinion()


@cache
def _extractor() -> Callable[[str, str | None, bool], Any]:
    """What reads a page with its address, and its metadata too or not.

    Imported once; what trafilatura's own imports warn of (a missing proxy library) is nobody's concern here.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from trafilatura import bare_extraction
        from trafilatura.settings import Extractor
    options = partial(Extractor, output_format="python", fast=True, comments=False)
    # Without metadata the address matters for links and images only; neither is asked for.
    text_alone = options()

    def extract(html: str, url: str | None, metadata: bool) -> Any:  # noqa: ANN401, FBT001 - trafilatura has no types
        return bare_extraction(html, options=options(url=url, with_metadata=True) if metadata else text_alone)

    return extract


def _read(document: Any) -> SecondOpinion:  # noqa: ANN401 - trafilatura has no types
    return SecondOpinion(
        text=document.text or "",
        title=document.title or "",
        authors=document.author or "",
        date=document.date or "",
        site_name=document.sitename or "",
        description=document.description or "",
        image=document.image or "",
        tags=tuple(document.tags or ()),
    )
