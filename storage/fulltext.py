"""The full-text index: kept beside the articles, written in their transactions.

SQLite: an FTS5 table without content, whose ``ascii`` tokeniser parts our tokens at the spaces and touches nothing else.
PostgreSQL: a table with a ``tsvector`` built from the same tokens, so its own parser never has a say.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy import text as sql

from storage.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

#: PostgreSQL's last position, and how many it keeps of one word.
_LAST_POSITION, _MOST_POSITIONS = 16_383, 255

_CREATE: Final = {
    "sqlite": ("CREATE VIRTUAL TABLE article_search USING fts5(title, body, content='', tokenize='ascii', prefix='1')",),
    "postgresql": (
        "CREATE TABLE article_search (article_id bigint PRIMARY KEY REFERENCES article (id), words tsvector NOT NULL)",
        "CREATE INDEX ix_article_search_words ON article_search USING gin (words)",
        "COMMENT ON TABLE article_search IS 'Full-text index: lexemes of the title weigh A, those of the text D.'",
    ),
}
_ADD: Final = {
    "sqlite": sql("INSERT INTO article_search (rowid, title, body) VALUES (:id, :title, :body)"),
    "postgresql": sql("INSERT INTO article_search (article_id, words) VALUES (:id, CAST(:words AS tsvector))"),
}
#: An index without content does not know what it holds: it must be told what to take out.
_REMOVE = sql("INSERT INTO article_search (article_search, rowid, title, body) VALUES ('delete', :id, :title, :body)")
_REMOVE_VECTOR = sql("DELETE FROM article_search WHERE article_id = :id")
#: Name in `Connection.info` of the rows that are written at the transaction's end.
_LATER: Final = "newsmill_fulltext"


def create(connection: Connection) -> None:
    """Make the index of a database that holds no articles yet."""
    for statement in _CREATE[connection.dialect.name]:
        connection.execute(sql(statement))


@contextmanager
def written_at_the_end(connection: Connection) -> Iterator[None]:
    """Let the words of all articles that are added within be written together at its end, in the same transaction.

    FTS5 writes out what it holds whenever another statement may have to be undone; so each article would become a segment
    of its own, to be merged with others later.
    """
    info = connection.info  # a connection that is lost meanwhile no longer tells its own
    info[_LATER] = []
    try:
        yield
        _write(connection)
    finally:
        del info[_LATER]


def _write(connection: Connection) -> None:
    if later := connection.info.get(_LATER):
        connection.execute(_ADD[connection.dialect.name], later)
        later.clear()


def add(connection: Connection, article_id: int, title: str, text: str) -> None:
    """Index an article's words, at once or within `written_at_the_end` at that end."""
    # Told apart now: its shingles are made of the same tokens, and of a few texts these are remembered.
    row = _row(connection, article_id, title, text)
    later = connection.info.get(_LATER)
    if later is None:
        connection.execute(_ADD[connection.dialect.name], row)
    else:
        later.append(row)


def add_all(connection: Connection, articles: Sequence[tuple[int, str, str]]) -> None:
    """Index the words of articles that are told by id, title and text."""
    connection.execute(_ADD[connection.dialect.name], [_row(connection, *article) for article in articles])


def remove(connection: Connection, article_id: int, title: str, text: str) -> None:
    """Take an article's words out again; they must be the ones that were added."""
    _write(connection)
    if connection.dialect.name == "sqlite":
        connection.execute(_REMOVE, _row(connection, article_id, title, text))
        return
    connection.execute(_REMOVE_VECTOR, {"id": article_id})


def _row(connection: Connection, article_id: int, title: str, text: str) -> dict[str, object]:
    if connection.dialect.name == "sqlite":
        return {"id": article_id, "title": " ".join(tokens(title)), "body": " ".join(tokens(text))}
    return {"id": article_id, "words": tsvector(tokens(title), tokens(text))}


def tsvector(title: Sequence[str], body: Sequence[str]) -> str:
    """The text form of a tsvector: title first with weight A, then the body.

    Tokens hold letters, digits and marks only, so quoting needs no escapes.
    """
    positions: dict[str, list[str]] = {}
    for index, (token, weight) in enumerate([(token, "A") for token in title] + [(token, "") for token in body], 1):
        # A gap keeps a phrase from reaching from the title into the text.
        place = index if weight else index + 1
        at = positions.setdefault(token, [])
        if len(at) < _MOST_POSITIONS:
            at.append(f"{min(place, _LAST_POSITION)}{weight}")
    return " ".join(f"'{token}':{','.join(at)}" for token, at in positions.items())
