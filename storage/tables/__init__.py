"""The tables: the facts. Readers use the views (`storage.views`); tables may change between versions.

Every table and column carries its comment; docs/reference/schema.md is generated from them.
"""

from __future__ import annotations

from storage.tables.articles import article, revision
from storage.tables.base import SCHEMA, metadata
from storage.tables.likenesses import cut, likeness, shingle, signature
from storage.tables.pages import event, page, page_fetch, raw_body, run
from storage.tables.sources import backfill, endpoint, site_memory, source

__all__ = [
    "SCHEMA",
    "article",
    "backfill",
    "cut",
    "endpoint",
    "event",
    "likeness",
    "metadata",
    "page",
    "page_fetch",
    "raw_body",
    "revision",
    "run",
    "shingle",
    "signature",
    "site_memory",
    "source",
]
