"""Articles as Markdown files, one each, with what is known of them as YAML front matter.

``FOLDER/source/2026-11/17.md``: the source, the month the article was first seen, its number. None of these ever changes,
so that an export again writes over the file it wrote before, whatever became of headline and address.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from model.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from storage.answers import StoredArticle

#: Characters of a name that every file system takes; a name of others is altered.
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]")
_LONGEST_NAME: Final = 80
#: Names that Windows keeps for devices, whatever follows the first dot.
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
#: What YAML 1.1 does not print or takes for the end of a line inside quotes (5.1, 5.4 of the specification).
_ESCAPED: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
#: Characters that mean something to Markdown wherever they stand, and beginnings of lines that do.
_MEANING: Final = re.compile(r"([\\`*_\[\]<>|~&#])")
_OPENING: Final = re.compile(r"^(\d*)([+.)=-])", re.MULTILINE)
_INDENT: Final = re.compile(r"^[ \t]+", re.MULTILINE)


def write_markdown(articles: Iterable[StoredArticle], folder: Path) -> int:
    """Write each article to a file of its own below a folder, which is made; how many.

    A file appears under its name only once it is whole.

    Raises:
        StorageError: the folder cannot be written.
    """
    count = 0
    try:
        for count, article in enumerate(articles, 1):  # noqa: B007 - counted, and 0 where there are none
            file = folder / file_name(article)
            file.parent.mkdir(parents=True, exist_ok=True)
            partial = file.with_name(f".{file.name}.partial")
            partial.write_text(markdown(article), encoding="utf8", newline="\n")
            partial.replace(file)
    except OSError as error:
        raise StorageError(f"{folder}: cannot be written ({error.strerror})") from error
    return count


def file_name(article: StoredArticle) -> str:
    """Where an article's file stands below the folder, such as ``daily/2026-11/17.md``."""
    return f"{_safe(article.source)}/{article.first_seen_at:%Y-%m}/{article.id}.md"


def _safe(name: str) -> str:
    """A name for a folder; one that had to be altered carries a hash, so that no two become one."""
    safe = _UNSAFE.sub("_", name)[:_LONGEST_NAME]
    if name and safe == name and not name.startswith((".", "-")) and not name.endswith(".") and not _DEVICES.match(name):
        return name
    return f"_{safe.strip('.')}-{blake2b(name.encode('utf8', 'replace'), digest_size=4).hexdigest()}"


def markdown(article: StoredArticle) -> str:
    """One article: front matter with every column that holds something but the text, the headline, the text."""
    facts = {name: value for name, value in asdict(article).items() if name != "text" and value not in (None, ())}
    head = "\n".join(f"{name}: {_yaml(value)}" for name, value in facts.items())
    title = f"# {_escaped(article.title)}\n\n" if article.title else ""
    paragraphs = (paragraph.strip("\n") for paragraph in re.split(r"\n{2,}", article.text))
    # Two blanks at its end keep a line that is no paragraph: lists, verses, addresses.
    body = "\n\n".join(_escaped(paragraph).replace("\n", "  \n") for paragraph in paragraphs if paragraph.strip())
    return f"---\n{head}\n---\n\n{title}{body}\n"


def _yaml(value: Any) -> str:  # noqa: ANN401 - whatever a column holds
    """A value on one line: JSON, which YAML takes as it is once the characters it does not print are escaped."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _OPENING.sub(r"\1\\\2", _INDENT.sub("", _MEANING.sub(r"\\\1", text)))
