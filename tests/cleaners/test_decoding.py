# ruff: noqa: RUF001 - letters of many scripts are meant
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners import decode
from cleaners.charsets import codec_of
from model.errors import Unreadable

KOREAN = "대한민국 국방부는 25일 한미일 안보회의를 열었다고 밝혔다. 이번 회의에서는 북한의 핵 위협에 대해 논의했다. "
JAPANESE = "日本政府は二十五日、安全保障に関する会議を開いたと発表した。カタカナも使われています。"
CHINESE = "中国国家统计局周三公布的数据显示,今年第一季度国内生产总值同比增长百分之五。"
TAIWANESE = "台灣政府週三公布的數據顯示,今年第一季度經濟成長率達到百分之三點五。"
RUSSIAN = "Министерство обороны сообщило во вторник о проведении совместных учений в Балтийском море. "
ENGLISH = "The ministry\u2019s statement \u2013 \u201cwe won\u2019t comment\u201d \u2013 came after the café meeting. "
POLISH = "Książka Jezioro łabędzie i kolejne tomy z serii Bajki Baletowe udowadniają, że balet to wspaniała przygoda. "
GREEK = "Ο υπουργός Εξωτερικών δήλωσε την Τρίτη ότι οι συνομιλίες θα συνεχιστούν την επόμενη εβδομάδα στην Αθήνα. "
TURKISH = "Türkiye Büyük Millet Meclisi salı günü yeni yasa tasarısını görüşmek üzere toplandı, dışişleri bakanı açıkladı. "
ARABIC = "أعلنت وزارة الدفاع يوم الثلاثاء عن إجراء مناورات مشتركة في البحر الأبيض المتوسط. "


def page(text: str, head: str = "") -> str:
    return f"<html><head>{head}<title>t</title></head><body><p class='x'>{text * 5}</p></body></html>"


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp949", KOREAN),
        ("cp932", JAPANESE),
        ("euc_jp", JAPANESE),
        ("gb18030", CHINESE),
        ("big5hkscs", TAIWANESE),
        ("cp1251", RUSSIAN),
        ("koi8_r", RUSSIAN),
        ("cp1252", ENGLISH),
        ("cp1250", POLISH),
        ("iso8859-2", POLISH),
        ("cp1253", GREEK),
        ("cp1254", TURKISH),
        ("cp1256", ARABIC),
        ("utf-8", KOREAN),
        ("utf-16-le", KOREAN),
        ("utf-16-be", ENGLISH),
    ],
)
def test_an_undeclared_page_is_read(codec: str, text: str) -> None:
    decoded = decode(page(text).encode(codec))
    assert decoded.text == page(text)
    assert decoded.charset == codec


@pytest.mark.parametrize(
    "text",
    [
        "The club paid £5m for him and £ 3 for the ticket. ",
        "Mix 1½ cups of flour with ¾ of the milk. ",
        "¿Qué pasó en España? ¡Nadie lo sabe! ",
        "The maker of the Lumia® phone said no. ",
        "It costs ¥800 in Tokyo. ",
    ],
)
def test_signs_of_money_and_fractions_are_no_letters_of_another_code_page(text: str) -> None:
    assert decode(page(text).encode("cp1252")).text == page(text)


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("EUC-KR", "cp949"),
        ("ks_c_5601-1987", "cp949"),
        ("gb2312", "gb18030"),
        ("iso-8859-1", "cp1252"),
        ("Shift_JIS", "cp932"),
        (" UTF8 ", "utf-8"),
        ("klingon", None),
    ],
)
def test_labels_mean_what_browsers_take_them_for(label: str, codec: str | None) -> None:
    assert codec_of(label) == codec


def test_a_declared_encoding_is_taken_from_the_header_first() -> None:
    body = page(RUSSIAN, "<meta charset=koi8-r>").encode("cp1251")
    assert decode(body, "text/html; charset=windows-1251").charset == "cp1251"


def test_a_meta_tag_or_xml_declaration_within_four_kilobytes_counts() -> None:
    assert (
        decode(page("Žluťoučký kůň", "<!--" + "x" * 3000 + "--><meta charset=windows-1250>").encode("cp1250")).charset == "cp1250"
    )
    assert decode(b'<?xml version="1.0" encoding="iso-8859-2"?>' + page(POLISH).encode("iso8859-2")).charset == "iso8859-2"


def test_two_bad_bytes_do_not_change_the_verdict() -> None:
    body = page("Grüße aus Zürich, ąćęłńó. ").encode() + b"\xe9\xff"
    for header in (None, "text/html; charset=utf-8", "text/html; charset=iso-8859-2"):
        decoded = decode(body, header)
        assert decoded.charset == "utf-8"
        assert decoded.bad == 2


def test_a_wrong_declaration_gives_way_to_clean_utf8() -> None:
    decoded = decode(page(KOREAN).encode(), "text/html; charset=euc-kr")
    assert decoded.text == page(KOREAN)


def test_utf8_declared_and_not_true_is_noticed() -> None:
    assert decode(page(KOREAN).encode("cp949"), "text/html; charset=utf-8").charset == "cp949"


def test_nul_controls_and_surrogates_are_gone() -> None:
    assert decode(b"\xef\xbb\xbfa\x00b\x07c<p>\xed\xa0\x80text that is long enough</p>").text.startswith("abc<p>")


CLEAN = page(KOREAN).encode()


@pytest.mark.parametrize("rest", ["\t\n\f\r ~", "\x80 \ufffd \ufdff \U0001f6a2"])
def test_bytes_that_are_the_text_in_utf8_are_kept(rest: str) -> None:
    assert decode(CLEAN + rest.encode()).utf8 == CLEAN + rest.encode()


@pytest.mark.parametrize("rest", ["\x00", "\x08", "\x0b", "\x0e", "\x1f", "\x7f", "\ufffe", "\uffff"])
def test_bytes_with_what_is_taken_out_are_not(rest: str) -> None:
    decoded = decode(CLEAN + rest.encode())
    assert (decoded.text, decoded.utf8) == (page(KOREAN), None)


def test_bytes_that_are_not_the_text_as_it_stands_are_not_kept() -> None:
    for body in (b"\xef\xbb\xbf" + CLEAN, page(KOREAN).encode("cp949"), CLEAN + b"\xe9"):
        assert decode(body).utf8 is None


@pytest.mark.parametrize("body", [b"%PDF-1.7 ...", b"\x89PNG\r\n\x1a\n", b"\x1f\x8b\x08\x00", bytes(range(32)) * 50])
def test_what_is_no_text_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        decode(body)


@given(st.binary(max_size=400), st.sampled_from([None, "text/html; charset=euc-kr", "charset=utf-16", "text/html; charset=\x00"]))
def test_any_bytes_are_text_or_unreadable(body: bytes, header: str | None) -> None:
    try:
        text = decode(body, header).text
    except Unreadable:
        return
    text.encode("utf8")
    assert "\x00" not in text
