"""Pages to clean text: a library of its own, usable without the rest of newsmill.

::

    from cleaners import clean, clean_text, learn

    cleaned = clean(page, url=url, memory=memory)   # HTML as bytes or str
    cleaned = clean_text(dump)                      # a plain-text dump
    memory = learn(memory, cleaned)                 # what the page teaches about its site
    markdown = render(cleaned, Form.MARKDOWN)       # or HTML that is safe to show, or JSON with every verdict

Names are imported when they are first asked for, so that ``import cleaners`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleaners.decoding import Decoded, decode
    from cleaners.dump_page import clean_text
    from cleaners.forms import Form, render
    from cleaners.joining import adds, joined, replaced, stands_in
    from cleaners.links import Anchor, anchors_of
    from cleaners.memory import learn, lesson
    from cleaners.page import clean
    from cleaners.version import ENGINE_VERSION

__all__ = [
    "ENGINE_VERSION",
    "Anchor",
    "Decoded",
    "Form",
    "adds",
    "anchors_of",
    "clean",
    "clean_text",
    "decode",
    "joined",
    "learn",
    "lesson",
    "render",
    "replaced",
    "stands_in",
]

_HOMES = {
    "ENGINE_VERSION": "version",
    "Anchor": "links",
    "Decoded": "decoding",
    "Form": "forms",
    "adds": "joining",
    "anchors_of": "links",
    "clean": "page",
    "clean_text": "dump_page",
    "decode": "decoding",
    "joined": "joining",
    "learn": "memory",
    "lesson": "memory",
    "render": "forms",
    "replaced": "joining",
    "stands_in": "joining",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return found
