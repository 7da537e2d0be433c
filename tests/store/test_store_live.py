"""Whoever looks on is told of what any process writes, once and in order, and nothing runs while nobody does."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from hongyan.model.clock import FakeClock
from hongyan.model.errors import Refused
from hongyan.model.message import Message, State
from hongyan.operate.live import MOST_OF_ONE, Live, LiveQuery, Reader
from hongyan.operate.newest import MOST_AT_ONCE
from hongyan.store import Store
from hongyan.store.ops import Record
from store.store_samples import OpenStore, accepted, message, refusal, settle

ENOUGH_S = 10.0


async def told(reader: Reader, n: int) -> list[tuple[str, str]]:
    """Return n changes, as (kind, id or reason); fails when they do not come."""
    found: list[tuple[str, str]] = []
    while len(found) < n:
        came = await reader.take(ENOUGH_S)
        assert came, f"only {found} came"
        found += ((one.kind, one.row.get("id", one.row.get("reason", str(one.skipped)))) for one in came)
    return found


async def accept(store: Store, **fields: Any) -> Message:
    one = message(**fields)
    await accepted(store, one)
    return one


async def test_changes_come_as_they_are_written_and_go_on_after_a_cut(open_store: OpenStore) -> None:
    ours, theirs = await open_store(), await open_store()
    before = await accept(theirs)
    live = Live(ours, FakeClock())
    assert not live.is_watched()
    async with live.read(LiveQuery()) as reader, live.read(LiveQuery(to="0042", states=("rejected",))) as picky:
        assert await reader.take(0.01) == []
        await theirs.write(settle(before, State.REJECTED))  # accepted before anybody looked on
        assert await told(reader, 1) == [("ended", str(before.id))]
        first = await accept(theirs, to="8613800000042")
        await theirs.write(Record(rows=[refusal(), refusal(project="other")]))
        assert await told(reader, 3) == [("accepted", str(first.id)), *[("refused", "bad-number")] * 2]
        await theirs.write(settle(first, State.REJECTED))
        (last,) = await reader.take(ENOUGH_S)
        assert (last.kind, last.row["state"], last.row["to"]) == ("ended", "rejected", "8613800000042")
        assert await told(picky, 1) == [("ended", str(first.id))]
    missed = await accept(theirs)
    async with live.read(LiveQuery(project="shop"), after=last.cursor) as again:
        assert ("accepted", str(missed.id)) in await told(again, 1)
        second = await accept(ours)
        assert ("accepted", str(second.id)) in await told(again, 1)
    async with live.read(LiveQuery(project="nobody's"), after="no cursor") as deaf, live.marks(per_second=50) as marks:
        await accept(theirs)
        assert await marks.take(ENOUGH_S)
        assert not await marks.take(0.3)
        assert await deaf.take(0.01) == []
    await asyncio.sleep(0.25)
    assert live._watch is None, "nobody looks on, so nobody looks"
    await live.close()
    assert live.over.is_set()


async def test_what_came_too_fast_is_counted_as_skipped(open_store: OpenStore) -> None:
    store = await open_store()
    async with Live(store, FakeClock()).read(LiveQuery()) as reader:
        many = [message() for _ in range(MOST_AT_ONCE + 7)]
        await accepted(store, *many)
        changes = await reader.take(ENOUGH_S)
        assert [one.row["id"] for one in changes[:-1]] == [str(one.id) for one in many[7:]]
        assert (changes[-1].kind, changes[-1].skipped) == ("skipped", 7)
        one = await accept(store)
        assert await told(reader, 1) == [("accepted", str(one.id))], "what was skipped is not told later"


async def test_many_readers_share_what_they_are_told_and_are_bounded(store: Store) -> None:
    live = Live(store, FakeClock())
    async with AsyncExitStack() as stack:
        readers = [await stack.enter_async_context(live.read(LiveQuery(project="shop"))) for _ in range(MOST_OF_ONE)]
        with pytest.raises(Refused, match="overloaded"):
            await stack.enter_async_context(live.read(LiveQuery(project="shop")))
        readers.append(await stack.enter_async_context(live.read(LiveQuery())))  # others are not kept out
        await accept(store)
        changes = [(await reader.take(ENOUGH_S))[0] for reader in readers]
        assert all(one is changes[0] for one in changes)
    async with live.read(LiveQuery(project="shop")):
        assert live.is_watched()
    await live.close()
