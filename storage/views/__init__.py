"""The views: what readers rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from storage.views.articles import ALL_ARTICLES, ARTICLES, REMOVED_BLOCKS, REVISIONS
from storage.views.clusters import CLUSTER_MEMBERS, CLUSTERS, RELATED
from storage.views.sources import PAGES, SOURCE_DAYS, SOURCES_HEALTH

if TYPE_CHECKING:
    from sqlalchemy import Connection

VIEWS = (
    ARTICLES,
    ALL_ARTICLES,
    REVISIONS,
    REMOVED_BLOCKS,
    CLUSTERS,
    CLUSTER_MEMBERS,
    RELATED,
    SOURCES_HEALTH,
    SOURCE_DAYS,
    PAGES,
)


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


__all__ = ["ALL_ARTICLES", "ARTICLES", "REVISIONS", "SOURCES_HEALTH", "VIEWS", "create_views", "drop_views"]
