"""Authors' names out of what pages write around them: "By ANNA LEE and Tom Ray, Staff Writers | tips@paper.example"."""

# ruff: noqa: RUF001, RUF002 - the punctuation and letters of many scripts are meant

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from model.fingerprints import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cleaners.lexicon import Lexicon

_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|(?<!\w)@\w+", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|<[^>]*>|（[^）]*）|【[^】]*】")
#: Between two names, or between a name and what is said of it. The shortest words are initials and syllables of names too
#: ("John E Smith", "Kim Ja Young"): in capitals they part names that are all in capitals.
_SEPARATOR = re.compile(
    r"\s*(?:[,;|/•·∙⋅、，；&=]|(?:^|\s)[–—-](?=\s|$)|\n)\s*"
    r"|\s+(?:and|und|et|ed|oraz|и|та|і|και|ve|dan|en|och|og|és|și|şi|và|with|mit|avec|con|com|(?-i:y|e|i|ja))\s+"
    r"|(?-i:(?<=[A-ZÀ-ÖØ-Þ]{2})\s+(?:Y|E|I|JA)\s+)",
    re.IGNORECASE,
)
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ELIDED = re.compile(r"(?:d|l|al|o)['’-]\w")
#: What somebody studied or is certified for: alone, or as the beginning of what is said of a person.
_DEGREE = re.compile(r"[A-Z]{2,6}®?$|(?:(?:[A-Z]\.){2,5}|Ph\.? ?D\.?|[MB]\.?Sc\.?|Esq\.?)(?=\s|$)")
_LETTERS = re.compile(r"[BCDFGHJ-NP-TV-XZ]{2,4}®?")
_LABEL = re.compile(r"([^\s:：|/·]{1,8})\s?[:：]\s?([^\s:：|/·,，、]{2,12})")
#: Marks between a name and what is said of it.
_BESIDE = frozenset(",·•∙⋅|–—-")
#: Words that a date stood behind: "By Anna Lee on".
_BEFORE_DATES = frozenset({"am", "at", "dnia", "em", "in", "on", "vom"})
#: Small words inside names.
_PARTICLES = frozenset(
    "a al ap ben bin bint da das de del della den der di do dos du e el i la las le los san st ter van von y zu zur".split()  # noqa: SIM905 - reads better
)
#: Characters of a byline that are read: what looks for addresses takes the square of a long word's length.
_LONGEST = 1_000
#: A name has at most this many words and characters.
_MOST_WORDS, _MOST_CHARACTERS = 6, 60


def names(text: str, words: Lexicon) -> tuple[str, ...]:
    """The names in a byline, in order, each once; empty when what is left is no name.

    >>> from cleaners.lexicon import lexicon
    >>> names("By Anna Lee and Tom Ray, Senior Reporters", lexicon("en"))
    ('Anna Lee', 'Tom Ray')
    """
    plain = _BRACKETS.sub(" ", without_addresses(text)).strip()
    if labelled := labelled_names(plain, words):
        return labelled
    found: list[str] = []
    for mark, part in _divided(without_byline(plain, words)):
        name = without_roles(part, words)
        topic = " " not in name and name != part.strip() and not _CJK.search(name)
        if is_name(name, words) and not (found and (topic or (mark in _BESIDE and _describes(part, name, found[-1])))):
            found.append(_without_degree(name))  # "Anna Lee, Harbour Correspondent" names one person
    return distinct(found)


def labelled_names(text: str, words: Lexicon) -> tuple[str, ...]:
    """Names that a label in a script without spaces announces anywhere: 陈鑫 in "栏目：上海 作者：陈鑫"."""
    marked = ((match[1], match[2]) for match in _LABEL.finditer(text) if _CJK.search(match[1]))
    return distinct(name for label, name in marked if normalised(label) in words.bylines and is_name(name, words))


def _divided(text: str) -> Iterator[tuple[str, str]]:
    """The parts of a byline, each with the mark before it."""
    start, before = 0, ""
    for mark in _SEPARATOR.finditer(text):
        yield before, text[start : mark.start()]
        start, before = mark.end(), mark[0].strip()
    yield before, text[start:]


