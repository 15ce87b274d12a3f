"""What was removed from articles' pages, written down for those who ask in SQL.

It is not kept for every article: a page has some 160 blocks that are not in the text, and their rows take 40 to 120 KB, three
times what all the rest of an article takes. The raw page holds them anyway, so they are worked out when somebody asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert

from storage.tables import explanation as explanation_table
from storage.tables import removed_block as block_table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from model.article import Cleaned

#: Characters of a block's text that are kept.
SHOWN: Final = 500


def save_explanation(connection: Connection, article_id: int, revision: int, cleaned: Cleaned, now: datetime) -> int:
    """Write the blocks that cleaning removed, in place of those written before; how many."""
    forget_explanation(connection, article_id)
    facts = {"article_id": article_id, "revision": revision, "engine_version": cleaned.engine_version, "explained_at": now}
    connection.execute(insert(explanation_table).values(**facts))
    rows = [
        {
            "article_id": article_id,
            "number": number,  # of an article of several pages, all of them together
            "kind": verdict.block.kind.value,
            "score": verdict.score,
            "reason": verdict.reason,
            "text": verdict.block.text[:SHOWN],
        }
        for number, verdict in enumerate(cleaned.verdicts)
        if not verdict.kept
    ]
    if rows:
        connection.execute(insert(block_table), rows)
    return len(rows)


def forget_explanation(connection: Connection, article_id: int | None = None) -> None:
    """Take an article's blocks out again; those of all articles when none is named."""
    for table in (block_table, explanation_table):
        one = delete(table) if article_id is None else delete(table).where(table.c.article_id == article_id)
        connection.execute(one)
