"""The views: what readers rely on. Each column is given once, with its comment; SQL and documentation are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, column, table, text
from sqlalchemy.types import NullType

from storage.columns import Lists, Moment

if TYPE_CHECKING:
    from sqlalchemy import Connection, TableClause
    from sqlalchemy.types import TypeEngine


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A view: its columns as (name, expression, comment), and what follows FROM."""

    name: str
    comment: str
    columns: tuple[tuple[str, str, str], ...]
    tables: str

    def table(self) -> TableClause:
        """The view as something to select from, its columns typed by their names."""
        return table(self.name, *(column(name, _type(name)) for name, _, _ in self.columns))

    def sql(self, dialect: str) -> str:
        """The CREATE VIEW statement for ``sqlite`` or ``postgresql``."""
        columns = ",\n  ".join(f"{expression} AS {name}" for name, expression, _ in self.columns)
        statement = f"CREATE VIEW {self.name} AS\nSELECT\n  {columns}\nFROM {self.tables}"
        for placeholder, fragments in _FRAGMENTS.items():
            statement = statement.replace(placeholder, fragments[dialect])
        return statement


_LISTS = frozenset({"authors", "tags", "url_chain"})
_MOMENTS = frozenset({"published", "modified"})


def _type(name: str) -> TypeEngine[Any]:
    if name in _MOMENTS or name.endswith("_at"):
        return Moment()
    if name in _LISTS:
        return Lists()
    return Boolean() if name == "paywalled" else NullType()


#: Placeholder -> what it is in each dialect.
_FRAGMENTS = {
    "{a_day_ago}": {"sqlite": "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')", "postgresql": "now() - interval '1 day'"},
    "{a_week_ago}": {"sqlite": "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-7 days')", "postgresql": "now() - interval '7 days'"},
    "{another_day}": {
        "sqlite": "substr(a.published, 1, 10) <> substr(o.published, 1, 10)",
        "postgresql": "(a.published AT TIME ZONE 'UTC')::date <> (o.published AT TIME ZONE 'UTC')::date",
    },
    "{now}": {"sqlite": "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')", "postgresql": "now()"},
}

_ARTICLE_COLUMNS = (
    ("id", "a.id", "Number of the article."),
    ("source", "a.source", "Name of the source."),
    ("title", "r.title", "Headline."),
    ("text", "r.text", "Current clean text, paragraphs apart by a blank line."),
    ("authors", "a.authors", "Authors, a JSON list."),
    ("tags", "a.tags", "Keywords, a JSON list."),
    ("published", "a.published", "Date of publication as the page claims, UTC."),
    ("modified", "a.modified", "Date of change as the page claims, UTC."),
    ("url", "a.url", "Where the text came from."),
    ("canonical_url", "a.canonical_url", "The address the page names as its own."),
    ("site_name", "a.site_name", "The site's name as the page gives it."),
    ("language", "a.language", "ISO 639-1."),
    ("kind", "a.kind", "article, live, gallery, video, listing, teaser or other."),
    ("description", "a.description", "Summary as the page gives it."),
    ("image", "a.image", "Lead image's address."),
    ("paywalled", "a.paywalled", "The page says that only a part is free."),
    ("word_count", "a.word_count", "Words; in scripts without spaces every character counts."),
    ("revision", "a.revision", "Number of the current revision, which is how many there are."),
    (
        "duplicates",
        "(SELECT count(*) FROM article d WHERE d.duplicate_of = a.id)",
        "How many other articles of its cluster it stands for.",
    ),
    ("duplicate_of", "a.duplicate_of", "The earliest article of its cluster, which stands for it; empty: this one does."),
    ("first_seen_at", "a.first_seen_at", "The visit that found it."),
    ("last_seen_at", "a.last_seen_at", "The last visit that found it there."),
    ("gone_at", "a.gone_at", "When the site said it is gone (404, 410)."),
    ("endpoint_kind", "e.kind", "What lists the page: feed, sitemap or section; empty: asked for by address."),
    ("endpoint_url", "e.url", "Address of what lists the page."),
    ("url_chain", "f.chain", "Every address asked for the current text, redirects in order, a JSON list."),
    ("fetched_at", "f.fetched_at", "When the current text was fetched."),
    ("http_status", "f.status", "HTTP status of that fetch."),
    ("raw_body_id", "f.raw_body_id", "The bytes it was cleaned from (table raw_body)."),
    ("engine_version", "r.engine_version", "Version of the cleaning that made the text."),
    ("doubt", "r.doubt", "0 to 1: how far cleaning mistrusts the text."),
)
_ARTICLE_TABLES = (
    "article a\n"
    "JOIN revision r ON r.article_id = a.id AND r.number = a.revision\n"
    "JOIN page p ON p.id = a.page_id\n"
    "LEFT JOIN endpoint e ON e.id = p.endpoint_id\n"
    "LEFT JOIN page_fetch f ON f.id = r.fetch_id"
)

