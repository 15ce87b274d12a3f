"""When two addresses are the same page."""

from __future__ import annotations

from urllib.parse import urlsplit


def identity(url: str) -> str:
    """What all spellings of an address have in common."""
    return url


def same_site(first: str, second: str) -> bool:
    """Whether one address may speak for the other: their hosts are equal, or one lies under the other, ``www`` aside."""
    one, two = (f".{(urlsplit(url).hostname or '').removeprefix('www.')}" for url in (first, second))
    return one.endswith(two) or two.endswith(one)
