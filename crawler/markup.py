"""HTML that holds links, parsed. Where BeautifulSoup parses for the crawler; it is imported with the first page of links.

A crawl of feeds needs none, and with the selectors it knows BeautifulSoup takes longer to import than anything else here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from model.errors import DiscoveryError
from model.urls import canonical

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

#: Tags read of one page, closing ones counted; the largest front pages have some 60,000. Each costs 15 us and 1 KB.
MAX_TAGS = 100_000
#: An XML declaration says nothing about a page already decoded, and makes the parser doubt that it is HTML.
_DECLARATION = re.compile(r"<\?xml\b[^>]*>", re.IGNORECASE)


def parsed(html: str, url: str) -> BeautifulSoup:
    """The page's tree.

    Raises:
        DiscoveryError: no markup at all, or nothing the parser takes.
    """
    from bs4 import BeautifulSoup, ParserRejectedMarkup

    if "<" not in html:
        raise DiscoveryError(url, "a page without markup")
    if html.count("<") > MAX_TAGS:
        html = "<".join(html.split("<", MAX_TAGS)[:MAX_TAGS])
    text = _DECLARATION.sub("", html).encode("utf-8", "replace").decode("utf-8")  # lone surrogates become "?"
    try:
        return BeautifulSoup(text, "lxml")
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
