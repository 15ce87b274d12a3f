from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleaners import features, structure
from cleaners.blocks import read_document
from cleaners.classifier import shipped
from cleaners.dump import read_dump
from cleaners.features import arrays, context, head, lines
from cleaners.features.arrays import stacked
from cleaners.letters import Letter, count
from cleaners.lines_model import line_probabilities
from cleaners.parsing import parse
from cleaners.tree import Document
from model.article import Block, BlockKind

STORY = (
    "The council of Halvorsen voted on Tuesday to rebuild the old harbour wall, which two winter storms had broken in many "
    "places. Work begins in spring, the mayor said, and the ferry keeps running while it lasts."
)


def page(body: str, claims: str = "") -> Document:
    return read_document(parse(f"<html><head>{claims}</head><body>{body}</body></html>"))


def news(paragraphs: int = 6) -> str:
    menu = "".join(f"<li><a href=/{name}>{name}</a></li>" for name in ("Home", "Sport", "Culture", "Weather", "Opinion"))
    story = "".join(f"<p>{STORY} Part {number}.</p>" for number in range(paragraphs))
    teasers = "".join(f"<div class=card><a href=/{n}>Something else that happened {n} times</a></div>" for n in range(8))
    return (
        f"<nav><ul>{menu}</ul></nav><main><article><h1>Harbour wall to be rebuilt</h1>{story}</article></main>"
        f"<aside><h3>Popular now</h3>{teasers}</aside>"
        "<footer><p>All rights reserved. No part of this site may be copied.</p></footer>"
    )


def test_letters_are_counted_by_class() -> None:
    letters = count(["Hello World, 3 cats.\u201d", "\u6c49\u5b57\u3002abc", "\ud55c\uad6d\uc5b4 x"])
    assert letters.words.tolist() == [4, 3, 2]
    assert letters.capitals.tolist() == [2, 0, 0]
    assert letters.closing.tolist() == [Letter.TERMINAL, Letter.LOWER, Letter.LOWER]
    assert letters.counts[1, Letter.IDEOGRAPH] == 2
    assert letters.counts[2, Letter.SYLLABLE] == 3
    assert letters.mass.tolist() == [21.0, 9.0, 8.0]


def test_characters_of_every_script_have_a_class() -> None:
    classes = {
        "\u00df\u0434\u05d0\u0e01\u02b0\u0301\u0902": Letter.LOWER,  # letters without case and marks on letters too
        "\u0416\u2167\u24b6": Letter.UPPER,
        "\u0663\u00b2": Letter.DIGIT,
        "\u00a0\u3000": Letter.SPACE,
        "\u304b\uf900": Letter.IDEOGRAPH,
        "\u1100\ud7a3": Letter.SYLLABLE,
        "_\u2603\ue000\U0001f600": Letter.OTHER,
    }
    counts = count(list(classes)).counts
    assert [counts[at, letter] for at, letter in enumerate(classes.values())] == list(map(len, classes))


def test_every_feature_is_finite_and_one_a_block() -> None:
    document = page(news(), "<title>Harbour wall to be rebuilt - The Paper</title>")
    for name, values in features.columns(document).items():
        assert values.shape == (len(document.blocks),), name
        assert np.isfinite(values.astype(np.float64)).all(), name


@given(st.text(alphabet="<>/=\"' abpdivtablehimg1l\n.,!-&;#x0\u4e00\u00a0A", max_size=300))
def test_any_page_has_finite_features(html: str) -> None:
    document = read_document(parse(html))
    if document.blocks:
        found = features.columns(document)
        matrix = stacked(found, tuple(found))
        assert matrix.shape[0] == len(document.blocks)
        assert np.isfinite(matrix).all()


def test_blocks_that_speak_of_what_the_head_names_are_told() -> None:
    document = page(news(), "<title>Harbour wall</title><meta name=description content='Halvorsen rebuilds the harbour'>")
    found = features.columns(document)
    told = {block.text[:14]: float(hit) for block, hit in zip(document.blocks, found["hits"], strict=True)}
    assert told["The council of"] > told["All rights res"]
    assert found["title_match"].sum() == 1 or not found["title_match"].any()


LETTERS = st.text(alphabet="abcdeABC \u00e9\u00df\u0436\u02b0 5_\u00b2-\n\u4e2d\u6587\u56fd", min_size=1, max_size=40)


