"""Which addresses belong to the open internet. Source: security.md 5.5, measured there against 34 spellings.

`ipaddress.is_global` is not enough: NAT64, 6to4, multicast and some single addresses pass it on Python 3.11.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address


def _v4(text: str) -> Sequence[IPv4Network]:
    return [IPv4Network(each) for each in text.split()]


def _v6(text: str) -> Sequence[IPv6Network]:
    return [IPv6Network(each) for each in text.split()]


_V4_CLOSED = _v4(
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24"
    " 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24"
    " 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
)
_V6_CLOSED = _v6("2001::/23 2001:db8::/32 2002::/16 3fff::/20 2620:4f:8000::/48")
"""Teredo and 6to4 among them: they carry an IPv4 address inside."""
_V6_UNICAST, _NAT64 = _v6("2000::/3 64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether a numeric address may be connected to. Raises ValueError when it is none."""
    found = ip_address(address)
    if isinstance(found, IPv4Address):
        return _is_open(found)
    if found.scope_id:
        return False
    if found.ipv4_mapped is not None:
        return _is_open(found.ipv4_mapped)
    if found in _NAT64:
        return _is_open(IPv4Address(int(found) & 0xFFFFFFFF))
    return found in _V6_UNICAST and not any(found in network for network in _V6_CLOSED)


def _is_open(address: IPv4Address) -> bool:
    return not any(address in network for network in _V4_CLOSED)
