"""Due work: taken once, oldest first, and back again when nobody finished it."""

import asyncio

from hongyan.model.message import State
from hongyan.store import Store
from hongyan.store.ops import Again
from hongyan.store.postgres import PostgresStore
from hongyan.store.sweep import LOOK_AGAIN_MS
from store.store_samples import IDS, NOW, OpenStore, accepted, handed, message, settle, states


async def test_claims_what_is_due_oldest_first_and_leases_it(store: Store) -> None:
    late, early, future = message(due_at=NOW - 1), message(due_at=NOW - 2), message(due_at=NOW + 1)
    await accepted(store, late, early, future)
    claimed = await store.claim(NOW, 30_000, 10)
    assert [one.id for one in claimed] == [early.id, late.id]
    assert {(one.state, one.due_at) for one in claimed} == {(State.SENDING, NOW + 30_000)}
    assert await store.messages_by_id([early.id, late.id]) == claimed
    assert await store.claim(NOW, 30_000, 10) == []


async def test_claims_no_more_than_asked(store: Store) -> None:
    await accepted(store, *(message() for _ in range(5)))
    assert len(await store.claim(NOW, 1000, 3)) == 3
    assert await store.backlog() == 2


async def test_what_was_never_answered_is_overdue_and_left_alone_for_a_while(store: Store) -> None:
    sending, submitted = message(state=State.SENDING, due_at=NOW), message(state=State.SENDING)
    waiting = message(due_at=NOW)
    await accepted(store, sending, submitted, waiting)
    await store.write(handed(submitted, due_at=NOW))
    assert await store.overdue(NOW - 1, 10) == []
    found = await store.overdue(NOW, 10)
    assert {(one.id, one.state) for one in found} == {(sending.id, State.SENDING), (submitted.id, State.SUBMITTED)}
    assert await store.overdue(NOW + LOOK_AGAIN_MS - 1, 10) == []
    assert len(await store.overdue(NOW + LOOK_AGAIN_MS, 10)) == 2
    assert len(await store.overdue(NOW + 2 * LOOK_AGAIN_MS, 1)) == 1


async def test_after_a_crash_leases_of_the_embedded_store_are_overdue_at_once(store: Store) -> None:
    one = message(state=State.SENDING, due_at=NOW + 30_000)
    await accepted(store, one)
    moved = await store.abandon_leases(NOW)
    overdue = await store.overdue(NOW, 10)
    if isinstance(store, PostgresStore):  # other processes live on
        assert (moved, overdue) == (0, [])
    else:
        assert (moved, [found.id for found in overdue]) == (1, [one.id])


async def test_outstanding_messages_come_page_by_page_of_a_span_of_time(store: Store) -> None:
    messages = [message(state=State.SENDING) for _ in range(3)]
    await accepted(store, *messages)
    await store.write_all([handed(one) for one in reversed(messages)])
    await store.write(settle(messages[0]))
    at = NOW + 1
    assert [one.id for one in await store.outstanding("sim", at, at + 1, (0, 0), 1)] == [messages[1].id]
    after = NOW + 60_000, messages[1].id
    assert [one.id for one in await store.outstanding("sim", at, at + 1, after, 9)] == [messages[2].id]
    assert await store.outstanding("sim", 0, at, (0, 0), 9) == []
    assert await store.outstanding("sim", at + 1, at + 9, (0, 0), 9) == []
    assert await store.outstanding("other", 0, at + 9, (0, 0), 9) == []


async def test_two_processes_never_claim_the_same_message(open_store: OpenStore) -> None:
    stores = [await open_store(), await open_store()]
    messages = [message() for _ in range(60)]
    await accepted(stores[0], *messages)
    claims = await asyncio.gather(*(stores[turn % 2].claim(NOW, 1000, 7) for turn in range(12)))
    ids = [one.id for claim in claims for one in claim]
    assert len(ids) == len(set(ids))
    assert set(await states(stores[1], messages)) <= {State.SENDING, State.ACCEPTED}
    assert len(ids) + await stores[0].backlog() == 60


async def test_nothing_claims_what_is_not_there(store: Store) -> None:
    assert await store.claim(NOW, 1, 5) == []
    assert await store.claim_pushes(NOW, 1, 5) == []
    assert await store.write(handed(message(id=IDS.mint()))) is False


async def test_what_was_put_back_for_a_cause_is_brought_forward_page_by_page(store: Store) -> None:
    later = NOW + 60_000
    waits, others = [message(state=State.SENDING) for _ in range(5)], [message(state=State.SENDING) for _ in range(3)]
    scheduled = message(due_at=later)
    await accepted(store, *waits, *others, scheduled)
    await store.write_all([Again(message_id=one.id, at=NOW, due_at=later, cause="no carrier") for one in waits])
    await store.write_all([Again(message_id=one.id, at=NOW, due_at=later, cause="busy") for one in others])
    mark: tuple[int, int] | None = (NOW, 0)
    pages = 0
    while mark is not None:
        mark = await store.bring_forward(NOW, ["no carrier", "none"], mark, 2)
        pages += 1
    assert pages == 5
    assert {one.id for one in await store.claim(NOW, 1_000, 20)} == {one.id for one in waits}
    assert len(await store.claim(later, 1_000, 20)) == 4
