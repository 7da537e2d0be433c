import asyncio
import re
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carriers.simulating import Ears, message, opened, play
from hongyan.carriers import Carrier, Receipt
from hongyan.carriers.magic import MAGIC, MEANING, Outcome
from hongyan.carriers.profiles import PROFILES
from hongyan.carriers.simulator import Simulator
from hongyan.model.clock import FakeClock, SystemClock
from hongyan.model.errors import Misconfigured
from hongyan.model.message import FINAL, Leg, State

STATES = {outcome: State(state) for outcome, (state, _, _) in MEANING.items()}


def number(outcome: Outcome) -> str:
    return "861380013" + next(digits for digits, known in MAGIC.items() if known is outcome)


def test_it_is_a_carrier() -> None:
    carrier: Carrier = Simulator("sim", settings={}, clock=FakeClock())
    assert carrier.repeatable
    assert carrier.room() == 0, "not open yet"


async def test_an_ordinary_number_is_taken_at_once_and_delivered_after_the_delay() -> None:
    simulator, ears, clock = await opened(receipt_delay_ms=1000)
    simulator.submit([message()])
    assert ears.answers == [], "never from within the call"
    simulator.advance()
    assert [answer.cause for answer in ears.answers] == [None]
    play(simulator, clock, 0.7)
    assert ears.receipts == []
    play(simulator, clock, 0.6)
    (receipt,) = ears.receipts
    assert (receipt.state, receipt.provider_id, receipt.rendered) == (
        State.DELIVERED,
        ears.answers[0].provider_id,
        None,
    )


async def test_a_delay_of_nothing_is_the_next_turn_of_the_loop() -> None:
    simulator, ears, _ = await opened(receipt_delay_ms=0)
    simulator.submit([message(id_=id_) for id_ in range(200)])
    await asyncio.sleep(0)
    assert ears.order == ["answer"] * 200 + ["receipt"] * 200


@pytest.mark.parametrize("outcome", [Outcome.UNDELIVERED, Outcome.EXPIRED, Outcome.DELIVERED])
async def test_magic_endings(outcome: Outcome) -> None:
    simulator, ears, clock = await opened()
    simulator.submit([message(number(outcome))])
    play(simulator, clock, 2)
    assert [receipt.state for receipt in ears.receipts] == [STATES[outcome]]


async def test_magic_refused_at_submit() -> None:
    simulator, ears, clock = await opened()
    simulator.submit([message(number(Outcome.REFUSED))])
    play(simulator, clock, 2)
    (answer,) = ears.answers
    assert answer.cause is not None
    assert (answer.cause.code, answer.again_ms, ears.receipts) == ("INVDSTADR", None, [])


async def test_magic_throttled_then_delivered() -> None:
    simulator, ears, clock = await opened()
    for _ in range(2):
        simulator.submit([message(number(Outcome.THROTTLED))])
        play(simulator, clock, 2)
    assert [answer.slow_down for answer in ears.answers] == [True, False]
    assert [receipt.state for receipt in ears.receipts] == [State.DELIVERED]


async def test_magic_answer_lost_then_delivered_once() -> None:
    simulator, ears, clock = await opened()
    for attempts in range(2):
        simulator.submit([message(number(Outcome.UNSURE), attempts=attempts)])
        play(simulator, clock, 2)
    assert [answer.unsure for answer in ears.answers] == [True, False]
    assert len(ears.receipts) == 1


async def test_magic_late() -> None:
    simulator, ears, clock = await opened(receipt_delay_ms=100)
    simulator.submit([message(number(Outcome.LATE))])
    play(simulator, clock, 4.9)
    assert ears.receipts == []
    play(simulator, clock, 0.2)
    assert len(ears.receipts) == 1


async def test_magic_receipt_before_the_answer() -> None:
    simulator, ears, clock = await opened(receipt_delay_ms=0)
    simulator.submit([message(number(Outcome.EARLY))])
    play(simulator, clock, 1)
    assert ears.order == ["receipt", "answer"]
    assert ears.receipts[0].provider_id == ears.answers[0].provider_id


