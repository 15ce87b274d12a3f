"""How a visit to a page ended. Ordinary endings are values; ``None`` never means "something went wrong"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A new article."""

    url: str
    article_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """An article known before whose text, title or state changed: a new revision."""

    url: str
    article_id: int
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """Fetched whole, and the clean article is what it was; or the server said so (304)."""

    url: str
    article_id: int | None = None
    #: True when the server answered 304.
    not_modified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """The same text as an article stored before, or the same canonical URL; linked to it, not lost."""

    url: str
    article_id: int
    original_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A page that is not to be stored."""

    url: str
    #: ``robots``, ``not_an_article``, ``empty``, ``filtered`` or ``variant``.
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A page that could not be fetched or cleaned this time."""

    url: str
    #: `PageError.code` of the error.
    error: str
    detail: str
    #: False when it will be tried again.
    final: bool = False


Outcome: TypeAlias = Stored | Revised | Unchanged | Duplicate | Skipped | Failed
