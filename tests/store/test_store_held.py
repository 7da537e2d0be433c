"""Held messages on both engines: no backlog, let go once, with a fresh validity, never claimed before."""

from typing import Any

from sqlalchemy import select, text

from hongyan.model.hold import HELD as CAUSES
from hongyan.model.message import Message, State
from hongyan.model.world import Mode
from hongyan.store import Store
from hongyan.store.ops import Again, Release, Withhold
from hongyan.store.sqlite import SqliteStore
from hongyan.store.sweep import BACKLOG
from hongyan.store.tables import HELD, messages
from store.store_samples import NOW, accepted, handed, message, settle

CAUSE = CAUSES[Mode.CAPTURE]
LATER = NOW + 86_400_000


def held(**fields: Any) -> Message:
    return message(**({"due_at": LATER, "expires_at": LATER, "cause": CAUSE} | fields))


def release(one: Message, at: int = NOW) -> Release:
    return Release(message_id=one.id, at=at, expires_at=at + 1000, text="dev")


async def found(store: Store) -> list[int]:
    return [row[0] for row in await store.select(select(messages.c.id).where(text(HELD)).order_by(messages.c.id))]


async def test_what_is_held_is_no_backlog_and_not_claimed(store: Store) -> None:
    one, two, waiting = held(), held(cause=CAUSES[Mode.ALLOW_LIST]), message()
    await accepted(store, one, two, waiting)
    assert await store.backlog() == 1
    assert await found(store) == [one.id, two.id]
    assert [each.id for each in await store.claim(NOW, 1000, 10)] == [waiting.id]
    assert await store.bring_forward(NOW, [CAUSE[:-1]], (NOW, 0), 10) is None
    assert await store.claim(NOW, 1000, 10) == []


async def test_released_it_is_due_at_once_with_a_new_validity_once(store: Store) -> None:
    one = held()
    await accepted(store, one)
    assert await store.write_all([release(one), release(one)]) == [True, False]
    assert await found(store) == []
    (claimed,) = await store.claim(NOW, 1000, 10)
    assert (claimed.id, claimed.expires_at, claimed.cause) == (one.id, NOW + 1000, None)
    (event,) = await store.events(one.id)
    assert (event.kind, event.text, event.at) == ("released", "dev", NOW)
    assert await store.write(release(one)) is False
    assert await store.write(handed(one)) is True
    assert await store.write(settle(one)) is True


async def test_only_what_is_held_is_released(store: Store) -> None:
    waiting, sending, gone = message(), message(state=State.SENDING), held()
    await accepted(store, waiting, sending)
    await store.write(Again(message_id=sending.id, at=NOW, due_at=LATER, cause="ours|BUSY|hongyan|busy"))
    assert await store.write_all([release(waiting), release(sending), release(gone)]) == [False, False, False]
    assert (await store.message(waiting.id)) == waiting


async def test_rejected_it_is_paid_back_and_released_no_more(store: Store) -> None:
    one = held()
    await accepted(store, one)
    ending = settle(one, state=State.REJECTED, refund=one.price)
    assert await store.write_all([ending, release(one)]) == [True, False]
    assert await store.balance("shop") == await store.ledger_sum("shop")
    assert await found(store) == []


async def test_held_ones_are_found_by_their_index(store: Store) -> None:
    if not isinstance(store, SqliteStore):
        return
    plan = await store.select(text(f"EXPLAIN QUERY PLAN SELECT id FROM messages WHERE {HELD} ORDER BY id DESC"))
    assert "messages_held" in str(plan)
    counted = str(await store.select(text(f"EXPLAIN QUERY PLAN {BACKLOG}")))
    assert "INDEX messages_held" in counted
    assert "COVERING INDEX messages_due" in counted


async def test_what_was_claimed_is_held_once_with_its_details_and_released_as_any(store: Store) -> None:
    one = message(details='{"link":"abc"}')
    await accepted(store, one)
    (claimed,) = await store.claim(NOW, 1000, 10)
    withhold = Withhold(
        message_id=one.id, at=NOW, due_at=LATER, cause=CAUSE, details='{"withheld":"capture"}', lease=claimed.due_at
    )
    assert await store.write_all([withhold, withhold]) == [True, False]
    kept = await store.message(one.id)
    assert kept is not None
    assert (kept.state, kept.due_at, kept.cause) == (State.ACCEPTED, LATER, CAUSE)
    assert kept.noted() == {"withheld": "capture"}
    assert (await found(store), await store.backlog()) == ([one.id], 0)
    assert await store.write(release(one)) is True
    assert [event.kind for event in await store.events(one.id)] == ["withheld", "released"]
    (claimed,) = await store.claim(NOW, 1000, 10)
    withhold.lease = (claimed.due_at or 0) + 1  # somebody else's by now
    assert await store.write(withhold) is False
