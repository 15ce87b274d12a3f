"""What changed between two revisions, for people: changed paragraphs only, words taken out in [-…-], words put in in {+…+}.

The notation is that of ``git diff --word-diff``; `difflib` finds the words.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Paragraphs, or words of two paragraphs, beyond which nothing is compared in detail: the time grows with the square.
_MOST: Final = 2000
#: Paragraphs that have less in common are told whole.
_AKIN: Final = 0.4
_PIECE = re.compile(r"\s+|\w+|[^\w\s]")


class Version(NamedTuple):
    """What a revision says."""

    title: str
    text: str
    #: public, paywalled or gone; None: not known.
    state: str | None = None


def difference(before: Version, after: Version) -> str:
    """The change from one revision to the next; empty where there is none.

    >>> print(difference(Version("Fire", "One hurt."), Version("Fire", "Two hurt.")))
    [-One-]{+Two+} hurt.
    >>> print(difference(Version("Fire", "One hurt.", "public"), Version("Fire", "One hurt.", "gone")))
    publication: [-public-]{+gone+}
    """
    turned = before.state and after.state and before.state != after.state
    changed = [f"publication: [-{before.state}-]{{+{after.state}+}}"] if turned else []
    if before.title != after.title:
        changed.append(f"title: {_words(before.title, after.title)}")
    return "\n\n".join([*changed, *_paragraphs(_split(before.text), _split(after.text))])


def _split(text: str) -> list[str]:
    return [line for line in (line.strip() for line in text.split("\n")) if line]


def _paragraphs(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    if len(before) + len(after) > _MOST:
        # Compared by what is equal at both ends only.
        start, end = _ends(before, after)
        before, after = before[start : len(before) - end], after[start : len(after) - end]
        yield from _replaced(before, after)
        return
    for kind, i, j, k, m in SequenceMatcher(None, before, after).get_opcodes():
        if kind != "equal":
            yield from _replaced(before[i:j], after[k:m])


def _ends(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """How many paragraphs are equal at the beginning and at the end."""
    shorter = min(len(before), len(after))
    start = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    end = next((n for n in range(shorter - start) if before[-1 - n] != after[-1 - n]), shorter - start)
    return start, end


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    if len(before) == len(after):
        yield from map(_words, before, after)
        return
    yield from (f"[-{paragraph}-]" for paragraph in before)
    yield from (f"{{+{paragraph}+}}" for paragraph in after)


def _words(before: str, after: str) -> str:
    """One paragraph with what changed in it marked."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    matcher = SequenceMatcher(None, old, new)
    if len(old) + len(new) > _MOST or matcher.ratio() < _AKIN:
        return "".join(f"{mark[0]}{text}{mark[1]}" for mark, text in ((("[-", "-]"), before), (("{+", "+}"), after)) if text)
    pieces = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            pieces.append("".join(old[i:j]))
            continue
        pieces += [f"[-{''.join(old[i:j])}-]" if i < j else "", f"{{+{''.join(new[k:m])}+}}" if k < m else ""]
    return "".join(pieces)
