"""trafilatura's reading of a page: the one module that imports it.

Its import takes a second, so it happens on the first page. Whatever it throws at a hostile page means that it has no
opinion, and is no error of ours.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

#: Pages beyond this many characters are not shown to it: it needs seconds for a megabyte of markup.
_LONGEST = 3_000_000

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


def second_opinion(html: str, url: str | None = None) -> SecondOpinion:
    """Trafilatura's text and metadata of a page."""
    from trafilatura import bare_extraction

    if len(html) > _LONGEST:
        return SecondOpinion()
    try:
        document = bare_extraction(html, url=url, with_metadata=True, include_comments=False)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError, ArithmeticError, AssertionError, OSError):
        return SecondOpinion()
    return _read(document) if document is not None else SecondOpinion()


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
