"""Which addresses may be dialled. Pure: no name is looked up here.

A crawler follows addresses that strangers wrote, so it must not reach into the network it runs in (server-side request
forgery). An address is public unless a table says otherwise, an IPv6 address that carries an IPv4 address is judged by what it
carries, and networks that config.yaml lists are public to us.

Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates). The standard library's ``is_global``
is not used: Python 3.11 takes NAT64, 6to4, Teredo and IPv4-compatible forms of private addresses for global ones.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from crawler.options import Networks

Address: TypeAlias = IPv4Address | IPv6Address

_REFUSED_4: Final = tuple(
    (IPv4Network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
#: All global unicast addresses come from here; what lies outside is loopback, link-local, unique-local, multicast, unassigned.
_GLOBAL_6: Final = IPv6Network("2000::/3")
_REFUSED_6: Final = tuple(
    (IPv6Network(network), reason)
    for network, reason in (
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
    )
)

_LOW_32: Final = 0xFFFF_FFFF
_COMPATIBLE: Final = IPv6Network("::/96")
_TRANSLATED: Final = IPv6Network("::ffff:0:0:0/96")  # RFC 2765
_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052
#: Interface identifiers of ISATAP (RFC 5214): bits 32 to 63, with and without the universal bit.
_ISATAP: Final = (0x0000_5EFE, 0x0200_5EFE)


def refusal(address: Address, networks: Networks = ()) -> str | None:
    """Why an address may not be dialled, in a word or two; None when it may.

    Args:
        address: what a name resolved to.
        networks: networks that are allowed although they are not public.
    """
    if any(address in network for network in networks):
        return None
    if isinstance(address, IPv4Address):
        return next((reason for network, reason in _REFUSED_4 if address in network), None)
    carried = _carried(address)
    if carried:
        return next((reason for reason in (refusal(inner, networks) for inner in carried) if reason), None)
    if address.is_loopback or address.is_unspecified:
        return "loopback"
    if address not in _GLOBAL_6:
        return "not global unicast"
    return next((reason for network, reason in _REFUSED_6 if address in network), None)


def _carried(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that a transition mechanism will reach through this one."""
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address.sixtofour,)
    if address.teredo:
        return address.teredo
    value = int(address)
    low = IPv4Address(value & _LOW_32)
    if address in _NAT64 or address in _TRANSLATED or (value >> 32) & _LOW_32 in _ISATAP:
        return (low,)
    # "::" and "::1" lie in the same range and are addresses of their own.
    return (low,) if address in _COMPATIBLE and value > 1 else ()


_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_IPV4_PARTS: Final = 4
_BYTE: Final = 256


def literal(host: str) -> Address | None:
    """The address a URL's host spells out, in any form a resolver would take; None when the host is a name.

    IPv4 may come in one to four parts, each decimal, octal or hexadecimal, as the URL standard reads them
    (https://url.spec.whatwg.org/#concept-ipv4-parser).

    Raises:
        ValueError: the host ends in a number, as no name does, and is no address; or it has a zone (``fe80::1%eth0``).
    """
    if "%" in host:
        raise ValueError(f"{host!r} names a network interface of this machine")
    if ":" in host:
        return IPv6Address(host)
    parts = host.removesuffix(".").split(".")
    if not _NUMBER.fullmatch(parts[-1]):
        return None
    try:
        *leading, last = (_number(part) for part in parts)
    except ValueError:
        raise ValueError(f"{host!r} is neither a name nor an address") from None
    if len(leading) >= _IPV4_PARTS:
        raise ValueError(f"{host!r} has too many parts")
    if any(number >= _BYTE for number in leading) or last >= _BYTE ** (_IPV4_PARTS - len(leading)):
        raise ValueError(f"{host!r} is out of range")
    return IPv4Address(sum((number << 8 * (3 - place) for place, number in enumerate(leading)), last))


def _number(part: str) -> int:
    if not _NUMBER.fullmatch(part):
        raise ValueError(part)
    if part[:2].lower() == "0x":
        return int(part[2:] or "0", 16)
    return int(part, 8 if len(part) > 1 and part[0] == "0" else 10)
