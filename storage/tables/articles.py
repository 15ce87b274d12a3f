"""Articles and their texts."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, Table, UniqueConstraint

from storage.columns import Id, Lists, Moment, Words
from storage.tables.base import fact, maybe, metadata, row_id

article = Table(
    "article",
    metadata,
    row_id(),
    fact("source", Words, "Name of the source of its page.", ForeignKey("source.name")),
    fact("identity", Words, "Identity of its canonical address, else of its page's.", unique=True),
    fact("page_id", Id, "The page its content is taken from.", ForeignKey("page.id")),
    fact("url", Words, "Where the content came from, after redirects."),
    maybe("canonical_url", Words, "The address the page names as its own."),
    fact("kind", Words, "article, live, gallery, video, listing, teaser or other."),
    maybe("language", Words, "ISO 639-1."),
    maybe("published", Moment, "Date of publication as the page claims."),
    maybe("modified", Moment, "Date of change as the page claims."),
    fact("authors", Lists, "Authors as the page names them."),
    maybe("site_name", Words, "The site's name as the page gives it."),
    maybe("description", Words, "Summary as the page gives it."),
    maybe("image", Words, "Lead image's address."),
    fact("tags", Lists, "Keywords as the page gives them."),
    fact("paywalled", Boolean, "The page says that only a part is free."),
    fact("revision", Integer, "Number of the current revision."),
    fact("text_hash", Words, "Identity of the current text: texts that differ in space, case or marks only have the same."),
    fact("word_count", Integer, "Words of the current text; in scripts without spaces every character counts."),
    maybe(
        "duplicate_of",
        Id,
        "The earliest of its cluster; empty: it is that itself, or there is no other.",
        ForeignKey("article.id"),
    ),
    fact("first_seen_at", Moment, "The visit that found it."),
    fact("last_seen_at", Moment, "The last visit that found it there."),
    maybe("gone_at", Moment, "The visit that was told it is gone (404, 410); the text stays."),
    Index(None, "source", "id"),
    Index(None, "source", "first_seen_at"),
    Index(None, "published"),
    Index(None, "first_seen_at"),
    Index(None, "text_hash"),
    Index(None, "duplicate_of"),
    Index(None, "page_id"),
    Index(None, "url"),
    Index(None, "canonical_url"),
    comment="An article: what it claims and which revision is current.",
)

revision = Table(
    "revision",
    metadata,
    row_id(),
    fact("article_id", Id, "Its article.", ForeignKey("article.id")),
    fact("number", Integer, "1 is the first text seen."),
    fact("title", Words, "Headline."),
    fact("text", Words, "Clean text, paragraphs apart by a blank line."),
    fact("text_hash", Words, "Identity of the text."),
    fact("word_count", Integer, "Words of the text."),
    fact("seen_at", Moment, "The visit that brought it."),
    maybe("fetch_id", Id, "The fetch it was cleaned from.", ForeignKey("page_fetch.id")),
    fact("engine_version", Words, "Version of the cleaning that made it."),
    fact("doubt", Float, "0 to 1: how far cleaning mistrusts its result."),
    maybe(
        "changes",
        Words,
        "What changed since the revision before: words taken out in [-…-], put in in {+…+}; empty for the first.",
    ),
    maybe("rules", Words, "The rules of config.yaml that cleaning followed, as JSON; empty: none."),
    maybe("memory_pages", Integer, "Pages that the site's memory had learned from when cleaning asked it; empty: not known."),
    maybe("blocks", Integer, "Blocks of the page; empty: not known."),
    maybe("blocks_kept", Integer, "Blocks that are in the text; empty: not known."),
    maybe("state", Words, "public, paywalled, or gone (404, 410); empty: not known."),
    UniqueConstraint("article_id", "number"),
    Index(None, "seen_at"),
    Index(None, "fetch_id"),
    comment="A text of an article; a new one only when text, title or state changed.",
)

explanation = Table(
    "explanation",
    metadata,
    Column("article_id", Id, ForeignKey("article.id"), primary_key=True, autoincrement=False, comment="The article."),
    fact("revision", Integer, "Number of the revision that was cleaned again."),
    fact("engine_version", Words, "Version of the cleaning that was asked."),
    fact("explained_at", Moment, "When."),
    comment="An article whose removed blocks were written down (newsmill explain).",
)

removed_block = Table(
    "removed_block",
    metadata,
    Column("article_id", Id, ForeignKey("article.id"), primary_key=True, autoincrement=False, comment="The article."),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="Position of the block on the page, from 0."),
    fact("kind", Words, "What it is in the page's markup: paragraph, heading, list_item ..."),
    fact("score", Float, "Probability that it belongs to the article, 0 to 1, before words and rules spoke."),
    fact("reason", Words, "Why it was removed."),
    fact("text", Words, "Its text, the first 500 characters."),
    comment="Blocks of a page that are not in the article's text; only of articles that were explained.",
)
