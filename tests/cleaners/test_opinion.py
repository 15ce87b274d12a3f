"""What trafilatura is asked for."""

from __future__ import annotations

from cleaners.opinion import SecondOpinion, second_opinion

SENTENCE = "The council met on Monday and agreed to repair the old bridge before the winter comes to the valley."
PAGE = f"""<html><head><title>Old bridge to be repaired</title><meta name="author" content="Anna Lee">
<meta property="article:published_time" content="2024-07-25T10:30:00Z"></head>
<body><form><input name="q"><select><option>Everything</option></select><label>Search</label></form>
<article><h1>Old bridge to be repaired</h1>{f"<p>{SENTENCE}</p>" * 6}
<div class="comments"><p>A reader writes that the bridge was never worth it, and that nobody asked him.</p></div>
</article></body></html>"""


def test_the_text_alone_has_neither_comments_nor_forms() -> None:
    found = second_opinion(PAGE, "https://example.org/a", metadata=False)
    assert SENTENCE in found.text
    assert "A reader" not in found.text
    assert "Everything" not in found.text
    assert found == SecondOpinion(text=found.text)


def test_what_a_page_claims_comes_with_the_same_text() -> None:
    known = second_opinion(PAGE, "https://example.org/a")
    assert (known.title, known.authors, known.date) == ("Old bridge to be repaired", "Anna Lee", "2024-07-25")
    assert known.text == second_opinion(PAGE, metadata=False).text


def test_a_page_without_text_has_no_opinion_and_is_no_error() -> None:
    assert second_opinion("<html><body></body></html>") == SecondOpinion()
    assert second_opinion("") == SecondOpinion()
