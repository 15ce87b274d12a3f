"""What a site's earlier pages taught about its clutter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class PathRecord:
    """How blocks at one path of tags and classes were judged."""

    blocks: int
    #: Sum of the keep probabilities of those blocks.
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMemory:
    """A value: `cleaners.learn` returns a new one and changes none. The mappings are never written to."""

    #: Distinct pages learned from; copies of one page count once.
    pages: int = 0
    #: Fingerprint of a block's normalised text -> number of distinct pages it stood on.
    texts: Mapping[int, int] = field(default_factory=dict)
    #: Path of tags and classes -> how its blocks were judged.
    paths: Mapping[str, PathRecord] = field(default_factory=dict)
    #: Fingerprints of the article texts learned from, newest last: how copies are told.
    seen: tuple[int, ...] = ()
