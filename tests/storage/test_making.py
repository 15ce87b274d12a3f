"""A database made at once, and one that took every migration from the first: the same to the letter."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text as sql

from storage import open_store, upgrade
from storage.address import Address
from storage.engine import connect_engine, schema_version
from storage.migrate import create
from storage.migrations import steps
from storage.tables import SCHEMA
from storage.views import create_views, drop_views

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

#: Everything PostgreSQL keeps of our tables, as text; the numbers it gave them left out.
CATALOGUE = {
    "relations": """SELECT relname, relkind, obj_description(oid, 'pg_class') FROM pg_class
        WHERE relnamespace = 'public'::regnamespace""",
    "columns": """SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
        pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped""",
    "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
    "indices": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "views": "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
    "sequences": """SELECT sequencename, data_type::text, start_value, increment_by, cycle FROM pg_sequences
        WHERE schemaname = 'public'""",
    "triggers": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal",
}


def by_migrations(connection: Connection, address: Address) -> None:
    steps.run(connection, address)


def at_once(connection: Connection, _: Address) -> None:
    create(connection)


def schema(url: str, make: Callable[[Connection, Address], None]) -> dict[str, Any]:
    address = Address.parse(url)
    engine = connect_engine(address, readonly=False)
    try:
        with engine.begin() as connection:
            make(connection, address)
            create_views(connection)
            assert schema_version(connection) == SCHEMA == steps.head()
            return of_file(connection) if address.path else of_server(connection)
    finally:
        engine.dispose()


def of_server(connection: Connection) -> dict[str, Any]:
    return {what: sorted(map(repr, connection.execute(sql(query)))) for what, query in CATALOGUE.items()}


def of_file(connection: Connection) -> dict[str, Any]:
    """Every statement of the file, and what SQLite reads in it."""
    found: dict[str, Any] = {}
    for kind, name, table, statement in connection.execute(sql("SELECT type, name, tbl_name, sql FROM sqlite_master")).all():
        found[name] = kind, table, statement and (parts(statement) if kind == "table" else " ".join(statement.split()))
        for question in ("table_xinfo", "index_xinfo"):
            found[f"{question} {name}"] = connection.execute(sql(f"PRAGMA {question}('{name}')")).all()
        keys = connection.execute(
            sql(f'SELECT "from", "table", "to", on_update, on_delete FROM pragma_foreign_key_list(\'{name}\')')
        )
        found[f"keys {name}"] = sorted(keys.all())
    return found


def parts(statement: str) -> tuple[str, list[str], str]:
    """What a CREATE TABLE says, however its parts are ordered: a migration adds columns behind the constraints.

    >>> parts("CREATE TABLE t (a TEXT, b DECIMAL(1, 2))")
    ('CREATE TABLE t', ['a TEXT', 'b DECIMAL(1, 2)'], '')
    """
    before, _, rest = " ".join(statement.split()).partition("(")
    within, _, behind = rest.rpartition(")")
    return before.strip(), sorted(part.strip() for part in re.split(r",(?![^()]*\))", within)), behind.strip()


def test_a_new_file_is_what_all_migrations_make(tmp_path: Path) -> None:
    urls = [str(tmp_path / name) for name in ("once.db", "steps.db")]
    for url in urls:
        Address.parse(url).path.touch()  # type: ignore[union-attr] # it is a file's
    made, migrated = schema(urls[0], at_once), schema(urls[1], by_migrations)
    assert made == migrated
    assert {"article", "article_search", "alembic_version", "articles", "ix_article_url"} <= made.keys()


def test_a_new_server_database_is_what_all_migrations_make(postgres_url: str) -> None:
    def anew(make: Callable[[Connection, Address], None]) -> Callable[[Connection, Address], None]:
        def remade(connection: Connection, address: Address) -> None:
            connection.execute(sql("DROP SCHEMA public CASCADE"))
            connection.execute(sql("CREATE SCHEMA public"))
            make(connection, address)

        return remade

    made, migrated = schema(postgres_url, anew(at_once)), schema(postgres_url, anew(by_migrations))
    assert made == migrated
    assert all(made[what] for what in CATALOGUE if what != "triggers")


def test_a_database_whose_steps_were_all_taken_back_is_made_anew(database_url: str) -> None:
    from alembic import command

    with open_store(database_url) as store, store.writing() as connection:
        drop_views(connection)
        command.downgrade(steps.configuration(connection), "base")
    upgrade(database_url)
    with open_store(database_url) as store:
        assert list(store.articles()) == []


@pytest.mark.parametrize("before", ["", "upgrade(sys.argv[1]); "])
def test_alembic_is_imported_for_older_databases_only(tmp_path: Path, before: str) -> None:
    check = f"import sys; from storage import upgrade; {before}upgrade(sys.argv[1]); sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check, str(tmp_path / "news.db")], check=False).returncode == 0
