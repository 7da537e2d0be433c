"""Carriers that misbehave: nothing is lost, nothing is settled twice, every message comes to its end."""

import asyncio
from random import Random
from typing import Any

import pytest

from hongyan.carriers import Answer
from hongyan.carriers.magic import MAGIC, MEANING
from hongyan.model.errors import Refused
from hongyan.model.message import FINAL, Category, Leg, State
from hongyan.model.reason import Reason
from hongyan.model.world import CarrierConfig, Price
from send.sending import LINK_DOWN, OK, PLAIN_WORLD, PRICE, SIMULATED_WORLD, Sending, project, receipt, route


async def test_a_receipt_before_the_answer_is_kept_and_found_when_the_answer_comes(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    (message,) = await sending.accept("8613800138000")
    scripted = sending.carriers["scripted"]
    acknowledged = asyncio.Event()
    scripted.report(receipt(f"p{message.id}", State.UNDELIVERED), stored=acknowledged.set)
    await sending.settled_down()
    assert acknowledged.is_set()
    (parked,) = await sending.store.unclaimed(10)
    assert parked.provider_id == f"p{message.id}"
    scripted.take(message)
    await sending.settled_down()
    assert await sending.state(message) is State.UNDELIVERED
    assert await sending.store.unclaimed(10) == []
    assert await sending.kinds(message) == ["receipt-early"]


async def test_a_receipt_is_acknowledged_only_after_it_is_on_disk(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    (message,) = await sending.accept("8613800138000")
    scripted = sending.carriers["scripted"]
    scripted.take(message)
    states: list[State] = []

    def stored() -> None:
        states.append(State.DELIVERED)

    scripted.report(receipt(f"p{message.id}"), receipt("nobody's"), stored=stored)
    assert states == []
    await sending.settled_down()
    assert len(states) == 1
    assert await sending.state(message) is State.DELIVERED
    assert len(await sending.store.unclaimed(10)) == 1


async def test_a_second_receipt_changes_nothing_and_is_told(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    (message,) = await sending.accept("8613800138000")
    scripted = sending.carriers["scripted"]
    scripted.take(message)
    first = receipt(f"p{message.id}")
    scripted.report(first)
    scripted.report(first, receipt(f"p{message.id}", State.UNDELIVERED))
    await sending.settled_down()
    scripted.report(first)
    await sending.settled_down()
    assert await sending.state(message) is State.DELIVERED
    assert await sending.kinds(message) == ["receipt-twice"] * 3
    assert sending.tally.values["report_repeated", "scripted"] == 3
    assert sending.tally.values["report_settled", "delivered"] == 1


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_receipt_after_the_end_is_late_and_told(sending: Sending, *, restarted: bool) -> None:
    await sending.start(*PLAIN_WORLD)
    now = sending.clock.now_ms()
    (message,) = await sending.accept("8613800138000", expires_at=now + 60_000)
    scripted = sending.carriers["scripted"]
    scripted.take(message)
    await sending.settled_down()
    sending.clock.push(4000)
    await sending.pass_time(1)
    assert await sending.state(message) is State.UNKNOWN
    if restarted:
        sending.matcher._expected.clear()
    scripted.report(receipt(f"p{message.id}"))
    await sending.settled_down()
    assert await sending.state(message) is State.UNKNOWN
    assert await sending.kinds(message) == ["receipt-late"]


async def test_parked_receipts_survive_a_restart(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    (message,) = await sending.accept("8613800138000")
    scripted = sending.carriers["scripted"]
    scripted.report(receipt(f"p{message.id}"))
    await sending.settled_down()
    await sending.matcher.stop()
    sending.matcher._parked.clear()
    await sending.matcher.start()
    scripted.take(message)
    await sending.settled_down()
    assert await sending.state(message) is State.DELIVERED


async def test_a_receipt_parked_by_another_process_is_matched_now_and_then(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    (message,) = await sending.accept("8613800138000")
    scripted = sending.carriers["scripted"]
    scripted.report(receipt(f"p{message.id}"))
    await sending.settled_down()
    sending.matcher._parked.clear()  # this process never heard of it
    scripted.take(message)
    await sending.settled_down()
    assert await sending.state(message) is State.SUBMITTED
    sending.clock.push(5)
    assert await sending.matcher.rematch() == 1
    await sending.settled_down()
    assert await sending.state(message) is State.DELIVERED
    assert await sending.store.unclaimed(10) == []


async def test_receipts_for_nobody_are_listed_and_counted(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    scripted = sending.carriers["scripted"]
    for _ in range(2):
        scripted.report(receipt("x1"), receipt("x2", State.EXPIRED))
    await sending.settled_down()
    assert sorted(row.provider_id for row in await sending.store.unclaimed(10)) == ["x1", "x2"]
    assert sending.tally.values["report_unclaimed", "scripted"] == 4


async def test_answers_for_unknown_jobs_harm_nobody(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    (message,) = await sending.accept("8613800138000")
    scripted = sending.carriers["scripted"]
    scripted.say(Answer(message_id=12345, at=1, provider_id="x"), Answer(message_id=message.id, at=1, provider_id="y"))
    scripted.say(Answer(message_id=message.id, at=2, provider_id="z"))
    await sending.settled_down()
    assert (await sending.look(message)).provider_id == "y"
    assert sending.sender.decided.held == 0


async def test_a_carrier_whose_submit_breaks_stops_nobody_else(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)

    def broken(messages: Any) -> None:
        raise ZeroDivisionError

    sending.carriers["scripted"].submit = broken  # type: ignore[method-assign] # that is the point
    (message,) = await sending.accept("8613800138000", category=Category.CAPTCHA)
    await sending.pass_time(61)
    assert await sending.state(message) is State.UNKNOWN


async def test_an_outage_of_the_store_loses_no_answer_and_no_receipt(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sending.start(*PLAIN_WORLD)
    (message,) = await sending.accept("8613800138000")
    scripted = sending.carriers["scripted"]
    working = sending.store.write_all
    failures = 0

    async def failing(ops: Any) -> Any:
        nonlocal failures
        failures += 1
        if failures < 3:
            raise Refused(Reason.UNAVAILABLE)
        return await working(ops)

    monkeypatch.setattr("hongyan.store.ordered.FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(sending.store, "write_all", failing)
    scripted.take(message)
    scripted.report(receipt(f"p{message.id}"))
    await sending.settled_down()
    assert failures == 3
    assert await sending.state(message) is State.DELIVERED


@pytest.mark.parametrize("leg", [Leg.TEXT, Leg.CARD])
async def test_every_magic_number_ends_as_its_page_says(sending: Sending, leg: Leg) -> None:
    await sending.start(*SIMULATED_WORLD)
    now = sending.clock.now_ms()
    before = await sending.store.balance("p")
    messages = await sending.accept(*(f"861380000{digits}" for digits in MAGIC), leg=leg, expires_at=now + 60_000)
    await sending.pass_time(15, step_s=0.1)
    sending.clock.push(3700)
    await sending.pass_time(2)
    ended = {one.to[-4:]: await sending.state(one) for one in messages}
    assert ended == {digits: State(MEANING[outcome][0]) for digits, outcome in MAGIC.items()}
    paid_back = [(await sending.look(one)).to[-4:] for one in messages if (await sending.look(one)).refund]
    refused = ["4011", "4012"]
    card_only = ["4031", "4041", "4042", "4081", "4082"]
    assert sorted(paid_back) == sorted(refused + (card_only if leg is Leg.CARD else []))
    assert await sending.store.balance("p") == before - PRICE * (len(MAGIC) - len(paid_back))
    assert sending.sender.decided.held == 0
    assert await sending.store.unclaimed(10) == []


@pytest.mark.parametrize("profile", ["healthy", "slow", "flaky", "throttling"])
async def test_all_messages_of_every_profile_come_to_an_end(sending: Sending, profile: str) -> None:
    await sending.start(
        project(),
        CarrierConfig(name="sim", protocol="simulator", settings={"profile": profile, "receipt_delay_ms": 200}),
        route("sim"),
    )
    now = sending.clock.now_ms()
    messages = await sending.accept(*(f"8613900{place:06}" for place in range(300)), expires_at=now + 120_000)
    await sending.pass_time(80, step_s=0.5)
    sending.clock.push(3700)
    await sending.pass_time(3)
    rows = await sending.store.messages_by_id([one.id for one in messages])
    assert {one.state for one in rows} <= FINAL
    unknown = sum(one.state is State.UNKNOWN for one in rows)
    assert unknown <= (10 if profile == "flaky" else 0)
    assert sending.sender.decided.held == 0


@pytest.mark.parametrize("seed", range(5))
async def test_chaos_settles_each_message_once_and_books_once(sending: Sending, seed: int) -> None:
    """Answers and receipts out of order, early, twice, lost, foreign; the carrier closes and comes back."""
    random = Random(seed)
    await sending.start(project(refund_failed=True), Price(name="", each="0.05"), *PLAIN_WORLD[2:])
    scripted = sending.carriers["scripted"]
    now = sending.clock.now_ms()
    messages = await sending.accept(*(f"8613900{place:06}" for place in range(120)), expires_at=now + 600_000)
    for _ in range(40):
        jobs, scripted.jobs = scripted.jobs, []
        random.shuffle(jobs)
        for job in jobs:
            provider_id = f"p{job.id}"
            ends = receipt(provider_id, random.choice([State.DELIVERED, State.UNDELIVERED, State.EXPIRED]))
            roll = random.random()
            if roll < 0.1:
                scripted.say(Answer(message_id=job.id, at=now, cause=LINK_DOWN, unsure=True))
            elif roll < 0.2:
                scripted.say(Answer(message_id=job.id, at=now, cause=LINK_DOWN, again_ms=500))
            elif roll < 0.3:
                scripted.say(Answer(message_id=job.id, at=now, cause=OK, again_ms=100, slow_down=True))
            elif roll < 0.5:
                scripted.report(ends, receipt("foreign"))
                scripted.take(job)
            elif roll < 0.6:
                scripted.take(job)
            elif roll < 0.7:
                scripted.take(job)
                scripted.report(ends, ends)
            elif roll < 0.9:
                scripted.take(job)
                scripted.report(ends)
        await sending.pass_time(2)
    sending.clock.push(5000)
    await sending.pass_time(4)
    rows = await sending.store.messages_by_id([one.id for one in messages])
    assert {one.state for one in rows} <= FINAL
    assert sum(bool(one.refund) for one in rows) == sum(
        one.state not in {State.DELIVERED, State.UNKNOWN} for one in rows
    )
    settled = sum(n for key, n in sending.tally.values.items() if key[0] == "report_settled")
    assert settled == len(messages)
    assert sending.sender.decided.held == 0
    assert not sending.sender.decided.tried
