"""The documentation says what the code does."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from newsmill.cli import app
from newsmill.config import Settings

ROOT = Path(__file__).parents[1]


def command_names() -> list[str]:
    return sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]  # typer's group is typed as its base


def test_the_reference_is_current() -> None:
    done = subprocess.run(
        [sys.executable, "docs/build_reference.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", command_names())
def test_every_command_has_help_with_an_example_in_the_reference(command: str) -> None:
    reference = (ROOT / "docs" / "reference" / "cli.md").read_text("utf8")
    assert f"## `newsmill {command}" in reference
    if command != "status":  # needs no example: it has nothing to choose
        assert re.search(rf"Examples?: .*`newsmill {command}", reference)


def test_the_readme_names_both_commands_and_the_three_uses() -> None:
    readme = (ROOT / "README.md").read_text("utf8")
    for words in ("make demo", "make test", "newsmill run", "newsmill crawl", "SELECT"):
        assert words in readme


PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def told_commands(page: Path) -> list[list[str]]:
    """What a page tells a reader to type, as words: `newsmill ...` in running text, and in blocks of code."""
    text = page.read_text("utf8")
    typed = re.findall(r"`(newsmill [^`\n]+)`", text)
    for block in re.findall(r"^```\w*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL):
        typed += re.findall(r"^(?:\$ )?(newsmill .+)$", block, flags=re.MULTILINE)
    return [shlex.split(command, comments=True)[1:] for command in typed]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_on_a_page_exist_with_their_options(page: Path) -> None:
    for words in told_commands(page):
        command: Any = typer.main.get_command(app)
        while words and words[0] in getattr(command, "commands", ()):
            command = command.commands[words.pop(0)]
        assert not hasattr(command, "commands") or words == ["--version"], words
        known = {"-h", "--help", *(spelling for parameter in command.params for spelling in parameter.opts)}
        assert not [word for word in words if re.match(r"--?[a-z]", word) and word.partition("=")[0] not in known], words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_keys_of_the_configuration_on_a_page_exist(page: Path) -> None:
    sections = {
        name: field.annotation for name, field in Settings.model_fields.items() if hasattr(field.annotation, "model_fields")
    }
    for section, key in re.findall(r"`(\w+)\.(\w+)(?:: [^`]*)?`", page.read_text("utf8")):
        if section in sections:
            assert key in sections[section].model_fields, f"{section}.{key}"


def links(page: Path) -> list[str]:
    return re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text("utf8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    assert not [link for link in links(page) if not (page.parent / link).exists()]


def test_every_page_of_docs_is_reachable_from_the_readme() -> None:
    seen: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        page = ahead.pop().resolve()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        ahead += [page.parent / link for link in links(page)]
    assert not {page.resolve() for page in (ROOT / "docs").rglob("*.md")} - seen


def test_the_version_has_a_line_in_the_changelog() -> None:
    from newsmill import __version__

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf8")
