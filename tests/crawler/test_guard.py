"""Which addresses are refused, and how hosts spell addresses."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.guard import literal, refusal

PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "223.255.255.255"]
PUBLIC_6 = ["2606:4700::1111", "2a00:1450:4001::200e", "2001:4860:4860::8888", "2400:cb00::1", "2003::1"]
REFUSED = [
    ("0.0.0.0", "this network"),
    ("10.255.255.255", "private"),
    ("100.64.0.1", "carrier-grade NAT"),
    ("100.127.255.255", "carrier-grade NAT"),
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("169.254.169.254", "link-local"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.0.0.8", "protocol assignments"),
    ("192.0.2.1", "documentation"),
    ("192.88.99.1", "6to4 relay"),
    ("192.168.1.1", "private"),
    ("198.19.255.255", "benchmarking"),
    ("198.51.100.7", "documentation"),
    ("203.0.113.7", "documentation"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.250", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "reserved"),
    ("::", "loopback"),
    ("::1", "loopback"),
    ("fe80::1", "not global unicast"),
    ("fec0::1", "not global unicast"),
    ("fc00::1", "not global unicast"),
    ("fd00:ec2::254", "not global unicast"),
    ("ff02::1", "not global unicast"),
    ("100::1", "not global unicast"),
    ("64:ff9b:1::7f00:1", "not global unicast"),
    ("4000::1", "not global unicast"),
    ("5f00::1", "not global unicast"),
    ("2001:db8::1", "documentation"),
    ("3fff::1", "documentation"),
    ("2001:2::1", "protocol assignments"),
    ("2001:20::1", "protocol assignments"),
]


def carriers(inner: IPv4Address) -> dict[str, IPv6Address]:
    """An IPv4 address inside IPv6, by every mechanism there is."""
    low = int(inner)
    return {
        "mapped": IPv6Address((0xFFFF << 32) | low),
        "compatible": IPv6Address(low),
        "translated": IPv6Address((0xFFFF << 48) | low),
        "nat64": IPv6Address((0x0064_FF9B << 96) | low),
        "6to4": IPv6Address((0x2002 << 112) | (low << 80) | 1),
        "teredo client": IPv6Address((0x2001 << 112) | (0x0808_0808 << 64) | (low ^ 0xFFFF_FFFF)),
        "teredo server": IPv6Address((0x2001 << 112) | (low << 64) | (0x0808_0808 ^ 0xFFFF_FFFF)),
        "isatap": IPv6Address((0x2A00_1450 << 96) | (0x5EFE << 32) | low),
        "isatap, universal": IPv6Address((0x2A00_1450 << 96) | (0x0200_5EFE << 32) | low),
    }


@pytest.mark.parametrize("address", PUBLIC + PUBLIC_6)
def test_public(address: str) -> None:
    assert refusal(ip_address(address)) is None


@pytest.mark.parametrize(("address", "reason"), REFUSED)
def test_refused(address: str, reason: str) -> None:
    assert refusal(ip_address(address)) == reason


@given(st.ip_addresses(v=4))
@example(IPv4Address("127.0.0.1"))
@example(IPv4Address("169.254.169.254"))
@example(IPv4Address("10.0.0.1"))
@example(IPv4Address("8.8.8.8"))
def test_what_carries_an_address_is_judged_by_it(inner: IPv4Address) -> None:
    for mechanism, outer in carriers(inner).items():
        if int(outer) > 1:
            assert refusal(outer) == refusal(inner), mechanism


@given(st.ip_addresses())
def test_nothing_the_standard_library_calls_private_passes(address: IPv4Address | IPv6Address) -> None:
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast or address.is_reserved:
        assert refusal(address) or (
            isinstance(address, IPv6Address) and int(address) in map(int, carriers(_low(address)).values())
        )


def _low(address: IPv6Address) -> IPv4Address:
    return IPv4Address(int(address) & 0xFFFF_FFFF)


def test_listed_networks_pass_and_no_others() -> None:
    networks = (ip_network("127.0.0.0/8"), ip_network("fd12::/16"))
    for address in ("127.0.0.1", "fd12::1", "::ffff:127.0.0.1"):
        assert refusal(ip_address(address), networks) is None
    for address in ("10.0.0.1", "fd13::1", "::1"):
        assert refusal(ip_address(address), networks)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0X7F.0x0.0.01", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("0x", "0.0.0.0"),
        ("1.65535", "1.0.255.255"),
        ("::1", "::1"),
        ("::ffff:1.2.3.4", "::ffff:102:304"),
    ],
)
def test_spelled_addresses(host: str, address: str) -> None:
    assert literal(host) == ip_address(address)


@pytest.mark.parametrize("host", ["example.org", "1.example", "localhost", "0x7f.example", "a1", "1e3", "٣"])
def test_names(host: str) -> None:
    assert literal(host) is None


@pytest.mark.parametrize(
    "host", ["1.2.3.4.5", "256.1.1.1", "1.2.3.256", "4294967296", "08", "1..2", "a.1", "fe80::1%eth0", "::g"]
)
def test_neither(host: str) -> None:
    with pytest.raises(ValueError, match=r"address|range|parts|interface|hex digits"):
        literal(host)


_PARTS = st.one_of(
    st.integers(0, 2**33).map(str),
    st.integers(0, 2**33).map(hex),
    st.integers(0, 300).map(lambda number: f"0{number:o}"),
)


@given(st.lists(_PARTS, min_size=1, max_size=5).map(".".join))
def test_read_as_the_resolver_would(host: str) -> None:
    """The C library dials these as addresses without asking anybody, so we must see the same address."""
    try:
        expected = IPv4Address(socket.inet_aton(host))
    except OSError:
        with pytest.raises(ValueError, match=r"address|range|parts|interface|hex digits"):
            literal(host)
    else:
        assert literal(host) == expected
