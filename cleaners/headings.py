"""The visible headline: of a page's h1 headings the one that is the story's, without the kicker or the date inside it.

Sites put other things into h1 too: their own name, the name of a section, the parts of a long story, a newsletter's call.
What else the page claims tells them apart.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cleaners.cutting import trimmed
from cleaners.measure import is_prose
from model.article import BlockKind
from model.fingerprints import normalised

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from model.article import Block

#: Share of a heading's words that the page's other claims must say. Fitted on the corpus: of headings that differ from the
#: other claims and share less, 15 of 21 were none; of those that stand below the text and share less, 21 of 21.
_SHARED, _SHARED_BELOW = 0.2, 0.4
#: Words of a heading below the text that is believed at all.
_WORDS_BELOW = 4
#: Letters of a part that is a headline without the rest.
_SHORTEST = 8
_SPACE_BEFORE = re.compile(r"\s+(?=[,.;])")


def heading_of(
    headings: Iterable[Sequence[str]],
    claimed: Collection[str],
    sites: Collection[str],
    blocks: Sequence[Block] = (),
    text: Collection[int] = (),
) -> tuple[str, float]:
    """The heading that speaks most of what the page claims, "" where none is the story's; and the share of it that they say.

    Args:
        headings: the h1 headings, each as its parts.
        claimed: the headline as other claims have it, in the form `normalised` gives.
        sites: names of the site in that form, no headline of anything.
        blocks: the page's blocks in order.
        text: positions of the blocks that are held for the article's text.
    """
    said = frozenset(word for claim in claimed for word in claim.split())
    whole = [claim.replace(" ", "") for claim in claimed]
    below = _below(blocks, text)
    best, found = (-1.0, 0), ""
    for parts in headings:
        heading = _without_kicker(parts, claimed) or joined(parts, claimed)
        form = normalised(heading)
        if not form or form in sites or _is_glued(form, claimed):
            continue
        words = form.split()
        shared = len(words) if any(form.replace(" ", "") in claim for claim in whole) else sum(word in said for word in words)
        if said and not _believed(shared / len(words), len(words), is_below=form in below):
            continue
        if (rank := (shared / max(len(words), 3), len(form))) > best:
            best, found = rank, heading
    return found, max(best[0], 0.0)


def joined(parts: Sequence[str], claimed: Collection[str] = ()) -> str:
    """The parts as one text: apart by spaces, unless they say the same, or what is claimed, without.

    >>> joined(["Wo", "rld Cup "]), joined(["Floods", "Bridge closed"]), joined(["Wo", "rld Cup"], {"world cup"})
    ('Wo rld Cup', 'Floods Bridge closed', 'World Cup')
    """
    close, apart = " ".join("".join(parts).split()), " ".join(" ".join(parts).split())
    form = normalised(close)
    return close if form in claimed or form == normalised(apart) else _SPACE_BEFORE.sub("", apart)


def _without_kicker(parts: Sequence[str], claimed: Collection[str]) -> str:
    """The run of parts that is a claim by itself, or that ends one which begins otherwise; "" where there is none."""
    whole = normalised(joined(parts))
    for start, end in _runs(len(parts)):
        run = trimmed(joined(parts[start:end]))
        form = normalised(run)
        if len(form) < _SHORTEST or form == whole:
            continue
        tail = end == len(parts) and whole not in claimed and any(claim.endswith(f" {form}") for claim in claimed)
        if form in claimed or (tail and " " in form):
            return run
    return ""


def _runs(length: int) -> Iterator[tuple[int, int]]:
    """Start and end of each run shorter than all, longer ones first."""
    return ((start, start + size) for size in range(length - 1, 0, -1) for start in range(length - size + 1))


def _is_glued(form: str, claimed: Collection[str]) -> bool:
    """Whether a claim is this heading and another claim side by side: then it is the site's name, or a section's."""
    return any(
        (claim.startswith(f"{form} ") and claim.removeprefix(f"{form} ") in claimed)
        or (claim.endswith(f" {form}") and claim.removesuffix(f" {form}") in claimed)
        for claim in claimed
    )


def _believed(share: float, words: int, *, is_below: bool) -> bool:
    return share >= _SHARED_BELOW and words >= _WORDS_BELOW if is_below else share >= _SHARED


def _below(blocks: Sequence[Block], text: Collection[int]) -> frozenset[str]:
    """The top headings that stand only after the first paragraph of the text."""
    first = next((at for at in sorted(text) if at < len(blocks) and is_prose(blocks[at])), len(blocks))
    places = [(block.index, normalised(block.text)) for block in blocks if block.level == 1 and block.kind is BlockKind.HEADING]
    return frozenset(form for _, form in places) - {form for at, form in places if at < first}
