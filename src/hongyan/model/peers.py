"""Where a request comes from: this machine, or somewhere through a proxy. Addresses are texts, as sockets tell them."""

from collections.abc import Collection, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

FORWARDED = frozenset({"x-forwarded-for", "forwarded", "x-real-ip"})
"""signs of a proxy: whoever calls through one is not on this machine"""

Networks = Sequence[IPv4Network | IPv6Network]


def is_loopback(address: str) -> bool:
    """Return whether an IP address, also an IPv4 one written as IPv6, is this machine's own."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def is_here(peer: str, header_names: Collection[str]) -> bool:
    """Return whether somebody on this machine asks, and no proxy for somebody else."""
    return is_loopback(peer) and FORWARDED.isdisjoint(header_names)


def is_in(address: str, networks: Networks) -> bool:
    """Return whether an address is in one of these networks."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)


def behind(peer: str, forwarded: str, proxies: Networks) -> str:
    """Return the last address of X-Forwarded-For that a proxy of ours did not write."""
    for hop in (peer, *reversed([one.strip() for one in forwarded.split(",")])):
        try:
            address = ip_address(hop)
        except ValueError:
            return peer
        if not any(address in network for network in proxies):
            return hop
        peer = hop
    return peer
