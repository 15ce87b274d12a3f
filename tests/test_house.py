"""The house keeps its order: doors, start-up, no traces of the machine it was built on."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("newsmill", "crawler", "cleaners", "storage", "model")

#: Foreign library -> the only places that may import it.
DOORS = {
    "alembic": ("storage/",),
    "apscheduler": ("newsmill/schedule.py",),
    "feedparser": ("crawler/feeds.py",),
    "h11": ("crawler/dialogue.py",),
    "httpx": ("crawler/",),
    "pandas": ("storage/",),
    "polars": ("storage/",),
    "protego": ("crawler/robots.py",),
    "psycopg": ("storage/",),
    "pyarrow": ("storage/",),
    "pydantic": ("newsmill/config/",),
    "rich": ("newsmill/cli/",),
    "selectolax": ("cleaners/",),
    "sqlalchemy": ("storage/",),
    "structlog": ("newsmill/log.py",),
    "warcio": ("newsmill/warc.py",),
    "trafilatura": ("cleaners/opinion.py",),
    "typer": ("newsmill/cli/",),
    "zstandard": ("newsmill/spool.py", "newsmill/warc.py", "storage/"),
}


def modules() -> list[Path]:
    return [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]


def imported(path: Path) -> set[str]:
    """Top names of the libraries a module imports at run time or for its types."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("library", DOORS)
def test_each_foreign_library_has_one_door(library: str) -> None:
    users = {path.relative_to(ROOT).as_posix() for path in modules() if library in imported(path)}
    strangers = {user for user in users if not user.startswith(DOORS[library])}
    assert not strangers


def test_every_foreign_library_is_declared() -> None:
    declared = (ROOT / "pyproject.toml").read_text("utf8").casefold()
    own = {*ROOMS, *sys.stdlib_module_names}
    packages = {"bs4": "beautifulsoup4", "yaml": "pyyaml"}
    packages |= {"pydantic_core": "pydantic"}
    missing = {
        library for path in modules() for library in imported(path) - own if f'"{packages.get(library, library)}' not in declared
    }
    assert not missing


def test_help_starts_without_the_heavy_libraries() -> None:
    code = (
        "import sys\n"
        "sys.argv = ['newsmill', '--help']\n"
        "from newsmill.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "heavy = {'trafilatura', 'sqlalchemy', 'selectolax', 'httpx', 'pydantic', 'bs4', 'lxml', 'numpy', 'apscheduler'}\n"
        "print('LOADED', sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "crawl" in done.stdout
    assert done.stdout.strip().endswith("LOADED []")


def test_a_crawl_starts_without_what_only_others_or_few_pages_need() -> None:
    """Cleaning, and connections as httpcore makes them: what nobody uses would be imported with each start."""
    code = (
        "import sys\n"
        "import newsmill.crawling\n"
        "loaded = {name for name in sys.modules if name.startswith('cleaners.')}\n"
        "heavy = {'alembic', 'anyio', 'bs4', 'httpcore', 'selectolax', 'trafilatura'}\n"
        "print('LOADED', sorted(loaded | heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("LOADED []")


def test_nothing_names_this_machine_or_a_registry() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("not a git checkout: there is no list of the project's files")
    hosts = ("py" + "pi.org", "python" + "hosted", "npm" + "js.", "deb." + "debian.org")
    forbidden = re.compile("|".join([*map(re.escape, hosts), r"/ro" + r"ot/", r"/wo" + r"rk/(?:main|shared)"]))
    found = []
    for name in filter(None, tracked.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and forbidden.search(path.read_text("utf8", errors="ignore")):
            found.append(name)
    assert not found


def test_modules_stay_readable() -> None:
    long = {path.relative_to(ROOT).as_posix() for path in modules() if path.read_text("utf8").count("\n") > 400}
    assert not long


def test_every_silenced_check_says_why() -> None:
    silent = re.compile(r"# (?:noqa|type: ignore)(?!(?:: [A-Z0-9, ]+|\[[a-z-]+\]) *[-#] *\S)")
    lines = ((path, number, line) for path in modules() for number, line in enumerate(path.read_text("utf8").splitlines(), 1))
    assert not [f"{path.relative_to(ROOT)}:{number}" for path, number, line in lines if silent.search(line)]
