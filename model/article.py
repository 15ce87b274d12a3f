"""What cleaning makes of a page: blocks, verdicts, the article."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from model.values import value

if TYPE_CHECKING:
    from datetime import datetime


class BlockKind(StrEnum):
    """What a block is in the page's own markup."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    PREFORMATTED = "preformatted"
    TABLE_ROW = "table_row"
    CAPTION = "caption"
    OTHER = "other"


class PageKind(StrEnum):
    """What a page is for its reader."""

    ARTICLE = "article"
    LIVE = "live"
    GALLERY = "gallery"
    VIDEO = "video"
    LISTING = "listing"
    TEASER = "teaser"
    OTHER = "other"


@value
class Block:
    """A leaf of the page that holds text of its own, inline markup merged."""

    #: Position on the page, from 0.
    index: int
    kind: BlockKind
    #: White space folded, lines of the block (``<br>``) kept apart by a newline.
    text: str
    #: From the root, tag and classes: "html/body/div.main/p"; "" for a plain-text dump.
    path: str = ""
    #: 1 to 6 for headings, nesting depth for list items, else 0.
    level: int = 0
    #: Share of the characters that stand inside links, 0 to 1.
    link_density: float = 0.0


@value
class Verdict:
    """Why a block is in the text or is not."""

    block: Block
    kept: bool
    #: Probability that the block belongs to the article, 0 to 1, before words and rules spoke.
    score: float
    #: A short sentence a reader understands, e.g. "follows the clutter heading 'Popular Now'".
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A page's article: what it says and what it claims about itself."""

    title: str
    #: Paragraphs apart by a blank line; subheadings, quotes and list items as lines of their own; no headline.
    text: str
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    #: ISO 639-1.
    language: str | None = None
    site_name: str | None = None
    #: The address the page names as its own, trusted only within the site.
    canonical_url: str | None = None
    description: str | None = None
    image: str | None = None
    tags: tuple[str, ...] = ()
    kind: PageKind = PageKind.ARTICLE
    paywalled: bool = False
    #: Words; in scripts without spaces every character counts as one.
    word_count: int = 0


class Counted(NamedTuple):
    """How many blocks a page has, and how many of them are in the text."""

    blocks: int
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """The result of cleaning one page."""

    article: Article
    #: Every block of the page, in order; none where they were left out for one who only wants the article.
    verdicts: tuple[Verdict, ...]
    kind: PageKind
    #: 0 to 1: how far the judge mistrusts its own result.
    doubt: float
    engine_version: str
    #: Of verdicts that were left out.
    counted: Counted | None = None

    @property
    def counts(self) -> Counted:
        """How many blocks there are, whether their verdicts are at hand or not."""
        return self.counted or Counted(len(self.verdicts), sum(verdict.kept for verdict in self.verdicts))
