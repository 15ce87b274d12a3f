"""Snippets: the piece of a text where a query's words stand first, the same on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.tokens import INDEXED, folded_character, run_tokens, runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from storage.query import Term

#: Characters before the first word found, and of the whole snippet.
_BEFORE, _LENGTH = 60, 240
#: Characters folded at a time.
_PIECE = 1000


class _Place(NamedTuple):
    """A token and the characters of the text it stands for."""

    token: str
    start: int
    end: int
    paired: bool


def snippet(text: str, terms: Iterable[Term]) -> str:
    """About 240 characters around the first hit, the words found between ``**``, white space folded.

    A text in which nothing is found (the words stand in the title) gives its beginning.
    """
    plain = " ".join(text[:INDEXED].split())
    spans = _spans(plain, tuple(terms))
    start = _word_before(plain, max(0, spans[0][0] - _BEFORE)) if spans else 0
    end = min(len(plain), start + _LENGTH)
    marked, at = [], start
    for first, last in spans:
        if last <= end:
            marked += [plain[at:first], "**", plain[first:last], "**"]
            at = last
    marked.append(plain[at:end])
    return ("… " if start else "") + "".join(marked).strip() + (" …" if end < len(plain) else "")


def _word_before(plain: str, place: int) -> int:
    """Where the word begins that stands at a place; the place itself in scripts without spaces."""
    space = plain.rfind(" ", max(0, place - _BEFORE), place)
    return space + 1 if space >= 0 else place


def _spans(plain: str, terms: tuple[Term, ...]) -> list[tuple[int, int]]:
    """Where the terms stand in the text, in order, as far as a snippet reaches; what overlaps is one."""
    places: list[_Place] = []
    found: set[tuple[int, int]] = set()
    for place in _places(plain):
        places.append(place)
        found.update(span for term in terms if (span := _ending(places, term)))
        if found and place.start > min(found)[0] + _LENGTH:
            break
    merged: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if merged and first < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _ending(places: list[_Place], term: Term) -> tuple[int, int] | None:
    """The term where its last token is the last of these places; None where it is not."""
    *before, last = term.tokens
    end, first = places[-1], len(places) - len(term.tokens)
    if first < 0 or not (end.token.startswith(last) if term.prefix else end.token == last):
        return None
    if any(places[first + offset].token != token for offset, token in enumerate(before)):
        return None
    single = end.paired and len(last) == 1
    return places[first].start, end.start + 1 if single else end.end


def _places(plain: str) -> Iterator[_Place]:
    for begin, piece in _pieces(plain):
        text, origin = _fold(piece)
        for run in runs(text):
            for offset, token in enumerate(run_tokens(run)):
                start = run.start + offset if run.paired else run.start
                end = start + len(token) if run.paired else run.end
                yield _Place(token, begin + origin[start], begin + origin[end - 1] + 1, run.paired)


def _pieces(plain: str) -> Iterator[tuple[int, str]]:
    """The text in pieces that end at spaces, which no token crosses, each with its place: most snippets need but the first."""
    begin = 0
    while begin < len(plain):
        end = plain.find(" ", begin + _PIECE)
        end = len(plain) if end < 0 else end
        yield begin, plain[begin:end]
        begin = end


def _fold(plain: str) -> tuple[str, Sequence[int]]:
    """The folded text, and for each of its characters the place in the text it comes from."""
    if plain.isascii():
        return plain.lower(), range(len(plain))
    pieces = [folded_character(character) for character in plain]
    return "".join(pieces), [index for index, piece in enumerate(pieces) for _ in piece]
