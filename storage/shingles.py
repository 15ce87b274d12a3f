"""Shingles: what two texts are compared by, and the sample of them by which candidates are found.

A shingle is four search tokens in a row (`storage.tokens`): four words, or, where tokens are overlapping pairs of
characters, five characters. Comparing sets of shingles is A. Broder, "On the resemblance and containment of documents"
(1997); so is keeping those whose hash is divisible by some number, which tells containment as well as resemblance.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from storage.tokens import tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Name and version of what is computed here; stored with every signature, and raised with every change.
ALGORITHM: Final = "shingles4-1"
#: Tokens in a shingle.
WIDTH: Final = 4
#: Texts with fewer tokens ("Video", "Subscribe to read on") are equal by chance and have no shingles.
SHORTEST: Final = 20
#: A sample aims at this many shingles at least, and keeps one in `COARSEST` at most.
_SAMPLED, COARSEST = 16, 16

Hashes: TypeAlias = "NDArray[np.uint64]"

_BASE = 0x9E3779B97F4A7C15
_POWERS = np.array([pow(_BASE, power, 1 << 64) for power in range(WIDTH)], dtype=np.uint64)
#: The finaliser of splitmix64 (S. Vigna): without it the low bits, which the sample goes by, are not mixed.
_MIX = tuple((np.uint64(shift), np.uint64(factor)) for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)))
_LAST_SHIFT = np.uint64(31)
#: Copied for each token, which takes less than making another.
_HASHING = hashlib.blake2b(digest_size=8)
#: Tokens whose hashes are remembered.
_MOST_REMEMBERED: Final = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How much of two texts is the same, in shingles."""

    shared: int
    #: Different shingles of either text.
    ours: int
    theirs: int

    @property
    def similarity(self) -> float:
        """Shared ones of all there are, 0 to 1 (Jaccard)."""
        return self.shared / max(1, self.ours + self.theirs - self.shared)

    @property
    def containment(self) -> float:
        """Shared ones of the shorter text's, 0 to 1."""
        return self.shared / max(1, min(self.ours, self.theirs))

    @property
    def coverage(self) -> float:
        """Shared ones of the longer text's, 0 to 1."""
        return self.shared / max(1, self.ours, self.theirs)


@lru_cache(maxsize=256)  # copies come close together, and each is compared with those before it
def shingles(text: str) -> Hashes:
    """The hashes of a text's different shingles, ascending, not to be written to; none where it is too short to tell."""
    words = tokens(text)
    if len(words) < SHORTEST:
        return np.empty(0, dtype=np.uint64)
    hashed = np.frombuffer(b"".join(map(_hash_of, words)), dtype="<u8").astype(np.uint64, copy=False)
    ends = len(words) - WIDTH + 1
    rolled = np.zeros(ends, dtype=np.uint64)
    for place in range(WIDTH):
        rolled += hashed[place : place + ends] * _POWERS[place]
    for shift, factor in _MIX:
        rolled = (rolled ^ (rolled >> shift)) * factor
    found = _sorted_once(rolled ^ (rolled >> _LAST_SHIFT))
    found.setflags(write=False)
    return found


def _sorted_once(values: Hashes) -> Hashes:
    """What `numpy.unique` gives, in half its time for so few."""
    values.sort()
    is_first = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=is_first[1:])
    return values[is_first]


class _Remembered(dict[str, bytes]):
    """Token -> its hash. Emptied when it is full: forgetting the oldest, as `lru_cache` does, takes .1 ms more of each save."""

    def __missing__(self, token: str) -> bytes:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        hashing = _HASHING.copy()
        hashing.update(token.encode("utf8", "replace"))
        found = self[token] = hashing.digest()
        return found


_hash_of = _Remembered().__getitem__


def step_of(count: int) -> int:
    """One in so many shingles is sampled of a text that has ``count``: a power of two, so that coarse samples lie in fine ones.

    >>> step_of(17), step_of(100), step_of(5000)
    (1, 4, 16)
    """
    step = 1
    while step < COARSEST and count >= 2 * step * _SAMPLED:
        step *= 2
    return step


def sample(hashes: Hashes) -> list[int]:
    """The sampled shingles, as signed 64-bit integers, so that databases store them as such."""
    kept = hashes[(hashes & np.uint64(step_of(len(hashes)) - 1)) == 0]
    return list[int](kept.view(np.int64).tolist())


def overlap(ours: Hashes, theirs: Hashes) -> Overlap:
    """How much of two texts is the same."""
    return Overlap(shared=len(np.intersect1d(ours, theirs, assume_unique=True)), ours=len(ours), theirs=len(theirs))
