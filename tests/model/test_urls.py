from __future__ import annotations

import contextlib
import doctest
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from model import tracking, urls
from model.urls import canonical, declared, host_key, identity, is_front, parameters, same_site, site


def test_the_examples_in_the_documentation_hold() -> None:
    assert doctest.testmod(urls).failed == 0


@pytest.mark.parametrize(
    ("given_url", "expected"),
    [
        ("http://example.com", "http://example.com/"),
        ("http://example.com.:80/", "http://example.com/"),
        ("https://example.com:80/", "https://example.com:80/"),
        ("http://example.com/a/#!/story", "http://example.com/a/"),
        ("http://example.com/a?", "http://example.com/a"),
        ("http://example.com/a?&&b=1&", "http://example.com/a?b=1"),
        ("http://example.com/a?x=1&amp;y=2", "http://example.com/a?x=1&y=2"),
        ("http://example.com/a?x=1&amp;amp;utm_medium=rss", "http://example.com/a?x=1"),
        ("http://example.com/a?%75tm_source=x&b", "http://example.com/a?b"),
        ("http://example.com/a?UTM_Source=x", "http://example.com/a"),
        ("http://example.com/%7euser/%e2%82%ac", "http://example.com/~user/%E2%82%AC"),
        ("http://example.com/100%", "http://example.com/100%25"),
        ("http://example.com/a b\n/c", "http://example.com/a%20b/c"),
        ("http://example.com/a/%2e%2e/b/..", "http://example.com/"),
        ("http://example.com/../../a//b/", "http://example.com/a//b/"),
        ("http://example.com/a%2Fb", "http://example.com/a%2Fb"),
        ("http:\\\\example.com\\a", "http://example.com/a"),
        ("https://bücher.example/ß", "https://xn--bcher-kva.example/%C3%9F"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://例え。jp/", "https://xn--r8jz45g.jp/"),
        ("http://[2001:DB8:0::1]:80/", "http://[2001:db8::1]/"),
        ("http://my_paper.example.com/", "http://my_paper.example.com/"),
        ("http://example.com/view.php?No=12&mode", "http://example.com/view.php?No=12&mode"),
        ("http://example.com/a?b[]=1", "http://example.com/a?b%5B%5D=1"),
    ],
)
def test_canonical(given_url: str, expected: str) -> None:
    assert canonical(given_url) == expected
    assert canonical(expected) == expected


@pytest.mark.parametrize(
    "name", ["utm_source", "utm_anything", "fbclid", "gclid", "mc_cid", "igshid", "yclid", "at_medium", "xtor", "mtm_campaign"]
)
def test_tracking_goes(name: str) -> None:
    assert canonical(f"https://example.com/a?id=1&{name}=zz&page=2") == "https://example.com/a?id=1&page=2"


@pytest.mark.parametrize("name", ["id", "p", "article", "ref", "cid", "no", "idxno", "source", "campaign_id", "page"])
def test_what_may_name_an_article_stays(name: str) -> None:
    assert canonical(f"https://example.com/a?{name}=7") == f"https://example.com/a?{name}=7"


def test_the_tables_are_in_lower_case_and_apart() -> None:
    names = tracking.TRACKING_NAMES | tracking.ARTICLE_PARAMETERS | set(tracking.TRACKING_PREFIXES)
    assert all(name == name.lower() for name in names)
    assert not tracking.TRACKING_NAMES & tracking.ARTICLE_PARAMETERS
    assert not any(name.startswith(tracking.TRACKING_PREFIXES) for name in tracking.ARTICLE_PARAMETERS)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "/relative",
        "example.com/a",
        "javascript:void(0)",
        "mailto:a@example.com",
        "file:///etc/passwd",
        "ftp://example.com/",
        "http://",
        "http:///path",
        "http://user:secret@example.com/",
        "http://example.com@127.0.0.1/",
        "http://exa mple.com/",
        "http://-example.com/",
        "http://exam%70le.com/",
        "http://a..b/",
        "http://example.com:99999/",
        "http://example.com:port/",
        "http://[::1",
        "http://[fe80::1%eth0]/",
        "http://[v1.x]/",
        "http://example.com/\x00",
        "http://" + "a" * 64 + ".com/",
        "http://" + "é" * 100_000 + ".com/",
        "http://example.com/" + "é" * 3000,
        "http://example.com/\ud800",
        "http://example.com\u2100.org/",
    ],
)
def test_garbage_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 # the message differs with the fault
        canonical(wrong)


def test_relative_addresses_are_resolved() -> None:
    base = "https://example.com/news/list.php?page=2"
    assert canonical("view.php?no=3", base) == "https://example.com/news/view.php?no=3"
    assert canonical("?page=3", base) == "https://example.com/news/list.php?page=3"
    assert canonical("//cdn.example.com/a", base) == "https://cdn.example.com/a"
    assert canonical("\\news\\1", base) == "https://example.com/news/1"
    with pytest.raises(ValueError, match="http"):
        canonical("javascript:alert(1)", base)


