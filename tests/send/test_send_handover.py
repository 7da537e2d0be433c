from random import Random

import pytest

from hongyan.carriers import Answer
from hongyan.model.cause import Cause, CauseKind, parse_cause
from hongyan.model.message import Category, Leg, State
from hongyan.send import sweep
from hongyan.send.retry import retry_at
from send.sending import BUSY, LINK_DOWN, PLAIN_WORLD, PRICE, SIMULATED_WORLD, Sending, carrier, project, receipt, route

NOT_IN_SERVICE = Cause(CauseKind.NUMBER, "INVDST", "not in service", "scripted")


async def test_a_message_goes_to_the_carrier_and_its_receipt_ends_it(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    (message,) = await sending.accept("8613800138000")
    scripted = sending.carriers["scripted"]
    assert [job.id for job in scripted.jobs] == [message.id]
    scripted.take(message, at=message.accepted_at + 5)
    await sending.settled_down()
    submitted = await sending.look(message)
    assert (submitted.state, submitted.carrier, submitted.provider_id) == (
        State.SUBMITTED,
        "scripted",
        f"p{message.id}",
    )
    scripted.report(receipt(f"p{message.id}"))
    await sending.settled_down()
    ended = await sending.look(message)
    assert (ended.state, ended.submitted_at, ended.refund) == (State.DELIVERED, message.accepted_at + 5, None)


async def test_an_answer_and_a_receipt_of_one_turn_are_one_operation_and_lose_nothing(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    (message,) = await sending.accept("8613800138000")
    scripted = sending.carriers["scripted"]
    scripted.take(message, at=message.accepted_at + 7)
    scripted.report(receipt(f"p{message.id}"))
    await sending.settled_down()
    ended = await sending.look(message)
    assert (ended.state, ended.carrier, ended.provider_id) == (State.DELIVERED, "scripted", f"p{message.id}")
    assert (ended.submitted_at, ended.attempts) == (message.accepted_at + 7, 1)


async def test_a_final_refusal_rejects_and_pays_back(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    before = await sending.store.balance("p")
    (message,) = await sending.accept("8613800138000")
    assert await sending.store.balance("p") == before - PRICE
    sending.carriers["scripted"].say(Answer(message_id=message.id, at=1, cause=NOT_IN_SERVICE))
    await sending.settled_down()
    ended = await sending.look(message)
    assert ended.state is State.REJECTED
    assert ended.cause is not None
    assert parse_cause(ended.cause) == NOT_IN_SERVICE
    assert await sending.store.balance("p") == before


async def test_a_message_without_a_route_is_rejected_and_paid_back(sending: Sending) -> None:
    await sending.start(project(), carrier("scripted"), route("scripted", countries=("US",)))
    (message,) = await sending.accept("8613800138000")
    await sending.settled_down()
    ended = await sending.look(message)
    assert ended.state is State.REJECTED
    assert ended.cause is not None
    assert parse_cause(ended.cause).code == "NO_ROUTE"
    assert ended.refund is not None


async def test_a_temporary_refusal_goes_to_the_next_carrier_at_once(sending: Sending) -> None:
    await sending.start(project(), carrier("a"), carrier("b"), route("a", "b"))
    (message,) = await sending.accept("8613800138000")
    first, second = sorted(sending.carriers.values(), key=lambda one: not one.jobs)
    first.say(Answer(message_id=message.id, at=1, cause=BUSY, again_ms=100))
    assert [job.id for job in second.jobs] == [message.id]
    second.take(message)
    await sending.settled_down()
    assert (await sending.look(message)).carrier == second.name
    assert await sending.kinds(message) == ["again"]


async def test_a_temporary_refusal_by_the_last_carrier_is_tried_again_later(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    (message,) = await sending.accept("8613800138000")
    scripted = sending.carriers["scripted"]
    scripted.say(Answer(message_id=message.id, at=1, cause=BUSY, again_ms=100))
    await sending.settled_down()
    waiting = await sending.look(message)
    assert (waiting.state, waiting.attempts) == (State.ACCEPTED, 1)
    await sending.pass_time(2)
    assert len(scripted.jobs) == 2
    scripted.take(message)
    await sending.settled_down()
    assert await sending.state(message) is State.SUBMITTED


async def test_a_throttle_counts_no_try_and_slows_the_pace(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    (message,) = await sending.accept("8613800138000")
    scripted = sending.carriers["scripted"]
    scripted.say(Answer(message_id=message.id, at=1, cause=BUSY, again_ms=200, slow_down=True))
    await sending.settled_down()
    waiting = await sending.look(message)
    assert (waiting.state, waiting.attempts) == (State.ACCEPTED, 0)
    pace = sending.sender.lanes.by_name["scripted"].pace
    assert pace.rate < float("inf")
    assert pace.permits(sending.clock.now_ms()) == 0
    await sending.pass_time(1)
    assert len(scripted.jobs) == 2


@pytest.mark.parametrize(
    ("category", "state"), [(Category.NOTIFICATION, State.ACCEPTED), (Category.CAPTCHA, State.UNKNOWN)]
)
async def test_a_lost_answer_is_repeated_for_notifications_and_not_for_codes(
    sending: Sending, category: Category, state: State
) -> None:
    await sending.start(*PLAIN_WORLD)
    (message,) = await sending.accept("8613800138000", category=category)
    sending.carriers["scripted"].say(Answer(message_id=message.id, at=1, cause=LINK_DOWN, unsure=True))
    await sending.settled_down()
    ended = await sending.look(message)
    assert ended.state is state
    assert ended.refund is None
    assert "unsure" in await sending.kinds(message)


async def test_a_message_at_which_carriers_always_break_off_is_not_handed_over_for_ever(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    scripted = sending.carriers["scripted"]
    (message,) = await sending.accept("8613800138000")
    answered = 0
    for _ in range(120):
        for job in scripted.jobs[answered:]:
            scripted.say(Answer(message_id=job.id, at=sending.clock.now_ms(), cause=LINK_DOWN, unsure=True))
            answered += 1
        await sending.settled_down()
        await sending.pass_time(1)
    ended = await sending.look(message)
    assert (len(scripted.jobs), ended.state, ended.attempts) == (3, State.UNKNOWN, 3)
    assert (await sending.store.events(message.id))[-1].text.endswith("it is not handed over again after 3 tries")


async def test_a_lost_answer_of_a_carrier_that_knows_our_ids_is_always_repeated(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    scripted = sending.carriers["scripted"]
    scripted.repeatable = True
    (message,) = await sending.accept("8613800138000", category=Category.CAPTCHA)
    scripted.say(Answer(message_id=message.id, at=1, cause=LINK_DOWN, unsure=True))
    await sending.settled_down()
    assert await sending.state(message) is State.ACCEPTED


async def test_an_answer_that_never_comes_is_unsure_when_the_lease_ends(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    (message,) = await sending.accept("8613800138000", category=Category.CAPTCHA)
    await sending.pass_time(59)
    assert await sending.state(message) is State.SENDING
    await sending.pass_time(2)
    assert await sending.state(message) is State.UNKNOWN
    scripted = sending.carriers["scripted"]
    scripted.take(message)  # too late to change anything, but not forgotten
    await sending.settled_down()
    ended = await sending.look(message)
    assert (ended.state, ended.carrier, ended.provider_id) == (State.UNKNOWN, "scripted", f"p{message.id}")
    assert (await sending.kinds(message))[-1] == "unsure"
    scripted.report(receipt(f"p{message.id}"))
    await sending.settled_down()
    assert (await sending.kinds(message))[-1] == "receipt-late"
    assert await sending.store.unclaimed(10) == []


async def test_an_answer_that_comes_after_its_lease_spares_the_handset_a_second_message(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    scripted = sending.carriers["scripted"]
    (message,) = await sending.accept("8613800138000")
    sending.clock.push(60.5)
    sending.sweep._tidy(sending.clock.now_ms())
    await sending.settled_down()
    assert (await sending.kinds(message))[:1] == ["unsure"]
    scripted.take(message)  # before it was handed over again
    await sending.settled_down()
    taken = await sending.look(message)
    assert (taken.state, taken.provider_id, taken.attempts) == (State.SUBMITTED, f"p{message.id}", 1)
    await sending.pass_time(5)
    assert len(scripted.jobs) == 1
    scripted.report(receipt(f"p{message.id}"))
    await sending.settled_down()
    assert await sending.state(message) is State.DELIVERED


async def test_a_late_answer_leaves_a_message_alone_that_was_handed_over_again(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    scripted = sending.carriers["scripted"]
    (message,) = await sending.accept("8613800138000")
    await sending.pass_time(62)
    assert len(scripted.jobs) == 2
    del sending.sender.lanes.by_name["scripted"].under_way[message.id]  # as another process has it
    scripted.take(message)
    await sending.settled_down()
    assert (await sending.look(message)).provider_id is None


async def test_a_message_never_handed_over_expires_and_is_paid_back(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    sending.carriers["scripted"].free = 0
    now = sending.clock.now_ms()
    (message,) = await sending.accept("8613800138000", expires_at=now + 90_000)
    await sending.pass_time(100)
    ended = await sending.look(message)
    assert (ended.state, ended.refund is not None) == (State.EXPIRED, True)
    assert sending.sender.decided.held == 0


async def test_a_submitted_message_without_receipt_ends_unknown_and_is_not_paid_back(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    now = sending.clock.now_ms()
    (message,) = await sending.accept("8613800138000", expires_at=now + 60_000)
    sending.carriers["scripted"].take(message)
    await sending.settled_down()
    sending.clock.push(60 + 3600)
    await sending.pass_time(2)
    ended = await sending.look(message)
    assert (ended.state, ended.refund) == (State.UNKNOWN, None)


async def test_what_the_desk_left_in_the_store_is_found_when_due(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    messages = await sending.accept("8613800138000", "8613800138001", at_once=False)
    await sending.sweep.round()
    assert {job.id for job in sending.carriers["scripted"].jobs} == {one.id for one in messages}


async def test_a_dead_carrier_moves_its_messages_to_the_next_one(sending: Sending) -> None:
    await sending.start(project(), carrier("a"), carrier("b"), route("a", "b"))
    messages = await sending.accept(*(f"86138001380{place:02}" for place in range(20)))
    dead, alive = sending.carriers["a"], sending.carriers["b"]
    mine = list(dead.jobs)
    dead.say(*(Answer(message_id=job.id, at=1, cause=LINK_DOWN, again_ms=5000) for job in mine))
    assert len(alive.jobs) == len(messages)
    more = await sending.accept("8613900000000", "8613900000001", "8613900000002", "8613900000003")
    assert len(dead.jobs) == len(mine), "nothing is handed to it while it is down"
    assert len(alive.jobs) == len(messages) + len(more)


async def test_a_carrier_that_was_down_is_tried_with_one_message_first(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    scripted = sending.carriers["scripted"]
    messages = await sending.accept(*(f"86138001380{place:02}" for place in range(10)))
    scripted.say(*(Answer(message_id=one.id, at=1, cause=LINK_DOWN, again_ms=1000) for one in messages))
    await sending.settled_down()
    scripted.jobs.clear()
    await sending.pass_time(10, step_s=0.5)
    assert len(scripted.jobs) == 1
    scripted.take(scripted.jobs[0])
    await sending.pass_time(1)
    assert len(scripted.jobs) == 10


async def test_no_room_for_long_moves_on_to_the_next_carrier(sending: Sending) -> None:
    await sending.start(project(), carrier("a"), carrier("b"), route("a", "b"))
    sending.carriers["a"].free = sending.carriers["b"].free = 0
    messages = await sending.accept(*(f"86138001380{place:02}" for place in range(20)))
    sending.carriers["b"].free = 1000
    await sending.pass_time(31)
    assert {job.id for job in sending.carriers["b"].jobs} == {one.id for one in messages}


async def test_a_window_bounds_what_is_under_way(sending: Sending) -> None:
    await sending.start(project(), carrier("scripted", window=3), route("scripted"))
    messages = await sending.accept(*(f"86138001380{place:02}" for place in range(10)))
    scripted = sending.carriers["scripted"]
    assert len(scripted.jobs) == 3
    scripted.take(messages[0], messages[1])
    assert len(scripted.jobs) == 5


async def test_a_pace_is_kept(sending: Sending) -> None:
    await sending.start(project(), carrier("scripted", pace=10), route("scripted"))
    await sending.accept(*(f"86138001380{place:02}" for place in range(50)))
    scripted = sending.carriers["scripted"]
    assert len(scripted.jobs) == 1
    await sending.pass_time(2, step_s=0.1)
    assert 19 <= len(scripted.jobs) <= 21


async def test_a_backlog_beyond_memory_waits_its_turn_in_the_store(sending: Sending) -> None:
    await sending.start(project(), carrier("scripted", pace=10, window=10), route("scripted"))
    messages = await sending.accept(*(f"8613800{place:06}" for place in range(200)))
    await sending.settled_down()
    rows = await sending.store.messages_by_id([one.id for one in messages])
    waiting = [one for one in rows if one.state is State.ACCEPTED]
    assert len(waiting) == 150, "the lane keeps five seconds' worth"
    due = sorted(one.due_at or 0 for one in waiting)
    assert due[-1] - due[0] == pytest.approx(14_900, abs=100), "one after the other at the pace"


async def test_a_stopped_program_gives_back_what_it_did_not_hand_over(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    sending.carriers["scripted"].free = 0
    (message,) = await sending.accept("8613800138000")
    await sending.sweep.stop()
    (late,) = await sending.accept("8613800138001")
    await sending.settled_down()
    assert await sending.state(message) is await sending.state(late) is State.ACCEPTED
    assert sending.sender.room() == 0


async def test_leases_abandoned_by_a_crash_are_unsure(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    sending.carriers["scripted"].free = 0
    notification, code = [
        (await sending.accept("8613800138000", at_once=False, category=category))[0]
        for category in (Category.NOTIFICATION, Category.CAPTCHA)
    ]
    await sending.store.claim(sending.clock.now_ms(), 60_000, 10)  # by a process that is no more
    assert await sending.store.abandon_leases(sending.clock.now_ms()) == 2
    await sending.sweep.round()
    await sending.settled_down()
    assert await sending.state(code) is State.UNKNOWN
    assert await sending.state(notification) in {State.ACCEPTED, State.SENDING}
    assert "unsure" in await sending.kinds(notification)


async def test_a_carrier_added_or_removed_takes_effect_without_a_restart(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    old = sending.carriers["scripted"]
    old.free = 1
    first, second = await sending.accept("8613800138000", "8613800138001")
    old.free = 0
    await sending.declare(carrier("scripted", enabled=False), carrier("b"), route("scripted", "b"))
    assert old.closed
    assert [job.id for job in sending.carriers["b"].jobs] == [second.id]
    old.take(first)  # the answer to what was under way still counts
    await sending.settled_down()
    assert await sending.state(first) is State.SUBMITTED
    assert list(sending.sender.lanes.by_name) == ["b"]


async def test_room_is_what_carriers_could_be_handed(sending: Sending) -> None:
    assert sending.sender.room() == 0
    await sending.start(*PLAIN_WORLD)
    assert sending.sender.room() == 10_000
    scripted = sending.carriers["scripted"]
    (message,) = await sending.accept("8613800138000")
    scripted.say(Answer(message_id=message.id, at=1, cause=LINK_DOWN, again_ms=1000))
    assert sending.sender.room() == 0


async def test_a_restart_hands_the_carrier_what_awaits_receipts(sending: Sending) -> None:
    await sending.start(*SIMULATED_WORLD)
    (message,) = await sending.accept("8613800138000", leg=Leg.CARD)
    await sending.settled_down()
    assert await sending.state(message) is State.SUBMITTED
    await sending.fleet.close()
    sending.clock.push(0.01)
    await sending.fleet.refresh(sending.current())
    await sending.pass_time(3)
    ended = await sending.look(message)
    assert (ended.state, ended.rendered_at is not None) == (State.DELIVERED, True)


def test_waits_grow_and_never_pass_the_validity() -> None:
    random = Random(1)
    waits = [retry_at(0, tries, 10**12, random) for tries in range(15)]
    assert waits[0] < waits[3] < waits[6]
    assert max(waits) <= 750_000
    assert retry_at(1000, 10, 5000, random) == 5000
    assert retry_at(9000, 10, 5000, random) == 9000
    assert retry_at(0, 0, 10**12, random, asked_ms=30_000) == 30_000


async def test_what_a_crash_left_is_decided_at_once_however_much(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "OVERDUE_MOST", 10)
    await sending.start(*PLAIN_WORLD)
    numbers = [f"86138001380{place:02}" for place in range(35)]
    left = await sending.accept(*numbers, at_once=False, category=Category.CAPTCHA)
    await sending.store.claim(sending.clock.now_ms(), 60_000, 100)  # by a process that died with them
    await sending.store.abandon_leases(sending.clock.now_ms())
    await sending.sweep.round()
    await sending.settled_down()
    assert {await sending.state(one) for one in left} == {State.UNKNOWN}


async def test_a_late_answer_after_unsure_names_its_message_and_is_no_answer_to_the_second_hand_over(
    sending: Sending,
) -> None:
    await sending.start(*PLAIN_WORLD)
    scripted = sending.carriers["scripted"]
    (message,) = await sending.accept("8613800138000", category=Category.CAPTCHA)
    scripted.say(Answer(message_id=message.id, at=1, cause=LINK_DOWN, unsure=True))
    await sending.settled_down()
    assert await sending.state(message) is State.UNKNOWN
    scripted.say(Answer(message_id=message.id, at=2, provider_id="late", late=True))
    await sending.settled_down()
    assert (await sending.look(message)).provider_id == "late"
    scripted.report(receipt("late"))
    await sending.settled_down()
    assert (await sending.kinds(message))[-1] == "receipt-late"
    (second,) = await sending.accept("8613800138001")
    scripted.say(Answer(message_id=second.id, at=3, cause=BUSY, again_ms=0, slow_down=True, late=True))
    scripted.take(second)
    await sending.settled_down()
    assert await sending.state(second) is State.SUBMITTED


async def test_each_part_of_a_long_message_counts_against_the_pace(sending: Sending) -> None:
    await sending.start(project(), carrier("scripted", pace=10), route("scripted"))
    await sending.accept(*(f"86138001380{place:02}" for place in range(50)), parts=4)
    await sending.pass_time(4, step_s=0.1)
    assert 10 <= len(sending.carriers["scripted"].jobs) <= 11
