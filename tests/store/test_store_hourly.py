"""Messages are counted by the hour, on both engines."""

from typing import Any

from hongyan.model.clock import FakeClock
from hongyan.model.ids import IdMint
from hongyan.model.limits import HOUR_MS
from hongyan.model.message import State
from hongyan.store import Store, hourly
from hongyan.store.ops import Accept, Settle
from store.store_samples import message

HOUR = HOUR_MS


async def put(store: Store, clock: FakeClock, mint: IdMint, **fields: Any) -> int:
    one = message(id=mint.mint(), accepted_at=clock.now_ms(), state=State.SENDING, **fields)
    await store.write(
        Accept(project=one.project, currency="CNY", credit_line=10**9, submissions=(), messages=[one], now_ms=clock.ms)
    )
    return one.id


async def test_counts_an_hour_until_nothing_in_it_changes(store: Store, clock: FakeClock) -> None:
    clock.ms = clock.ms // HOUR * HOUR + 60_000
    hour, mint = clock.ms - 60_000, IdMint(clock)
    first = await put(store, clock, mint, carrier="acme", parts=2)
    await put(store, clock, mint, carrier="acme")
    await put(store, clock, mint)
    clock.push(1.5)
    done = Settle(message_id=first, project="shop", state=State.DELIVERED, at=clock.ms, cause="delivered|D|a|ok")
    assert await store.write(done)
    await hourly.count(store, hour, clock.ms)
    assert await hourly.known(store, hour, hour + HOUR) == {hour: (clock.ms, False)}
    by_state = await hourly.read(store, hour, hour + HOUR, ("state",), {})
    assert {row[0]: row[1:3] for row in by_state} == {"delivered": (1, 2), "sending": (2, 2)}
    assert [row[0] for row in await hourly.read(store, hour, hour + HOUR, ("band",), {"state": "delivered"})] == [4]
    clock.ms = hour + HOUR
    await hourly.count(store, hour, clock.ms)
    await hourly.count(store, hour - HOUR, clock.ms)
    assert await hourly.known(store, hour - HOUR, hour + HOUR) == {
        hour: (clock.ms, False),
        hour - HOUR: (clock.ms, True),
    }
    assert sum(row[1] for row in await hourly.read(store, hour, hour + HOUR, ("carrier",), {})) == 3