ADDRESSES = st.one_of(
    st.text(max_size=80),
    st.builds(
        "{}://{}{}{}{}".format,
        st.sampled_from(["http", "HTTPS", "ftp", "http:"]),
        st.one_of(st.sampled_from(["Example.com", "www.a.co.kr:8080", "[::1]", "뉴스.kr", "a@b"]), st.text(max_size=12)),
        st.text(alphabet="/.%2eEab \\é;=&", max_size=20),
        st.sampled_from(["", "?", "??", "?a=1&amp;", "?utm_x=1&"]),
        st.text(alphabet="&=ampu;%3tm_#?/+é[]", max_size=20),
    ),
)


@given(ADDRESSES)
@example("http://a/%%41")
@example("http://a/?&amp;&ampamp;;")
def test_canonical_is_idempotent_and_raises_only_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        once = canonical(text)
        assert canonical(once) == once
        assert once.isascii()
        assert urlsplit(once).fragment == ""
        assert canonical(once.removeprefix("http:").removeprefix("https:"), once) == once
        assert host_key(once) == urlsplit(once).netloc
        assert same_site(once, once)
        assert identity(once) == identity(identity_url(once))


def identity_url(url: str) -> str:
    """The other spelling that must have the same identity: https for http on default ports."""
    return url if urlsplit(url).port else url.replace("http://", "https://", 1)


@given(st.text(max_size=60), st.sampled_from(["https://example.com/a/b?id=1", "http://127.0.0.1:8001/"]))
def test_declared_never_raises_for_the_claim(claim: str, page: str) -> None:
    answer = declared(claim, page)
    assert answer is None or same_site(answer, page)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.example.com/", "example.com"),
        ("https://www2.example.com/", "example.com"),
        ("https://amp.example.com:8443/", "example.com:8443"),
        ("https://www.com/", "www.com"),
        ("https://m.co.uk/", "m.co.uk"),
        ("https://news.example.com/", "news.example.com"),
        ("http://[::1]:8001/", "[::1]:8001"),
        ("http://www.example.com:80/", "example.com"),
    ],
)
def test_site(url: str, name: str) -> None:
    assert site(url) == name


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.example.com/", "http://example.com/a", True),
        ("https://m.example.com/", "https://amp.example.com/", True),
        ("https://example.com/", "https://news.example.com/", True),
        ("https://sport.example.com/", "https://news.example.com/", False),
        ("https://example.com/", "https://badexample.com/", False),
        ("http://example.com:8080/", "http://example.com/", False),
        ("http://example.com:8080/", "http://www.example.com:8080/", True),
        ("http://127.0.0.1:8001/", "http://127.0.0.1:8002/", False),
        ("http://1.127.0.0.1.example/", "http://127.0.0.1/", False),
    ],
)
def test_same_site(one: str, other: str, same: bool) -> None:  # noqa: FBT001 # a table of cases
    assert same_site(one, other) is same
    assert same_site(other, one) is same


@pytest.mark.parametrize(
    ("claimed", "page", "trusted"),
    [
        ("https://example.com/a", "https://www.example.com/a?x=1", "https://example.com/a"),
        ("/a", "https://www.example.com/a/?page=2", "https://www.example.com/a"),
        ("https://example.com/a?utm_source=x", "http://m.example.com/a", "https://example.com/a"),
        ("https://example.com/", "https://example.com/", "https://example.com/"),
        ("https://example.com/", "https://example.com/2024/05/story", None),
        ("https://example.com/index.html", "https://example.com/story", None),
        ("https://example.com/en/", "https://example.com/en/story", None),
        ("https://example.com/", "https://example.com/?p=12", None),
        ("https://example.com/news/view.php", "https://example.com/news/view.php?no=12", None),
        (
            "https://example.com/news/view.php?no=12",
            "https://example.com/news/view.php?no=12&page=3",
            "https://example.com/news/view.php?no=12",
        ),
        ("https://example.com/news/view.php?no=1", "https://example.com/news/view.php?no=12", None),
        ("https://example.com/story-slug", "https://example.com/story-slug?ref=home", "https://example.com/story-slug"),
        ("https://evil.org/a", "https://example.com/a", None),
        ("javascript:void(0)", "https://example.com/a", None),
        ("", "https://example.com/a?b=1", None),
        ("http://[", "https://example.com/a", None),
    ],
)
def test_declared(claimed: str, page: str, trusted: str | None) -> None:
    assert declared(claimed, page) == trusted


def test_identity_folds_what_a_server_may_but_does_not_tell_apart() -> None:
    assert identity("http://www.example.com/a/") == identity("https://example.com/a#x") == "example.com/a"
    assert identity("http://example.com/") == "example.com/"
    assert identity("http://m.example.com/a") != identity("http://example.com/a")
    assert identity("http://example.com:8001/a") != identity("http://example.com:8002/a")
    assert identity("http://example.com/A") != identity("http://example.com/a")
    assert identity("http://example.com/a?id=1") != identity("http://example.com/a?id=2")


def test_parameters_and_front_pages() -> None:
    assert parameters("http://example.com/?ID=%31&b&&c=d=e") == (("id", "%31"), ("b", ""), ("c", "d=e"))
    assert is_front("http://example.com/ko")
    assert is_front("http://example.com/default.asp")
    assert not is_front("http://example.com/news")
