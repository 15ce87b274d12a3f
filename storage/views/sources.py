"""How sources do, and what became of each address."""

from __future__ import annotations

from storage.views.view import View

_ACTIVE = "FROM endpoint e WHERE e.source = s.name AND e.retired_at IS NULL"
_LATELY = "FROM article a WHERE a.source = s.name AND a.first_seen_at >="
_FAILURES = f"coalesce((SELECT min(e.failures) {_ACTIVE}), 0)"
_LAST_SUCCESS = f"(SELECT max(e.last_success_at) {_ACTIVE})"
#: One poll that fails is an ordinary thing. Waits double with each, so that the third comes hours after the first.
_FAILING = 3
_STATE = (
    "CASE WHEN NOT s.enabled THEN 'disabled'\n"
    f"    WHEN {_FAILURES} >= {_FAILING} THEN 'failing'\n"
    f"    WHEN {_FAILURES} > 0 AND coalesce({_LAST_SUCCESS} < {{two_days_ago}}, 1 = 1) THEN 'failing'\n"
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
            (
                "disabled; failing: every endpoint failed three times in a row, or for two days, or ever since it is known;"
                " quiet: no new article for a week; else ok."
            ),
        ),
        ("articles", "(SELECT count(*) FROM article a WHERE a.source = s.name)", "Articles, duplicates too."),
        ("articles_24h", f"(SELECT count(*) {_LATELY} {{a_day_ago}})", "Articles first seen in the last 24 hours."),
        ("articles_7d", f"(SELECT count(*) {_LATELY} {{a_week_ago}})", "Articles first seen in the last 7 days."),
        ("last_success_at", _LAST_SUCCESS, "The last poll that went well."),
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
_VISITS = (
    "SELECT source, day, what, outcome, reason, count FROM day_count\n"
    "  UNION ALL SELECT p.source, {day}, 'page', e.outcome, coalesce(e.reason, ''), 1 FROM event e"
    " JOIN page p ON p.id = e.page_id\n"
    "  UNION ALL SELECT n.source, {day}, 'endpoint', e.outcome, coalesce(e.reason, ''), 1 FROM event e"
    " JOIN endpoint n ON n.id = e.endpoint_id"
)
SOURCE_DAYS = View(
    name="source_days",
    comment="What became of visits and polls, counted by source and day, for all time.",
    columns=(
        ("source", "v.source", "Name of the source."),
        ("day", "v.day", "The day in UTC, such as 2026-11-22."),
        ("what", "v.what", "page: visits to pages; endpoint: polls of feeds, sitemaps and sections."),
        ("outcome", "v.outcome", "stored, revised, unchanged, duplicate, skipped, failed; of a poll: polled or failed."),
        ("reason", "v.reason", "Code of the reason where it was skipped or failed, else empty text."),
        ("count", "sum(v.count)", "How often."),
    ),
    tables=f"(\n  {_VISITS}\n) v\nGROUP BY v.source, v.day, v.what, v.outcome, v.reason",
)
