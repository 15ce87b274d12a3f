"""States by key, of which those used longest ago are forgotten: years of crawling must not fill the memory."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

State = TypeVar("State")


class Shelf(Generic[State]):
    """What is remembered of hosts or sites, for one event loop.

    Args:
        make: the state of a key that is not known.
        limit: how many states are kept at rest.
        spent: whether a state that nobody uses may be forgotten; always, when not given.
    """

    def __init__(self, make: Callable[[], State], *, limit: int, spent: Callable[[State], bool] = lambda _: True) -> None:
        self._make, self._limit, self._spent = make, limit, spent
        self._states: OrderedDict[str, State] = OrderedDict()
        self._users: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._states)

    @contextmanager
    def use(self, key: str) -> Iterator[State]:
        """The key's state, which stays the one and only for as long as anyone uses it."""
        if key not in self._states:
            self._states[key] = self._make()
        self._states.move_to_end(key)
        self._users[key] = self._users.get(key, 0) + 1
        self._forget()
        try:
            yield self._states[key]
        finally:
            self._users[key] -= 1
            if not self._users[key]:
                del self._users[key]

    def _forget(self) -> None:
        """Drop at most two of the oldest states, so that no call pays for a long list of lively ones."""
        for key in list(self._oldest(2)):
            if len(self._states) <= self._limit:
                return
            if key not in self._users and self._spent(self._states[key]):
                del self._states[key]
            else:
                self._states.move_to_end(key)

    def _oldest(self, count: int) -> Iterator[str]:
        keys = iter(self._states)
        return (key for key, _ in zip(keys, range(count), strict=False))
