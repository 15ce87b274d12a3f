"""HTML that holds links, parsed. The one door of BeautifulSoup in the crawler."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, ParserRejectedMarkup, Tag

from model.errors import DiscoveryError
from model.urls import canonical

#: An XML declaration says nothing about a page already decoded, and makes the parser doubt that it is HTML.
_DECLARATION = re.compile(r"<\?xml\b[^>]*>", re.IGNORECASE)


def parsed(html: str, url: str) -> BeautifulSoup:
    """The page's tree.

    Raises:
        DiscoveryError: no markup at all, or nothing the parser takes.
    """
    if "<" not in html:
        raise DiscoveryError(url, "a page without markup")
    try:
        return BeautifulSoup(_DECLARATION.sub("", html), "lxml")
    except (ParserRejectedMarkup, RecursionError) as error:
        raise DiscoveryError(url, f"a page that cannot be parsed: {error}") from error


def base_of(soup: BeautifulSoup, url: str) -> str:
    """The address that relative ones start from: ``<base href>`` where there is a usable one, else the page's."""
    tag = soup.find("base", href=True)
    return (address(tag, url) if tag else "") or url


def address(tag: Tag, base: str) -> str:
    """The canonical address of a tag's ``href``; empty where it names no other page ("#top", "javascript:")."""
    href = str(tag.get("href") or "").strip()
    if not href or href.startswith("#"):
        return ""
    try:
        return canonical(href, base)
    except ValueError:
        return ""
