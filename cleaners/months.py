"""Names of months and the zones of languages: what dates in words need."""

# ruff: noqa: RUF001 - letters of many scripts are meant; words in a row are easier to read than a list of strings

from __future__ import annotations

import re
import unicodedata
from functools import cache
from zoneinfo import ZoneInfo

#: Language -> beginnings of the months' names in order, long enough to be no other word's; alternatives after a slash.
#: Forms of all cases begin alike, and so do abbreviations, or stand as alternatives.
_MONTHS = {
    "bg": "яну фев мар апр май юни юли авг сеп окт ное дек",
    "ca": "gen feb mar/març abr mai jun jul ago set oct nov des",
    "cs": "led úno/unor bře/brez dub kvě/kvet červn/čvn/cervn červenc/čvc/cervenc srp zář říj/rij lis pro",
    "da": "jan feb mar apr maj jun jul aug sep okt nov dec",
    "de": "jan/jän feb mär/maer/mrz apr mai jun jul aug sep okt nov dez",
    "el": "ιαν φεβ μαρ απρ μαι/μαϊ/μάι/μαΐ ιουν ιουλ αυγ/αύγ σεπ οκτ νοε δεκ",
    "en": "jan feb mar apr may jun jul aug sep oct nov dec",
    "es": "ene feb mar abr may jun jul ago sep/set oct nov dic",
    "et": "jaan veeb mär/mar apr mai juun juul aug sep okt nov det",
    "fi": "tammi helmi maalis huhti touko kesä/kesa heinä/heina elo syys loka marras joulu",
    "fr": "jan fév/fev mar avr mai jui/juin juil aoû/aou sep oct nov déc/dec",
    "hr": "sij vel ožu/ozu tra svi lip srp kol ruj lis stu pro",
    "hu": "jan feb már/mar ápr/apr máj/maj jún/jun júl/jul aug szep/szept okt nov dec",
    "id": "jan feb/peb mar apr mei jun jul agu/agt/ags sep okt nov des",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "lt": "sau vas kov bal geg bir lie rugp/rgp rugs/rgs spa lapkr/lap gru/grd",
    "lv": "jan feb mar apr mai jūn/jun jūl/jul aug sep okt nov dec",
    "nb": "jan feb mar apr mai jun jul aug sep okt nov des",
    "nl": "jan feb maa/mrt apr mei jun jul aug sep okt nov dec",
    "nn": "jan feb mar apr mai jun jul aug sep okt nov des",
    "no": "jan feb mar apr mai jun jul aug sep okt nov des",
    "pl": "sty lut mar kwi maj/maja cze lip sie wrz paź/paz lis gru",
    "pt": "jan fev mar abr mai jun jul ago set out nov dez",
    "ro": "ian feb mar apr mai iun iul aug sep oct noi/nov dec",
    "ru": "янв фев мар апр мая/май июн июл авг сен окт ноя дек",
    "sk": "jan feb mar apr máj/maj jún/jun júl/jul aug sep okt nov dec",
    "sl": "jan feb mar apr maj jun jul avg sep okt nov dec",
    "sr": "јан/jan феб/feb мар/mar апр/apr мај/maj јун/jun јул/jul авг/avg сеп/sep окт/okt нов/nov дец/dec",
    "sv": "jan feb mar apr maj/mai jun jul aug sep okt nov dec/des",
    "tr": "oca şub/sub mar nis may haz tem ağu/agu eyl eki kas ara",
    "uk": "січ лют бер кві тра чер лип сер вер жов лис гру",
}
#: Languages whose countries share one time (of the few that do not, hardly any paper), and a city of it.
_ZONES = {
    "bg": "Europe/Sofia", "cs": "Europe/Prague", "da": "Europe/Copenhagen", "de": "Europe/Berlin", "el": "Europe/Athens",
    "et": "Europe/Tallinn", "fi": "Europe/Helsinki", "he": "Asia/Jerusalem", "hr": "Europe/Zagreb", "hu": "Europe/Budapest",
    "it": "Europe/Rome", "ja": "Asia/Tokyo", "ko": "Asia/Seoul", "lt": "Europe/Vilnius", "lv": "Europe/Riga",
    "nb": "Europe/Oslo", "nl": "Europe/Amsterdam", "nn": "Europe/Oslo", "no": "Europe/Oslo", "pl": "Europe/Warsaw",
    "ro": "Europe/Bucharest", "sk": "Europe/Bratislava", "sl": "Europe/Ljubljana", "sr": "Europe/Belgrade",
    "sv": "Europe/Stockholm", "th": "Asia/Bangkok", "tr": "Europe/Istanbul", "uk": "Europe/Kyiv", "vi": "Asia/Ho_Chi_Minh",
    "zh": "Asia/Shanghai",
}  # fmt: skip
#: Languages that write the month before the day in numbers.
MONTH_FIRST = frozenset({"en"})


def zone_of(language: str | None) -> ZoneInfo | None:
    """The zone that times without one are in on pages of a language; None where its countries differ.

    >>> zone_of("ko")
    zoneinfo.ZoneInfo(key='Asia/Seoul')
    """
    return ZoneInfo(_ZONES[language]) if language in _ZONES else None


def month_of(word: str, language: str | None) -> int:
    """The month a word names, 1 to 12; 0 for any other word. The page's language is asked first, then English."""
    form = _bare(word)
    others = () if form.isascii() else tuple(_MONTHS)  # pages claim a language that they are not in
    return next((found for known in (language, "en", *others) if known in _MONTHS and (found := _named(form, known))), 0)


def _named(form: str, language: str) -> int:
    return max(((len(start), month) for start, month in _starts(language) if form.startswith(start)), default=(0, 0))[1]


@cache
def _starts(language: str) -> tuple[tuple[str, int], ...]:
    months = _MONTHS[language].split()
    return tuple((_bare(start), month) for month, starts in enumerate(months, 1) for start in starts.split("/"))


def _bare(word: str) -> str:
    """Case and accents off: capitals in Greek and Turkish lose or change them."""
    folded = unicodedata.normalize("NFD", word.casefold().replace("ı", "i"))
    return re.sub("[\u0300-\u036f]", "", folded)
