"""Elements that are no text and stand near a block: images, times, form controls, scripts, lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cleaners.features.arrays import running

if TYPE_CHECKING:
    from cleaners.features.arrays import Arrays, Columns, Floats

#: Groups of tags, each with where it is counted: at the block, near it, far around, inside the elements around it.
_GROUPS = {
    "image": (("img", "picture", "svg"), ("at", "near", "wide", "inside")),
    "time": (("time",), ("inside",)),
    "form": (("input", "textarea", "select", "button", "form", "label"), ("near", "wide", "inside")),
    "media": (("iframe", "video", "audio", "object", "embed"), ("wide",)),
    "script": (("script", "noscript"), ("near", "inside")),
    "heading": (("h1", "h2", "h3", "h4", "h5", "h6"), ("at", "near", "wide")),
    "entry": (("li",), ("at", "near")),
    "paragraph": (("p",), ("at", "near")),
    "link": (("a",), ("at", "near", "inside")),
}
#: Blocks to either side.
_REACH = {"near": 3, "wide": 10}


def near(page: Arrays) -> Columns:
    """How many of each group stand at the block, near it, and inside what is around it."""
    found: Columns = {}
    number_of = {tag: number for number, (tags, _) in enumerate(_GROUPS.values()) for tag in tags}
    groups = np.array([number_of.get(tag, -1) for tag in page.document.tags])
    sizes = [np.maximum(page.end[elements] - page.first[elements], 1) for elements in page.heights]
    for number, (name, (_, counted)) in enumerate(_GROUPS.items()):
        places = np.bincount(page.first[groups == number], minlength=page.size + 1)
        sums = running(places)
        if "at" in counted:
            found[f"at_{name}"] = places[:-1]
        for word, reach in _REACH.items():
            if word in counted:
                found[f"{word}_{name}"] = _counted(page, sums, reach)
        if "inside" in counted:
            for height in (1, 2, 3, 4):
                found[f"h{height}_{name}"] = page.inside(sums, page.heights[height]) / sizes[height]
    return found


def _counted(page: Arrays, sums: Floats, reach: int) -> Floats:
    """Elements at most ``reach`` blocks away."""
    low, high = np.maximum(page.index - reach, 0), np.minimum(page.index + reach + 1, page.size + 1)
    counted: Floats = sums[high] - sums[low]
    return counted
