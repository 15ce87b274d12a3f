"""The encoding of bytes that are no UTF-8 and say nothing we can believe.

Each candidate decodes the bytes; the one whose characters are those its languages write with most wins. Frequencies of
letters alone turn English windows-1252 into windows-1251, because a page in English has hardly any letter to judge by:
a script other than Latin needs a tenth of the bytes above ASCII.
"""

# ruff: noqa: RUF001 - the punctuation and letters of many scripts are meant

from __future__ import annotations

import re

#: What is read, and what of it is no text.
_SAMPLE = 65_536
_MARKUP = re.compile(rb"<(script|style)\b.*?</\1\s*>|<[^>]*>|&#?\w+;", re.DOTALL | re.IGNORECASE)
_HIGH = re.compile(rb"[\x80-\xff]")
#: What stands like a sign of windows-1252 and is a letter in other code pages: £5 is no "Ł5", 2½ no "2˝", ¿Qué no "żQué",
#: Brand® no "BrandŽ".
_SIGN = re.compile(rb"[\xa3\xa5](?= ?\d)|(?<=\d)[\xbc-\xbe]|(?<![^ ])[\xbc-\xbe](?= )|[\xa1\xbf](?=[A-Z])|(?<=[A-Za-z])\xae")
_FOREIGN = 0.1
#: Mean familiarity from which a Latin encoding is believed on little evidence.
_CERTAIN = 0.3

#: Codec -> the letters above ASCII its languages are full of. Earlier ones win a tie.
_LATIN = {
    "cp1252": "àáâãäåæçèéêëìíîïñòóôõöøùúûüßœÀÁÂÄÅÇÈÉÊÍÎÑÓÔÖØÚÜ",
    "cp1250": "ąćęłńóśźżáčďéěíňřšťúůýžőűöüäôľĺâîăşţđĄĆĘŁŃÓŚŹŻČŘŠŽÁÉÚŐ",
    "iso8859-2": "ąćęłńóśźżáčďéěíňřšťúůýžőűöüäôľĺâîăşţđĄĆĘŁŃÓŚŹŻČŘŠŽÁÉÚŐ",
    "cp1254": "çğıöşüâîÇĞİÖŞÜ",
    "cp1257": "āčēģīķļņšūžąęėįųõäöüĀČĒŠŪŽĄĘĖĮŲ",
}
_SINGLE_BYTE = {
    "cp1251": "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєѓќљњћџј",
    "koi8_r": "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "cp866": "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "iso8859-5": "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "cp1253": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋ",
    "cp1255": "אבגדהוזחטיךכלםמןנסעףפץצקרשת",
    "cp1256": "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىأإآئءؤ",
    "iso8859-6": "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىأإآئءؤ",
    "cp874": "กขคฆงจฉชซญณดตถทธนบปผพภมยรลวศษสหอะาำิีึืุูเแโใไ่้็",
}
#: Punctuation that every language uses: it speaks for the encoding a little.
_PUNCTUATION = frozenset("\u00a0«»‘’“”„–—…·©®°§€£")
_HANGUL = re.compile("[\uac00-\ud7af]")
_KANA = re.compile("[\u3040-\u30ff]")
_HANZI = re.compile("[\u4e00-\u9fff]")
#: Wide characters that prove an encoding wrong: unassigned, private or of no news page.
_STRANGE = re.compile("[\ufffd\ue000-\uf8ff\u2500-\u257f\u0300-\u036f\uff61-\uff9f]")
#: In GB 2312 and Big5 the characters in common use stand first: lead bytes of that part.
_COMMON_LEADS = {"gb18030": (0xB0, 0xD7), "big5hkscs": (0xA4, 0xC6)}


def detect(body: bytes) -> str:
    """Python's codec name; windows-1252 where nothing is certain."""
    letters = b" ".join(_MARKUP.sub(b" ", body[:_SAMPLE]).split())
    high = len(_HIGH.findall(letters))
    if not high:
        return "cp1252"
    latin, familiar = _best(letters, _LATIN)
    rare = high < _FOREIGN * len(letters)
    if rare and familiar >= _CERTAIN:
        return latin
    wide = {codec: score(letters, codec) for codec, score in _WIDE.items()}
    best = max(wide, key=lambda codec: wide[codec])
    if wide[best] < _SURE and rare:
        return latin
    narrow, familiar = _best(letters, _LATIN | _SINGLE_BYTE)
    return best if wide[best] >= max(_SURE, familiar) else narrow


def _best(letters: bytes, candidates: dict[str, str]) -> tuple[str, float]:
    """The candidate whose characters are most familiar, and how familiar they are."""
    letters = _SIGN.sub(b"", letters)
    scores = {codec: _familiar(letters.decode(codec, "replace"), frozenset(usual)) for codec, usual in candidates.items()}
    best = max(scores, key=lambda codec: scores[codec])
    return best, scores[best]


def _familiar(text: str, usual: frozenset[str]) -> float:
    """Mean over the characters above ASCII: 1 for a usual letter, -1 for one that does not belong."""
    high = [character for character in text if character > "\x7f"]
    points = (1.0 if c in usual else 0.5 if c in _PUNCTUATION else 0.0 if c.lower() in usual else -1.0 for c in high)
    return sum(points) / max(1, len(high))


#: Share of familiar characters from which a multi-byte encoding is taken.
_SURE = 0.4


def _share(text: str, *, good: re.Pattern[str], fair: re.Pattern[str], weight: float) -> float:
    """Familiar characters among those above ASCII: the good ones whole, the fair ones by weight, strange ones against."""
    high = sum(character > "\x7f" for character in text)
    points = len(good.findall(text)) + weight * len(fair.findall(text)) - 2 * len(_STRANGE.findall(text))
    return points / max(1, high)


def _korean(letters: bytes, codec: str) -> float:
    """Korean read as Korean is nearly all Hangul; Chinese read as Korean is half rare characters."""
    return _share(letters.decode(codec, "replace"), good=_HANGUL, fair=_KANA, weight=-1.0)


def _japanese(letters: bytes, codec: str) -> float:
    """A third or more of any Japanese text is kana, which other encodings do not give by chance."""
    text = letters.decode(codec, "replace")
    kana = len(_KANA.findall(text))
    return _share(text, good=_KANA, fair=_HANZI, weight=1.0) if kana * 6 > len(_HANZI.findall(text)) else 0.0


def _chinese(letters: bytes, codec: str) -> float:
    """Most characters of a Chinese text stand in the part in common use."""
    text = letters.decode(codec, "replace")
    low, high = _COMMON_LEADS[codec]
    common = sum(low <= character.encode(codec)[0] <= high for character in _HANZI.findall(text))
    outside = len(_HANZI.findall(text)) - common
    strange = len(_STRANGE.findall(text)) + len(_KANA.findall(text))
    return float(0.95 * (common - outside - 2 * strange) / max(1, common + outside + strange))


_WIDE = {
    "cp949": _korean,
    "euc_jp": _japanese,
    "cp932": _japanese,
    "gb18030": _chinese,
    "big5hkscs": _chinese,
}
