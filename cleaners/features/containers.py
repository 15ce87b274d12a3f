"""What stands in the elements around a block, near and far, and in those that look like its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cleaners.features.arrays import AROUND, GOOD, log, running

if TYPE_CHECKING:
    from cleaners.features.arrays import Arrays, Columns, Floats, Ints


def around(page: Arrays) -> Columns:
    """For each height, the share of the page's prose, link density, size and shape of the element around the block."""
    good = running(page.prose > GOOD)
    seen = np.bincount(page.signature)
    found: Columns = {"depth": page.depth[page.heights[0]]}
    found.update({f"in_{name}": page.stands_in(name) for name in AROUND})
    below: Floats | None = None
    for height, elements in enumerate(page.heights):
        prose, mass = page.inside(page.prose_sums, elements), page.inside(page.mass_sums, elements)
        size = np.maximum(page.end[elements] - page.first[elements], 1)
        found[f"h{height}_prose"] = log(prose)
        found[f"h{height}_share"] = prose / page.total
        found[f"h{height}_density"] = page.inside(page.link_sums, elements) / np.maximum(mass, 1)
        found[f"h{height}_size"] = log(size)
        found[f"h{height}_mean"] = log(mass / size)
        found[f"h{height}_good"] = page.inside(good, elements) / size
        found[f"h{height}_alike"] = log(seen[page.signature[elements]])
        if below is not None:
            found[f"h{height}_from"] = below / np.maximum(prose, 1)
            found[f"h{height}_place"] = (page.index - page.first[elements]) / size
        below = prose
    return found


def alike(page: Arrays) -> Columns:
    """What blocks in elements of the same tag and class, or of the same path, hold together."""
    own, above, higher = page.heights[0], page.heights[1], page.heights[2]
    found: Columns = {"siblings": log(_siblings(page, own))}
    for name, key in (
        ("own", page.signature[own]),
        ("own_path", page.path[own]),
        ("above", page.signature[above]),
        ("above_path", page.path[above]),
        ("higher", page.signature[higher]),
    ):
        number = np.bincount(key)
        mass = np.bincount(key, weights=page.mass)
        links = np.bincount(key, weights=page.mass * page.density)
        found[f"{name}_number"] = log(number[key])
        found[f"{name}_share"] = np.bincount(key, weights=page.prose)[key] / page.total
        found[f"{name}_density"] = links[key] / np.maximum(mass[key], 1)
        found[f"{name}_mean"] = log(mass[key] / number[key])
    return found


def _siblings(page: Arrays, own: Ints) -> Ints:
    """Blocks whose element has the same parent and the same tag."""
    tags: dict[str, int] = {}
    parents = np.asarray(page.document.parents)[own]
    numbers = [tags.setdefault(page.document.tags[element], len(tags)) for element in page.document.owners]
    _, group, sizes = np.unique(parents * (len(tags) + 1) + np.array(numbers), return_inverse=True, return_counts=True)
    return sizes[group]
