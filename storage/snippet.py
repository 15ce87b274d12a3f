"""Snippets: the piece of a text where a query's words stand first, the same on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.tokens import folded, run_tokens, runs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.query import Term

#: Characters before the first word found, and of the whole snippet.
_BEFORE, _LENGTH = 60, 240


def snippet(text: str, terms: Iterable[Term]) -> str:
    """About 240 characters around the first hit, the words found between ``**``, white space folded.

    A text in which nothing is found (the words stand in the title) gives its beginning.
    """
    plain = " ".join(text.split())
    spans = _spans(plain, tuple(terms))
    start = max(0, spans[0][0] - _BEFORE) if spans else 0
    if start:
        start = plain.rfind(" ", 0, start) + 1 if plain.rfind(" ", 0, start) > start - _BEFORE else start
    end = min(len(plain), start + _LENGTH)
    marked, at = [], start
    for first, last in spans:
        if first < at or last > end:
            continue
        marked += [plain[at:first], "**", plain[first:last], "**"]
        at = last
    marked.append(plain[at:end])
    return ("… " if start else "") + "".join(marked).strip() + (" …" if end < len(plain) else "")


def _spans(plain: str, terms: tuple[Term, ...]) -> list[tuple[int, int]]:
    """Where the terms stand in the text, in order, without overlaps."""
    found: list[tuple[str, int, int]] = []
    folds, origin = _fold(plain)
    for run in runs(folds):
        width = 2 if run.paired else len(run.text)
        for offset, token in enumerate(run_tokens(run)):
            begin = run.start + (offset if run.paired else 0)
            stop = min(begin + width, run.end) if run.paired else run.end
            found.append((token, origin[begin], origin[stop - 1] + 1))
    spans = sorted({span for term in terms for span in _matches(found, term)})
    merged: list[tuple[int, int]] = []
    for first, last in spans:
        if merged and first < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _matches(found: list[tuple[str, int, int]], term: Term) -> Iterable[tuple[int, int]]:
    wanted, size = term.tokens, len(term.tokens)
    for index in range(len(found) - size + 1):
        tokens = [token for token, _, _ in found[index : index + size]]
        last = tokens[-1].startswith(wanted[-1]) if term.prefix else tokens[-1] == wanted[-1]
        if last and tuple(tokens[:-1]) == wanted[:-1]:
            end = found[index + size - 1]
            yield (
                found[index][1],
                min(end[2], end[1] + len(wanted[-1])) if len(end[0]) == 1 or size == 1 and len(wanted[-1]) == 1 else end[2],
            )


def _fold(plain: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place in the text it comes from."""
    if plain.isascii():
        return plain.lower(), list(range(len(plain)))
    pieces, origin = [], []
    for index, character in enumerate(plain):
        piece = folded(character)
        pieces.append(piece)
        origin += [index] * len(piece)
    return "".join(pieces), origin
