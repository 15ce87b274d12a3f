"""The words around articles, by language: data files read once, looked up as sets.

``words/<language>.toml`` holds one list a kind of word, each explained in the file; ``words/any.toml`` holds names that
mean the same everywhere. Lists of whole lines are compared in the form `model.fingerprints.normalised` gives, so case,
punctuation and spacing do not matter; the lists of beginnings keep their punctuation, because a colon tells them apart
from prose.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from cleaners.phrases import Phrases
from model.fingerprints import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Lists whose entries are beginnings or parts of lines: ordered, longest first, punctuation kept.
_PHRASES = frozenset({"starts", "notices", "subjects"})
#: A list in a file: between its brackets TOML and JSON are the same here, but for the last comma.
_LIST = re.compile(r"^(\w+) = \[\n(.*?),?\n\]$", re.DOTALL | re.MULTILINE)
#: What is made of the lists.
_DERIVED = frozenset({"told", "openings", "naming"})
#: Languages that have one list of words: the two written forms of Norwegian.
_SAME = {"nb": "no", "nn": "no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The words of one or more languages."""

    #: Alone on a line: a clutter section starts here.
    headings: frozenset[str]
    #: Alone on a line: readers' comments follow, the article is over.
    endings: frozenset[str]
    #: Alone on a line: clutter.
    lines: frozenset[str]
    #: Alone on a line with at least one number, numbers left out: clutter.
    counters: frozenset[str]
    #: At the start of a short line: clutter. Folded (`folded`).
    starts: tuple[str, ...]
    #: Anywhere in a line of moderate length: a notice. Folded (`folded`).
    notices: frozenset[str]
    #: The same, but of what articles speak too. Folded (`folded`).
    subjects: frozenset[str]
    #: In front of an author's name.
    bylines: frozenset[str]
    #: Beside an author's name, no part of it.
    roles: frozenset[str]
    #: In front of the source of a picture.
    credits: frozenset[str]
    #: Start a line of a few words that names the source of a picture.
    organisations: frozenset[str]
    #: Words of a line that says when and nothing else.
    dates: frozenset[str]
    #: Alone on a line: the source of a picture or a text.
    agencies: frozenset[str]
    #: A part of the class or id of what holds readers' comments.
    threads: frozenset[str]
    #: `notices`, then `subjects`, to be looked for.
    told: Phrases
    #: First words of `headings` and `endings`: what a line that is one of them begins with.
    openings: frozenset[str] = frozenset()
    #: Words of `bylines` and `roles`, with an s too: no line without one is a byline.
    naming: frozenset[str] = frozenset()


def folded(text: str) -> str:
    """The text with compatibility forms and case folded, punctuation kept."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def languages() -> tuple[str, ...]:
    """The languages there are words for, ISO 639-1, sorted."""
    names = (entry.name.partition(".") for entry in files("cleaners").joinpath("words").iterdir())
    return tuple(sorted(name for name, _, ending in names if ending == "toml" and name != "any"))


@cache
def lexicon(language: str | None = None) -> Lexicon:
    """The words of a language together with English ones, which stand on pages of any language; of all when None or unknown."""
    known, language = languages(), _SAME.get(language or "", language)
    chosen = {language, "en"} if language in known else set(known)
    return _joined(_read(name) for name in ("any", *sorted(name for name in chosen if name)))


@cache
def _read(name: str) -> dict[str, frozenset[str]]:
    """A language's lists in the forms they are compared in: folded once, though English ones stand in every lexicon."""
    return {kind: frozenset(map(folded if kind in _PHRASES else normalised, entries)) - {""} for kind, entries in _lists(name)}


def _lists(name: str) -> Iterator[tuple[str, list[str]]]:
    """The lists of a file with their names. Python's own reader of TOML takes ten times as long, 40 ms for all languages."""
    source = files("cleaners").joinpath("words", f"{name}.toml").read_text(encoding="utf8")
    for kind, entries in _LIST.findall(source):
        yield kind, json.loads(f"[{entries}]")


def _joined(sources: Iterable[dict[str, frozenset[str]]]) -> Lexicon:
    merged: dict[str, set[str]] = {field.name: set() for field in fields(Lexicon) if field.name not in _DERIVED}
    for source in sources:
        for kind, entries in source.items():
            merged[kind] |= entries
    naming = {word for form in merged["bylines"] | merged["roles"] for word in form.split()}
    notices, subjects = sorted(merged.pop("notices")), sorted(merged.pop("subjects"))
    return Lexicon(
        starts=tuple(sorted(merged.pop("starts"), key=lambda start: (-len(start), start))),
        notices=frozenset(notices),
        subjects=frozenset(subjects),
        told=Phrases(notices + subjects),
        naming=frozenset(naming | {f"{word}s" for word in naming}),
        openings=frozenset(form.partition(" ")[0] for form in merged["headings"] | merged["endings"]),
        **{kind: frozenset(entries) for kind, entries in merged.items()},
    )
