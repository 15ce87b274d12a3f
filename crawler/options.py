"""How to fetch: the values config.yaml may set, checked once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, TypeAlias

from model.errors import ConfigError
from model.page import Want

if TYPE_CHECKING:
    from collections.abc import Mapping

Networks: TypeAlias = tuple[IPv4Network | IPv6Network, ...]

_MB = 1_000_000
#: Bytes of a body after the content encoding is undone, and on the wire.
_CAPS = {Want.PAGE: 5 * _MB, Want.FEED: 10 * _MB, Want.SITEMAP: 50 * _MB, Want.ROBOTS: 500 * 1024, Want.PART: 5 * _MB}
#: A product token (RFC 9309, 2.2.1) that begins a header of printable ASCII.
_USER_AGENT = re.compile(r"([A-Za-z_-]+)(?![^/ ])[ -~]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOptions:
    """Limits and manners of one `Fetcher`. All times in seconds.

    Raises:
        ConfigError: a value that cannot work; ``key`` names the field.
    """

    #: Sent whole, and begins with the product token that robots.txt is asked about:
    #: ``newsmill/1.0 (+https://example.org/bot; bot@example.org)``.
    user_agent: str
    #: Networks that are not public and may be visited all the same, on any port: ``10.1.0.0/16``, ``::1/128``.
    networks: tuple[str, ...] = ()
    #: Networks that are not public and may hold the proxies of sources.
    proxy_networks: tuple[str, ...] = ()
    #: Ports that may be asked on public addresses.
    ports: tuple[int, ...] = (80, 443)
    obey_robots: bool = True
    #: From the end of one request to a host to the start of the next; 0 for no pauses but those a host asks for.
    delay: float = 1.0
    #: The pause is at least so many times what the host lately took to answer; 0 does not look at that.
    delay_factor: float = 3.0
    #: Whether hosts at one address share one queue and its pauses.
    group_addresses: bool = False
    #: The longest delay that a Crawl-delay or repeated refusals (429, 503) can bring about.
    max_delay: float = 60.0
    #: A host that asked for a longer rest than this is not waited for: `model.errors.HostResting` at once.
    patience: float = 60.0
    connect_timeout: float = 10.0
    read_timeout: float = 20.0
    #: For a page with all its redirects; waiting for one's turn does not count.
    total_timeout: float = 60.0
    max_redirects: int = 10
    #: Largest body per kind of request; an entry given here replaces the default of that kind.
    caps: Mapping[Want, int] = field(default_factory=dict)
    #: Requests in flight over all hosts.
    concurrency: int = 32
    #: The Chromium for pages that need their scripts: a path or a name on PATH; None takes the first that is known.
    browser: str | None = None
    #: Connections open over all hosts, idle ones included: a host that is visited again soon keeps its own.
    connections: int = 256

    def __post_init__(self) -> None:
        if not _USER_AGENT.fullmatch(self.user_agent):
            raise ConfigError("begins with a product name of letters, - and _, all of it plain ASCII", key="user_agent")
        parse_networks(self.networks)
        parse_networks(self.proxy_networks, key="proxy_networks")
        for key in ("delay", "delay_factor", "max_delay", "patience"):
            if not getattr(self, key) >= 0:
                raise ConfigError("at least 0", key=key)
        for key in ("connect_timeout", "read_timeout", "total_timeout"):
            if not getattr(self, key) > 0:
                raise ConfigError("more than 0", key=key)
        if self.max_redirects < 0:
            raise ConfigError("at least 0", key="max_redirects")
        if self.concurrency < 1:
            raise ConfigError("at least 1", key="concurrency")
        if self.connections < self.concurrency:
            raise ConfigError("at least as many as concurrency", key="connections")

    @property
    def product(self) -> str:
        """The product token of the user agent, which groups of robots.txt are matched with."""
        token = _USER_AGENT.match(self.user_agent)
        assert token is not None
        return token[1]

    def cap(self, want: Want) -> int:
        """Bytes that a body of this kind may have."""
        return self.caps.get(want, _CAPS[want])


def parse_networks(networks: tuple[str, ...], *, key: str = "networks") -> Networks:
    """The networks as values.

    Args:
        networks: as config.yaml has them.
        key: for the error.

    Raises:
        ConfigError: one of them is not a network in CIDR form.
    """
    try:
        return tuple(ip_network(network) for network in networks)
    except ValueError as error:
        raise ConfigError(f"{error}; a network in CIDR form such as 10.1.0.0/16", key=key) from None
