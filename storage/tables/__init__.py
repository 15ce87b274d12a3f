"""The tables: the facts. Readers use the views (`storage.views`); tables may change between versions.

Every table and column carries its comment; docs/reference/schema.md is generated from them. Columns stand in the order that
migrations leave them in: new databases are made from here at once, and a test holds them to what all migrations make.
"""

from __future__ import annotations

from storage.tables.articles import article, explanation, removed_block, revision
from storage.tables.base import SCHEMA, metadata
from storage.tables.likenesses import cut, likeness, shingle, signature
from storage.tables.pages import day_count, event, page, page_fetch, raw_body, raw_dictionary, run
from storage.tables.sources import backfill, endpoint, site_lesson, site_memory, source

__all__ = [
    "SCHEMA",
    "article",
    "backfill",
    "cut",
    "day_count",
    "endpoint",
    "event",
    "explanation",
    "likeness",
    "metadata",
    "page",
    "page_fetch",
    "raw_body",
    "raw_dictionary",
    "removed_block",
    "revision",
    "run",
    "shingle",
    "signature",
    "site_lesson",
    "site_memory",
    "source",
]
