"""What a first model makes of a page, told to the second one: which blocks around, and which like it, it would keep.

A block is known by its company: a paragraph the first model doubts is text when its neighbours and the other blocks of
its path are, and a comment is none where the other comments are none (auto-context: Tu, CVPR 2008).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cleaners.features.arrays import heaviest_run, running, signed_log

if TYPE_CHECKING:
    from cleaners.features.arrays import Arrays, Columns, Floats, Ints

#: Letters of a block that count, and the power that keeps one long block from outweighing many.
_LONGEST, _POWER = 800.0, 0.7
#: A block is kept from here on; inside the heaviest run from a little less.
_KEPT, _RUN = 0.5, 0.4
#: Probabilities nearer to 0 and 1 than this are the same.
_EDGE = 1e-4
#: Neighbours asked for, and reaches of neighbourhoods.
_STEPS, _REACHES = (-1, 1, 2), (2, 5, 12)


def columns(page: Arrays, found: Floats) -> Columns:
    """Features made of the first model's probabilities, one for each block of the page."""
    weights = np.minimum(page.mass, _LONGEST) ** _POWER + 1.0
    kept = found * weights
    return {
        **_own(found),
        **_around(page, kept, weights),
        **_alike(page, found, kept, weights),
        **_chosen(page, found, kept, weights),
    }


def _own(found: Floats) -> Columns:
    inner = np.clip(found, _EDGE, 1.0 - _EDGE)
    columns: Columns = {"p": found, "p_logit": np.log(inner / (1.0 - inner))}
    for step in _STEPS:
        moved = np.full(len(found), -1.0)
        if step < 0:
            moved[-step:] = found[:step]
        else:
            moved[:-step] = found[step:]
        columns[f"p{step:+d}"] = moved
    return columns


def _around(page: Arrays, kept: Floats, weights: Floats) -> Columns:
    """How likely the blocks around are, without the block itself."""
    kept_sums, sums = running(kept), running(weights)
    columns: Columns = {}
    low, high = page.reach(_REACHES, page.size)
    share = (kept_sums[high] - kept_sums[low] - kept) / np.maximum(sums[high] - sums[low] - weights, 1.0)
    columns.update({f"p_w{reach}": row for reach, row in zip(_REACHES, share, strict=True)})
    before, after = page.index, page.index + 1
    columns["p_before"] = (kept_sums[before] - kept_sums[low[0]]) / np.maximum(sums[before] - sums[low[0]], 1.0)
    columns["p_after"] = (kept_sums[high[0]] - kept_sums[after]) / np.maximum(sums[high[0]] - sums[after], 1.0)
    inside, whole = page.inside(kept_sums), page.inside(sums)
    for height in (1, 5):
        columns[f"p_h{height}"] = (inside[height] - kept) / np.maximum(whole[height] - weights, 1.0)
    total = max(float(kept_sums[-1]), 1.0)
    for height in (0, 1):
        columns[f"p_h{height}_share"] = inside[height] / total
    columns["p_kept_before"] = kept_sums[:-1] / total
    return columns


def _alike(page: Arrays, found: Floats, kept: Floats, weights: Floats) -> Columns:
    """How likely the other blocks in elements of the same tag and class, or of the same path, are."""
    own, above, higher = page.heights[:3]
    total = max(float(kept.sum()), 1.0)
    columns: Columns = {"p_above_max": _largest(found, page.signature[above])}
    for name, key in (
        ("own", page.signature[own]),
        ("own_path", page.path[own]),
        ("above_path", page.path[above]),
        ("higher_path", page.path[higher]),
    ):
        likely, others = np.bincount(key, weights=kept)[key], np.bincount(key, weights=weights)[key] - weights
        alone = others < 0.5  # noqa: PLR2004 - every block weighs at least 1
        columns[f"p_{name}"] = np.where(alone, -1.0, (likely - kept) / np.maximum(others, 1.0))
        columns[f"p_{name}_share"] = likely / total
        columns[f"p_{name}_max"] = _largest(found, key)
    return columns


def _largest(values: Floats, key: Ints) -> Floats:
    """For each place the largest value among those of equal key."""
    largest = np.zeros(int(key.max()) + 1)
    np.maximum.at(largest, key, values)
    return largest[key]


def _chosen(page: Arrays, found: Floats, kept: Floats, weights: Floats) -> Columns:
    """Where the block stands to the text that the first model would keep, and how sure that one is of the page."""
    sure = found >= _KEPT
    places = np.flatnonzero(sure) if sure.any() else np.array([int(found.argmax())])
    first, end = heaviest_run((found - _RUN) * weights)
    total = max(float(kept.sum()), 1.0)
    promised = 2.0 * kept[sure].sum() / (weights[sure].sum() + total)
    values = {
        "p_run_share": kept[first:end].sum() / total,
        "p_max": found.max(),
        "p_total": np.log2(1.0 + total),
        "p_share": total / weights.sum(),
        "p_doubt": 1.0 - promised,
    }
    return {
        "p_from_first": signed_log(page.index - places[0]),
        "p_from_last": signed_log(page.index - places[-1]),
        "p_run": (page.index >= first) & (page.index < end),
        "p_run_from": signed_log(page.index - first),
        "p_run_to": signed_log(page.index - end + 1),
        **{name: np.full(page.size, value) for name, value in values.items()},
    }