async def test_magic_receipt_twice_and_never() -> None:
    simulator, ears, clock = await opened()
    simulator.submit([message(number(Outcome.TWICE)), message(number(Outcome.NEVER), id_=2)])
    play(simulator, clock, 5)
    assert len(ears.answers) == 2
    assert ears.receipts == [ears.receipts[0]] * 2


async def test_a_card_is_shown_unless_its_number_says_no_or_a_value_is_missing() -> None:
    simulator, ears, clock = await opened()
    shown, failed = message(leg=Leg.CARD), message(number(Outcome.RENDER_FAILED), id_=2, leg=Leg.CARD)
    lacking = message(id_=3, leg=Leg.CARD, details='{"link":"x","lacks":"param1"}')
    simulator.submit([shown, failed, lacking])
    play(simulator, clock, 2)
    rendered = {receipt.provider_id: receipt.rendered for receipt in ears.receipts}
    assert [rendered[answer.provider_id or ""] for answer in ears.answers] == [True, False, False]
    assert all(receipt.state is State.DELIVERED for receipt in ears.receipts)


async def test_the_window_counts_what_is_not_answered() -> None:
    simulator, ears, _ = await opened(window=3)
    assert ears.room == 1
    simulator.submit([message(id_=id_) for id_ in range(3)])
    assert simulator.room() == 0
    simulator.advance()
    assert simulator.room() == 3
    assert ears.room == 2


async def test_a_restart_works_the_receipts_out_again() -> None:
    first, ears, clock = await opened(receipt_delay_ms=5000)
    sent = [message(), message(number(Outcome.UNDELIVERED), id_=2), message(number(Outcome.NEVER), id_=3)]
    first.submit(sent)
    first.advance()
    await first.close()
    for one, answer in zip(sent, ears.answers, strict=True):
        one.provider_id, one.submitted_at = answer.provider_id, answer.at
    second = Simulator("sim", settings={"receipt_delay_ms": 5000}, clock=clock)
    after = Ears()
    await second.open(after)
    second.remind(sent)
    play(second, clock, 10)
    assert sorted((receipt.provider_id, receipt.state) for receipt in after.receipts) == sorted(
        [(sent[0].provider_id or "", State.DELIVERED), (sent[1].provider_id or "", State.UNDELIVERED)]
    )


async def test_closing_answers_what_is_under_way() -> None:
    simulator, ears, _ = await opened(profile="slow")
    simulator.submit([message()])
    await simulator.close()
    assert len(ears.answers) == 1
    assert simulator.room() == 0


async def test_the_loop_turns_the_wheel_by_itself() -> None:
    simulator, ears = Simulator("sim", settings={"receipt_delay_ms": 10}, clock=SystemClock()), Ears()
    reported = asyncio.Event()
    ears.has_room = lambda carrier: None  # type: ignore[method-assign] # not of interest here
    original = ears.reported

    def tell(carrier: str, receipts: Sequence[Receipt], stored: Callable[[], None]) -> None:
        original(carrier, receipts, stored)
        reported.set()

    ears.reported = tell  # type: ignore[method-assign] # tells the test
    await simulator.open(ears)
    simulator.submit([message()])
    await asyncio.wait_for(reported.wait(), 5)
    assert len(ears.answers) == len(ears.receipts) == 1


async def outcomes(profile: str, seed: int, ids: list[int], burst: int) -> dict[int, tuple[bool, list[State]]]:
    """Hand over again whatever asks for it; return what became of each message."""
    simulator, ears, clock = await opened(profile=profile, seed=seed, receipt_delay_ms=200)
    waiting = [message(id_=id_) for id_ in ids]
    by_id = {one.id: one for one in waiting}
    refused: set[int] = set()
    while waiting or simulator.room() < 1000:
        simulator.submit(waiting[:burst])
        del waiting[:burst]
        clock.push(1)
        simulator.advance()
        for answer in ears.answers:
            if answer.unsure or answer.slow_down:
                again = by_id[answer.message_id]
                again.attempts += answer.unsure  # as the store counts it
                waiting.append(again)
            elif answer.cause is not None:
                refused.add(answer.message_id)
        ears.answers.clear()
    for _ in range(70):
        clock.push(1)
        simulator.advance()
    states: dict[str, list[State]] = {}
    for receipt in ears.receipts:
        states.setdefault(receipt.provider_id, []).append(receipt.state)
    return {id_: (id_ in refused, states.get(simulator.provider_id(id_), [])) for id_ in ids}


