"""Bodies of articles that a feed carries inside it."""

from __future__ import annotations

import html
import re

#: Characters of one body. A longer one is left out rather than cut: half an article must not pass for a whole one.
LONGEST = 500_000
#: Characters from which on a description is read as the article itself: teasers are shorter, markup included.
SHORTEST_DESCRIPTION = 1_500

_BLANK_LINE = re.compile(r"\n\s*\n")


def as_html(text: str) -> str:
    r"""Plain text as HTML: paragraphs at blank lines.

    >>> as_html("One & two.\n\nThree.")
    '<p>One &amp; two.</p><p>Three.</p>'
    """
    paragraphs = (paragraph.strip() for paragraph in _BLANK_LINE.split(text.replace("\r\n", "\n")))
    return "".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in paragraphs if paragraph)


def is_whole(description: str) -> bool:
    """Whether a description is long enough to be the article rather than its teaser."""
    return len(description) >= SHORTEST_DESCRIPTION


def bounded(body: str) -> str | None:
    """A body that may travel with its link; None where there is none, or too much of it."""
    return body if 0 < len(body) <= LONGEST else None
