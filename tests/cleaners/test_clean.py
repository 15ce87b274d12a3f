from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaners import clean, clean_text
from model.errors import CleanError, Unreadable
from model.fingerprints import normalised
from model.source import Rules

FIXTURES = Path(__file__).parents[2] / "fixtures"
LESSONS = sorted((FIXTURES / "pages").iterdir())
FIRST = "The harbour will close to large ships for eleven weeks from March, the port authority said on Monday afternoon."
SECOND = "Fishing boats will be able to pass at high tide through a channel that is being dug beside the old northern gate."
THIRD = "Ferries to the islands will leave from the coal pier, where two waiting rooms are being built for the passengers."


def page(body: str, head: str = "<title>Harbour to close for weeks</title>") -> str:
    return f"<!doctype html><html lang=en><head>{head}</head><body><h1>Harbour to close for weeks</h1>{body}</body></html>"


@pytest.mark.parametrize("folder", LESSONS, ids=lambda folder: folder.name)
def test_a_page_gives_exactly_its_text_and_claims(folder: Path) -> None:
    meta: dict[str, Any] = json.loads((folder / "meta.json").read_text(encoding="utf8"))
    article = clean((folder / "source.html").read_bytes(), url=meta["url"]).article
    assert article.text == (folder / "expected.txt").read_text(encoding="utf8").rstrip("\n")
    for name in meta.keys() - {"lesson", "url"}:
        given_value = getattr(article, name)
        shown = (
            given_value.isoformat() if name == "published" else list(given_value) if name in ("authors", "tags") else given_value
        )
        assert shown == meta[name], name


@pytest.mark.parametrize("folder", LESSONS, ids=lambda folder: folder.name)
def test_every_block_has_a_verdict_with_a_reason_and_the_headline_is_not_kept(folder: Path) -> None:
    cleaned = clean((folder / "source.html").read_bytes())
    assert [verdict.block.index for verdict in cleaned.verdicts] == list(range(len(cleaned.verdicts)))
    assert all(verdict.reason and 0 <= verdict.score <= 1 for verdict in cleaned.verdicts)
    assert 0 <= cleaned.doubt <= 1
    assert normalised(cleaned.article.title) not in {normalised(line) for line in cleaned.article.text.split("\n")}


def test_the_name_of_the_site_is_not_the_articles() -> None:
    paragraphs = [f"Paragraph {at} tells what the harbour authority said about the repairs on day {at}." for at in range(6)]
    lines = ["Harbour Herald online", *paragraphs]
    body = "<h1>Harbour to close for weeks</h1><div>" + "".join(f"<p>{line}</p>" for line in lines) + "</div>"
    cleaned = clean(page(body, head="<title>Harbour Herald online: Harbour to close for weeks</title>"))
    assert cleaned.article.text.split("\n\n") == paragraphs
    (verdict,) = (it for it in cleaned.verdicts if it.block.text == lines[0])
    assert verdict.reason == "the site's name"


def test_a_bold_line_over_the_first_paragraph_is_no_part_of_the_menu_before_it() -> None:
    folder = FIXTURES / "sites" / "table-layout" / "public" / "artikel" / "2026-10"
    cleaned = clean((folder / "moorbahn-2.htm").read_bytes())
    assert cleaned.article.text.split("\n\n")[0] == "Drei Kilometer in der Stunde"


def test_rules_override_everything() -> None:
    html = page(
        f"<div class=lead><p>{FIRST}</p></div><div class=story><p>{SECOND}</p><p class=promo>{THIRD}</p><p>Share</p></div>"
        "<b class=who>By ANNA LEE</b><i class=when>2026-01-19 08:30 +01:00</i><h4 class=t>Another title</h4>"
    )
    rules = Rules(remove=(".promo",), body=".story", title=".t", authors=".who", published=".when")
    cleaned = clean(html, rules=rules)
    assert cleaned.article.text == f"{SECOND}\n\nShare"
    assert cleaned.article.title == "Another title"
    assert cleaned.article.authors == ("Anna Lee",)
    assert cleaned.article.published is not None
    assert cleaned.article.published.isoformat() == "2026-01-19T07:30:00+00:00"
    reasons = {verdict.block.text: verdict.reason for verdict in cleaned.verdicts}
    assert reasons[THIRD] == "removed by the site's rules"
    assert reasons[FIRST] == "outside the body the site's rules name"
    assert not any("newsmill" in verdict.block.path for verdict in cleaned.verdicts)


