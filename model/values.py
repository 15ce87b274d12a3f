"""Values that a page has by the hundred: frozen to the type checker, ordinary to Python at run time.

A frozen dataclass must set each of its own fields past its own guard: .9 µs for a block, .4 without (.3 ms of a page with its
850 blocks, verdicts, opinions and rulings, of 13 to clean it). So these few leave the guard to mypy; every other value is a
frozen dataclass as usual.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def value(cls: type[T]) -> type[T]:
    """A slotted, keyword-only dataclass that nobody may change: compared and hashed by its fields."""
    return dataclass(slots=True, kw_only=True, unsafe_hash=True)(cls)
