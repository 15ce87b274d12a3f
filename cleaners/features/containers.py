"""What stands in the elements around a block, near and far, and in those that look like its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cleaners.features.arrays import AROUND, GOOD, log, running

if TYPE_CHECKING:
    from cleaners.features.arrays import Arrays, Columns, Ints


def around(page: Arrays) -> Columns:
    """For each height, the share of the page's prose, link density, size and shape of the element around the block."""
    found: Columns = {"depth": page.depth[page.heights[0]]}
    found.update({f"in_{name}": page.stands_in(name) for name in AROUND})
    prose, mass = page.inside(page.prose_sums), page.inside(page.mass_sums)
    size = np.maximum(page.stops - page.starts, 1)
    by_height = {
        "prose": log(prose),
        "share": prose / page.total,
        "density": page.inside(page.link_sums) / np.maximum(mass, 1),
        "size": log(size),
        "mean": log(mass / size),
        "good": page.inside(running(page.prose > GOOD)) / size,
        "alike": log(np.bincount(page.signature)[page.signature[page.heights]]),
    }
    found.update({f"h{height}_{name}": row for name, rows in by_height.items() for height, row in enumerate(rows)})
    of_higher = {"from": prose[:-1] / np.maximum(prose[1:], 1), "place": (page.index - page.starts[1:]) / size[1:]}
    found.update({f"h{height}_{name}": row for name, rows in of_higher.items() for height, row in enumerate(rows, 1)})
    return found


def alike(page: Arrays) -> Columns:
    """What blocks in elements of the same tag and class, or of the same path, hold together."""
    own, above, higher = page.heights[0], page.heights[1], page.heights[2]
    found: Columns = {"siblings": log(_siblings(page, own))}
    links_of = page.mass * page.density
    for name, key in (
        ("own", page.signature[own]),
        ("own_path", page.path[own]),
        ("above", page.signature[above]),
        ("above_path", page.path[above]),
        ("higher", page.signature[higher]),
    ):
        number = np.bincount(key)
        mass = np.bincount(key, weights=page.mass)
        links = np.bincount(key, weights=links_of)
        found[f"{name}_number"] = log(number[key])
        found[f"{name}_share"] = np.bincount(key, weights=page.prose)[key] / page.total
        found[f"{name}_density"] = links[key] / np.maximum(mass[key], 1)
        found[f"{name}_mean"] = log(mass[key] / number[key])
    return found


def _siblings(page: Arrays, own: Ints) -> Ints:
    """Blocks whose element has the same parent and the same tag."""
    tags: dict[str, int] = {}
    parents = page.parents[own]
    numbers = np.array([tags.setdefault(tag, len(tags)) for _, tag, _ in page.document.shapes])[page.path[own]]
    _, group, sizes = np.unique(parents * len(tags) + numbers, return_inverse=True, return_counts=True)
    return sizes[group]
