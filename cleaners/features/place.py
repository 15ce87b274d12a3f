"""Where a block stands: on the page, to its neighbours, and to the places that look like the article's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cleaners.features.arrays import KINDS, heaviest_run, log, moved, signed_log
from model.article import BlockKind

if TYPE_CHECKING:
    from cleaners.features.arrays import Arrays, Columns, Floats

#: Shares of the page's prose whose innermost common element is asked for.
CORES = (0.5, 0.75, 0.9)
#: Blocks on either side that count as a neighbourhood.
WINDOWS = (1, 3, 8, 20)
#: Stands for a distance to something the page does not have.
ABSENT = -99.0


def position(page: Arrays) -> Columns:
    """Place on the page, in blocks and in prose."""
    before, after = page.prose_sums[:-1], page.total - page.prose_sums[1:]
    return {
        "index": log(page.index),
        "from_end": log(page.size - 1 - page.index),
        "relative": page.index / page.size,
        "mass_before": page.mass_sums[:-1] / max(page.mass_sums[-1], 1.0),
        "prose_before": before / page.total,
        "prose_before_log": log(before),
        "prose_after_log": log(after),
    }


def cores(page: Arrays) -> Columns:
    """The innermost elements that hold most of the prose, and the one whose own blocks hold most."""
    found: Columns = {}
    shares = (page.prose_sums[page.end] - page.prose_sums[page.first]) / page.total
    for share in CORES:
        holding = np.flatnonzero(shares >= share)
        core = int(holding[-1]) if len(holding) else 0
        first, end = int(page.first[core]), int(page.end[core])
        name = f"core{share:.2f}"
        found.update(_to_run(page, name, first, end))
        found[f"{name}_size"] = np.full(page.size, (end - first) / page.size)
        found[f"{name}_place"] = np.clip((page.index - first) / max(end - first, 1), -1, 2)
        links = page.link_sums[end] - page.link_sums[first]
        found[f"{name}_density"] = np.full(page.size, links / max(page.mass_sums[end] - page.mass_sums[first], 1.0))
    above, higher = page.heights[1], page.heights[2]
    close, far = (np.bincount(elements, weights=page.prose, minlength=len(shares)) for elements in (above, higher))
    credit = close + 0.5 * far
    top = int(credit.argmax())
    found.update(_to_run(page, "top", int(page.first[top]), int(page.end[top])))
    found["top_share"] = np.full(page.size, shares[top])
    found["top_credit"] = credit[above] / max(credit[top], 1.0)
    found["top_own"] = above == top
    return found


def runs(page: Arrays, hits: Floats) -> Columns:
    """The heaviest run of blocks, by text alone and with words of the page's head counted in."""
    weights = np.clip(page.mass * (1 - 2 * page.density) - 60 - 20 * (page.kind == KINDS[BlockKind.LIST_ITEM]), -120, 400)
    first, end = heaviest_run(weights)
    found = _to_run(page, "run", first, end)
    found["run_share"] = np.full(page.size, (page.prose_sums[end] - page.prose_sums[first]) / page.total)
    first, end = heaviest_run(weights + 40.0 * np.minimum(hits, 5.0) * (page.density < 0.5))  # noqa: PLR2004 - more text than link
    return found | _to_run(page, "hit_run", first, end)


def _to_run(page: Arrays, name: str, first: int, end: int) -> Columns:
    """Inside a run of blocks, or how far after it; how far before it turned out not to matter."""
    return {name: (page.index >= first) & (page.index < end), f"{name}_after": log(page.index - end + 1)}


def windows(page: Arrays) -> Columns:
    """Prose and links in the blocks around."""
    low, high = page.reach(WINDOWS, page.size)
    mass = page.mass_sums[high] - page.mass_sums[low]
    by_reach = {
        "prose": log(page.prose_sums[high] - page.prose_sums[low] - page.prose),
        "density": (page.link_sums[high] - page.link_sums[low]) / np.maximum(mass, 1),
        "mean": log(mass / (high - low)),
    }
    return {f"w{reach}_{name}": row for name, rows in by_reach.items() for reach, row in zip(WINDOWS, rows, strict=True)}


def neighbours(page: Arrays) -> Columns:
    """What the blocks just before and after are like."""
    found: Columns = {}
    mass, prose = log(page.mass), log(page.prose)
    signature = page.signature[page.heights[0]]
    for step in (-1, 1):
        found[f"n{step}_mass"] = moved(mass, step)
        found[f"n{step}_density"] = moved(page.density, step)
        found[f"n{step}_kind"] = moved(page.kind, step)
        found[f"n{step}_prose"] = moved(prose, step)
        found[f"n{step}_alike"] = moved(signature, step) == signature
    return found


def headings(page: Arrays) -> Columns:
    """Headings before and after, and the first and last of the top level."""
    size, heading = page.size, page.kind == KINDS[BlockKind.HEADING]
    last = np.concatenate(([-1], np.maximum.accumulate(np.where(heading, page.index, -1))[:-1]))
    following = np.minimum.accumulate(np.where(heading, page.index, size)[::-1])[::-1]
    following = np.concatenate((following[1:], [size]))
    known, at = last >= 0, np.maximum(last, 0)
    tops = np.flatnonzero(heading & (page.level == 1))
    return {
        "since_heading": np.where(known, log(page.index - last), -1),
        "heading_level": np.where(known, page.level[at], 0),
        "to_heading": np.where(following < size, log(following - page.index), -1),
        "prose_since_heading": np.where(known, log(page.prose_sums[:-1] - page.prose_sums[at]), -1),
        "top_headings": np.full(size, min(len(tops), 5)),
        "from_top_heading": signed_log(page.index - tops[0]) if len(tops) else np.full(size, ABSENT),
        "from_last_top_heading": signed_log(page.index - tops[-1]) if len(tops) else np.full(size, ABSENT),
    }