def test_rules_that_find_nothing_change_nothing() -> None:
    html = page(f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>")
    assert clean(html, rules=Rules(body=".gone", remove=("::wrong[",), title=".none")).article == clean(html).article


def test_a_canonical_address_of_another_site_is_not_trusted() -> None:
    html = page(f"<p>{FIRST}</p>", '<link rel=canonical href="https://evil.example/x"><title>t</title>')
    assert clean(html, url="https://paper.example/a/1").article.canonical_url is None
    assert clean(html).article.canonical_url is None


@pytest.mark.parametrize("empty", ["", " ", "<html></html>", b"", "\x00\x01"])
def test_nothing_to_read_is_unreadable(empty: str | bytes) -> None:
    with pytest.raises(Unreadable):
        clean(empty, url="https://paper.example/")


def test_text_given_as_str_with_lone_surrogates_is_read() -> None:
    clean(page(f"<p>{FIRST}\ud800\x00</p>")).article.text.encode("utf8")


TAGS = st.sampled_from(
    ["p", "div", "table", "td", "tr", "ul", "li", "h2", "a", "span", "br", "article", "script", "form", "b", "blockquote"]
)
TEXTS = st.text(max_size=60) | st.sampled_from(
    [FIRST, SECOND, "Popular Now", "By Anna Lee", "3 Comments", "많이 본 뉴스", "\ud800"]
)


@st.composite
def soups(draw: st.DrawFn) -> str:
    pieces = draw(st.lists(st.tuples(TAGS, TEXTS, st.booleans()), max_size=25))
    return "".join(f"<{tag} class='x'>{text}" + (f"</{tag}>" if closed else "") for tag, text, closed in pieces)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(soups())
def test_any_page_is_cleaned_or_a_clean_error(html: str) -> None:
    try:
        cleaned = clean(html, url="https://paper.example/1")
    except CleanError:
        return
    cleaned.article.text.encode("utf8")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(LESSONS), st.data())
def test_a_mutilated_page_is_cleaned_or_a_clean_error(folder: Path, data: st.DataObject) -> None:
    body = bytearray((folder / "source.html").read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=8))
    try:
        clean(bytes(body))
    except CleanError:
        return


@settings(max_examples=150, deadline=None)
@given(
    st.text()
    | st.lists(TEXTS | st.sampled_from(["• one", "1.", "> said", "# Title", "[a](http://b)", "", "  * x"])).map("\n".join)
)
def test_any_dump_is_cleaned_or_a_clean_error(dump: str) -> None:
    try:
        cleaned = clean_text(dump)
    except CleanError:
        return
    cleaned.article.text.encode("utf8")


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + FIRST,
        "<b>" * 20_000 + FIRST,
        f"<table><tr><td colspan=9007199254740992>{FIRST}</td></tr></table>",
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>" + f"<p>{FIRST}</p>",
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":{"a":1},"author":{"name":{"name":3}},'
        '"datePublished":["x"],"keywords":[1,null]}</script>' + f"<p>{FIRST}</p>",
    ],
    ids=["nested", "inline", "colspan", "deep json", "odd json"],
)
def test_hostile_pages_end(html: str) -> None:
    assert clean(html).verdicts


def test_importing_the_package_is_cheap() -> None:
    code = "import sys, cleaners; print(sorted({'trafilatura', 'selectolax', 'bs4', 'numpy', 'lxml'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
