"""A request on its way through redirects, and errors told as its asker is to hear them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from crawler.cookies import Jar
from crawler.targets import parse
from crawler.ways import PLAIN
from model.errors import BadRedirect, FetchError, InvalidAddress

if TYPE_CHECKING:
    from crawler.targets import Target
    from crawler.ways import Way
    from model.page import Request

_PERMANENT: Final = frozenset({301, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A request on its way through redirects."""

    request: Request
    #: What is asked next.
    target: Target
    #: Addresses asked and being asked, the request's own as it was given.
    asked: tuple[str, ...]
    way: Way = PLAIN
    #: What a script adds to its own request.
    headers: tuple[tuple[str, str], ...] = ()
    #: The one part of a chain that changes: cookies come with every answer.
    jar: Jar = field(default_factory=Jar)
    #: Seconds spent on the network.
    spent: float = 0.0
    #: The address that permanent redirects alone led to, where there was at least one.
    moved_to: str | None = None
    #: Whether a redirect for the time being is among those followed.
    passing: bool = False

    @property
    def at_home(self) -> bool:
        """Whether the chain is still at the host that it began at."""
        return len(self.asked) == 1 or parse(self.asked[0]).authority == self.target.authority

    def on(self, target: Target, *, status: int, spent: float) -> Chain:
        """The chain after a redirect."""
        passing = self.passing or status not in _PERMANENT
        moved_to = self.moved_to if passing else target.url
        return replace(self, target=target, asked=(*self.asked, target.url), spent=spent, moved_to=moved_to, passing=passing)


def retold(error: FetchError, chain: Chain) -> FetchError:
    """The error as the asker of the chain is to hear it: about the page asked for, with the place where it happened."""
    if len(chain.asked) == 1:
        return readdressed(error, chain.request.url, error.detail)
    detail = f"{error.detail}, after a redirect to {chain.asked[-1]}"
    if isinstance(error, InvalidAddress):
        return BadRedirect(chain.request.url, detail)
    return readdressed(error, chain.request.url, detail)


def readdressed(error: FetchError, url: str, detail: str) -> FetchError:
    """The same error about another address."""
    told = type(error)(url, detail)
    vars(told).update(vars(error) | {"url": url, "detail": detail})
    return told
