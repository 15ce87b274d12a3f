"""Which links of an endpoint are the source's articles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from model.urls import same_site

if TYPE_CHECKING:
    from collections.abc import Iterable

    from model.source import Link, Source


def wanted(url: str, source: Source) -> bool:
    """Whether a canonical address is one the source asks for.

    People's patterns come first: an ``exclude`` that matches refuses; where there are ``include`` patterns one must match, and
    what matches may lie on another host (a feed at a feed service, an article on a sister domain). Without them the address
    must belong to the source's own site.
    """
    if any(re.search(pattern, url) for pattern in source.exclude):
        return False
    if source.include:
        return any(re.search(pattern, url) for pattern in source.include)
    return same_site(url, source.url)


def unique(links: Iterable[Link]) -> tuple[Link, ...]:
    """The links in order, the first of each address."""
    found: dict[str, Link] = {}
    for link in links:
        found.setdefault(link.url, link)
    return tuple(found.values())
