from __future__ import annotations

import pytest

from cleaners.blocks import read_document
from cleaners.judge import Opinion
from cleaners.parsing import parse
from cleaners.threads import without_threads

STORY = "The council voted on Monday to close the old bridge, and it will stay closed until the end of the year. " * 2
REPLY = "I have lived beside that bridge for thirty years and never saw anybody look after it, so this comes as no surprise."


def kept(body: str) -> list[bool]:
    document = read_document(parse(f"<body>{body}</body>"))
    opinions = [Opinion(score=0.9, reason="text")] * len(document.blocks)
    return [opinion.score >= 0.5 for opinion in without_threads(document, opinions)]


@pytest.mark.parametrize("named", ["class=comment-list", "id=articleComments", "class='b komentarze'", "class=commentBody"])
def test_what_stands_in_a_thread_after_the_text_is_no_text(named: str) -> None:
    assert kept(f"<p>{STORY}</p><div {named}><p>{REPLY}</p><p>{REPLY}</p></div><p>After.</p>") == [True, False, False, True]


@pytest.mark.parametrize("named", ["class=has-comments", "class=comments-open", "class=hljs-comment", "class=commentary"])
def test_what_only_has_comments_is_no_thread(named: str) -> None:
    assert kept(f"<p>{STORY}</p><div {named}><p>{REPLY}</p></div>") == [True, True]


def test_a_thread_that_nothing_stands_before_may_be_the_article() -> None:
    assert kept(f"<div class=comment><p>{STORY}</p></div>") == [True]


def test_a_comment_in_a_line_of_a_program_is_no_thread() -> None:
    assert kept(f"<p>{STORY}</p><pre><span class=comment># {REPLY}</span></pre>") == [True, True]
