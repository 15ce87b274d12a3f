"""Evidence of structure: some two hundred features of each block, computed over the whole page at once.

They carry over from site to site: no names of classes, no words of any language, no addresses. Groups, by what they ask:
`text` (the block itself), `containers` (what is around it and what is like it), `place` (where it stands), `near` (what
stands beside it), `head` (what the page's title and description name). `context` tells a second model what the first one
makes of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleaners.features import arrays, containers, head, near, place, text

if TYPE_CHECKING:
    from cleaners.features.arrays import Arrays, Columns
    from cleaners.tree import Document

__all__ = ["columns", "read"]


def columns(document: Document) -> Columns:
    """Every feature of a page with at least one block, by name, in a fixed order."""
    return read(document)[1]


def read(document: Document) -> tuple[Arrays, Columns]:
    """A page with at least one block as arrays, and every feature of it."""
    page = arrays.read(document)
    found, named = head.hits(page)
    return page, {
        **text.own_text(page),
        **text.whole_page(page),
        **containers.around(page),
        **containers.alike(page),
        **place.position(page),
        **place.cores(page),
        **place.runs(page, found),
        **place.windows(page),
        **place.neighbours(page),
        **place.headings(page),
        **near.near(page),
        **head.spoken_of(page, found, named),
        **head.title(page),
    }
