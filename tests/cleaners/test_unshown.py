from __future__ import annotations

import json

import pytest

from cleaners import clean
from cleaners.blocks import read_document
from cleaners.embedded import told
from cleaners.parsing import parse
from cleaners.reactstream import elements_of, rows
from cleaners.streamed import in_place
from cleaners.unshown import revealed

PARAGRAPHS = [
    f"Paragraph {number} of a story about the ferry that sailed again last night, forty years after it was laid up."
    for number in range(8)
]
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
MENU = "<ul><li><a href='/a'>News</a></li><li><a href='/b'>Sport</a></li></ul>"
TEXT = "\n\n".join(PARAGRAPHS)


def page(script: str = "", body: str = MENU) -> str:
    return f"<html lang=en><head><title>The ferry sails again</title></head><body>{body}{script}</body></html>"


def flight(*pieces: str) -> str:
    return "".join(f"<script>self.__next_f.push([1,{json.dumps(piece)}])</script>" for piece in pieces)


RICH = [{"_type": "block", "style": "normal", "children": [{"text": text[:20]}, {"text": text[20:]}]} for text in PARAGRAPHS]
PROSEMIRROR = {
    "type": "doc",
    "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]} for text in PARAGRAPHS],
}
ARC = [{"type": "text", "content": text, "_id": "X7"} for text in PARAGRAPHS]


@pytest.mark.parametrize(
    "script",
    [
        f"<script id=__NEXT_DATA__ type='application/json'>{json.dumps({'props': {'story': {'body': BODY}}})}</script>",
        f"<script>window.__INITIAL_STATE__ = {json.dumps({'story': {'content': BODY}})};</script>",
        f"<script>window.__STATE__=JSON.parse({json.dumps(json.dumps({'story': BODY}))})</script>",
        f"<script>window.x={{}};Fusion.globalContent={json.dumps({'content_elements': ARC})};Fusion.y=1</script>",
        f"<script>(window[Symbol.for('Apollo')] ??= []).push({{\"a\":undefined,\"b\":{json.dumps(BODY)}}})</script>",
        f"<script type='application/json'>{json.dumps({'body': RICH})}</script>",
        f"<script type='application/json'>{json.dumps({'body': json.dumps(PROSEMIRROR)})}</script>",
        f"<script type='application/json'>{json.dumps({'paragraphs': PARAGRAPHS})}</script>",
        f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', 'articleBody': TEXT})}</script>",
        f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', 'articleBody': BODY})}</script>",
        flight(f"1:T{len(BODY):x},{BODY[:300]}", BODY[300:]),
        flight("0:" + json.dumps([["$", "p", str(n), {"children": [text]}] for n, text in enumerate(PARAGRAPHS)]) + "\n"),
    ],
    ids=[
        "html in json", "assignment", "JSON.parse", "arc", "call with undefined", "portable text", "json in json", "strings",
        "articleBody", "articleBody as html", "streamed text", "streamed elements",
    ],
)  # fmt: skip
def test_text_in_data_stands_in_for_a_page_without_one(script: str) -> None:
    cleaned = clean(page(script))
    assert cleaned.article.text == TEXT
    assert cleaned.doubt < 0.5


@pytest.mark.parametrize("hiding", ["<div hidden>{}</div>", "<div style='display: none'>{}</div>", "<noscript>{}</noscript>"])
def test_hidden_text_stands_in_for_a_page_without_one(hiding: str) -> None:
    assert clean(page(body=MENU + hiding.format(BODY))).article.text == TEXT


def test_what_the_page_shows_is_not_doubled_and_not_replaced() -> None:
    other = "".join(f"<p>{paragraph.replace('ferry', 'tram')}</p>" for paragraph in PARAGRAPHS * 2)
    script = f"<script type='application/json'>{json.dumps({'next': other})}</script>"
    assert clean(page(script, f"{MENU}<article><h1>The ferry sails again</h1>{BODY}</article>")).article.text == TEXT


def test_streamed_parts_are_put_in_their_places() -> None:
    html = (
        '<main><h1>Head</h1><!--$?--><template id="B:0"></template><!--/$--></main><footer>Foot</footer>'
        '<div hidden id="S:0"><p>One</p><template id="P:1"></template><p>Three</p></div><script>$RC("B:0","S:0")</script>'
        '<div hidden id="S:1"><div><p>Two</p></div></div><script>$RS("S:1","P:1")</script>'
    )
    placed = in_place(html)
    order = [placed.index(word) for word in ("Head", "One", "Two", "Three", "Foot")]
    assert order == sorted(order)
    assert "hidden" not in placed
    assert [block.text for block in read_document(parse(html, html.encode())).blocks] == ["Head", "One", "Two", "Three", "Foot"]
    assert in_place("<p>Any other page</p>") == "<p>Any other page</p>"


def test_streamed_part_without_a_place_is_shown_where_it_stands() -> None:
    assert in_place('<b>x</b><div hidden id="S:0"><p>One</p></div>') == '<b>x</b><div id="S:0"><p>One</p></div>'


def test_rows_refer_to_each_other_and_texts_are_counted_in_bytes() -> None:
    text = "Kétszáz éve"
    elements = '3:["$","div",null,{"children":"$L4"}]\n4:["$","p",null,{"children":"Hé"}]\n'
    stream = f'1:I["x",[]]\n:HL["/a.css"]\n2:T{len(text.encode()):x},{text}{elements}'
    found = rows([f"self.__next_f.push([1,{json.dumps(stream)}])"])
    assert found["2"] == text
    assert elements_of(found) == "<div><p>Hé</p></div>"


@pytest.mark.parametrize("row", [["$", "p", None, "no properties"], ["$", 7, None, {"children": "x"}], ["$", "p", None], ["$"]])
def test_what_only_begins_like_an_element_is_none(row: list[object]) -> None:
    assert "<p>" not in elements_of(rows([f"self.__next_f.push([1,{json.dumps('0:' + json.dumps(row))}])"]))


def test_components_are_drawn_by_what_they_hold() -> None:
    row = ["$", "$L5", None, {"children": ["$", "p", None, {"children": "Text."}]}]
    assert elements_of(rows([f"self.__next_f.push([1,{json.dumps('0:' + json.dumps(row))}])"])) == "<p>Text.</p>"


def test_a_list_of_whole_stories_is_no_story() -> None:
    stories = [{"content": BODY * 5}, {"content": BODY * 5}]
    assert told(f"<script type='application/json'>{json.dumps({'stories': stories})}</script>").count(PARAGRAPHS[0]) == 5


@pytest.mark.parametrize(
    "script",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        json.dumps({"items": ["x. " * 300] * 2_000}),
        json.dumps("x" * 1_000_000),
        "=[" * 50_000,
        "={" + '"a":undefined,' * 40_000,
        "self.__next_f.push([1," + json.dumps("0:" + "[" * 50_000) + "])",
        "self.__next_f.push([1," + json.dumps('0:["$L1"]\n1:["$L0","$L1"]\n' * 500) + "])",
    ],
    ids=["lists", "things", "many strings", "one string", "assignments", "undefined", "deep stream", "stream in circles"],
)
def test_hostile_data_ends(script: str) -> None:
    assert isinstance(told(f"<script type='application/json'>{script}</script>"), str)


def test_reveal_leaves_other_attributes_alone() -> None:
    assert revealed("<div class=hidden data-hidden=1 hidden id=a>x</div>") == "<div class=hidden data-hidden=1 id=a>x</div>"
