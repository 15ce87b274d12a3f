"""What articles are compared by, and what came of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, Table

from storage.columns import Id, Moment, Words
from storage.tables.base import fact, metadata

signature = Table(
    "signature",
    metadata,
    Column("article_id", Id, ForeignKey("article.id"), primary_key=True, autoincrement=False, comment="The article."),
    fact("algorithm", Words, "What computed it, with its version."),
    fact("shingles", Integer, "Different shingles of the current text; 0 where it is too short to tell."),
    fact("step", Integer, "One in so many of them is in the table shingle."),
    Index(None, "algorithm"),
    comment="What an article's current text is compared by.",
)

shingle = Table(
    "shingle",
    metadata,
    Column("hash", BigInteger, primary_key=True, autoincrement=False, comment="Four words, or five characters, as a number."),
    Column("article_id", Id, ForeignKey("article.id"), primary_key=True, autoincrement=False, comment="An article with it."),
    Index(None, "article_id"),
    comment="The sampled shingles by which candidates for a cluster are found; of articles first seen lately.",
    sqlite_with_rowid=False,
)

likeness = Table(
    "likeness",
    metadata,
    Column("article_id", Id, ForeignKey("article.id"), primary_key=True, autoincrement=False, comment="An article."),
    Column(
        "other_id", Id, ForeignKey("article.id"), primary_key=True, autoincrement=False, comment="One with much the same text."
    ),
    fact("shared", Integer, "Shingles that both have."),
    fact("shingles", Integer, "Different shingles of the article."),
    fact("other_shingles", Integer, "Different shingles of the other."),
    fact("similarity", Float, "Shared shingles of all that either has, 0 to 1."),
    fact("containment", Float, "Shared shingles of the shorter text's, 0 to 1."),
    fact("joins", Boolean, "The two are one story; false: one holds the other and much more, or a person cut them apart."),
    Index(None, "other_id"),
    comment="Two articles with much the same text; each pair stands here both ways round.",
)

cut = Table(
    "cut",
    metadata,
    Column(
        "article_id", Id, ForeignKey("article.id"), primary_key=True, autoincrement=False, comment="The one with the lower id."
    ),
    Column(
        "other_id", Id, ForeignKey("article.id"), primary_key=True, autoincrement=False, comment="The one with the higher id."
    ),
    fact("cut_at", Moment, "When."),
    comment="Two articles that a person said are not one story; they are never in one cluster again.",
)