@given(st.lists(LETTERS, min_size=1, max_size=20), LETTERS)
@example(["abcde abcde", "xabcde", "abcdefgh", "5abcde", "abcd abcde"], "Abcde abcd")
@example(["\u4e2d\u6587abcde", "\u56fd\u4e2d\u6587", "\u4e2d \u6587"], "abcde \u4e2d\u6587\u56fd")
def test_words_of_the_head_are_those_that_cutting_each_text_into_words_gives(texts: list[str], title: str) -> None:
    def words(text: str) -> set[str]:
        return {word[:5] for word in re.findall(r"[^\W\d_]{4,}", text.casefold())}

    def pairs(text: str) -> set[str]:
        return {run[at : at + 2] for run in re.findall("[\u4e00-\u9fff]+", text) for at in range(len(run) - 1)}

    named = words(" ".join(word for word in re.findall(r"[^\W\d_]+", title) if not re.search("[\u4e00-\u9fff]", word)))
    held = [(words(text) & named) | (pairs(text) & pairs(title)) for text in texts]
    often = Counter(word for one in held for word in one)
    weights = {word: max(0.0, 1.0 - 3.0 * number / max(len(texts), 12)) for word, number in often.items()}
    found, number = head.hits(arrays.read(flat(texts, title)))
    assert found.tolist() == pytest.approx([sum(weights[word] for word in one) for one in held])
    assert number == len(named | pairs(title))


def flat(texts: list[str], title: str) -> Document:
    """Blocks side by side in one element."""
    blocks = tuple(Block(index=at, kind=BlockKind.PARAGRAPH, text=text) for at, text in enumerate(texts))
    element: dict[str, Any] = {
        "tags": ["html"],
        "parents": [0],
        "first": [0],
        "end": [len(blocks)],
        "attributes": [{}],
        "shape": [0],
    }
    return Document(blocks=blocks, owners=[0] * len(blocks), shapes=[(-1, "html", None)], title=title, **element)


def test_the_forest_asks_for_features_there_are() -> None:
    document = page(news())
    read, found = features.read(document)
    assert set(shipped("blocks").names) <= set(found)
    assert set(shipped("context").names) <= set(found | context.columns(read, np.zeros(len(document.blocks))))
    assert set(shipped("lines").names) <= set(
        lines.Dump(document.blocks, lines.Said(found=[None] * len(document.blocks), ruled=())).columns("")
    )


def test_the_story_is_kept_and_the_rest_is_not() -> None:
    document = page(news(), "<title>Harbour wall to be rebuilt</title>")
    found = structure.probabilities(document)
    kept = [block.text for block, keep in zip(document.blocks, structure.chosen(found), strict=True) if keep]
    assert [text for text in kept if text.startswith("The council")] == [f"{STORY} Part {n}." for n in range(6)]
    assert not [text for text in kept if "Something else" in text or text in ("Home", "Popular now") or "rights" in text]
    assert structure.doubt(document.blocks, found) < structure.DOUBTFUL


def test_the_story_of_a_dump_is_kept_and_the_menu_is_not() -> None:
    menu = "\n".join(f"* {name}" for name in ("Home", "Sport", "Culture", "Weather", "Opinion", "Jobs", "Contact"))
    story = "\n\n".join(f"{STORY} Part {number}." for number in range(8))
    blocks = read_dump(f"{menu}\n\nHarbour wall to be rebuilt\n\n{story}\n\n{menu}\n")
    dump = lines.Dump(blocks, lines.Said(found=[None] * len(blocks), ruled=()))
    kept = structure.chosen(line_probabilities(dump, "Harbour wall to be rebuilt"))
    assert [keep for block, keep in zip(blocks, kept, strict=True) if block.text.startswith("The council")] == [True] * 8
    assert not any(keep for block, keep in zip(blocks, kept, strict=True) if block.text in ("Home", "Jobs", "Contact"))


def test_an_empty_page_is_all_doubt() -> None:
    document = page("")
    found = structure.probabilities(document)
    assert found.tolist() == []
    assert structure.chosen(found).tolist() == []
    assert structure.doubt((), found) == 1.0


@pytest.mark.parametrize(("found", "kept"), [([0.9, 0.4, 0.5], [1, 0, 1]), ([0.3, 0.25, 0.1], [1, 1, 0]), ([0.05, 0.04], [0, 0])])
def test_where_nothing_is_likely_the_likeliest_are_kept(found: list[float], kept: list[int]) -> None:
    assert structure.chosen(np.array(found)).astype(int).tolist() == kept