ARTICLES = View(
    name="articles",
    comment="Every story once: of a cluster of copies only the earliest.",
    columns=_ARTICLE_COLUMNS,
    tables=f"{_ARTICLE_TABLES}\nWHERE a.duplicate_of IS NULL",
)
ALL_ARTICLES = View(
    name="all_articles",
    comment="Every article, the copies of others too.",
    columns=_ARTICLE_COLUMNS,
    tables=_ARTICLE_TABLES,
)
REVISIONS = View(
    name="revisions",
    comment="Every text an article ever had; a new one only when text or title changed.",
    columns=(
        ("article_id", "r.article_id", "The article."),
        ("number", "r.number", "1 is the first text seen."),
        ("title", "r.title", "Headline."),
        ("text", "r.text", "Clean text."),
        ("word_count", "r.word_count", "Words of the text."),
        ("seen_at", "r.seen_at", "The visit that brought it."),
        ("fetched_at", "f.fetched_at", "When it was fetched."),
        ("raw_body_id", "f.raw_body_id", "The bytes it was cleaned from (table raw_body)."),
        ("engine_version", "r.engine_version", "Version of the cleaning that made it."),
        ("doubt", "r.doubt", "0 to 1: how far cleaning mistrusts it."),
        (
            "changes",
            "r.changes",
            "What changed since the one before: words taken out in [-…-], put in in {+…+}; empty for the first.",
        ),
    ),
    tables="revision r\nLEFT JOIN page_fetch f ON f.id = r.fetch_id",
)
#: From here on one text is longer than the other, where it holds nearly all of it; and so alike are two that nobody edited.
_LONGER, _WHOLE, _SAME = 1.4, 0.8, 0.9
_RELATION = (
    f"CASE WHEN l.containment >= {_WHOLE} AND l.shingles >= {_LONGER} * l.other_shingles THEN 'contains'\n"
    f"    WHEN l.containment >= {_WHOLE} AND l.other_shingles >= {_LONGER} * l.shingles THEN 'contained'\n"
    f"    WHEN a.source <> o.source THEN 'syndicated' WHEN l.similarity < {_SAME} THEN 'updated copy'\n"
    "    WHEN {another_day} THEN 're-published' ELSE 'same page' END"
)
_RELATIONS = (
    "contains, contained (one holds nearly all of the other and is longer by two fifths), syndicated (on another source),"
    " updated copy (edited), re-published (on another day), same page (under another address)."
)
_LIKENESS_COLUMNS = (
    ("similarity", "l.similarity", "Shingles (four words, five characters) in both texts, of all in either, 0 to 1."),
    ("containment", "l.containment", "Shingles in both texts, of those in the shorter one, 0 to 1."),
    ("shared_shingles", "l.shared", "Shingles in both texts."),
)
CLUSTERS = View(
    name="clusters",
    comment="Stories that several articles carry; the first publisher is the earliest by the date the page claims.",
    columns=(
        ("id", "o.id", "Number of the cluster, which is that of its earliest article."),
        ("title", "r.title", "Headline of the earliest article."),
        ("source", "o.source", "Source of the earliest article: the first publisher."),
        ("url", "o.url", "Address of the earliest article."),
        ("published", "o.published", "Date of the earliest article as its page claims, UTC."),
        ("articles", "1 + (SELECT count(*) FROM article d WHERE d.duplicate_of = o.id)", "How many articles carry the story."),
        (
            "sources",
            "(SELECT count(DISTINCT d.source) FROM article d WHERE d.duplicate_of = o.id OR d.id = o.id)",
            "How many sources carry it.",
        ),
        ("first_seen_at", "o.first_seen_at", "The visit that found the earliest article."),
    ),
    tables=(
        "article o\nJOIN revision r ON r.article_id = o.id AND r.number = o.revision\n"
        "WHERE o.duplicate_of IS NULL AND EXISTS (SELECT 1 FROM article d WHERE d.duplicate_of = o.id)"
    ),
)
CLUSTER_MEMBERS = View(
    name="cluster_members",
    comment="The articles of each cluster, and why each belongs: what it has in common with the earliest.",
    columns=(
        ("cluster_id", "o.id", "The cluster."),
        ("article_id", "a.id", "The article."),
        (
            "relation",
            f"CASE WHEN a.id = o.id THEN 'first' ELSE {_RELATION} END",
            f"What it is to the earliest: first (that itself), {_RELATIONS}",
        ),
        *_LIKENESS_COLUMNS,
        ("source", "a.source", "Name of its source."),
        ("title", "r.title", "Its headline."),
        ("url", "a.url", "Its address."),
        ("published", "a.published", "Date of publication as its page claims, UTC."),
    ),
    tables=(
        "article o\nJOIN article a ON (a.duplicate_of = o.id OR a.id = o.id)\n"
        "JOIN revision r ON r.article_id = a.id AND r.number = a.revision\n"
        "LEFT JOIN likeness l ON l.article_id = a.id AND l.other_id = o.id\n"
        "WHERE o.duplicate_of IS NULL AND EXISTS (SELECT 1 FROM article d WHERE d.duplicate_of = o.id)"
    ),
)
RELATED = View(
    name="related",
    comment="Pairs of articles with much the same text, each both ways round; those too that are not in one cluster.",
    columns=(
        ("article_id", "l.article_id", "An article."),
        ("other_id", "l.other_id", "Another one."),
        ("relation", _RELATION, f"What the article is to the other: {_RELATIONS}"),
        *_LIKENESS_COLUMNS,
        ("one_story", "l.joins", "False: one is a small part of the other, or a person cut them apart."),
    ),
    tables="likeness l\nJOIN article a ON a.id = l.article_id\nJOIN article o ON o.id = l.other_id",
)
_ACTIVE = "FROM endpoint e WHERE e.source = s.name AND e.retired_at IS NULL"
_LATELY = "FROM article a WHERE a.source = s.name AND a.first_seen_at >="
_FAILURES = f"coalesce((SELECT min(e.failures) {_ACTIVE}), 0)"
_STATE = (
    f"CASE WHEN NOT s.enabled THEN 'disabled' WHEN {_FAILURES} > 0 THEN 'failing'\n"
    f"    WHEN NOT EXISTS (SELECT 1 {_LATELY} {{a_week_ago}}) THEN 'quiet' ELSE 'ok' END"
)
SOURCES_HEALTH = View(
    name="sources_health",
    comment="How each source does.",
    columns=(
        ("source", "s.name", "Name of the source."),
        (
            "state",
            _STATE,
            "disabled; failing: the last poll of every endpoint failed; quiet: no new article for a week; else ok.",
        ),
        ("articles", "(SELECT count(*) FROM article a WHERE a.source = s.name)", "Articles, duplicates too."),
        ("articles_24h", f"(SELECT count(*) {_LATELY} {{a_day_ago}})", "Articles first seen in the last 24 hours."),
        ("articles_7d", f"(SELECT count(*) {_LATELY} {{a_week_ago}})", "Articles first seen in the last 7 days."),
        ("last_success_at", f"(SELECT max(e.last_success_at) {_ACTIVE})", "The last poll that went well."),
        (
            "last_article_at",
            "(SELECT max(a.first_seen_at) FROM article a WHERE a.source = s.name)",
            "When the last new article came.",
        ),
        ("failures_in_row", _FAILURES, "Failed polls in a row, of the endpoint that does best."),
        (
            "last_error",
            f"(SELECT e.detail {_ACTIVE} AND e.failures > 0 ORDER BY e.last_polled_at DESC, e.id LIMIT 1)",
            "What the last failed poll said.",
        ),
        ("next_poll_at", f"(SELECT min(e.next_poll_at) {_ACTIVE})", "When the next endpoint is due."),
        (
            "pages_due",
            "(SELECT count(*) FROM page p WHERE p.source = s.name AND p.next_attempt_at <= {now})",
            "Pages that wait for a visit now.",
        ),
    ),
    tables="source s",
)
PAGES = View(
    name="pages",
    comment="Every address known, and what became of it.",
    columns=(
        ("id", "p.id", "Number of the page."),
        ("source", "p.source", "Name of the source."),
        ("url", "p.url", "Address as found."),
        ("status", "p.status", "pending, stored, skipped or failed (for good)."),
        ("outcome", "p.outcome", "How the last visit ended: stored, revised, unchanged, duplicate, skipped, failed."),
        ("reason", "p.reason", "Code of the reason where it was skipped or failed."),
        ("detail", "p.detail", "The reason in words."),
        ("attempts", "p.attempts", "Failed visits in a row."),
        ("next_attempt_at", "p.next_attempt_at", "Due from then on; empty: not again until a link names it anew."),
        ("first_seen_at", "p.first_seen_at", "When a link first named it."),
        ("visited_at", "p.visited_at", "The last visit, however it ended."),
        ("endpoint_kind", "e.kind", "What lists it: feed, sitemap or section."),
        ("endpoint_url", "e.url", "Address of what lists it."),
        ("article_id", "p.article_id", "Its article."),
    ),
    tables="page p\nLEFT JOIN endpoint e ON e.id = p.endpoint_id",
)

VIEWS = (ARTICLES, ALL_ARTICLES, REVISIONS, CLUSTERS, CLUSTER_MEMBERS, RELATED, SOURCES_HEALTH, PAGES)


def drop_views(connection: Connection) -> None:
    """Take the views away, so that the tables below them may change."""
    for view in reversed(VIEWS):
        connection.execute(text(f"DROP VIEW IF EXISTS {view.name}"))


def create_views(connection: Connection) -> None:
    """Make the views of this version, with their comments where the database keeps any."""
    dialect = connection.dialect.name
    for view in VIEWS:
        connection.exec_driver_sql(view.sql(dialect))
        if dialect == "postgresql":
            connection.exec_driver_sql(f"COMMENT ON VIEW {view.name} IS {_quoted(view.comment)}")
            for name, _, comment in view.columns:
                connection.exec_driver_sql(f"COMMENT ON COLUMN {view.name}.{name} IS {_quoted(comment)}")


def _quoted(comment: str) -> str:
    return "'" + comment.replace("'", "''").replace("%", "%%") + "'"
