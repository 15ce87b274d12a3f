"""Writes docs/reference from the code itself: ``python docs/build_reference.py``; ``--check`` says whether it is current."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from model import errors, outcome
from newsmill.cli import app
from newsmill.cli.exits import ExitCode
from newsmill.config.schema import RulesEntry, Settings, SourceEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

REFERENCE = Path(__file__).parent / "reference"
_MADE = "<!-- made by docs/build_reference.py; change the code, not this page -->\n"


def pages() -> dict[str, str]:
    """File name -> what it is to hold."""
    return {"cli.md": cli(), "config.md": config(), "errors.md": error_tree()}


def cli() -> str:
    """Every command with its arguments, options, examples; and the exit codes."""
    lines = ["# Commands", _MADE]
    for path, command in _commands(typer.main.get_command(app), "newsmill"):
        lines += [f"## `{path}`", "", _plain(command.help), ""]
        lines += ["| argument or option | what it does |", "|---|---|"]
        lines += [
            f"| `{_spelling(parameter)}` | {_meaning(parameter)} |" for parameter in command.params if parameter.name != "help"
        ]
        lines += ["", _plain(command.epilog), ""] if command.epilog else [""]
    lines += ["## Exit codes", "", "| code | meaning |", "|---|---|"]
    lines += [f"| {code.value} | {_member_comment(ExitCode, code.name) or 'done'} |" for code in ExitCode]
    return "\n".join(lines) + "\n"


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - typer keeps its own copy of click's classes
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
        return
    for name, child in children.items():
        yield from _commands(child, f"{path} {name}")


def _plain(text: str | None) -> str:
    return inspect.cleandoc(text or "").partition("\f")[0].strip()


def _spelling(parameter: Any) -> str:  # noqa: ANN401 - as above
    if parameter.param_type_name == "argument":
        return f"{parameter.name.upper()}{'...' if parameter.nargs == -1 else ''}"
    return ", ".join(parameter.opts)


def _meaning(parameter: Any) -> str:  # noqa: ANN401 - as above
    default = parameter.default
    shown = (
        f" Default: `{default}`."
        if isinstance(default, str | int | Path) and not isinstance(default, bool) and default != ""
        else ""
    )
    return (parameter.help or "").replace("|", "\\|") + shown


def _member_comment(owner: type, member: str) -> str:
    """The ``#:`` comment above a member."""
    found: list[str] = []
    for line in inspect.getsource(owner).splitlines():
        stripped = line.strip()
        if stripped.startswith("#:"):
            found.append(stripped.removeprefix("#:").strip())
        elif stripped.startswith(f"{member} ="):
            return " ".join(found)
        else:
            found = []
    return ""


def config() -> str:
    """Every key of config.yaml with its default."""
    lines = ["# config.yaml", _MADE]
    lines += [
        "Durations are written `90s`, `30m`, `6h`, `1d`, `2w`; sizes `500KiB`, `5MB`, `2GB`.",
        "`${NAME}` and `${NAME:-default}` in a value come from the environment; `NEWSMILL_DATABASE` overrides `database`,",
        "`NEWSMILL_CONFIG` names the file. An unknown or wrong key ends every command with one line that names key, line",
        "and what is allowed.",
        "",
        *_keys(Settings, ""),
        "",
        "## Each entry of `sources`",
        "",
        *_keys(SourceEntry, ""),
        "",
        "## `rules` of a source",
        "",
        *_keys(RulesEntry, "rules."),
    ]
    return "\n".join(lines) + "\n"


def _keys(section: type[BaseModel], prefix: str) -> Iterator[str]:
    yield "| key | default | what it is |"
    yield "|---|---|---|"
    yield from _rows(section, prefix)


def _rows(section: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in section.model_fields.items():
        key = field.alias or name
        inner = field.annotation
        if isinstance(inner, type) and hasattr(inner, "model_fields") and key != "rules":
            yield from _rows(inner, f"{prefix}{key}.")
            continue
        default = (
            "needed" if field.is_required() else f"`{_shown(field.get_default(call_default_factory=True, validated_data={}))}`"
        )
        yield f"| `{prefix}{key}` | {default} | {field.description} |"


def _shown(value: Any) -> str:  # noqa: ANN401 - any default of a key
    if hasattr(value, "total_seconds"):
        seconds = int(value.total_seconds())
        unit, length = next(
            ((u, n) for u, n in (("d", 86_400), ("h", 3600), ("m", 60)) if seconds and seconds % n == 0), ("s", 1)
        )
        return f"{seconds // length}{unit}"
    if isinstance(value, tuple):
        return "[" + ", ".join(_shown(inner) for inner in value) + "]"
    if isinstance(value, dict) or hasattr(value, "model_fields_set"):
        return "{}"
    return (
        str({None: "", True: "true", False: "false"}.get(value, value))
        if not isinstance(value, int) or isinstance(value, bool)
        else str(value)
    )


def error_tree() -> str:
    """The tree of errors and the outcomes of a visit."""
    tree = (errors.__doc__ or "").partition("::\n\n")[2]
    lines = ["# Errors and outcomes", _MADE, "Every error of newsmill is one of these; `PageError`s never stop a run.", ""]
    lines += [
        "```text",
        inspect.cleandoc(tree).rstrip(),
        "```",
        "",
        "## How a visit to a page ends",
        "",
        "| outcome | meaning |",
        "|---|---|",
    ]
    kinds = [kind for kind in vars(outcome).values() if isinstance(kind, type) and kind.__module__ == outcome.__name__]
    lines += [f"| `{kind.__name__.lower()}` | {_one_line(kind.__doc__)} |" for kind in kinds]
    lines += ["", "## What the database calls a page's error", "", "| code | meaning |", "|---|---|"]
    codes = sorted((error("", "").code, _one_line(error.__doc__)) for error in _below(errors.PageError))
    lines += [f"| `{code}` | {meaning} |" for code, meaning in codes]
    return "\n".join(lines) + "\n"


def _below(error: type[errors.PageError]) -> Iterator[type[errors.PageError]]:
    for child in error.__subclasses__():
        yield child
        yield from _below(child)


def _one_line(docstring: str | None) -> str:
    return " ".join(inspect.cleandoc(docstring or "").partition("\n\n")[0].split())


def main() -> int:
    """Write the pages, or say which are not current."""
    stale = [name for name, text in pages().items() if not (file := REFERENCE / name).exists() or file.read_text("utf8") != text]
    if "--check" in sys.argv:
        if stale:
            sys.stderr.write(f"not current: {', '.join(stale)}; run python docs/build_reference.py\n")
        return bool(stale)
    REFERENCE.mkdir(exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, encoding="utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
