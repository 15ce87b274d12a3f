"""Addresses that may be asked."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.targets import join, parse
from model.errors import InvalidAddress


@pytest.mark.parametrize(
    ("url", "asked", "authority"),
    [
        ("http://example.org", "http://example.org", "example.org"),
        ("HTTP://Example.ORG:80/a b?q=ü#f", "http://example.org/a%20b?q=%C3%BC", "example.org"),
        ("https://example.org:443/", "https://example.org/", "example.org"),
        ("https://example.org:8443/", "https://example.org:8443/", "example.org:8443"),
        ("https://example.org./", "https://example.org/", "example.org"),
        ("https://exämple.org/", "https://xn--exmple-cua.org/", "xn--exmple-cua.org"),
        ("http://0x7f.1/", "http://127.0.0.1/", "127.0.0.1"),
        ("http://[::1]:8080/", "http://[::1]:8080/", "[::1]:8080"),
        ("http://my_site.example.org/", "http://my_site.example.org/", "my_site.example.org"),
        ("http://example.org/a/../b/./c", "http://example.org/b/c", "example.org"),
        (" http://example.org/\n", "http://example.org/", "example.org"),
        ("http://example.org/a#", "http://example.org/a", "example.org"),
    ],
)
def test_parsed(url: str, asked: str, authority: str) -> None:
    target = parse(url)
    assert (target.url, target.authority) == (asked, authority)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org/",
        "/a",
        "http:",
        "http://",
        "http:///a",
        "http:example.org",
        "file:///etc/passwd",
        "ftp://example.org/",
        "javascript:alert(1)",
        "data:text/html,x",
        "gopher://127.0.0.1:6379/_x",
        "http://user@example.org/",
        "http://user:secret@example.org/",
        "http://public.example\\@127.0.0.1/",
        "http://exa%6dple.org/",
        "http://exa mple.org/",
        "http://a..b/",
        "http://1.2.3.4.5/",
        "http://[fe80::1%25eth0]/",
        "http://[::1/",
        "http://example.org:0/",
        "http://example.org:65536/",
        "http://example.org:x/",
        "http://127.0.0.1:80:80/",
        "http://example.org/\x00",
        "http://example.org/a\r\nHost: x",
        "http://" + "a" * 64 + ".org/",
        "http://example.org/" + "a" * 9000,
    ],
)
def test_refused(url: str) -> None:
    with pytest.raises(InvalidAddress):
        parse(url)


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/x", "https://example.org/x"),
        ("x", "https://example.org/a/x"),
        ("?x", "https://example.org/a/b?x"),
        ("", "https://example.org/a/b?c"),
        ("#f", "https://example.org/a/b?c"),
        ("../../../x", "https://example.org/x"),
        ("//other.example/x", "https://other.example/x"),
        ("http://example.org/x", "http://example.org/x"),
    ],
)
def test_joined(location: str, url: str) -> None:
    assert join(parse("https://example.org/a/b?c"), location).url == url


_PIECES = st.sampled_from(
    ["http", "https", ":", "//", "/", "@", "[", "]", "%", "\\", "?", "#", "127.0.0.1", "0x7f", "a.b", "::1", ".."]
)


@given(st.one_of(st.text(max_size=40), st.lists(_PIECES, max_size=12).map("".join), st.text(max_size=20).map("http://".__add__)))
@example("http://[]/")
@example("http://\ud800/")
@example("http://example.org/\ud800")
def test_any_text_is_a_target_or_refused(text: str) -> None:
    base = parse("http://example.org/a/")
    for read in (parse, lambda location: join(base, location)):
        try:
            target = read(text)
        except InvalidAddress:
            continue
        assert parse(target.url) == target
        assert target.url.isascii()
        assert target.url.startswith(target.site)
