from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from cleaners import Form, anchors_of, clean, render
from cleaners.version import ENGINE_VERSION
from model.article import Article, Block, BlockKind, Cleaned, PageKind, Verdict

URL = "https://paper.example/news/1"


def cleaned(*blocks: tuple[BlockKind, str, int, float], title: str = "A *title*") -> Cleaned:
    verdicts = tuple(
        Verdict(block=Block(index=at, kind=kind, text=text, level=level, link_density=links), kept=True, score=0.9, reason="text")
        for at, (kind, text, level, links) in enumerate(blocks)
    )
    article = Article(title=title, text="the text")
    return Cleaned(article=article, verdicts=verdicts, kind=PageKind.ARTICLE, doubt=0.1, engine_version=ENGINE_VERSION)


PAGE = cleaned(
    (BlockKind.PARAGRAPH, "1. not a list, <b>not bold</b>", 0, 0.0),
    (BlockKind.HEADING, "Under the bridge", 3, 0.0),
    (BlockKind.LIST_ITEM, "one", 1, 0.0),
    (BlockKind.LIST_ITEM, "inner", 2, 0.0),
    (BlockKind.QUOTE, "said\nso", 0, 0.0),
    (BlockKind.TABLE_ROW, "Year | Boats", 0, 0.0),
    (BlockKind.TABLE_ROW, "2026 | 4", 0, 0.0),
    (BlockKind.PREFORMATTED, "a  b", 0, 0.0),
)


def test_text_is_the_articles_text() -> None:
    assert render(PAGE) == "the text"


def test_markdown_of_every_kind() -> None:
    assert render(PAGE, Form.MARKDOWN) == (
        "# A \\*title\\*\n\n1\\. not a list, \\<b\\>not bold\\</b\\>\n\n### Under the bridge\n\n- one\n  - inner\n\n"
        "> said\n> so\n\n"
        "| Year | Boats |\n| --- | --- |\n| 2026 | 4 |\n\n```\na  b\n```\n"
    )


def test_html_of_every_kind() -> None:
    html = render(PAGE, Form.HTML)
    tree = LexborHTMLParser(html)
    assert [node.tag for node in tree.css("article > *")] == ["h1", "p", "h3", "ul", "blockquote", "table", "pre"]
    assert tree.css_first("p").text() == "1. not a list, <b>not bold</b>"
    assert [node.text() for node in tree.css("td")] == ["Year", "Boats", "2026", "4"]


def test_json_has_article_and_blocks() -> None:
    found = json.loads(render(PAGE, Form.JSON))
    assert found["title"] == "A *title*"
    assert found["doubt"] == 0.1
    assert [block["kind"] for block in found["verdicts"]][:3] == ["paragraph", "heading", "list_item"]


def test_links_are_kept_when_asked_for_and_those_of_the_menu_are_not_taken_for_them() -> None:
    html = (
        '<a href="/boats">boats</a><p>The boats of <a href="/h?a=1(2)">the harbour</a> and <a href="javascript:x()">more</a>.</p>'
    )
    text = "The boats of the harbour and more."
    page = cleaned((BlockKind.PARAGRAPH, text, 0, len("the harbour") / len(text)), title="")
    anchors = anchors_of(html, URL)
    assert render(page, Form.MARKDOWN, anchors=anchors) == (
        "The boats of [the harbour](https://paper.example/h?a=1%282%29) and more.\n"
    )
    node = LexborHTMLParser(render(page, Form.HTML, anchors=anchors)).css_first("a")
    assert node is not None
    assert node.attributes["href"] == "https://paper.example/h?a=1(2)"
    assert "href" not in render(page, Form.HTML)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(BlockKind), st.text(min_size=1), st.integers(0, 6), st.floats(0, 1)), max_size=6),
    st.text(),
)
def test_html_never_holds_more_than_plain_elements(blocks: list[tuple[BlockKind, str, int, float]], title: str) -> None:
    html = render(
        cleaned(*blocks, (BlockKind.PARAGRAPH, "<script>alert(1)</script><img src=x onerror=y>", 0, 0.0), title=title), Form.HTML
    )
    tree = LexborHTMLParser(html)
    assert not tree.css("script, img, style, iframe, [onerror], [style]")
    assert render(cleaned(*blocks), Form.MARKDOWN)


STORY = "".join(
    f"<p>Sentence {number} of a story that is long enough to be read as prose by anybody who reads it.</p>" for number in range(5)
)
LISTS = (
    "<ol><li>One to do now.</li><li>Two to do now.<ul><li>inner one</li><li>inner two</li></ul></li><li>Three to do.</li></ol>"
)


def test_ordered_and_nested_lists_stay_so() -> None:
    cleaned = clean(f"<article><h1>Title</h1>{STORY}{LISTS}{STORY.replace('story', 'tale')}</article>")
    markdown, html = render(cleaned, Form.MARKDOWN), render(cleaned, Form.HTML)
    assert "\n\n1. One to do now.\n2. Two to do now.\n   - inner one\n   - inner two\n3. Three to do.\n\n" in markdown
    assert (
        "<ol>\n<li>One to do now.</li>\n<li>Two to do now.\n<ul>\n<li>inner one</li>\n<li>inner two</li>\n</ul></li>\n"
        "<li>Three to do.</li>\n</ol>\n"
    ) in html


def test_preformatted_text_keeps_its_lines_and_indentation() -> None:
    code = "<pre>\n  def ferry():\n      return <b>True</b>\n\n</pre>"
    cleaned = clean(f"<article><h1>Title</h1>{STORY}{code}{STORY.replace('story', 'tale')}</article>")
    assert "\n\ndef ferry():\n    return True\n\n" in cleaned.article.text
    assert "```\ndef ferry():\n    return True\n```\n" in render(cleaned, Form.MARKDOWN)
    assert "<pre>def ferry():\n    return True</pre>" in render(cleaned, Form.HTML)
