"""What operators set by hand is followed at once, and what waits for a stopped carrier goes elsewhere."""

import asyncio
from typing import Any

import pytest

from hongyan.carriers import Answer, LinkLook
from hongyan.model.message import State
from hongyan.model.world import Control, Declared, Standing
from hongyan.session.transcript import Transcript
from send.sending import LINK_DOWN, PLAIN_WORLD, Scripted, Sending, carrier, project, route

TWO: tuple[Declared, ...] = (project(), carrier("a"), carrier("b"), route("a", "b", prefer="order"))


def standing(name: str, now: Standing, **more: Any) -> Control:
    return Control(name=name, standing=now, **more)


async def eventually(found: Any) -> None:
    async with asyncio.timeout(10):
        while not found():  # noqa: ASYNC110 - the fleet looks by itself
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("stopped", [Standing.SUSPENDED, Standing.DRAINING, Standing.ISOLATED])
async def test_a_stopped_carrier_gets_nothing_more_and_the_next_one_gets_it(
    sending: Sending, stopped: Standing
) -> None:
    await sending.start(*TWO)
    await sending.declare(standing("a", stopped))
    (message,) = await sending.accept("8613800138000")
    a, b = sending.carriers["a"], sending.carriers["b"]
    assert ([job.id for job in a.jobs], [job.id for job in b.jobs]) == ([], [message.id])
    assert a.closed is (stopped is not Standing.SUSPENDED)


async def test_what_waits_for_a_carrier_that_is_suspended_moves_at_once(sending: Sending) -> None:
    await sending.start(project(), carrier("a", window=1), carrier("b"), route("a", "b", prefer="order"))
    messages = await sending.accept("8613800138000", "8613800138001", "8613800138002")
    a, b = sending.carriers["a"], sending.carriers["b"]
    assert len(a.jobs) == 1
    await sending.declare(standing("a", Standing.SUSPENDED))
    assert [job.id for job in b.jobs] == [message.id for message in messages[1:]]
    a.take(messages[0])
    await sending.settled_down()
    assert await sending.state(messages[0]) is State.SUBMITTED, "what was under way is answered"
    assert not a.closed


async def test_messages_wait_for_their_only_carrier_until_it_runs_again(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD, standing("scripted", Standing.SUSPENDED))
    (message,) = await sending.accept("8613800138000")
    await sending.settled_down()
    assert await sending.state(message) is State.ACCEPTED
    await sending.pass_time(3600)
    await sending.declare(standing("scripted", Standing.RUNNING))
    await sending.pass_time(1)  # not when its own time has come
    assert [job.id for job in sending.carriers["scripted"].jobs] == [message.id]


async def test_what_is_scheduled_or_throttled_does_not_go_sooner_because_a_carrier_is_back(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD, standing("scripted", Standing.SUSPENDED))
    (message,) = await sending.accept("8613800138000", at_once=False, due_at=sending.clock.now_ms() + 60_000)
    await sending.declare(standing("scripted", Standing.RUNNING))
    await sending.pass_time(30)
    assert sending.carriers["scripted"].jobs == []
    await sending.pass_time(31)
    assert [job.id for job in sending.carriers["scripted"].jobs] == [message.id]


async def test_a_draining_carrier_closes_once_everything_is_answered(sending: Sending) -> None:
    await sending.start(*TWO)
    (message,) = await sending.accept("8613800138000")
    a = sending.carriers["a"]
    await sending.declare(standing("a", Standing.DRAINING))
    assert not a.closed
    assert not sending.fleet.drained("a")
    a.take(message)
    await eventually(lambda: a.closed)
    assert sending.fleet.drained("a")
    await sending.settled_down()
    assert await sending.state(message) is State.SUBMITTED
    await sending.declare(standing("a", Standing.RUNNING))
    (other,) = await sending.accept("8613800138001")
    again = sending.carriers["a"]
    assert again is not a
    assert [job.id for job in again.jobs] == [other.id]


async def test_a_carrier_that_was_drained_or_isolated_is_not_opened_by_a_restart(sending: Sending) -> None:
    await sending.start(*TWO, standing("a", Standing.DRAINING), standing("b", Standing.ISOLATED))
    assert sending.carriers == {}
    assert (sending.fleet.drained("a"), sending.fleet.drained("b")) == (True, False)


