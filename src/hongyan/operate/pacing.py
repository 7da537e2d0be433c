"""How often somebody may try to log in: a few times at once, then ever more slowly, by account and by address.

Failures are counted in the store, so all processes count together. A try is written down before it is looked at, and
crossed out when it was right: many at once get no more tries than one after the other. Names nobody has are counted
like all others.
"""

import asyncio
import hashlib
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from sqlalchemy import BigInteger, ClauseElement, delete, exists, func, insert, literal, select, update

from hongyan.model.clock import Clock
from hongyan.store import Store
from hongyan.store.tables import counts

_WINDOW_MS = 24 * 3_600_000


class Pace(NamedTuple):
    """Tries that may fail at once; then the wait doubles with each, from two seconds up to `longest_s`."""

    free: int
    longest_s: int

    def wait_s(self, failures: int) -> int:
        """Return how long after the last of so many failures the next try may come."""
        if failures < self.free:
            return 0
        return int(min(self.longest_s, 2 ** min(failures - self.free + 1, 30)))


BY_ACCOUNT, BY_ADDRESS = Pace(5, 300), Pace(20, 900)
"""an account's wait is short: whoever knows its name could otherwise keep its owner out"""


class Try(NamedTuple):
    """One attempt that may go ahead."""

    account: int
    address: int
    at: int
    failures: int
    """of this account, or from this address, with this one"""


class Pacing:
    """Counts tries."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._one = asyncio.Lock()

    async def knock(self, name: str, peer: str) -> Try | int:
        """Return a try, counted as failed until `right` is told; or the seconds to wait before the next."""
        now = self._clock.now_ms()
        account, address = _buckets(name, peer)
        async with self._one:
            wait_s, failures = await self._look(account, address, now)
            if wait_s:
                return wait_s
            await self._store.change(*_one_more(account, now), *_one_more(address, now))
        return Try(account, address, now, failures + 1)

    async def wait_s(self, name: str, peer: str) -> int:
        """Return the seconds to wait before the next try; nothing is counted."""
        return (await self._look(*_buckets(name, peer), self._clock.now_ms()))[0]

    async def right(self, tried: Try) -> None:
        """Forget the account's failures. The address keeps its own: somebody with one account could clear them."""
        at = (counts.c.bucket == tried.address) & (counts.c.at == tried.at)
        await self._store.change(
            delete(counts).where(counts.c.bucket == tried.account), update(counts).where(at).values(n=counts.c.n - 1)
        )

    async def _look(self, account: int, address: int, now: int) -> tuple[int, int]:
        """Return (seconds to wait, failures so far)."""
        most = wait_ms = 0
        for bucket, pace in ((account, BY_ACCOUNT), (address, BY_ADDRESS)):
            failures, last = await self._failures(bucket, now)
            most = max(most, failures)
            wait_ms = max(wait_ms, last + pace.wait_s(failures) * 1000 - now)
        return -(-wait_ms // 1000), most

    async def _failures(self, bucket: int, now: int) -> tuple[int, int]:
        asked = select(func.sum(counts.c.n), func.max(counts.c.at)).where(
            counts.c.bucket == bucket, counts.c.at > now - _WINDOW_MS, counts.c.n > 0
        )
        failures, last = (await self._store.select(asked))[0]
        return int(failures or 0), last or 0


def _one_more(bucket: int, at: int) -> tuple[ClauseElement, ...]:
    here = (counts.c.bucket == bucket) & (counts.c.at == at)
    row = select(*(literal(value, BigInteger) for value in (bucket, at, 0))).where(~exists().where(here))
    return (
        insert(counts).from_select(["bucket", "at", "n"], row),
        update(counts).where(here).values(n=counts.c.n + 1),
    )


def _buckets(name: str, peer: str) -> tuple[int, int]:
    return _bucket(f"account {name}"), _bucket(f"address {_network(peer)}")


def _bucket(who: str) -> int:
    digest = hashlib.blake2b(who.encode("utf-8", "replace"), digest_size=8, person=b"hongyan-log-in").digest()
    return int.from_bytes(digest, signed=True)


def _network(peer: str) -> str:
    """Return the address that is counted: of IPv6 the network that one household has."""
    try:
        address = ip_address(peer)
    except ValueError:
        return peer
    if address.version == 4:  # noqa: PLR2004 - IPv4
        return peer
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped) if mapped else str(ip_network((int(address) >> 64 << 64, 64)))
