"""Elements that are no text and stand near a block: images, times, form controls, scripts, lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cleaners.features.arrays import running

if TYPE_CHECKING:
    from cleaners.features.arrays import Arrays, Columns, Floats

_GROUPS = {
    "image": ("img", "picture", "svg"),
    "time": ("time",),
    "form": ("input", "textarea", "select", "button", "form", "label"),
    "media": ("iframe", "video", "audio", "object", "embed"),
    "script": ("script", "noscript"),
    "heading": ("h1", "h2", "h3", "h4", "h5", "h6"),
    "list": ("ul", "ol"),
    "entry": ("li",),
    "paragraph": ("p",),
    "link": ("a",),
}
#: Groups counted inside the elements around a block too, and those counted at ten blocks' distance.
_INSIDE = ("image", "time", "form", "script", "link")
_WIDE = ("image", "time", "form", "media", "heading")
#: Blocks to either side.
NEAR = 3
WIDE = 10


def near(page: Arrays) -> Columns:
    """How many of each group stand at the block, near it, and inside what is around it."""
    found: Columns = {}
    number_of = {tag: number for number, tags in enumerate(_GROUPS.values()) for tag in tags}
    groups = np.array([number_of.get(tag, -1) for tag in page.document.tags])
    for number, name in enumerate(_GROUPS):
        places = np.bincount(page.first[groups == number], minlength=page.size + 1)
        sums = running(places)
        found[f"at_{name}"] = places[:-1]
        found[f"near_{name}"] = _counted(page, sums, NEAR)
        if name in _WIDE:
            found[f"wide_{name}"] = _counted(page, sums, WIDE)
        if name in _INSIDE:
            for height in (1, 2, 3, 4):
                elements = page.heights[height]
                size = np.maximum(page.end[elements] - page.first[elements], 1)
                found[f"h{height}_{name}"] = page.inside(sums, elements) / size
    return found


def _counted(page: Arrays, sums: Floats, reach: int) -> Floats:
    """Elements at most ``reach`` blocks away."""
    low, high = np.maximum(page.index - reach, 0), np.minimum(page.index + reach + 1, page.size + 1)
    counted: Floats = sums[high] - sums[low]
    return counted
