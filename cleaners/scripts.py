"""The language of a text by its script, and among Latin and Cyrillic ones by its commonest words."""

# ruff: noqa: RUF001 - the punctuation and letters of many scripts are meant

from __future__ import annotations

import re
from collections import Counter

#: Enough text to tell a language by.
_SAMPLE = 20_000
_SCRIPTS = {
    "ko": re.compile("[\uac00-\ud7af]"),
    "ja": re.compile("[\u3040-\u30ff]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "cyrillic": re.compile("[\u0400-\u04ff]"),
    "latin": re.compile("[A-Za-z\u00c0-\u024f]"),
}
#: The other scripts and more in two ranges: a Latin text is looked through once, not once for each.
_BEYOND_LATIN = re.compile("[\u0370-\u06ff\u3040-\ud7af]")
#: A character of these scripts weighs as many Latin letters do.
_WEIGHTS = {"ko": 2.0, "ja": 3.0, "zh": 2.0}
#: Words that hardly any text of the language lacks and the others do not have, or not with this frequency.
_COMMON = {
    "bg": "на за от се да са че ще по при беше този",
    "cs": "se na je že v s z pro by byl jako ale podle",
    "da": "og er det til af på som ikke har med for den",
    "de": "der die und das ist nicht mit den von zu ein auf für im sich",
    "en": "the and of to is that in for was with on are it as by",
    "es": "el los las que una por con del se en su para es más",
    "fi": "ja on ei se että oli myös hän mukaan ovat kun",
    "fr": "le les des et est une dans que pour qui du par sur pas au",
    "hu": "a az és hogy nem is egy volt meg azt csak szerint",
    "id": "yang dan di ini itu dengan untuk dari pada tidak akan dalam",
    "it": "il che di per un della con non una sono del alla gli anche",
    "nl": "het een van en dat is niet op zijn voor met aan ook",
    "no": "og er det til av på som ikke har med for jeg",
    "pl": "i w na z się nie do jest że to o jak przez po",
    "pt": "o os que do da não um uma com em para ao é mais",
    "ro": "și în de la cu pe care nu din este pentru au",
    "ru": "и в на не что с по как это он из для был",
    "sv": "och att det som är på för av med inte den har till",
    "tr": "ve bir bu da de için ile olarak olan daha çok gibi",
    "uk": "і в на що не з та до як це за від у про є",
    "vi": "và của là các có được cho trong không một những",
}
_COMMON_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_CYRILLIC = frozenset({"bg", "ru", "uk"})
_WORD = re.compile(r"[^\W\d_]+")
#: Common words in a hundred below which no language is named.
_LEAST_SHARE = 0.08


def language_of(text: str) -> str | None:
    """ISO 639-1 code of the language most of the text is in; None where it cannot be told.

    >>> language_of("Der Hund und die Katze sind nicht im Garten, das ist der Nachbar.")
    'de'
    """
    sample = text[:_SAMPLE]
    if _BEYOND_LATIN.search(sample) is None:
        return _by_words(sample, cyrillic=False) if _SCRIPTS["latin"].search(sample) else None
    counts = {name: len(pattern.findall(sample)) * _WEIGHTS.get(name, 1.0) for name, pattern in _SCRIPTS.items()}
    script = max(counts, key=lambda name: counts[name])
    if counts[script] == 0:
        return None
    if script == "zh" and counts["ja"] * 10 > counts["zh"]:
        return "ja"
    return _by_words(sample, cyrillic=script == "cyrillic") if script in ("latin", "cyrillic") else script


def _by_words(sample: str, *, cyrillic: bool) -> str | None:
    tokens = Counter(_WORD.findall(sample.casefold()))
    total = sum(tokens.values())
    shares = {
        language: sum(tokens[word] for word in words) / total
        for language, words in _COMMON_WORDS.items()
        if (language in _CYRILLIC) == cyrillic
    }
    best = max(shares, key=lambda language: shares[language])
    return best if shares[best] >= _LEAST_SHARE else None
