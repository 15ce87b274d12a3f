"""Copies: clusters, their members, and pairs of like articles."""

from __future__ import annotations

from storage.views.view import View

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
