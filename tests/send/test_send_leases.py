"""Leases: what a process decides about a message that somebody else has taken over since changes nothing."""

from msgspec.structs import replace

from hongyan.carriers import Answer
from hongyan.model.message import State
from hongyan.store.ops import Settle
from send.sending import BUSY, PLAIN_WORLD, Sending, receipt

NUMBER = "8613800138000"


async def taken_over(sending: Sending) -> None:
    """Let the lease of what is being sent end, and another process look at it."""
    sending.clock.push(sending.sender.lease_ms / 1000 + 1)
    assert len(await sending.store.overdue(sending.clock.now_ms(), 10)) == 1


async def test_a_hand_over_under_an_old_lease_is_not_written(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    (message,) = await sending.accept(NUMBER)
    await taken_over(sending)
    sending.carriers["scripted"].take(message)
    await sending.settled_down()
    assert await sending.state(message) is State.SENDING
    sending.carriers["scripted"].report(receipt(f"p{message.id}"))  # the carrier's word on it counts all the same
    await sending.settled_down()
    assert await sending.state(message) is State.DELIVERED


async def test_a_refusal_under_an_old_lease_ends_nothing(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    (message,) = await sending.accept(NUMBER)
    await taken_over(sending)
    sending.carriers["scripted"].say(Answer(message_id=message.id, at=1, cause=BUSY))
    await sending.settled_down()
    assert await sending.state(message) is State.SENDING
    assert (await sending.look(message)).refund is None


async def test_parts_of_a_hand_over_under_an_old_lease_are_nobodys(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    (message,) = await sending.accept(NUMBER)
    await taken_over(sending)
    sending.carriers["scripted"].say(
        Answer(message_id=message.id, at=1, provider_id="a", part_ids=("a", "b")),
    )
    told: list[int] = []
    sending.carriers["scripted"].report(receipt("a"), receipt("b"), stored=lambda: told.append(1))
    await sending.settled_down()
    assert await sending.state(message) is State.SENDING
    assert told == [1]
    assert {one.provider_id for one in await sending.store.unclaimed(10)} == {"a", "b"}


async def test_what_is_in_memory_keeps_to_the_lease_that_the_store_has(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    (message,) = await sending.accept(NUMBER)
    (copy,) = [replace(message, due_at=(message.due_at or 0) + 5_000)]
    await sending.sweep._judge([copy], sending.clock.now_ms())
    assert message.due_at == copy.due_at
    assert await sending.state(message) is State.SENDING


async def test_a_hand_over_in_parts_is_never_swallowed_by_its_ending(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    (message,) = await sending.accept(NUMBER)
    sending.carriers["scripted"].say(Answer(message_id=message.id, at=1, provider_id="a", part_ids=("a", "b")))
    ending = Settle(message_id=message.id, project="p", state=State.UNKNOWN, at=2, cause="time|X|hongyan|")
    sending.writer.add([ending])
    await sending.settled_down()
    assert await sending.state(message) is State.UNKNOWN
    assert [one.provider_id for one in await sending.store.parts(message.id)] == ["a", "b"]
