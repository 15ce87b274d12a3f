"""`model.urls` for addresses that are in hand already: one that it refuses is itself, and no reason to lose a visit."""

from __future__ import annotations

from model import urls
from storage.columns import storable


def identity(url: str) -> str:
    """What all spellings of an address have in common."""
    try:
        return urls.identity(url)
    except ValueError:
        return storable(url)


def declared(claimed: str | None, page_url: str) -> str | None:
    """The address a page names as its own, where it is to be trusted."""
    try:
        return urls.declared(claimed, page_url) if claimed is not None else None
    except ValueError:
        return None
