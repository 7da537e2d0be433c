"""Receipts that a process promised and did not live to say."""

import pytest

from hongyan.model.message import State
from hongyan.send import remind
from send.sending import SIMULATED_WORLD, Sending, carrier

NEVER = "8613800004092"


async def beside(sending: Sending) -> Sending:
    """Return another process on the same store."""
    other = Sending(sending.store, sending.clock, sending.tally, alone=False)
    await other.start()
    return other


async def test_receipts_that_a_dead_process_owed_are_said_by_another(sending: Sending) -> None:
    await sending.start(*SIMULATED_WORLD)
    (message,) = await sending.accept("8613800138000")
    await sending.settled_down()
    await sending.fleet.close()  # what it promised is gone
    other = await beside(sending)
    await other.pass_time(10)
    assert await sending.state(message) is State.SUBMITTED  # whoever has it might still say it
    await other.pass_time(10)
    assert await sending.state(message) is State.DELIVERED
    assert await sending.kinds(message) == []
    await other.stop()


async def test_a_living_process_is_not_stood_in_for(sending: Sending) -> None:
    await sending.start(*SIMULATED_WORLD)
    other = await beside(sending)
    sent = await sending.accept("8613800138000", NEVER)
    for _ in range(40):
        await sending.pass_time(1)
        await other.pass_time(1)
    assert [await sending.state(one) for one in sent] == [State.DELIVERED, State.SUBMITTED]
    assert [await sending.kinds(one) for one in sent] == [[], []]
    await other.stop()


async def test_more_than_a_page_is_reminded_of_and_each_receipt_is_said_once(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remind, "PAGE", 7)
    await sending.start(*SIMULATED_WORLD)
    sent = await sending.accept(*(f"86138001380{place:02}" for place in range(30)))
    await sending.settled_down()
    sending.clock.push(0.01)
    await sending.declare(carrier("sim", "simulator", settings={"receipt_delay_ms": 900}))  # opens it anew
    again = await sending.accept("8613800138099")
    await sending.pass_time(4)
    for one in (*sent, *again):
        assert (await sending.state(one), await sending.kinds(one)) == (State.DELIVERED, [])