async def test_an_isolated_carrier_that_closes_slowly_keeps_nobody_waiting_and_opens_after_it_has_closed(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hongyan.send.fleet.SETTLE_S", 0.01)
    await sending.start(*TWO)
    old, may_close = sending.carriers["a"], asyncio.Event()

    async def close() -> None:
        await may_close.wait()
        old.closed = True

    monkeypatch.setattr(old, "close", close)
    await sending.declare(standing("a", Standing.ISOLATED))
    (message,) = await sending.accept("8613800138000")
    assert [job.id for job in sending.carriers["b"].jobs] == [message.id]
    await sending.declare(standing("a", Standing.RUNNING))
    new = sending.carriers["a"]
    assert new is not old
    assert new.events is None, "the old links are not down yet"
    may_close.set()
    await eventually(lambda: new.events is not None)
    assert old.closed


async def test_a_pace_set_by_hand_replaces_the_declared_one(sending: Sending) -> None:
    await sending.start(project(), carrier("a", pace=100), route("a"))
    pace = sending.sender.lanes.by_name["a"].pace
    assert pace.limit == 100
    await sending.declare(Control(name="a", pace=5))
    assert sending.sender.lanes.by_name["a"].pace.limit == 5
    await sending.declare(Control(name="a", pace=0))
    assert sending.sender.lanes.by_name["a"].pace.rate == float("inf")
    await sending.declare(Control(name="a"))
    assert sending.sender.lanes.by_name["a"].pace.limit == 100


async def test_links_log_in_anew_once_for_every_time_they_are_asked_to(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebinds: list[str] = []
    monkeypatch.setattr(Scripted, "rebind", lambda self: rebinds.append(self.name))
    await sending.start(*TWO, Control(name="a", rebind_at=5))
    assert rebinds == [], "fresh links need none"
    await sending.declare(Control(name="a", rebind_at=6))
    await sending.declare(Control(name="a", rebind_at=6, pace=3))
    await sending.declare(Control(name="a", rebind_at=7))
    assert rebinds == ["a", "a"]


async def test_a_transcript_is_switched_for_as_long_as_it_was_asked(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcript = Transcript()
    monkeypatch.setattr(Scripted, "transcript", transcript)
    await sending.start(*PLAIN_WORLD)
    await sending.declare(Control(name="scripted", transcript_until=1234))
    assert transcript.until_ms == 1234
    await sending.declare(Control(name="scripted"))
    assert transcript.until_ms == 0


async def test_a_carrier_without_links_is_passed_over_at_once_and_the_story_says_so(sending: Sending) -> None:
    await sending.start(*TWO)
    a, b = sending.carriers["a"], sending.carriers["b"]
    a.free = 0
    first, second = await sending.accept("8613800138000", "8613800138001")
    assert [job.id for job in b.jobs] == [first.id, second.id]
    (third,) = await sending.accept("8613800138002")
    assert [job.id for job in b.jobs] == [first.id, second.id, third.id]
    b.take(first, second, third)
    await sending.settled_down()
    for message in (first, second, third):
        assert [(one.kind, one.text) for one in await sending.store.events(message.id)] == [("routed", "a|no-link|b")]


async def test_when_no_carrier_of_the_route_has_links_messages_wait_in_memory_for_the_first_that_has(
    sending: Sending,
) -> None:
    await sending.start(*TWO)
    a, b = sending.carriers["a"], sending.carriers["b"]
    a.free = b.free = 0
    (message,) = await sending.accept("8613800138000")
    assert (a.jobs, b.jobs) == ([], [])
    b.free = 10
    sending.sender.has_room("b")
    sending.clock.push(1)
    await sending.sweep.round()
    assert [job.id for job in b.jobs] == [message.id]


async def test_what_a_lost_link_leaves_waiting_goes_to_the_next_carrier_when_the_loss_is_told(sending: Sending) -> None:
    await sending.start(project(), carrier("a", window=1), carrier("b"), route("a", "b", prefer="order"))
    first, second = await sending.accept("8613800138000", "8613800138001")
    a, b = sending.carriers["a"], sending.carriers["b"]
    assert [job.id for job in a.jobs] == [first.id]
    a.free = 0
    a.take(first)
    assert [job.id for job in b.jobs] == [second.id]


async def test_a_link_that_came_back_ends_the_wait_for_it_and_the_whole_window_is_used_again(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:

    await sending.start(project(), carrier("a", window=50), route("a"))
    a = sending.carriers["a"]
    for _ in range(5):  # the waits have grown by now
        (message,) = await sending.accept("8613800138000")
        a.say(Answer(message_id=message.id, at=1, cause=LINK_DOWN, again_ms=0))
        sending.clock.push(60)
    (message,) = await sending.accept("8613800138000")
    a.say(Answer(message_id=message.id, at=1, cause=LINK_DOWN, again_ms=0))
    lane = sending.sender.lanes.by_name["a"]
    assert lane.down_until - sending.clock.now_ms() > 20_000
    a.jobs.clear()
    sending.clock.push(2)
    since = sending.clock.now_ms()
    monkeypatch.setattr(a, "links", lambda: (LinkLook(name="1", state="open", since=since),))
    sending.sender.has_room("a")
    messages = await sending.accept(*(f"86138001380{place:02}" for place in range(80)))
    assert len(a.jobs) == 1, "one probe"
    a.take(a.jobs[0])
    assert len(a.jobs) == 51, "then the whole window"
    assert len(messages) == 80


async def test_a_link_that_answers_nonsense_all_the_time_is_not_taken_for_one_that_came_back(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:

    await sending.start(*PLAIN_WORLD)
    scripted = sending.carriers["scripted"]
    monkeypatch.setattr(scripted, "links", lambda: (LinkLook(name="1", state="open", since=0),))
    (message,) = await sending.accept("8613800138000")
    scripted.say(Answer(message_id=message.id, at=1, cause=LINK_DOWN, again_ms=0))
    sending.sender.has_room("scripted")
    assert sending.sender.lanes.by_name["scripted"].down_until > sending.clock.now_ms()


async def test_results_are_counted_by_code_and_a_peer_that_makes_codes_up_fills_no_memory(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    lane = sending.sender.lanes.by_name["scripted"]
    for place in range(1000):
        lane.counted("again", f"code-{place}")
    kept = [key for key in sending.tally.values if key[0] == "send_results"]
    assert len(kept) <= 201
    assert sending.tally.values["send_results", "scripted", "again", "other"] == 800


async def test_answers_are_timed(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    lane = sending.sender.lanes.by_name["scripted"]
    assert lane.latencies.percentile_ms(50) is None
    for took_ms in (5, 10, 300):
        (message,) = await sending.accept("8613800138000")
        sending.carriers["scripted"].take(message, at=sending.clock.now_ms() + took_ms)
    assert (lane.latencies.percentile_ms(50), lane.latencies.percentile_ms(99)) == (10, 300)
    assert sending.tally.values["send_answer_seconds", "scripted", "0.5"] == 1
    assert sending.tally.values["send_answer_seconds", "scripted", "sum"] == pytest.approx(0.315)
