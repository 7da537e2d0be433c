"""Messages handed over in parts, and hand-overs whose lease went to somebody else."""

import asyncio
from typing import Any

import pytest

from hongyan.model.message import Message, State
from hongyan.store import Found, Store
from hongyan.store.ops import Again, Op, Part, PartReported, Settle
from store.store_samples import NOW, OpenStore, accept, accepted, handed, message, settle

LEASE = NOW + 30_000


async def _in_parts(store: Store, *ids: str, carrier: str = "sim") -> Message:
    one = message(state=State.SENDING, due_at=LEASE)
    await store.write_all([accept(one), handed(one, ids[0], part_ids=ids, carrier=carrier)])
    found = await store.message(one.id)
    assert found is not None
    return found


def _told(provider_id: str, state: State = State.DELIVERED, at: int = NOW + 5, carrier: str = "sim") -> PartReported:
    return PartReported(carrier=carrier, provider_id=provider_id, state=state, cause=f"{state}|x|sim|", at=at)


def _states(parts: list[Part]) -> list[State | None]:
    return [part.state for part in parts]


async def test_parts_are_kept_in_their_order_and_found_by_the_carriers_ids(store: Store) -> None:
    one = await _in_parts(store, "b", "a", "c")
    parts = [
        Part(carrier="sim", provider_id=provider_id, message_id=one.id, number=number, total=3)
        for number, provider_id in enumerate("bac", 1)
    ]
    assert await store.parts(one.id) == parts
    found = await store.by_provider("sim", ["a", "b", "c", "d"])
    assert found == {"a": Found(one, 2), "b": Found(one, 1), "c": Found(one, 3)}
    assert await store.by_provider("other", ["a", "b"]) == {}


async def test_odd_characters_in_a_carriers_ids_are_no_hindrance(store: Store) -> None:
    await _in_parts(store, "a\0", "b\ud800")
    assert {name: found.part for name, found in (await store.by_provider("sim", ["a\0", "b\ud800"])).items()} == {
        "a\0": 1,
        "b\ud800": 2,
    }
    assert _states(await store.write(_told("b\ud800"))) == [None, State.DELIVERED]
    assert await store.by_provider("sim", []) == {}


async def test_a_message_handed_over_whole_has_no_parts(store: Store) -> None:
    one = message(state=State.SENDING)
    await store.write_all([accept(one), handed(one, "X")])
    assert await store.parts(one.id) == []
    assert [found.part for found in (await store.by_provider("sim", ["X"])).values()] == [0]
    assert await store.write(_told("X")) == []


async def test_each_parts_receipt_answers_with_all_parts_as_they_stand(store: Store) -> None:
    await _in_parts(store, "a", "b")
    first, second, again, unknown = await store.write_all(
        [_told("b"), _told("a", State.EXPIRED, NOW + 9), _told("b", State.UNDELIVERED), _told("z")]
    )
    assert _states(first) == [None, State.DELIVERED]
    assert _states(second) == _states(again) == [State.EXPIRED, State.DELIVERED]
    assert unknown == []
    assert (second[0].cause, second[0].at) == ("expired|x|sim|", NOW + 9)
    assert await store.write(_told("a")) == second == await store.parts(second[0].message_id)


async def test_a_part_may_report_in_the_batch_that_hands_it_over(store: Store) -> None:
    one = message(state=State.SENDING)
    ops: list[Op] = [accept(one), handed(one, "p1", part_ids=("p1", "p2")), _told("p2"), _told("p1")]
    _, moved, first, second = await store.write_all(ops)
    assert moved is True
    assert (_states(first), _states(second)) == ([None, State.DELIVERED], [State.DELIVERED] * 2)


async def test_parts_under_one_id_are_reported_one_after_the_other(store: Store) -> None:
    await _in_parts(store, "same", "same")
    assert _states(await store.write(_told("same"))) == [State.DELIVERED, None]
    assert _states(await store.write(_told("same", State.REJECTED))) == [State.DELIVERED, State.REJECTED]


async def test_of_two_parts_with_one_id_the_newer_messages_is_meant(store: Store) -> None:
    old, new = await _in_parts(store, "a", "b"), await _in_parts(store, "c", "b")
    assert (await store.by_provider("sim", ["b"]))["b"] == Found(new, 2)
    assert [part.message_id for part in await store.write(_told("b"))] == [new.id] * 2
    assert _states(await store.parts(old.id)) == [None, None]


async def test_two_processes_that_tell_of_the_parts_of_one_message_both_see_the_whole(open_store: OpenStore) -> None:
    stores = [await open_store(), await open_store()]
    for turn in range(8):
        ids = [f"{turn}.{number}" for number in range(4)]
        await _in_parts(stores[0], *ids)
        answers = await asyncio.gather(
            *(stores[place % 2].write(_told(provider_id)) for place, provider_id in enumerate(ids))
        )
        heard = [sum(part.state is not None for part in parts) for parts in answers]
        assert max(heard) == 4, "nobody saw that all parts had been told"


@pytest.mark.parametrize(
    ("op", "moves"),
    [
        ({"lease": LEASE}, True),
        ({"lease": None}, True),
        ({"lease": LEASE - 1}, False),
    ],
)
async def test_a_hand_over_counts_only_under_its_own_lease(store: Store, op: dict[str, Any], moves: bool) -> None:
    messages = [message(state=State.SENDING, due_at=LEASE) for _ in range(3)]
    await accepted(store, *messages)
    results = await store.write_all(
        [
            handed(messages[0], part_ids=("a", "b"), **op),
            Again(message_id=messages[1].id, at=NOW, due_at=NOW, cause="x|x|x|x", **op),
            settle(messages[2], State.REJECTED, refund=1, **op),
        ]
    )
    assert results == [moves] * 3
    if not moves:
        assert await store.messages_by_id([one.id for one in messages]) == messages
        assert await store.parts(messages[0].id) == []
        assert await store.balance("shop") == -3 * messages[0].price


async def test_what_a_claim_or_the_sweep_took_over_is_no_longer_the_first_ones(store: Store) -> None:
    one = message(due_at=NOW)
    await accepted(store, one)
    (claimed,) = await store.claim(NOW, 1000, 5)
    (overdue,) = await store.overdue(NOW + 1000, 5)
    assert overdue.due_at != claimed.due_at
    assert await store.write(handed(one, lease=claimed.due_at)) is False
    assert await store.write(handed(one, lease=overdue.due_at)) is True


async def test_the_fence_does_not_stand_before_what_was_handed_over(store: Store) -> None:
    one = message(state=State.SENDING, due_at=LEASE)
    await store.write_all([accept(one), handed(one)])
    end: Settle = settle(one, lease=LEASE)
    assert await store.write(end) is True
