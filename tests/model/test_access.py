"""What a source may say about how its pages are asked for."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import access
from model.access import MAX_HEADERS, MAX_VALUE, Access, Proxy, checked_headers, proxy_at


def test_examples_in_the_docstrings() -> None:
    assert doctest.testmod(access).failed == 0


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "cookie",
        "Connection",
        "Transfer-Encoding",
        "Content-Length",
        "Proxy-Authorization",
        "If-None-Match",
        "Range",
        "TE",
    ],
)
def test_headers_that_are_not_a_sources_to_set(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} may not be set: "):
        checked_headers([(name, "x")])


@pytest.mark.parametrize("name", ["", "a b", "x\r\ny", "größe", "a:", "x" * 101])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a header"):
        checked_headers([(name, "x")])


@pytest.mark.parametrize("value", ["", " x", "x\r\nInjected: yes", "x\ny", "x\x00", "日本", "x" * (MAX_VALUE + 1)])
def test_values_that_fit_into_no_header(value: str) -> None:
    with pytest.raises(ValueError, match="fits into no header"):
        checked_headers([("X-A", value)])


def test_headers_are_bounded_and_each_given_once() -> None:
    with pytest.raises(ValueError, match="at most"):
        checked_headers([(f"X-{number}", "x") for number in range(MAX_HEADERS + 1)])
    with pytest.raises(ValueError, match="twice"):
        checked_headers([("X-A", "1"), ("x-a", "2")])
    assert checked_headers([("Authorization", "Bearer a b"), ("X-B", "é")]) == (("Authorization", "Bearer a b"), ("X-B", "é"))


@given(st.text(), st.text())
def test_a_header_that_passes_is_one_line(name: str, value: str) -> None:
    try:
        checked_headers([(name, value)])
    except ValueError:
        return
    line = f"{name}: {value}".encode("latin-1")
    assert not {b"\r", b"\n", b"\x00"} & {line[place : place + 1] for place in range(len(line))}


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("http://proxy.example:3128", Proxy(scheme="http", host="proxy.example", port=3128)),
        ("http://proxy.example/", Proxy(scheme="http", host="proxy.example", port=8080)),
        ("https://proxy.example", Proxy(scheme="https", host="proxy.example", port=443)),
        ("socks5://u%40:p%3Ass@[::1]:9", Proxy(scheme="socks5", host="::1", port=9, user="u@", password="p:ss")),
    ],
)
def test_proxies(url: str, proxy: Proxy) -> None:
    assert proxy_at(url) == proxy


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "proxy.example:3128",
            "ftp://proxy.example",
            "http://",
            "http://a/b",
            "http://a:0",
            "http://a:99999",
            "socks5h://a",
        ),
        *("http://[::1", "http://a%3Ab:secret@h", "socks5://u:" + "p" * 256 + "@h"),
    ],
)
def test_no_proxies(url: str) -> None:
    with pytest.raises(ValueError, match=r"prox|port") as caught:
        proxy_at(url)
    assert "secret" not in str(caught.value)


def test_secrets_are_not_printed() -> None:
    told = repr(Access(headers=(("Authorization", "hush"),), proxy=proxy_at("http://me:hush@proxy.example")))
    assert "hush" not in told
    assert "proxy.example" in told
