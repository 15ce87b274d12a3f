from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.blocks import MOST_BLOCKS, read_blocks, read_document
from cleaners.parsing import parse
from model.article import BlockKind


def texts(html: str) -> list[str]:
    return [block.text for block in read_blocks(html)]


def test_inline_markup_is_merged_and_white_space_folded() -> None:
    assert texts("<p>One <b>tw</b>o\n\n <a href=/x>three</a>&nbsp;&amp; four</p>") == ["One two three & four"]


def test_text_beside_child_blocks_is_a_block_of_its_own() -> None:
    assert texts("<div>Before<p>inside</p>after</div>") == ["Before", "inside", "after"]


def test_two_breaks_end_a_block_and_one_stays_a_newline() -> None:
    assert texts("<td>First line<br>second line<br>\n&nbsp;<br>next paragraph<br/>") == [
        "First line\nsecond line",
        "next paragraph",
    ]


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>var text = 'no'</script>",
        "<style>p { content: 'no' }</style>",
        "<noscript>no</noscript>",
        "<template><p>no</p></template>",
        "<svg><title>no</title><text>no</text></svg>",
        "<p hidden>no <b>no</b></p>",
        "<div style='color: red; DISPLAY : none'><p>no</p></div>",
        "<select><option>no</option></select>",
        "<textarea>no</textarea>",
        "<!-- no -->",
    ],
)
def test_what_is_not_shown_is_left_out(hidden: str) -> None:
    assert texts(f"<p>yes</p>{hidden}<p>also</p>") == ["yes", "also"]


def test_bars_and_arrows_alone_are_no_block() -> None:
    assert texts("<p>|</p><p>&raquo; &bull;</p><p>word</p>") == ["word"]


def test_kinds_levels_and_paths() -> None:
    blocks = read_blocks(
        "<div class='main  wide'><h2>Head</h2><p>Text</p><blockquote><p>Said</p></blockquote>"
        "<ul><li>One<ul><li>Two</li></ul></li></ul><figure><figcaption>Seen</figcaption></figure><pre>code</pre>Loose</div>"
    )
    assert [(block.kind, block.level) for block in blocks] == [
        (BlockKind.HEADING, 2),
        (BlockKind.PARAGRAPH, 0),
        (BlockKind.QUOTE, 0),
        (BlockKind.LIST_ITEM, 1),
        (BlockKind.LIST_ITEM, 2),
        (BlockKind.CAPTION, 0),
        (BlockKind.PREFORMATTED, 0),
        (BlockKind.OTHER, 0),
    ]
    assert blocks[1].path == "html/body/div.main.wide/p"
    assert [block.index for block in blocks] == list(range(8))


def test_link_density_is_the_share_of_characters_in_links() -> None:
    linked, half, none = read_blocks("<p><a>all of it</a></p><p><a>half</a>half</p><p>none</p>")
    assert (linked.link_density, half.link_density, none.link_density) == (1.0, 0.5, 0.0)


def test_rows_of_a_data_table_are_joined() -> None:
    blocks = read_blocks(
        "<table><caption>Results</caption><tr><th>Team</th><th>Goals</th></tr><tr><td>Home</td><td>2</td></tr></table><p>After"
    )
    assert [(block.kind, block.text) for block in blocks] == [
        (BlockKind.CAPTION, "Results"),
        (BlockKind.TABLE_ROW, "Team | Goals"),
        (BlockKind.TABLE_ROW, "Home | 2"),
        (BlockKind.PARAGRAPH, "After"),
    ]


def test_marks_are_cells_of_a_data_table_and_no_blocks_elsewhere() -> None:
    rows = "<tr><th>Name<th>Price<th>Free</tr><tr><td>Wix<td><p>$$</p><td>\u2713<td>easy</tr>"
    rows += "<tr><td>\u2605\u2605<td>Ghost<td>\u2014<td>hard</tr>"
    table = f"<p>* * *</p><table>{rows}<tr><td>Ugly<td>|<td>no</tr><tr><td>-<td>-<td>-</tr></table><p>* * *</p><p>After</p>"
    assert texts(table) == [
        "Name | Price | Free",
        "Wix | $$ | \u2713 | easy",
        "\u2605\u2605 | Ghost | \u2014 | hard",
        "Ugly | no",
        "After",
    ]


def test_ticks_make_rows_but_bullets_do_not() -> None:
    ticks = "<table><tr><td>Search<td>\u2713</tr><tr><td>Sorting<td>\u2717</tr></table>"
    assert texts(ticks) == ["Search | \u2713", "Sorting | \u2717"]
    between = "<table><tr><td>A<td>*<td>B<td>+<td>-<td>C<td>=</tr><tr><td>D<td>E</tr></table>"
    assert texts(between) == ["A | * | B | + | - | C | =", "D | E"]
    bullets = "<table><tr><td>-<td>One headline</tr><tr><td>-<td>Another</tr></table>"
    assert texts(bullets) == ["One headline", "Another"]


def test_a_layout_table_is_read_as_text() -> None:
    story = "A sentence of the story. " * 20
    layout = f"<table><tr><td>Menu<td>{story}</tr><tr><td>Left<td>{story}</tr></table>"
    assert texts(layout) == ["Menu", story.strip(), "Left", story.strip()]
    nested = "<table><tr><td>a<td><table><tr><td>b<td>c</tr><tr><td>d<td>e</tr></table></td></tr><tr><td>f<td>g</tr></table>"
    assert texts(nested) == ["a", "b | c", "d | e", "f", "g"]


def test_elements_span_the_blocks_they_hold() -> None:
    document = read_document(parse("<title>A  title</title><meta name=description content=About><div>a<p>b</p><img>c</div><p>d"))
    spans = {
        tag: (first, end) for tag, first, end in zip(document.tags, document.first, document.end, strict=True) if tag != "head"
    }
    assert spans["div"] == (0, 3)
    assert spans["img"] == (2, 2)
    assert spans["p"] == (3, 4)
    assert [document.tags[owner] for owner in document.owners] == ["div", "p", "div", "p"]
    assert (document.title, document.description) == ("A title", "About")


@pytest.mark.parametrize("tag", ["b", "div", "span", "section", "table><tr><td", "ul><li", "unknown-tag", "a", "font color=1"])
def test_deep_nesting_is_read(tag: str) -> None:
    blocks = read_blocks(f"<{tag}>" * 20_000 + "the text" + "<p>after")
    assert [block.text for block in blocks][:1] in (["the text"], ["the textafter"])
    assert all(len(block.path) < 10_000 for block in blocks)


@given(st.text(alphabet="<>/=\"' abpdivtable\n!-&;#x0\u4e00\u00a0", max_size=300))
def test_any_markup_gives_blocks_that_hold_together(html: str) -> None:
    document = read_document(parse(html))
    size = len(document.blocks)
    assert len(document.owners) == size
    lengths = {len(part) for part in (document.tags, document.parents, document.first, document.end, document.attributes)}
    assert len(lengths) == 1
    assert all(0 <= first <= end <= size for first, end in zip(document.first, document.end, strict=True))
    assert all(parent <= number for number, parent in enumerate(document.parents))
    assert all(block.text.strip() and 0.0 <= block.link_density <= 1.0 for block in document.blocks)


def test_a_page_made_of_blocks_is_read_up_to_a_bound() -> None:
    blocks = read_blocks("<body>" + "".join(f"<p>Paragraph number {number}.</p>" for number in range(2 * MOST_BLOCKS)))
    assert len(blocks) == MOST_BLOCKS
    assert blocks[-1].text == f"Paragraph number {MOST_BLOCKS - 1}."
