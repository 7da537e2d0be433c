"""Receipts of messages that went in parts, on a real store: in any order, twice, early, respelt, across crashes."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.carriers import Answer
from hongyan.model.cause import Cause, CauseKind, parse_cause
from hongyan.model.clock import FakeClock
from hongyan.model.message import Message, State
from hongyan.model.tally import Tally
from hongyan.store.ops import PartReported
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from send.sending import PLAIN_WORLD, Scripted, Sending, receipt

NUMBER = "8613800138000"
NO = Cause(CauseKind.NUMBER, "UNDELIV", "not delivered", "scripted")


@asynccontextmanager
async def on_the_road(folder: Path) -> AsyncIterator[Sending]:
    clock, tally = FakeClock(), Tally()
    store = SqliteStore(folder / "hongyan.db", Vault(b"k" * 32), clock, tally)
    await store.open()
    made = Sending(store, clock, tally)
    await made.start(*PLAIN_WORLD)
    try:
        yield made
    finally:
        await made.stop()
        assert await store.balance("p") == await store.ledger_sum("p")
        await store.close()


@pytest.fixture
async def sending(tmp_path: Path) -> AsyncIterator[Sending]:
    async with on_the_road(tmp_path) as made:
        yield made


def carrier_of(sending: Sending) -> Scripted:
    return sending.carriers["scripted"]


def answer(sending: Sending, message: Message, *part_ids: str) -> None:
    carrier_of(sending).say(
        Answer(message_id=message.id, at=message.accepted_at, provider_id=part_ids[0], part_ids=part_ids)
    )


async def in_parts(sending: Sending, *part_ids: str) -> Message:
    (message,) = await sending.accept(NUMBER)
    answer(sending, message, *part_ids)
    await sending.settled_down()
    return message


def forget(sending: Sending) -> None:
    """Make the matcher know as much as after a restart."""
    sending.matcher._expected.clear()
    sending.matcher._in_parts._messages.clear()
    sending.matcher._parked.clear()


async def test_all_parts_delivered_is_delivered(sending: Sending) -> None:
    message = await in_parts(sending, "a", "b", "c")
    for provider_id in ("b", "c"):
        carrier_of(sending).report(receipt(provider_id))
    await sending.settled_down()
    assert await sending.state(message) is State.SUBMITTED
    carrier_of(sending).report(receipt("a"))
    await sending.settled_down()
    assert await sending.state(message) is State.DELIVERED
    assert await sending.kinds(message) == []


async def test_the_worst_part_is_told(sending: Sending) -> None:
    message = await in_parts(sending, "a", "b", "c")
    carrier_of(sending).report(receipt("a"), receipt("b", State.UNDELIVERED, cause=NO), receipt("c"))
    await sending.settled_down()
    found = await sending.look(message)
    assert found.state is State.UNDELIVERED
    assert found.cause is not None
    assert parse_cause(found.cause)[1:3] == ("UNDELIV", "part 2 of 3: not delivered")


async def test_it_is_acknowledged_when_all_of_it_is_on_disk(sending: Sending) -> None:
    message = await in_parts(sending, "a", "b")
    (whole,) = await sending.accept(NUMBER)
    carrier_of(sending).take(whole)
    await sending.settled_down()
    said: list[State] = []

    def stored() -> None:
        said.append(State.DELIVERED)

    receipts = [receipt(one) for one in ("a", "b", f"p{whole.id}", "strange")]
    carrier_of(sending).report(*receipts, stored=stored)
    assert said == []
    await sending.settled_down()
    assert said == [State.DELIVERED]
    assert await sending.state(message) is await sending.state(whole) is State.DELIVERED
    assert [one.provider_id for one in await sending.store.unclaimed(10)] == ["strange"]


async def test_a_repeated_receipt_of_a_part_changes_nothing(sending: Sending) -> None:
    message = await in_parts(sending, "a", "b")
    told: list[int] = []
    carrier_of(sending).report(receipt("a"))
    await sending.settled_down()
    later = receipt("a", State.UNDELIVERED, at=1_767_323_047_000, cause=NO)
    carrier_of(sending).report(later, stored=lambda: told.append(1))
    await sending.settled_down()
    assert await sending.state(message) is State.SUBMITTED
    carrier_of(sending).report(receipt("b"))
    await sending.settled_down()
    carrier_of(sending).report(receipt("b"), stored=lambda: told.append(2))
    await sending.settled_down()
    assert await sending.state(message) is State.DELIVERED
    assert told == [1, 2]
    assert await sending.kinds(message) == ["receipt-twice", "receipt-twice"]


async def test_receipts_of_parts_wait_for_the_answer(sending: Sending) -> None:
    (message,) = await sending.accept(NUMBER)
    carrier_of(sending).report(receipt("b"), receipt("a"))
    await sending.settled_down()
    assert len(await sending.store.unclaimed(10)) == 2
    answer(sending, message, "a", "b")
    await sending.settled_down()
    assert await sending.state(message) is State.DELIVERED
    assert await sending.store.unclaimed(10) == []
    assert set(await sending.kinds(message)) == {"receipt-early"}


async def test_after_a_restart_the_store_knows_the_parts(sending: Sending) -> None:
    message = await in_parts(sending, "a", "b")
    forget(sending)
    carrier_of(sending).report(receipt("b"))
    await sending.settled_down()
    carrier_of(sending).report(receipt("a"))
    await sending.settled_down()
    assert await sending.state(message) is State.DELIVERED


@pytest.mark.parametrize("remembered", [True, False])
async def test_a_crash_before_the_end_heals_when_the_receipt_comes_again(sending: Sending, remembered: bool) -> None:
    message = await in_parts(sending, "a", "b")
    for one in ("a", "b"):  # both were written, and then the process was gone
        said = receipt(one)
        reported = PartReported(
            carrier="scripted", provider_id=one, state=said.state, cause=said.cause.joined(), at=said.received_at
        )
        await sending.store.write(reported)
    if not remembered:
        forget(sending)
    assert await sending.state(message) is State.SUBMITTED
    carrier_of(sending).report(receipt("b"))
    await sending.settled_down()
    assert await sending.state(message) is State.DELIVERED


@pytest.mark.parametrize(
    ("said", "state", "text"),
    [
        (("a", "b", "c"), State.DELIVERED, "delivered"),
        (("a", "c"), State.UNKNOWN, "part 2 of 3: no receipt came in time"),
        ((), State.UNKNOWN, "part 1 of 3: no receipt came in time"),
    ],
)
async def test_the_sweep_looks_at_the_parts_before_it_gives_up(
    sending: Sending, said: Sequence[str], state: State, text: str
) -> None:
    message = await in_parts(sending, "a", "b", "c")
    for one in said:
        cause = receipt(one).cause.joined()
        reported = PartReported(carrier="scripted", provider_id=one, state=State.DELIVERED, cause=cause, at=5)
        await sending.store.write(reported)
    sending.clock.push(86_400 + 3_600 + 1)
    await sending.sweep.round()
    await sending.settled_down()
    found = await sending.look(message)
    assert found.state is state
    assert parse_cause(found.cause or "")[2] == text


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_late_receipt_of_a_part_is_noted_and_kept(sending: Sending, *, restarted: bool) -> None:
    message = await in_parts(sending, "a", "b")
    carrier_of(sending).report(receipt("a"))
    await sending.settled_down()
    sending.clock.push(86_400 + 3_600 + 1)
    await sending.sweep.round()
    await sending.settled_down()
    if restarted:
        forget(sending)
    carrier_of(sending).report(receipt("b"))
    await sending.settled_down()
    assert await sending.state(message) is State.UNKNOWN
    assert await sending.kinds(message) == ["receipt-late"]
    assert [one.state for one in await sending.store.parts(message.id)] == [State.DELIVERED] * 2


# --- ids written in another way


async def test_another_spelling_counts_only_for_the_number(sending: Sending) -> None:
    message = await in_parts(sending, "1f", "20")
    (whole,) = await sending.accept(NUMBER)
    carrier_of(sending).say(Answer(message_id=whole.id, at=whole.accepted_at, provider_id="2a"))
    await sending.settled_down()
    carrier_of(sending).report(receipt("42", spellings=("2a",), number="13900139000"))
    await sending.settled_down()
    assert await sending.state(whole) is State.SUBMITTED
    carrier_of(sending).report(
        receipt("42", spellings=("2a",), number="13800138000"),
        receipt("31", spellings=("1f",), number=NUMBER),
        receipt("32", spellings=("20", "32"), number=NUMBER),
    )
    await sending.settled_down()
    assert await sending.state(whole) is State.DELIVERED
    assert await sending.state(message) is State.DELIVERED


async def test_an_id_that_is_known_as_it_is_is_never_read_otherwise(sending: Sending) -> None:
    one, other = await sending.accept(NUMBER, NUMBER)
    carrier_of(sending).say(
        Answer(message_id=one.id, at=one.accepted_at, provider_id="10"),
        Answer(message_id=other.id, at=one.accepted_at, provider_id="16"),
    )
    await sending.settled_down()
    forget(sending)
    carrier_of(sending).report(receipt("16", spellings=("10",), number=NUMBER))
    await sending.settled_down()
    assert [await sending.state(one), await sending.state(other)] == [State.SUBMITTED, State.DELIVERED]


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_parked_receipt_is_found_under_another_spelling(sending: Sending, restarted: bool) -> None:
    (message,) = await sending.accept(NUMBER)
    carrier_of(sending).report(receipt("31", spellings=("1f",), number="13800138000"))
    await sending.settled_down()
    (parked,) = await sending.store.unclaimed(10)
    assert (parked.spellings, parked.number) == ("1f", "13800138000")
    if restarted:
        forget(sending)
    carrier_of(sending).say(Answer(message_id=message.id, at=message.accepted_at, provider_id="1f"))
    await sending.settled_down()
    if restarted:
        sending.clock.push(5)
        assert await sending.matcher.rematch() == 1
        await sending.settled_down()
    assert await sending.state(message) is State.DELIVERED
    assert await sending.store.unclaimed(10) == []


async def test_memory_holds_nothing_of_what_ended(sending: Sending) -> None:
    for turn in range(20):
        ids = [f"{turn}-{number}" for number in range(3)]
        await in_parts(sending, *ids)
        carrier_of(sending).report(*(receipt(one) for one in ids))
        await sending.settled_down()
    await in_parts(sending, "never", "told")
    (whole,) = await sending.accept(NUMBER)
    carrier_of(sending).take(whole)
    await sending.settled_down()
    sending.clock.push(86_400 + 1)
    await sending.matcher.rematch()
    assert not any(sending.matcher._in_parts._messages.values())
    assert not any(sending.matcher._expected.values())
    sending.matcher._parked.forget_before(sending.clock.now_ms() + 1)
    assert len(sending.matcher._parked) == 0


Step = tuple[str, int]
IDS = ("a", "b", "c")


async def _in_this_order(steps: Sequence[Step], states: Sequence[State], restart_at: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with on_the_road(Path(folder)) as sending:
            (message,) = await sending.accept(NUMBER)
            acknowledged = 0

            def stored() -> None:
                nonlocal acknowledged
                acknowledged += 1

            for place, (what, number) in enumerate(steps):
                if place == restart_at:
                    await sending.settled_down()
                    forget(sending)
                if what == "answer":
                    answer(sending, message, *IDS)
                else:
                    carrier_of(sending).report(receipt(IDS[number], states[number]), stored=stored)
                if number % 2:
                    await sending.settled_down()
            await sending.settled_down()
            sending.clock.push(5)
            await sending.matcher.rematch()
            await sending.settled_down()
            assert acknowledged == len(steps) - 1
            worst = State.UNDELIVERED if State.UNDELIVERED in states else State.DELIVERED
            assert await sending.state(message) is worst
            assert await sending.store.unclaimed(10) == []


@settings(max_examples=25, deadline=None)
@given(
    st.permutations([("answer", 0), *(("receipt", number) for number in (0, 1, 2)), ("receipt", 1)]),
    st.lists(st.sampled_from([State.DELIVERED, State.UNDELIVERED]), min_size=3, max_size=3),
    st.integers(0, 6),
)
def test_any_order_of_answer_and_receipts_comes_to_the_same_end(
    steps: Sequence[Step], states: Sequence[State], restart_at: int
) -> None:
    asyncio.run(_in_this_order(steps, states, restart_at))
