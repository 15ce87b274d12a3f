"""The article of a page with all that belongs to it: its further parts, or the text that its feed carries in its place.

Cleaning processes, `newsmill reclean` and `newsmill show --explain` come here, so that one raw archive gives one text.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from model.page import Origin, Page

if TYPE_CHECKING:
    from datetime import datetime

    from model.article import Cleaned
    from model.memory import SiteMemory
    from model.source import Link, Rules

#: What a feed's text is read as: a page that holds an article and nothing else.
_PAGE = (
    "<!doctype html><html><head><meta charset='utf-8'><title>{title}</title></head>"
    "<body><article><h1>{title}</h1>{content}</article></body></html>"
)
_TYPE = (("content-type", "text/html; charset=utf-8"),)


def clean_whole(page: Page, *, rules: Rules, memory: SiteMemory, language: str | None) -> Cleaned:
    """Clean a page and its parts, and make one article of them.

    Raises:
        CleanError: one of them cannot be cleaned.
    """
    from cleaners import clean, joined, replaced

    def cleaned(part: Page) -> Cleaned:
        content_type = part.header("content-type")
        return clean(part.body, url=part.url, content_type=content_type, rules=rules, memory=memory, language=language)

    of_site = joined([cleaned(part) for part in (page, *page.parts) if part.origin is page.origin])
    of_feed = [cleaned(part) for part in page.parts if part.origin is not page.origin]
    return replaced(of_site, of_feed[0]) if of_feed else of_site


def fed(link: Link, content: str, at: datetime) -> Page:
    """The text that a feed carries, as a page.

    Args:
        link: the article as the feed lists it.
        content: the text, HTML.
        at: when it is used.
    """
    body = _PAGE.format(title=html.escape(link.title or ""), content=content).encode("utf-8", "replace")
    return Page(
        url=link.url, chain=(link.url,), status=200, headers=_TYPE, body=body, fetched_at=at, elapsed=0.0, origin=Origin.FEED
    )
