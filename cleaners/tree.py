# ruff: noqa: SIM905 - tags in a row are easier to read than a list of strings
"""A page as flat arrays: its elements in document order, and the leaf text blocks they hold.

Everything later stages ask about an element ("how much text stands inside", "how many images before this block") is a
difference of running sums over these arrays, so no stage walks the page a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from model.article import Block

#: Never text of the page: noted as empty elements.
#: ``noscript`` repeats what scripts load; the media tags hold a fallback for old browsers.
SKIPPED = frozenset(
    "applet audio canvas datalist embed frame frameset head iframe map meter noembed noframes noscript object "
    "optgroup option progress script select style svg template textarea title video -comment".split()
)

#: Inline tags whose attributes nobody asks about.
PLAIN = frozenset("a abbr acronym b big br cite code em font i kbd nobr s small strike strong sub sup tt u".split())

#: Inline tags that hold nothing.
VOID = frozenset(("img", "input", "source", "wbr"))

#: Tags that end the line of text before and after them; all others, unknown ones (``o:p``) too, stand inside a line.
BREAKING = frozenset(
    "address article aside blockquote body button caption center col colgroup dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search "
    "section summary table tbody td tfoot th thead tr ul".split()
)


#: What an element looks like: the number of its parent's shape (-1 for the root), its tag, and its class attribute (None
#: without one). See `cleaners.shapes`.
Shape: TypeAlias = "tuple[int, str, str | None]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The page: ``n`` blocks and ``m`` elements. Element 0 is the root; a parent's number is below its children's."""

    blocks: tuple[Block, ...]
    #: For each block, the element it stands in: the nearest one that is not inline. Length n.
    owners: Sequence[int]
    #: Tag of each element in lower case. Length m, as all that follow.
    tags: Sequence[str]
    #: Number of the parent; the root is its own.
    parents: Sequence[int]
    #: Blocks first (inclusive) to end (exclusive) stand inside the element; where equal, the place it stands at.
    first: Sequence[int]
    end: Sequence[int]
    #: What the page's head calls it: ``title``, and the first of its descriptions; "" where it has none.
    title: str = ""
    description: str = ""
    #: Attributes of each element; empty for tags in `PLAIN`.
    attributes: Sequence[Mapping[str, str | None]]
    #: The shapes there are, a parent's before its children's; and for each element the number of its own.
    shapes: Sequence[Shape]
    shape: Sequence[int]
