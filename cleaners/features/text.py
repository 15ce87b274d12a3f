"""What a block's own text says, and how it compares with the page's."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from cleaners.features.arrays import GOOD, log
from cleaners.letters import Letter

if TYPE_CHECKING:
    from cleaners.features.arrays import Arrays, Columns


def own_text(page: Arrays) -> Columns:
    """Length, punctuation and capitals of each block."""
    counts, words = page.letters.counts, np.maximum(page.letters.words, 1)
    characters = np.maximum(counts.sum(axis=1), 1)
    alphabet = np.maximum(counts[:, Letter.LOWER : Letter.SYLLABLE + 1].sum(axis=1), 1)
    sentences, lines = counts[:, Letter.TERMINAL], counts[:, Letter.NEWLINE]
    times = Counter(page.texts)
    return {
        "mass": log(page.mass),
        "words": log(page.letters.words),
        "word_length": page.mass / words,
        "terminals": sentences / words,
        "commas": counts[:, Letter.COMMA] / words,
        "punct": log(sentences + counts[:, Letter.COMMA]),
        "closing_terminal": page.letters.closing == Letter.TERMINAL,
        "closing_class": page.letters.closing,
        "opening_class": page.letters.opening,
        "digits": counts[:, Letter.DIGIT] / characters,
        "uppers": counts[:, Letter.UPPER] / alphabet,
        "capitals": page.letters.capitals / words,
        "bars": counts[:, Letter.BAR] / words,
        "brackets": counts[:, Letter.BRACKET] / words,
        "signs": counts[:, Letter.SIGN] / words,
        "colons": counts[:, Letter.COLON] / words,
        "lines": log(lines),
        "line_mass": log(page.mass / (1 + lines)),
        "sentence_mass": log(page.mass / (1 + sentences)),
        "density": page.density,
        "kind": page.kind,
        "level": page.level,
        "repeats": np.array([times[text] for text in page.texts]),
        "prose": log(page.prose),
        "prose_share": page.prose / page.total,
        "prose_rank": log(np.argsort(np.argsort(-page.prose, kind="stable"), kind="stable")),
    }


def whole_page(page: Arrays) -> Columns:
    """What kind of page it is; the same value for every block."""
    counts = page.letters.counts.sum(axis=0)
    mass, total = max(page.mass_sums[-1], 1.0), page.total
    ideographs = counts[Letter.IDEOGRAPH] + counts[Letter.SYLLABLE]
    alphabet = max(counts[Letter.LOWER : Letter.SYLLABLE + 1].sum(), 1)
    values = {
        "page_size": np.log2(page.size),
        "page_mass": np.log2(1 + mass),
        "page_prose": np.log2(1 + total),
        "page_density": page.link_sums[-1] / mass,
        "page_good": (page.prose > GOOD).mean(),
        "page_ideographs": ideographs / alphabet,
        "page_articles": min(page.document.tags.count("article"), 10),
        "page_p": page.prose[page.stands_in("p")].sum() / total,
        "page_table": page.prose[page.stands_in("table")].sum() / total,
    }
    return {name: np.full(page.size, value) for name, value in values.items()}
