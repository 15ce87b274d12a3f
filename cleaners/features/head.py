"""What the page's own head says of it: where its title stands, and which blocks speak of what title and description name.

It tells a short article from longer legal texts, comments and teasers in any language, without a word list.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from cleaners.features.arrays import KINDS, log, running, signed_log
from cleaners.features.place import ABSENT
from model.article import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from cleaners.features.arrays import Arrays, Columns, Floats

#: Words of four letters and more are compared by their first five, so that endings do not part them.
_STEM = re.compile(r"([^\W\d_]{4,5})[^\W\d_]*")
#: Length of the shortest: such a stem is the whole word.
_SHORTEST = 4
_IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
#: Smaller than any merit that counts.
EPSILON = 1e-9
#: Characters read of title and description.
_TITLE, _DESCRIPTION = 300, 600
#: Elements around a block, and blocks on either side, in which words of the head are counted.
_HEIGHTS, _REACHES = slice(1, 5), (2, 6, 15)


def hits(page: Arrays) -> tuple[Floats, int]:
    """For each block, how many words of title and description it has, rare ones counting most; and how many there are."""
    lead = f"{page.document.title[:_TITLE]}\n{page.document.description[:_DESCRIPTION]}".casefold()
    stems = {match[1] for match in _STEM.finditer(lead) if not _IDEOGRAPHS.search(match[0])}
    pairs = {run[i : i + 2] for run in _IDEOGRAPHS.findall(lead) for i in range(len(run) - 1)}
    if not stems and not pairs:
        return np.zeros(page.size), 0
    hits = [0.0] * page.size
    for _, blocks in sorted(_holding(page.folded, stems, pairs)):
        # A word of the site's name is in every other block and says nothing.
        weight = max(0.0, 1.0 - 3.0 * len(blocks) / max(page.size, 12))
        for block in blocks:
            hits[block] += weight
    return np.array(hits), len(stems) + len(pairs)


def _holding(texts: Sequence[str], stems: set[str], pairs: set[str]) -> Iterator[tuple[str, list[int]]]:
    """Each stem and pair that texts hold, and the numbers of those.

    The few words of a page's head are looked for in its whole text: that takes half of the time that cutting the text
    into words would.
    """
    text = "\n".join(texts)
    starts = list(accumulate((len(each) + 1 for each in texts), initial=0))
    for word in stems | pairs:
        found: list[int] = []
        at = text.find(word)
        while at >= 0:
            if word in pairs or _opens_word(text, at, len(word)):
                found.append(bisect_right(starts, at) - 1)
                at = starts[found[-1] + 1]
            else:
                at += 1
            at = text.find(word, at)
        if found:
            yield word, found


def _opens_word(text: str, at: int, length: int) -> bool:
    """Whether a stem that stands in a text stands for the word there: from its first letter on, the shortest to its last."""
    return not (at and _is_letter(text[at - 1])) and (length > _SHORTEST or not _is_letter(text[at + length : at + length + 1]))


def _is_letter(character: str) -> bool:
    """As `_STEM` has it."""
    return character.isalnum() and not character.isdecimal()


def spoken_of(page: Arrays, found: Floats, named: int) -> Columns:
    """How much a block, its surroundings and what is like it speak of what the head names."""
    sums = running(found)
    total = max(sums[-1], 1.0)
    columns: Columns = {
        "hits": found,
        "hits_share": found / max(named, 1),
        "hits_rate": found / log(page.mass),
        "hits_page": np.full(page.size, sums[-1] / page.size),
        "hits_before": sums[:-1] / total,
        "named": np.full(page.size, named),
    }
    inside = page.inside(sums, _HEIGHTS)
    low, high = page.reach(_REACHES, page.size)
    near = sums[high] - sums[low]
    by_height = {
        "hits": log(inside),
        "hits_share": inside / total,
        "hits_rate": inside / np.maximum(log(page.inside(page.prose_sums, _HEIGHTS)), 1),
    }
    by_reach = {"hits": log(near), "hits_share": near / total}
    columns.update({f"h{height}_{name}": row for name, rows in by_height.items() for height, row in enumerate(rows, 1)})
    columns.update(
        {f"w{reach}_{name}": row for name, rows in by_reach.items() for reach, row in zip(_REACHES, rows, strict=True)}
    )
    for name, key in (("own_path", page.path[page.heights[0]]), ("above_path", page.path[page.heights[1]])):
        spoken = np.bincount(key, weights=found) / total
        merit = spoken + np.bincount(key, weights=page.prose) / page.total
        columns[f"{name}_hits"] = spoken[key]
        columns[f"{name}_merit"] = merit[key] / max(merit.max(), EPSILON)
    prose = found * (page.prose > 0)
    best = int(prose.argmax())
    columns["from_hit"] = signed_log(page.index - best) if prose[best] > 0 else np.full(page.size, ABSENT)
    columns["hit_kin"] = page.kinship(best)
    return columns


def title(page: Arrays) -> Columns:
    """Where the page's title stands as a headline, and how the other blocks stand to it."""
    matches = _matches(page)
    lengths = np.array([len(text) for text in page.texts])
    weights = matches * lengths * np.where(page.kind == KINDS[BlockKind.HEADING], 2.0, 1.0)
    weights *= np.where(page.density > 0.5, 0.5, 1.0)  # noqa: PLR2004 - more link than text
    at = int(weights.argmax())
    if not matches[at]:
        absent = np.full(page.size, ABSENT)
        return {"title_match": matches, "from_title": absent, "prose_from_title": absent, "title_kin": np.full(page.size, -1)}
    between = np.abs(page.prose_sums[:-1] - page.prose_sums[at])
    return {
        "title_match": matches,
        "from_title": signed_log(page.index - at),
        "prose_from_title": np.sign(page.index - at) * log(between),
        "title_kin": page.kinship(at),
    }


def _matches(page: Arrays) -> NDArray[np.bool_]:
    """Blocks that stand in the title as they are, or hold it whole."""
    wanted = page.document.title.casefold()
    if not wanted:
        return np.zeros(page.size, dtype=bool)
    return np.array(
        [
            10 < len(text) < _TITLE and (own in wanted or (len(wanted) > 15 and wanted in own))  # noqa: PLR2004 - shorter ones match by chance
            for text, own in zip(page.texts, page.folded, strict=True)
        ]
    )
