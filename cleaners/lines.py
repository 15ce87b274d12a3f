"""What a single line says about itself: clutter heading, share button, counter, date, byline, credit, hashtags."""

# ruff: noqa: RUF001 - the punctuation and letters of many scripts are meant

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cleaners.lexicon import folded
from cleaners.names import is_name, names, without_addresses, without_byline, without_roles
from model.fingerprints import normalised

if TYPE_CHECKING:
    from cleaners.lexicon import Lexicon


class Clutter(StrEnum):
    """The kinds of line that are not part of an article."""

    #: Starts a section of clutter.
    HEADING = "clutter heading"
    #: Starts readers' comments.
    ENDING = "comments heading"
    LINE = "clutter line"
    TEASER = "pointer to another page"
    COUNTER = "counter"
    NOTICE = "notice"
    DATE = "date line"
    BYLINE = "byline"
    CREDIT = "credit"
    HASHTAGS = "hashtags"
    CONTACT = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a line was recognised as."""

    clutter: Clutter
    reason: str
    #: Articles speak of such things too: it gives way to other evidence that is sure of the line.
    doubtful: bool = False


_REASONS = {
    Clutter.COUNTER: "a counter",
    Clutter.DATE: "only says when",
    Clutter.CONTACT: "an address",
    Clutter.CREDIT: "the source of a picture or a text",
    Clutter.BYLINE: "a byline",
}
#: Characters; longer lines are prose whatever they start with or hold.
_SHORT, _LINE, _NOTICE = 80, 200, 420
#: Characters of a title in a list under a heading.
_TITLE = 120
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*\s*[kKmM%]?(?!\w)|\d+")
_HASHTAG = re.compile(r"[##][^\s##]{2,}")
_CONTACT = re.compile(
    r"^(?:e-?mail|mail|tel|phone|fax|t|e)?[.: ]*(?:[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+?[\d() .-]{7,20}|https?://\S+|www\.\S+)$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\s*[\[【<(][^\]】>)]{1,30}[\]】>)]\s*")
_CREDIT_MARK = re.compile(r"^[▲△▼▽]\s?\w|^\W{0,2}(?:©|ⓒ|\(c\)|/\s?(?=[A-Z가-힣]))", re.IGNORECASE)
_CREDIT_PARTS = re.compile(r"[/|,=:;()–—-]|\bvia\b")
_CREDIT_LABEL = re.compile(r"[\[(（<]?\s*([^:：=/|]{2,30})\s*[:：=/|]")
_BYLINE_PARTS = re.compile(r"[,|/•·∙⋅\n]|\s[–—-]\s")
_LETTERS_OR_DIGITS = re.compile(r"[^\W\d_]+|\d+")
_TERMINAL = re.compile(r"[.!?…。!?؟:;]['\"”’»」』)\]]*$")
_OPENING = re.compile(r"[^\W_]+")
#: Between the tools of a bar: "Print | Share | Write to the editor".
_BAR = re.compile(r"\s*[|·•¦]\s*")
_MOST_DATE_WORDS, _MOST_CREDIT_WORDS = 16, 12


def finding(text: str, words: Lexicon) -> Finding | None:
    """What the line is recognised as; None for a line that may well be the article's.

    Args:
        text: one line or block; of several lines each must be recognised, unless the first is a heading over short ones; the
            first one speaks.
        words: the lexicon of the page's language.
    """
    lines = text.split("\n")
    first = _one_line(lines[0], words)
    if first and first.clutter in (Clutter.HEADING, Clutter.ENDING) and all(len(line) <= _TITLE for line in lines):
        return first
    return first if first and all(_one_line(line, words) for line in lines[1:]) else None


def section_heading(text: str, words: Lexicon) -> Finding | None:
    """The text as the heading of a section of clutter or of comments; None for any other, whatever else it is."""
    first, _, rest = text.partition("\n")
    if len(first) > _SHORT:
        return None
    opening = first.partition(" ")[0]
    if not opening.isalnum():  # then the expression tells what of it is a word
        found = _OPENING.search(first)
        opening = found[0] if found else ""
    if opening.casefold() not in words.openings and first[0] not in "[【<(":
        return None
    clutter = _by_lists(first, normalised(first), words)
    if clutter not in (Clutter.HEADING, Clutter.ENDING) or any(len(line) > _TITLE for line in rest.split("\n")):
        return None
    return Finding(clutter=clutter, reason=f"the {clutter} {first!r}")


def _one_line(text: str, words: Lexicon) -> Finding | None:
    if len(text) > _NOTICE and text[0] not in "##":
        return None
    by_words = _whole_line(text, normalised(text), words) if len(text) <= _SHORT else None
    if by_words := by_words or _bar(text, words):
        return by_words
    line = folded(text) if len(text) <= _NOTICE else ""
    if len(text) <= _LINE and (start := _start(line, words)):
        return Finding(clutter=Clutter.TEASER, reason=f"starts with {start!r}")
    if phrase := words.told.first_in(line):
        return Finding(clutter=Clutter.NOTICE, reason=f"a notice: {phrase!r}", doubtful=phrase not in words.notices)
    if is_hashtags(text):
        return Finding(clutter=Clutter.HASHTAGS, reason="only hashtags")
    return None


def _whole_line(text: str, form: str, words: Lexicon) -> Finding | None:
    clutter = _by_lists(text, form, words) or _by_shape(text, form, words)
    if clutter is None:
        return None
    named = clutter in (Clutter.HEADING, Clutter.ENDING, Clutter.LINE)
    return Finding(clutter=clutter, reason=f"the {clutter} {text!r}" if named else _REASONS[clutter])


def _by_lists(text: str, form: str, words: Lexicon) -> Clutter | None:
    """What the lists of whole lines hold, numbers and a label in front ("[ASIA] Latest Stories") left out."""
    unlabelled = normalised(_LABEL.sub("", text)) if _LABEL.match(text) else form
    bare = " ".join(normalised(_DIGITS.sub(" ", text)).split()) if any(map(str.isdigit, form)) else form
    counted = bool(form) and bare != form
    if unlabelled in words.endings or (counted and bare in words.endings):
        return Clutter.ENDING
    if form in words.headings or unlabelled in words.headings:
        return Clutter.HEADING
    if form in words.lines:
        return Clutter.LINE
    return Clutter.COUNTER if counted and (not bare or bare in words.counters) else None


def _by_shape(text: str, form: str, words: Lexicon) -> Clutter | None:
    """What the line is made of."""
    if any(map(str.isdigit, form)) and is_date_line(text, words):
        return Clutter.DATE
    if _CONTACT.match(text.strip()):
        return Clutter.CONTACT
    if is_credit(text, words):
        return Clutter.CREDIT
    return Clutter.BYLINE if not words.naming.isdisjoint(form.split()) and byline_names(text, words) else None


def _bar(text: str, words: Lexicon) -> Finding | None:
    """Two or more known lines side by side, and nothing else."""
    parts = [part for part in _BAR.split(text) if part] if len(text) <= _LINE else []
    if len(parts) < 2 or not all(normalised(part) in words.lines for part in parts):  # noqa: PLR2004 - a bar has two
        return None
    return Finding(clutter=Clutter.LINE, reason="a bar of page tools")


def _start(line: str, words: Lexicon) -> str:
    """The longest known beginning of a line that is folded, "" where there is none."""
    line = line.lstrip("-–—>»→▶►•*·| ")
    if not line.startswith(words.starts):
        return ""
    found = next(start for start in words.starts if line.startswith(start))
    open_word = found[-1].isalnum() and line[len(found) :][:1].isascii() and line[len(found) :][:1].isalnum()
    return "" if open_word or _reads_on(line, found) else found


def _reads_on(line: str, start: str) -> bool:
    """A long sentence that merely begins with such words, and is not marked by a colon, is prose."""
    marked = start[-1] in ":)]】" or line[len(start) :].lstrip()[:1] in (":", "：", "|")
    return not marked and len(line) > len(start) + 60 and bool(_TERMINAL.search(line))


def is_hashtags(text: str) -> bool:
    """Nothing but hashtags, at least one."""
    return bool(_HASHTAG.search(text)) and not normalised(_HASHTAG.sub(" ", text))


def hashtags(text: str) -> tuple[str, ...]:
    """The hashtags without their marks."""
    return tuple(tag[1:] for tag in _HASHTAG.findall(text))


def is_date_line(text: str, words: Lexicon) -> bool:
    """Numbers and words of dates, nothing else: "Published: July 25, 2024 10:30 AM"."""
    tokens = _LETTERS_OR_DIGITS.findall(folded(text))
    numbers = sum(token.isdigit() for token in tokens)
    return 1 <= numbers <= len(tokens) <= _MOST_DATE_WORDS and all(token.isdigit() or token in words.dates for token in tokens)


def is_credit(text: str, words: Lexicon) -> bool:
    """Names the source of a picture: an agency, "Photo: somebody", "Ministry of Defense"."""
    form = normalised(text)
    tokens = form.split()
    if not tokens or len(tokens) > _MOST_CREDIT_WORDS or (_TERMINAL.search(text) and len(tokens) > 4):  # noqa: PLR2004 - a sentence, no name
        return False
    if form in words.agencies or form in words.credits or _CREDIT_MARK.match(text):
        return True
    parts = [normalised(part) for part in _CREDIT_PARTS.split(text)]
    if any(part in words.agencies for part in parts) and len(tokens) <= 8:  # noqa: PLR2004 - "Kim Lee/AP via Getty Images"
        return True
    marked = _CREDIT_LABEL.match(text)
    if marked and normalised(marked.group(1)) in words.credits:
        return True
    return _is_organisation(text, tokens, words)


def _is_organisation(text: str, tokens: list[str], words: Lexicon) -> bool:
    """A bare organisation, as picture credits name it: few words, no end mark, nothing said about it."""
    if _TERMINAL.search(text) or len(tokens) > 5:  # noqa: PLR2004 - longer than names are
        return False
    starts = {" ".join(tokens[:length]) for length in range(1, 5)}
    titled = all(not word[0].islower() or len(word) <= 3 for word in text.split() if word[0].isalpha())  # noqa: PLR2004 - particles
    return titled and not starts.isdisjoint(words.organisations)


def byline_names(text: str, words: Lexicon) -> tuple[str, ...]:
    """The names of a line that is a byline and nothing else; empty for any other line.

    A byline is marked: it starts as one ("By", "Von", "글"), or a role stands beside the name ("Kim Reporter", "홍길동 기자").
    """
    if _TERMINAL.search(text) and not text.rstrip().endswith((":", "기자.")):
        return ()
    text = without_addresses(text)
    after = without_byline(text, words)
    parts = [part.strip() for part in _BYLINE_PARTS.split(after) if part.strip()]
    started = after != text
    with_role = any(_says_role(part, words) for part in parts)
    if not (started or with_role) or not parts:
        return ()
    first = without_roles(parts[0], words)
    return names(text, words) if not first or is_name(first, words) else ()


def _says_role(part: str, words: Lexicon) -> bool:
    """Whether a role stands in a part of a byline; a number with its unit ("38 min") is none."""
    rest = without_roles(part, words)
    return rest != part.strip(" .,:;-–—*\"'“”«»") and not any(map(str.isdigit, rest))
