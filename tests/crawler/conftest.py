"""Fixtures of the crawler's tests: a server on loopback, options and resolvers for it."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest
from loopback import Site

from crawler.options import FetchOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crawler.guard import Address
    from crawler.names import Resolve

LOOPBACK = ("127.0.0.0/8", "::1/128")


@pytest.fixture
def site() -> Iterator[Site]:
    """A fresh server with no route."""
    server = Site()
    server.start()
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def options() -> Callable[..., FetchOptions]:
    """Makes options for loopback without pauses; the arguments change them."""

    def make(**changes: Any) -> FetchOptions:
        return FetchOptions(**({"user_agent": "newsmill/0 (test@example.org)", "networks": LOOPBACK, "delay": 0.0} | changes))

    return make


@pytest.fixture
def names() -> Callable[..., Resolve]:
    """Makes a resolver from ``{name: "address address"}``; of several answers each question takes the next, the last stays."""

    def make(known: dict[str, str | list[str]]) -> Resolve:
        async def resolve(host: str) -> tuple[Address, ...]:
            if host not in known:
                raise OSError(f"no such name: {host}")
            answers = known[host]
            if isinstance(answers, list):
                answers = answers.pop(0) if len(answers) > 1 else answers[0]
            return tuple(ip_address(address) for address in answers.split())

        return resolve

    return make


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