def _describes(part: str, name: str, before: str) -> bool:
    """Whether a part behind a comma or dash says what the person before it is: "MD", "Digital Security Expert"."""
    said = part.strip()
    degree = _DEGREE.match(said) is not None and not before.isupper()
    return degree or (name != said and said.startswith(name) and said[-1:] != "s")


def _without_degree(name: str) -> str:
    """Anna Lee CPP as Anna Lee: letters that are no word, behind a name in small letters."""
    rest, _, last = name.rpartition(" ")
    return rest if " " in rest and not rest.isupper() and _LETTERS.fullmatch(last) else name


def without_addresses(text: str) -> str:
    """The text without mail addresses, web addresses and account names; of long texts the beginning, they are no bylines."""
    return _ADDRESS.sub(" ", text[:_LONGEST]).strip()


def distinct(found: Iterable[str]) -> tuple[str, ...]:
    """The names in order, one of each whatever its case; capitals throughout are written as names are."""
    return tuple({normalised(name): _natural(name) for name in reversed(list(found))}.values())[::-1]


def without_byline(text: str, words: Lexicon) -> str:
    """The text after "By", "Von", "글:" and the like."""
    tokens = text.split()
    for length in (4, 3, 2, 1):
        if len(tokens) > length and normalised(" ".join(tokens[:length])) in words.bylines:
            return without_byline(" ".join(tokens[length:]).lstrip(":=-–— "), words)
    head, colon, rest = text.replace("：", ":").partition(":")
    return rest.strip() if colon and normalised(head) in words.bylines else text


def without_roles(text: str, words: Lexicon) -> str:
    """The text without the roles that stand before or after the name."""
    tokens = text.strip(" .,:;-–—*\"'“”«»").split()
    while len(tokens) > 2 and (tokens[-1] in _BEFORE_DATES or normalised(tokens[-1]) in words.dates):  # noqa: PLR2004 - a name
        tokens.pop()
    changed = True
    while changed and tokens:
        changed = False
        for length in range(min(4, len(tokens)), 0, -1):
            if _is_role(" ".join(tokens[-length:]), words):
                tokens, changed = tokens[:-length], True
                break
            if len(tokens) > length and _is_role(" ".join(tokens[:length]), words):
                tokens, changed = tokens[length:], True
                break
    return " ".join(tokens)


def _is_role(text: str, words: Lexicon) -> bool:
    form = normalised(text)
    return form in words.roles or (form.endswith("s") and form[:-1] in words.roles)


def is_name(text: str, words: Lexicon) -> bool:
    """Whether the text can be somebody's name: a few capitalised words, no number, no agency, no role."""
    form = normalised(text)
    tokens = text.split()
    if (
        not form
        or form in words.agencies
        or form in words.roles
        or form in words.bylines
        or form in words.lines
        or form in words.headings
    ):
        return False
    if len(text) > _MOST_CHARACTERS or len(tokens) > _MOST_WORDS or any(mark.isdigit() or mark == ":" for mark in text):
        return False
    if _CJK.search(text):
        return 2 <= len(form.replace(" ", "")) <= 12  # noqa: PLR2004 - names in CJK script, foreign ones written out included
    named = [(token[0].isalpha() and not token[0].islower()) or _ELIDED.match(token) is not None for token in tokens]
    return any(named) and all(good or token.casefold() in _PARTICLES for good, token in zip(named, tokens, strict=True))


def is_full(name: str) -> bool:
    """Whether a name is more than one word, or in a script that writes names as one: others need a byline to be believed."""
    return " " in name.strip() or _CJK.search(name) is not None


def _natural(name: str) -> str:
    """ANNA McLEE O'NEIL as Anna Mclee O'Neil; names that have small letters stay as they are."""
    if not name.isupper() or len(name) <= 3:  # noqa: PLR2004 - initials
        return name
    return re.sub(r"[^\W\d_]+", lambda match: match.group().capitalize().replace("i\u0307", "i"), name)  # capital dotted I
