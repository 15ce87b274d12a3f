"""What a database says, without what may differ between two right runs: ids and moments."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from storage import open_store

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = tuple[object, ...]


def snapshot(database: str) -> Mapping[str, list[Row]]:
    """Every article, page and endpoint, keyed by its address, which stands first in each row."""
    with open_store(database, readonly=True) as store:
        articles = list(store.articles(duplicates=True))
        addresses = {article.id: article.url for article in articles}
        with store.reading() as connection:
            pages = connection.exec_driver_sql("SELECT url, source, status, outcome, reason FROM page ORDER BY url").all()
            endpoints = connection.exec_driver_sql("SELECT url, source, kind FROM endpoint ORDER BY url").all()
    return {
        "articles": sorted(
            (
                article.url,
                article.source,
                article.title,
                article.text,
                article.authors,
                article.published,
                article.language,
                article.kind,
                article.revision,
                article.duplicates,
                addresses.get(article.duplicate_of or 0),
            )
            for article in articles
        ),
        # Which of two sites' copies came first is chance; which article stands for both is not, and told above.
        "pages": [tuple("stored" if cell == "duplicate" else cell for cell in row) for row in pages],
        "endpoints": [tuple(row) for row in endpoints],
    }


def differences(found: Mapping[str, list[Row]], wanted: Mapping[str, list[Row]]) -> list[str]:
    """The rows of two snapshots that differ, cells that agree left out."""
    told = []
    for name, rows in wanted.items():
        ours, theirs = ({row[0]: row for row in side} for side in (found[name], rows))
        for key in sorted(ours.keys() | theirs.keys(), key=str):
            one, other = ours.get(key, ()), theirs.get(key, ())
            if one != other:
                cells = [(mine, their) for mine, their in zip_longest(one, other) if mine != their]
                told.append(f"{name} {key}: " + "; ".join(f"{mine!r} is not {their!r}" for mine, their in cells))
    return told
