"""Writes docs/conformance.md from the cases that the tests run: ``python docs/build_conformance.py``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DOCS = Path(__file__).parent
_CASES = _DOCS.parent / "fixtures" / "conformance"
_INTRODUCTION = """\
# Conformance

<!-- made by docs/build_conformance.py from fixtures/conformance; change the cases, not this page -->

Each line is a case that `tests/crawler/test_conformance.py` runs. "Google's reference parser" is the behaviour of
<https://github.com/google/robotstxt>, where RFC 9309 leaves a question open. What lies behind the rules is told in
[fetching](fetching.md) and [discovery](discovery.md).
"""


def page() -> str:
    """What docs/conformance.md is to hold."""
    return "\n".join([_INTRODUCTION, *_robots(), "", *_answers(), "", *_feeds()]) + "\n"


def _robots() -> Iterator[str]:
    yield from ("## robots.txt: what it says", "", "| case | source | allowed | refused |", "|---|---|---|---|")
    for case in _load("robots"):
        paths = (_code(case.get(verdict, "").split()) for verdict in ("allowed", "refused"))
        yield _row(case["about"], case["source"], *paths)


def _answers() -> Iterator[str]:
    yield from ("## robots.txt: what is answered", "", "The file refuses everything.", "")
    yield from ("| case | source | answer | a page of that site |", "|---|---|---|---|")
    for case in _load("robots-answers"):
        answer = f"the server {case['trouble']}" if "trouble" in case else str(case["status"])
        yield _row(case["about"], case["source"], answer, case["page"])


def _feeds() -> Iterator[str]:
    yield "## Feeds"
    for group in _load("feeds"):
        yield from ("", f"### {group['group']}", "", "| case | links | of them dated |", "|---|---|---|")
        for case in group["cases"]:
            links = case["links"]
            if links == "error":
                yield _row(case["about"], "no feed (`DiscoveryError`)", "")
            else:
                dates = [link["published"] for link in links if link.get("published")]
                yield _row(_with_date(case), str(len(links)), _code(dates))


def _with_date(case: dict[str, Any]) -> str:
    return f"{case['about']}: {_code([case['date']])}" if "date" in case else str(case["about"])


def _load(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = yaml.safe_load((_CASES / f"{name}.yaml").read_text("utf8"))
    return cases


def _code(words: Iterable[str]) -> str:
    return " ".join(f"`{word}`" for word in words)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    (_DOCS / "conformance.md").write_text(page(), "utf8")
