"""What the columns of an article hold, for formats and libraries that want to know beforehand."""

from __future__ import annotations

from dataclasses import fields
from enum import Enum, auto
from typing import Final

from storage.answers import StoredArticle

#: The columns, in the order of the view `articles`.
COLUMNS: Final = tuple(field.name for field in fields(StoredArticle))


class Kind(Enum):
    """What a column holds; any but a list may be empty."""

    WORDS = auto()
    WHOLE = auto()
    NUMBER = auto()
    FLAG = auto()
    MOMENT = auto()
    LIST = auto()


_KINDS: Final = {
    Kind.LIST: ("authors", "http_headers", "tags", "url_chain"),
    Kind.NUMBER: ("doubt", "fetch_seconds"),
    Kind.FLAG: ("paywalled",),
    Kind.MOMENT: ("modified", "published"),
    Kind.WHOLE: (
        "blocks",
        "blocks_kept",
        "duplicate_of",
        "duplicates",
        "http_status",
        "id",
        "memory_pages",
        "parts",
        "raw_body_id",
        "revision",
        "word_count",
    ),
}
_BY_NAME: Final = {name: kind for kind, names in _KINDS.items() for name in names}


def kind_of(column: str) -> Kind:
    """What a column of an article holds."""
    return Kind.MOMENT if column.endswith("_at") else _BY_NAME.get(column, Kind.WORDS)
