"""From a YAML file to settings, mistakes mapped to key and line: PyYAML's and pydantic's only door."""

from __future__ import annotations

import difflib
import os
import re
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ValidationError

from model.errors import ConfigError
from newsmill.config.schema import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails

#: A place in the document: the keys and positions that lead to it.
Place = tuple[str | int, ...]

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")
#: Values in one file, each use of an alias counted: the largest files people write have some ten thousand.
_MOST_VALUES = 200_000


def load(file: Path, *, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a file.

    Raises:
        ConfigError: the file cannot be read or says something that is not allowed.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError("no such file; `newsmill init` writes one to start from", file=str(file)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", file=str(file)) from None
    return parse(text, file=file, environment=environment)


def parse(text: str, *, file: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a YAML text; ``${NAME}`` and ``${NAME:-default}`` in values come from the environment.

    Raises:
        ConfigError: as for `load`.
    """
    name = str(file) if file else None
    lines: dict[Place, int] = {}
    document = _document(text, lines, environment, name)
    if not isinstance(document, dict):
        raise ConfigError(f"a mapping of keys is wanted here, such as: {_keys(Settings)}", line=1, file=name)
    if database := environment.get("NEWSMILL_DATABASE"):
        document["database"] = database
    try:
        return Settings.model_validate(document)
    except ValidationError as error:
        raise _explained(error.errors(), lines, name) from None


def _document(text: str, lines: dict[Place, int], environment: Mapping[str, str], file: str | None) -> Any:  # noqa: ANN401 - any YAML
    """What a YAML text holds, the environment filled in; ``lines`` takes the line of each place.

    Raises:
        ConfigError: it is no YAML, says a key twice, is too large, or names a variable that is not set.
    """
    try:
        for place, line in _places(yaml.compose(text, Loader=yaml.SafeLoader)):
            if place in lines:
                raise ConfigError(f"given twice, first in line {lines[place]}", key=_dotted(place), line=line, file=file)
            if len(lines) >= _MOST_VALUES:
                raise ConfigError(f"more than {_MOST_VALUES:,} values, aliases counted each time", line=line, file=file)
            lines[place] = line
        return _filled(yaml.safe_load(text) or {}, environment)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise ConfigError(f"not YAML: {error.problem}", line=mark.line + 1 if mark else None, file=file) from None
    except (yaml.YAMLError, ValueError) as error:  # PyYAML lets the ValueError of a 30th of February pass
        raise ConfigError(f"not YAML: {error}", file=file) from None
    except RecursionError:
        raise ConfigError("not YAML that can be read: nested too deeply, or an alias inside itself", file=file) from None
    except KeyError as error:
        missing = error.args[0]
        raise ConfigError(
            f"the environment has no variable {missing}; set it, or write ${{{missing}:-default}}", file=file
        ) from None


def _places(node: yaml.Node | None, place: Place = ()) -> Iterator[tuple[Place, int]]:
    """Every place of the document with its line, from 1."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*place, str(key.value))
            yield here, key.start_mark.line + 1
            yield from _places(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            here = (*place, position)
            yield here, value.start_mark.line + 1
            yield from _places(value, here)


def _filled(value: Any, environment: Mapping[str, str]) -> Any:  # noqa: ANN401 - whatever YAML holds
    """The document with variables of the environment filled in; KeyError names the one that is missing."""
    if isinstance(value, str):
        return _VARIABLE.sub(
            lambda found: environment[found[1]] if found[2] is None else environment.get(found[1], found[2]), value
        )
    if isinstance(value, dict):
        return {key: _filled(inner, environment) for key, inner in value.items()}
    return [_filled(inner, environment) for inner in value] if isinstance(value, list) else value


def _explained(errors: list[ErrorDetails], lines: Mapping[Place, int], file: str | None) -> ConfigError:
    """One error for the first mistake, which says how many more there are."""
    first, *others = errors
    place = first["loc"]
    while place and place not in lines:  # a missing key has no line of its own: that of what it is missing from
        place = place[:-1]
    more = f" (and {len(others)} more mistake{'s' if len(others) > 1 else ''} in this file)" if others else ""
    return ConfigError(_message(first) + more, key=_dotted(first["loc"]) or None, line=lines.get(place), file=file)


def _message(error: ErrorDetails) -> str:
    key, parent = str(error["loc"][-1]) if error["loc"] else "", _section(error["loc"][:-1])
    match error["type"]:
        case "extra_forbidden" if parent:
            near = difflib.get_close_matches(key, _names(parent), n=1)
            return f"unknown key{f', did you mean {near[0]}?' if near else ''}; allowed here: {_keys(parent)}"
        case "missing" if parent:
            return f"is missing; allowed here: {_keys(parent)}"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            given = "" if isinstance(error["input"], dict | list) else f", not {error['input']!r}"
            return error["msg"][0].lower() + error["msg"][1:] + given


def _section(place: Place) -> type[BaseModel] | None:
    """The section of the schema that a place lies in."""
    section: type[BaseModel] = Settings
    for step in place:
        if isinstance(step, int):
            continue
        fields = {field.alias or name: field for name, field in section.model_fields.items()}
        if step not in fields:
            return None
        found = [kind for kind in _classes(fields[step].annotation) if issubclass(kind, BaseModel)]
        if not found:
            return None
        section = found[0]
    return section


def _classes(annotation: Any) -> Iterator[type]:  # noqa: ANN401 - typing has no class for "an annotation"
    if isinstance(annotation, type):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _classes(inner)


def _names(section: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in section.model_fields.items()]


def _keys(section: type[BaseModel]) -> str:
    return ", ".join(_names(section))


def _dotted(place: Place) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")
