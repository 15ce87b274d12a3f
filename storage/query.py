"""The search language: what people type, as a tree; any text is a query, none is an error.

::

    climate report           both words            "climate report"   one after the other
    climate OR weather       either                climat*            words that begin so
    climate NOT weather      the first without     (a OR b) c         grouping
    climate -weather         the same

AND, OR and NOT count in capitals only; AND may be left out and binds more tightly than OR. What cannot be read as an
operator is a word, and a query that only excludes finds nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from storage.tokens import Run, folded, run_tokens, runs

#: Longer queries are cut: nobody types them, and databases limit the depth of expressions.
_LONGEST, _MOST_TERMS, _DEEPEST = 2000, 64, 20
_PIECE = re.compile(r'(?P<minus>(?<!\S)-(?=[^\s-]))?(?:"(?P<phrase>[^"]*)"?(?P<star>\*?)|(?P<bracket>[()])|(?P<word>[^\s"()]+))')


@dataclass(frozen=True, slots=True)
class Term:
    """Tokens in a row; the last one may stand for all that begin like it."""

    tokens: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """Every part, and none of the excluded ones."""

    parts: tuple[Node, ...]
    without: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part."""

    parts: tuple[Node, ...]


Node: TypeAlias = Term | All | Either


def parse(query: str) -> Node | None:
    """The query as a tree; None where it asks for nothing (no words, or exclusions only)."""
    pieces = [match.groupdict() for match in _PIECE.finditer(query[:_LONGEST])]
    return _Reader(pieces[: _MOST_TERMS * 2]).either(0)


def term(text: str, *, prefix: bool = False) -> Term | None:
    """A word or phrase as its tokens; None where it holds none.

    A last character of a script without spaces begins a token of its own (see `storage.tokens`), so alone it is a
    prefix, and after others it is in their last pair already.
    """
    found: list[Run] = list(runs(folded(text)))[:_MOST_TERMS]
    if not found:
        return None
    *before, last = found
    tokens = [token for run in before for token in run_tokens(run)]
    if last.paired and len(last.text) == 1:
        return Term((*tokens, last.text), prefix=True)
    return Term((*tokens, *run_tokens(last, closed=False)), prefix=prefix and not last.paired)


class _Reader:
    """Reads the pieces from left to right, one method per rule of the grammar."""

    def __init__(self, pieces: list[dict[str, str | None]]) -> None:
        self._pieces, self._at = pieces, 0

    def _word(self) -> str | None:
        return self._pieces[self._at]["word"] if self._at < len(self._pieces) else None

    def _bracket(self) -> str | None:
        return self._pieces[self._at]["bracket"] if self._at < len(self._pieces) else None

    def either(self, depth: int) -> Node | None:
        parts = [self._all(depth)]
        while self._word() == "OR":
            self._at += 1
            parts.append(self._all(depth))
        there = tuple(part for part in parts if part is not None)
        return there[0] if len(there) == 1 else Either(there) if there else None

    def _all(self, depth: int) -> Node | None:
        parts: list[Node] = []
        without: list[Node] = []
        while self._at < len(self._pieces) and self._word() != "OR":
            if self._bracket() == ")":
                if depth:
                    break
                self._at += 1
                continue
            negative = self._negative()
            if self._at >= len(self._pieces) or self._word() == "OR" or self._bracket() == ")":
                continue
            node = self._one(depth)
            if node is not None:
                (without if negative else parts).append(node)
        if not parts:
            return None
        return parts[0] if len(parts) == 1 and not without else All(tuple(parts), tuple(without))

    def _negative(self) -> bool:
        """Steps over AND and NOT; whether what follows is excluded."""
        negative = False
        while self._word() in {"AND", "NOT"}:
            negative = negative or self._word() == "NOT"
            self._at += 1
        return negative or (self._at < len(self._pieces) and self._pieces[self._at]["minus"] is not None)

    def _one(self, depth: int) -> Node | None:
        piece = self._pieces[self._at]
        self._at += 1
        if piece["bracket"]:
            if depth >= _DEEPEST:
                return None
            node = self.either(depth + 1)
            self._at += self._bracket() == ")"
            return node
        if piece["phrase"] is not None:
            return term(piece["phrase"], prefix=bool(piece["star"]))
        word = piece["word"] or ""
        return term(word, prefix=word.endswith("*"))


def to_fts5(node: Node) -> str:
    """The tree as an FTS5 query; tokens hold letters, digits and marks only, and are quoted all the same."""
    match node:
        case Term(tokens=tokens, prefix=prefix):
            return f'"{" ".join(tokens)}"' + (" *" if prefix else "")
        case Either(parts=parts):
            return "(" + " OR ".join(map(to_fts5, parts)) + ")"
        case All(parts=parts, without=without):
            wanted = "(" + " AND ".join(map(to_fts5, parts)) + ")"
            return f"({wanted} NOT ({' OR '.join(map(to_fts5, without))}))" if without else wanted


def to_tsquery(node: Node) -> str:
    """The tree as PostgreSQL's tsquery."""
    match node:
        case Term(tokens=tokens, prefix=prefix):
            return "(" + " <-> ".join(f"'{token}'" for token in tokens) + (":*" if prefix else "") + ")"
        case Either(parts=parts):
            return "(" + " | ".join(map(to_tsquery, parts)) + ")"
        case All(parts=parts, without=without):
            return "(" + " & ".join([*map(to_tsquery, parts), *(f"!{to_tsquery(part)}" for part in without)]) + ")"


def terms(node: Node) -> tuple[Term, ...]:
    """The terms a hit may hold, for marking them in a snippet."""
    match node:
        case Term():
            return (node,)
        case Either(parts=parts) | All(parts=parts):
            return tuple(found for part in parts for found in terms(part))