@settings(max_examples=40, deadline=None)
@given(
    profile=st.sampled_from(["healthy", "slow", "flaky", "throttling"]),
    seed=st.integers(0, 2**63 - 1),
    ids=st.lists(st.integers(1, 2**62), min_size=1, max_size=40, unique=True),
    bursts=st.tuples(st.integers(1, 40), st.integers(1, 40)),
)
def test_the_same_seed_and_messages_end_the_same_whatever_the_timing(
    profile: str, seed: int, ids: list[int], bursts: tuple[int, int]
) -> None:
    first, second = (asyncio.run(outcomes(profile, seed, ids, burst)) for burst in bursts)
    assert first == second


async def test_whether_it_may_be_repeated_is_a_setting() -> None:
    assert not (await opened(repeatable=False))[0].repeatable
    with pytest.raises(Misconfigured, match="true or false"):
        await opened(repeatable="no")


async def test_a_flaky_carrier_does_some_of_everything() -> None:
    simulator, _, _ = await opened(profile="flaky")
    drawn = [simulator.outcome(message(id_=id_ << 21)) for id_ in range(5000)]
    for outcome, share in PROFILES["flaky"].shares.items():
        assert drawn.count(outcome) / 5 == pytest.approx(share, rel=0.5), outcome


async def test_a_throttling_carrier_takes_a_hundred_a_second() -> None:
    simulator, ears, clock = await opened(profile="throttling")
    simulator.submit([message(id_=id_) for id_ in range(300)])
    play(simulator, clock, 0.1)
    assert sum(not answer.slow_down for answer in ears.answers) == 100


async def test_a_dead_carrier_takes_nothing_and_says_so() -> None:
    simulator, ears, clock = await opened(profile="dead")
    simulator.submit([message(), message(number(Outcome.DELIVERED), id_=2)])
    play(simulator, clock, 1)
    assert [(answer.provider_id, answer.again_ms) for answer in ears.answers] == [(None, 5000)] * 2


def test_the_magic_number_beats_the_profile() -> None:
    simulator = Simulator("sim", settings={"profile": "flaky"}, clock=FakeClock())
    drawn = {simulator.outcome(message(number(Outcome.DELIVERED), id_=id_)) for id_ in range(500)}
    assert drawn == {Outcome.DELIVERED}


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ({"profil": "slow"}, "profile"),
        ({"profile": "helthy"}, "healthy"),
        ({"receipt_delay_ms": -1}, "receipt_delay_ms"),
        ({"window": 0}, "window"),
        ({"seed": "one"}, "seed"),
        ({"window": True}, "window"),
    ],
)
def test_a_wrong_setting_is_named_with_the_nearest_right_one(wrong: dict[str, object], hint: str) -> None:
    with pytest.raises(Misconfigured, match=hint):
        Simulator("sim", settings=wrong, clock=FakeClock())


def test_every_outcome_has_a_magic_number_and_a_meaning() -> None:
    assert set(MAGIC.values()) == set(Outcome) == set(MEANING)
    assert all(state in FINAL for state in STATES.values())


def test_card_phones_of_the_demo_world_reach_every_outcome() -> None:
    odd = {outcome for digits, outcome in MAGIC.items() if int(digits) % 2}
    assert odd == set(Outcome)


SAMPLES = (
    "13700000000", "13800138000", "13900000001", "13900000002", "18651883168", "18651883279", "13788888888",
    "15088888888", "15086888888", "13812345279", "2020042720523", "01234567890",
)  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES)
def test_sample_numbers_of_the_vendors_documents_are_not_magic(sample: str) -> None:
    assert sample[-4:] not in MAGIC


def test_magic_digits_are_written_as_the_page_says() -> None:
    assert all(re.fullmatch(r"4[01]\d[12]", digits) for digits in MAGIC)
