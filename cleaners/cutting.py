"""A claim of a headline without what is glued to it: the site's name, a section, a slogan."""

# ruff: noqa: RUF001 - the punctuation and letters of many scripts are meant

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from model.fingerprints import normalised

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cleaners.sites import Names

#: Between a headline and what is glued to it.
_MARK = re.compile(
    r"\s+[|–—·•›:~/-]+\s+|\s*[|_｜ㅣ]+\s*|\s*::\s*|(?<=[\w\"'»”’!?)]):\s+|(?<=[\u3040-\u9fff])[:：](?=[\u3040-\u9fff])"
    r"|(?<=[^\W\d])-(?=[^\W\d《「【])"
)
#: The same where no quotation is open: guillemets point from the site to the page too.
_MARK_OR_ARROW = re.compile(rf"\s+[»«]\s+|{_MARK.pattern}")
#: Marks that stand in headlines as often as between headline and site.
_WEAK = frozenset(":：-")
_OWN = _WEAK | {"–", "—"}
#: Marks that are left over at either end: as words of their own, and at the last word.
_LEFT, _LEFT_BEHIND = frozenset("|:–—·•›«»/~-"), "|:–—·•›/"
#: Letters of a part that can be a headline by itself.
_SHORTEST = 8
#: Parts of a claim looked at.
_MOST_PARTS = 8


def trimmed(text: str) -> str:
    """The text without marks that stand between it and something that is gone.

    >>> trimmed("» Ferry sails again -"), trimmed("-10 degrees: Ferry stays «in port»")
    ('Ferry sails again', '-10 degrees: Ferry stays «in port»')
    """
    words = text.split()
    said = [at for at, word in enumerate(words) if not _LEFT.issuperset(word)]
    return " ".join(words[said[0] : said[-1] + 1]).rstrip(_LEFT_BEHIND) if said else ""


def cut(text: str, names: Names, seen: Collection[str], *, anywhere: bool = False, spoken: bool = False) -> str:
    """The claim without what is glued to it.

    Args:
        text: the claim.
        names: the site's and its sections'.
        seen: what the page has by itself, in the form `normalised` gives; see `_confirmed`.
        anywhere: whether a part that the page has may stand anywhere in the claim.
        spoken: whether all of it is the page's heading or its address: then a dash or colon is the headline's own, unless the
            site's very name stands beyond it.
    """
    marks = list((_MARK if "«" in text and "»" in text else _MARK_OR_ARROW).finditer(text))
    bounds = [0, *(edge for mark in marks for edge in mark.span()), len(text)]
    parts = list(zip(bounds[::2], bounds[1::2], strict=True))
    if len(parts) == 1:
        return trimmed(text)
    if confirmed := _confirmed(text, parts, names, seen, anywhere=anywhere):
        return trimmed(confirmed)
    site = next((at for at in range(1, len(parts)) if _is_site(text[slice(*parts[at])], names)), len(parts))
    first, last = 0, min(site, len(parts)) - 1  # what stands behind the site's name is its slogan
    while first < last and _is_place(text[slice(*parts[last])], marks[last - 1], names, spoken=spoken):
        last -= 1
    while first < last and _is_site(text[slice(*parts[first])], names):
        first += 1
    return trimmed(text[parts[first][0] : parts[last][1]])


def _is_site(part: str, names: Names) -> bool:
    """Whether a part of a claim is the site's name and nothing else."""
    form = normalised(part)
    return form in names.spelled or form.replace(" ", "") in names.labels


def _is_place(part: str, mark: re.Match[str], names: Names, *, spoken: bool) -> bool:
    """Whether the last part of a claim is the site, or a section of it that the page's menu names too."""
    if spoken and mark[0].strip() in _OWN:
        return False
    return normalised(part) in names.sections or (names.fit(part) and not _weak(mark))


def _weak(mark: re.Match[str]) -> bool:
    """Whether the mark is one that headlines themselves use, with no space before it."""
    return not mark[0][0].isspace() and mark[0].strip() in _WEAK


def _confirmed(text: str, parts: Sequence[tuple[int, int]], names: Names, seen: Collection[str], *, anywhere: bool) -> str:
    """The longest run of the claim's parts, short of all of it, that the page also has by itself.

    Where it is other claims that have it, one that is no beginning is taken only after the site, or after what else the page
    has by itself: else it would lose its kicker. Where it is a line of the page, it may stand anywhere.
    """
    runs: list[str] = []
    for start, (begin, _) in enumerate(parts[:_MOST_PARTS]):
        head = text[: parts[start - 1][1]] if start else ""
        if anywhere or start == 0 or names.fit(head) or normalised(head) in seen:
            runs += [text[begin:end].strip() for _, end in parts[start : len(parts) - (start == 0)]]
    fitting = (run for run in runs if len(run) >= _SHORTEST and normalised(run) in seen and not names.fit(run))
    return max(fitting, key=len, default="")
