"""How much a difficult carrier still carries, and that slow times leave no debt behind."""

import pytest

from hongyan.carriers import Answer
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.message import State
from hongyan.send.lane import HORIZON_MS
from send.sending import PLAIN_WORLD, Sending, carrier, project, route

SLOW_DOWN = Cause(CauseKind.LIMIT, "THROTTLED", "slow down", "scripted")


@pytest.mark.parametrize(("profile", "most_s"), [("flaky", 15), ("throttling", 45)])
async def test_two_thousand_at_once_are_carried_in_reasonable_time(
    sending: Sending, profile: str, most_s: float
) -> None:
    await sending.start(
        project(), carrier("sim", "simulator", settings={"profile": profile, "receipt_delay_ms": 100}), route("sim")
    )
    sent = await sending.accept(*(f"861380{place:04}234" for place in range(2_000)))
    await sending.pass_time(most_s, step_s=0.05)
    ended = await sending.store.messages_by_id([one.id for one in sent])
    assert all(one.submitted_at is not None or one.state is State.REJECTED for one in ended)


async def test_no_turn_is_promised_beyond_the_horizon(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    sending.carriers["scripted"].free = 10
    sent = await sending.accept(*(f"861380{place:04}234" for place in range(3_000)))
    now = sending.clock.now_ms()
    jobs = sending.carriers["scripted"].jobs
    throttled = [Answer(message_id=one.id, at=now, cause=SLOW_DOWN, again_ms=0, slow_down=True) for one in jobs]
    sending.carriers["scripted"].free = 0
    sending.carriers["scripted"].say(*throttled)
    sending.clock.push(sending.sender.lease_ms / 2000 + 1)
    await sending.sweep.round()
    await sending.settled_down()
    back = [one for one in await sending.store.messages_by_id([one.id for one in sent]) if one.state is State.ACCEPTED]
    assert len(back) > 1_000
    assert max(one.due_at or 0 for one in back) <= sending.clock.now_ms() + HORIZON_MS
