"""Pages that arrive in pieces: what React streams at the end of a page, and shows in its place by script, put there first.

React's server writes ``<template id="B:0"></template>`` where a part is still missing, later ``<div hidden id="S:0">part</div>``
and a script that calls ``$RC("B:0","S:0")`` (``$RS("S:1","P:1")`` for a part of a part). Whoever reads such a page without
running scripts sees its menu and its footer. Source: react-dom, ReactFizzInstructionSetShared.js.
"""

from __future__ import annotations

import re

_PART = re.compile(r'<div hidden(?:="")? id="(S:\w+)">')
_CALL = re.compile(r'\$R[A-Z]\("([BPS]:\w+)","([BPS]:\w+)"')
_PLACE = re.compile(r'<template id="([BP]:\w+)"></template>')
#: Parts that are put in their places; further ones are only shown where they stand.
_MOST = 200


def in_place(html: str) -> str:
    """The page with streamed parts in their places; any other page as it is."""
    if "<div hidden" not in html or 'id="S:' not in html or not (starts := {part[1]: part for part in _PART.finditer(html)}):
        return html
    pieces: list[str] = []
    places: dict[str, str] = {}
    at = 0
    for call in _CALL.finditer(html):
        place, name = sorted((call[1], call[2]), key=lambda given: given.startswith("S:"))
        part = starts.pop(name, None)
        if part is None or not at <= part.start() < call.start() or len(places) >= _MOST:
            continue
        end = html.rfind("</div><script", part.end(), call.start())
        if end >= 0:
            pieces.append(html[at : part.start()])
            places[place] = html[part.end() : end]
            at = end + len("</div>")
    page = _PART.sub(r'<div id="\1">', "".join((*pieces, html[at:])))
    return _filled(page, places)


def _filled(page: str, places: dict[str, str]) -> str:
    """The page with each part in its place; parts hold places of others, so they are filled from the last one back."""
    filled: dict[str, str] = {}
    for place in reversed(places):
        filled[place] = _PLACE.sub(lambda match: filled.pop(match[1], match[0]), places[place])
    page = _PLACE.sub(lambda match: filled.pop(match[1], match[0]), page)
    return page + "".join(filled.values())
