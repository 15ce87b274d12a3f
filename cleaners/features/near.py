"""Elements that are no text and stand near a block: images, times, form controls, scripts, lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cleaners.features.arrays import Arrays, Columns, Ints

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
#: Heights of the elements around.
_INSIDE = slice(1, 5)


def near(page: Arrays) -> Columns:
    """How many of each group stand at the block, near it, and inside what is around it."""
    found: Columns = {}
    places = _places(page)
    sums = np.zeros((len(_GROUPS), page.size + 2))
    np.cumsum(places, axis=1, out=sums[:, 1:])
    low, high = page.reach(tuple(_REACH.values()), page.size + 1)
    around, sizes = sums[:, high] - sums[:, low], np.maximum(page.stops - page.starts, 1)[_INSIDE]
    for number, (name, (_, counted)) in enumerate(_GROUPS.items()):
        if "at" in counted:
            found[f"at_{name}"] = places[number, :-1]
        found.update({f"{word}_{name}": row for word, row in zip(_REACH, around[number], strict=True) if word in counted})
        if "inside" in counted:
            shares = page.inside(sums[number], _INSIDE) / sizes
            found.update({f"h{height}_{name}": row for height, row in enumerate(shares, 1)})
    return found


def _places(page: Arrays) -> Ints:
    """How many elements of each group stand right before each block, and after the last. Shape (groups, n + 1)."""
    number_of = {tag: number for number, (tags, _) in enumerate(_GROUPS.values()) for tag in tags}
    groups = np.array([number_of.get(tag, -1) for _, tag, _ in page.document.shapes])[page.path]
    counted, width = groups >= 0, page.size + 1
    places = np.bincount(groups[counted] * width + page.first[counted], minlength=len(_GROUPS) * width)
    return places.reshape(len(_GROUPS), width)
