"""Where we may call: keeps callers' addresses from pointing us at our own side of the wall.

Three checks before a byte leaves: how the URL is written, an address written in it, and every address its name
resolves to. The connection goes to exactly the addresses that were checked, so a name cannot change its mind.
"""

import asyncio
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from enum import Enum, auto
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from hongyan.model.errors import Refused
from hongyan.model.reason import Reason

MOST_URL = 2_048
_HOST_CHARACTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_")
_OTHER_PROTOCOLS = frozenset(
    {
        7,
        9,
        13,
        19,
        21,
        22,
        23,
        25,
        53,
        69,
        110,
        111,
        119,
        123,
        135,
        139,
        143,
        161,
        389,
        445,
        465,
        514,
        587,
        636,
        993,
        995,
    }
    | {2049, 3306, 5432, 6000, 6379, 6667, 11211}
)
"""ports whose servers might read our POST as commands of theirs"""

Address = IPv4Address | IPv6Address


class Side(Enum):
    """On which side of the wall an address lies."""

    OUTSIDE = auto()
    NEAR = auto()  # loopback and private: allowed where the operator says so
    NEVER = auto()  # link-local (cloud metadata), shared, multicast, reserved, documentation


_NEAR = tuple(map(ip_network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")))
_NEVER = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "100.64.0.0/10",  # carrier-grade NAT
            "169.254.0.0/16",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",  # the old relays to 6to4
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "64:ff9b:1::/48",  # NAT64 of a local network
            "2001:2::/48",
            "2001:10::/28",
            "2001:20::/28",
            "2001:db8::/32",
            "3fff::/20",
        ),
    )
)
_GLOBAL6 = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")


def side_of(address: Address) -> Side:
    """Return where an address lies; one that carries an IPv4 address lies where the worst part of it does."""
    carried = list(_carried(address)) if isinstance(address, IPv6Address) else []
    if carried:
        return max((side_of(one) for one in carried), key=lambda side: side.value)
    if any(address in network for network in _NEAR):
        return Side.NEAR
    if any(address in network for network in _NEVER):
        return Side.NEVER
    if isinstance(address, IPv6Address) and address not in _GLOBAL6:
        return Side.NEVER
    return Side.OUTSIDE


def _carried(address: IPv6Address) -> Iterator[IPv4Address]:
    """Yield the IPv4 addresses inside an IPv4-mapped, NAT64, 6to4 or Teredo address."""
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address in _NAT64:
        yield IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo


def _refused(why: str) -> Refused:
    return Refused(Reason.BAD_FIELD, field="address", why=why)


def check_url(url: str) -> None:
    """Raise Refused unless this is an http or https URL that a webhook may have, by its looks alone."""
    parsed_url(url)


@lru_cache(maxsize=4096)
def parsed_url(url: str) -> URL:
    """Return the URL as it will be called; raise Refused as `check_url` does."""
    if len(url) > MOST_URL:
        raise _refused(f"the address is longer than {MOST_URL} characters")
    if any(character <= " " or character in {"\x7f", "\\"} for character in url):
        raise _refused("the address has blanks, control characters or backslashes")
    try:
        parsed = URL(url, encoded=url.isascii())
        port = parsed.port
    except (ValueError, IndexError):  # yarl trips over `http://[a]@` with an IndexError
        raise _refused("the address cannot be read as a URL") from None
    if parsed.scheme not in {"http", "https"}:
        raise _refused("the address is neither http nor https")
    if parsed.user is not None or parsed.password is not None:
        raise _refused("the address holds a user or password")
    host = parsed.raw_host
    if not host:
        raise _refused("the address has no host")
    if port is None or not port or port in _OTHER_PROTOCOLS:
        raise _refused(f"port {port} is not one for webhooks")
    if "%" in host or (written_address(host) is None and not _HOST_CHARACTERS.issuperset(host)):
        raise _refused("the host has characters that no name has")
    return parsed


def written_address(host: str) -> Address | None:
    """Return the address that a host is written as, None for a name. Raise Refused for an odd spelling of one."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    if ":" in host:
        raise _refused("the host is no address that can be called")
    try:
        packed = socket.inet_aton(host)
    except (OSError, ValueError):
        return None
    raise _refused(f"write the address as {IPv4Address(packed)}")


def allowed(address: Address, *, inside: bool) -> bool:
    """Return whether we may connect there; `inside` opens loopback and private addresses."""
    side = side_of(address)
    return side is Side.OUTSIDE or (inside and side is Side.NEAR)


def redirected(url: URL, location: str, *, inside: bool) -> URL:
    """Return the URL that a redirect leads to. Raise Refused as `checked` does, and for a step down to http."""
    try:
        following = checked(str(url.join(URL(location, encoded=location.isascii()))), inside=inside)
    except (ValueError, IndexError):
        raise _refused("a redirect leads to what is no URL") from None
    if url.scheme == "https" and following.scheme != "https":
        raise _refused("a redirect leads from https to http")
    return following


def checked(url: str, *, inside: bool) -> URL:
    """Return the URL to call. Raise Refused for its looks or for an address written in it that lies inside."""
    parsed = parsed_url(url)
    address = written_address(parsed.raw_host or "")
    if address is not None and not allowed(address, inside=inside):
        raise _refused(f"{address} is not an address on the outside")
    return parsed


Lookup = Callable[..., list[tuple[Any, ...]]]


class GuardedResolver(AbstractResolver):
    """Resolves names in threads of its own, and gives out only addresses that we may connect to.

    Addresses written in a URL do not come here: `checked` looks at those.
    """

    def __init__(self, threads: Executor, *, inside: bool, lookup: Lookup = socket.getaddrinfo) -> None:
        self._threads, self._inside, self._lookup = threads, inside, lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the allowed addresses of a name. Raise Refused when it has none but forbidden ones."""
        loop = asyncio.get_running_loop()
        infos = await loop.run_in_executor(self._threads, lambda: self._lookup(host, port, family, socket.SOCK_STREAM))
        found: list[ResolveResult] = []
        for of_family, _, proto, _, socket_address in infos:
            text = str(socket_address[0])
            if allowed(ip_address(text), inside=self._inside):
                found.append(
                    ResolveResult(
                        hostname=host,
                        host=text,
                        port=port,
                        family=of_family,
                        proto=proto,
                        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
                    )
                )
        if infos and not found:
            raise _refused(f"{host} leads to an address that is not on the outside")
        return found

    async def close(self) -> None:
        """Do nothing: the threads belong to whoever made them."""
