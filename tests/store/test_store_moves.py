"""What becomes of a message: each legal move once, its refund, push and mailbox with it."""

import pytest

from hongyan.model.message import FINAL, LEGAL_MOVES, Message, State
from hongyan.store import Found, MessageQuery, Store
from hongyan.store.ops import (
    Again,
    Click,
    Deposit,
    Event,
    LinkRow,
    MakeLink,
    Note,
    Op,
    Park,
    PushAgain,
    PushDone,
    Rendered,
    Unclaimed,
    Unpark,
)
from store.store_samples import IDS, NOW, PRICE, accept, accepted, handed, message, push, settle, states


async def _sending(store: Store, **fields: object) -> Message:
    one = message(state=State.SENDING, due_at=NOW + 30_000, **fields)
    await accepted(store, one)
    return one


async def _found(store: Store, one: Message) -> Message:
    found = await store.message(one.id)
    assert found is not None
    return found


async def test_a_hand_over_is_written_once(store: Store) -> None:
    one = await _sending(store)
    assert await store.write(handed(one, "X1")) is True
    assert await store.write(handed(one, "X2")) is False
    found = await _found(store, one)
    assert (found.state, found.carrier, found.provider_id) == (State.SUBMITTED, "sim", "X1")
    assert (found.submitted_at, found.due_at, found.attempts) == (NOW + 1, NOW + 60_000, 1)
    assert await store.by_provider("sim", ["X1", "none"]) == {"X1": Found(found)}
    assert await store.by_provider("other", ["X1"]) == {}
    assert await store.outstanding("sim", 0, NOW + 2, (0, 0), 10) == [found]


async def test_a_hand_over_put_off_is_due_again_and_says_why(store: Store) -> None:
    one = await _sending(store)
    again = Again(
        message_id=one.id, at=NOW + 1, due_at=NOW + 5000, cause="limit|throttled|sim|slow down", counted=False
    )
    assert await store.write(again) is True
    assert await store.write(again) is False
    found = await _found(store, one)
    assert (found.state, found.due_at, found.attempts, found.cause) == (State.ACCEPTED, NOW + 5000, 0, again.cause)
    assert [(event.kind, event.text) for event in await store.events(one.id)] == [("again", again.cause)]


async def test_waiting_on_for_the_same_reason_is_noted_once(store: Store) -> None:
    one = await _sending(store)
    for at, cause in enumerate(("carrier|down|sim|", "carrier|down|sim|", "ours|busy|sim|", "carrier|down|sim|")):
        again = Again(message_id=one.id, at=NOW + at, due_at=NOW, cause=cause, counted=False)
        assert await store.write(again) is True
        await store.claim(NOW, 1000, 1)
    assert [event.at - NOW for event in await store.events(one.id)] == [0, 2, 3]


@pytest.mark.parametrize("end", sorted(FINAL))
async def test_settling_obeys_the_table_of_legal_moves(store: Store, end: State) -> None:
    accepted_one, sending, submitted = message(), message(state=State.SENDING), message(state=State.SENDING)
    done = message(state=State.SENDING)
    await store.write_all([accept(accepted_one, sending, submitted, done), handed(submitted), settle(done)])
    results = await store.write_all([settle(one, end) for one in (accepted_one, sending, submitted, done)])
    origins = (State.ACCEPTED, State.SENDING, State.SUBMITTED, State.DELIVERED)
    assert results == [end in LEGAL_MOVES[origin] for origin in origins]


async def test_an_end_keeps_what_the_receipt_said_and_nothing_is_due(store: Store) -> None:
    one = await _sending(store)
    end = settle(
        one, State.UNDELIVERED, cause="number|27|sim|absent", received_at=NOW - 5, rendered_at=NOW, carrier="c",
        provider_id="p", submitted_at=NOW + 1,
    )  # fmt: skip
    assert await store.write(end) is True
    found = await _found(store, one)
    assert (found.state, found.due_at, found.done_at, found.cause) == (end.state, None, NOW + 2, end.cause)
    assert (found.received_at, found.rendered_at, found.carrier, found.provider_id) == (NOW - 5, NOW, "c", "p")
    assert found.submitted_at == NOW + 1


async def test_a_refund_is_booked_once_with_the_end(store: Store) -> None:
    one = await _sending(store)
    end = settle(one, State.REJECTED, refund=PRICE)
    assert await store.write_all([end, end]) == [True, False]
    assert await store.balance("shop") == await store.ledger_sum("shop") == 0
    found = await _found(store, one)
    assert found.refund is not None
    assert found.refund != found.charge


async def test_an_end_for_another_project_changes_nothing(store: Store) -> None:
    one = await _sending(store)
    end = settle(one, State.REJECTED, refund=PRICE)
    end.project = "other"
    assert await store.write(end) is False
    assert await store.balance("other") == 0


async def test_a_failed_render_gives_the_price_back_once_whatever_else_happens(store: Store) -> None:
    one = await _sending(store)
    await store.write(settle(one))
    failed = Rendered(message_id=one.id, at=NOW + 9, failed=True)
    assert [await store.write(failed), await store.write(failed)] == [True, False]
    assert await store.balance("shop") == await store.ledger_sum("shop") == 0
    assert (await _found(store, one)).rendered_at is None


async def test_an_end_after_a_failed_render_gives_nothing_more_back(store: Store) -> None:
    one = await _sending(store)
    await store.write_all(
        [Rendered(message_id=one.id, at=NOW, failed=True), settle(one, State.UNDELIVERED, refund=PRICE)]
    )
    assert await store.balance("shop") == await store.ledger_sum("shop") == 0


async def test_a_card_that_was_paid_back_is_not_shown_later(store: Store) -> None:
    """proves: cards#render.failed."""
    one = await _sending(store)
    failed = Rendered(message_id=one.id, at=NOW, failed=True)
    results = await store.write_all([failed, settle(one, rendered_at=NOW + 5), Rendered(message_id=one.id, at=NOW + 6)])
    assert results == [True, True, False]
    found = await _found(store, one)
    assert (found.state, found.rendered_at) == (State.DELIVERED, None)
    assert await store.balance("shop") == await store.ledger_sum("shop") == 0


async def test_a_card_that_was_shown_is_not_paid_back_later(store: Store) -> None:
    """proves: cards#render.failed."""
    one = await _sending(store)
    shown, failed = Rendered(message_id=one.id, at=NOW), Rendered(message_id=one.id, at=NOW + 1, failed=True)
    assert await store.write_all([shown, failed, settle(one, refund=PRICE)]) == [True, False, True]
    assert (await _found(store, one)).rendered_at == NOW
    assert await store.balance("shop") == await store.ledger_sum("shop") == -PRICE


async def test_a_card_that_was_opened_but_ended_undelivered_is_paid_back_once(store: Store) -> None:
    one = await _sending(store)
    end = settle(one, State.UNDELIVERED, refund=PRICE)
    assert await store.write_all([Rendered(message_id=one.id, at=NOW), end, end]) == [True, True, False]
    assert await store.balance("shop") == await store.ledger_sum("shop") == 0


async def test_a_render_is_noted_once(store: Store) -> None:
    one = await _sending(store)
    shown = [Rendered(message_id=one.id, at=at) for at in (NOW + 1, NOW + 2)]
    assert await store.write_all([*shown, Rendered(message_id=IDS.mint(), at=NOW)]) == [True, False, False]
    assert (await _found(store, one)).rendered_at == NOW + 1


async def test_the_mailbox_gives_each_ended_message_once_oldest_first(store: Store) -> None:
    messages = [await _sending(store) for _ in range(3)]
    for one in (messages[1], messages[0], messages[2]):
        await store.write(settle(one, mailbox="yundashi"))
    first = await store.take_mailbox("shop", "yundashi", 2, NOW)
    assert [one.id for one in first] == [messages[1].id, messages[0].id]
    assert [one.id for one in await store.take_mailbox("shop", "yundashi", 2, NOW)] == [messages[2].id]
    assert await store.take_mailbox("shop", "yundashi", 2, NOW) == []
    assert await store.take_mailbox("shop", "comms", 2, NOW) == []


async def test_a_push_is_claimed_leased_put_off_and_done(store: Store) -> None:
    one = await _sending(store)
    row = push(one.id, app="a")
    await store.write(settle(one, push=row))
    assert await store.claim_pushes(NOW - 1, 1000, 10) == []
    (leased,) = await store.claim_pushes(NOW, 1000, 10)
    assert (leased.id, leased.target, leased.app, leased.due_at) == (row.id, row.target, "a", NOW + 1000)
    assert await store.claim_pushes(NOW, 1000, 10) == []
    event = Event(message_id=one.id, at=NOW, kind="push-failed", text="503")
    await store.write(PushAgain(ids=[row.id], due_at=NOW + 5, events=[event]))
    await store.write(PushAgain(ids=[row.id], due_at=NOW + 5, counted=False))
    (again,) = await store.claim_pushes(NOW + 5, 1000, 10)
    assert again.tries == 1
    await store.write(PushDone(ids=[row.id], events=[Event(message_id=one.id, at=NOW, kind="push", text="200")]))
    assert await store.claim_pushes(NOW + 10**6, 1000, 10) == []
    assert [event.kind for event in await store.events(one.id)] == ["push-failed", "push"]


async def test_a_parked_receipt_stays_once_until_it_finds_its_message(store: Store) -> None:
    def row(provider_id: str, state: State, cause: str) -> Unclaimed:
        return Unclaimed(carrier="c", provider_id=provider_id, at=NOW, state=state, cause=cause, received_at=NOW)

    first = row("p", State.DELIVERED, "first")
    other = Unclaimed(
        carrier="c", provider_id="q", at=NOW - 1, state=State.UNDELIVERED, cause="", received_at=1, rendered=False
    )
    await store.write(Park(rows=[first, row("p", State.DELIVERED, "second"), other]))
    assert await store.unclaimed(10) == [first, other]
    ops: list[Op] = [Park(rows=[row("r", State.EXPIRED, "x")]), Unpark(carrier="c", provider_ids=["p", "r"])]
    await store.write_all(ops)
    assert await store.unclaimed(10) == [other]


async def test_clicks_are_counted_and_the_first_is_remembered(store: Store) -> None:
    link = LinkRow(code="z", project="shop", message_id=5, kind="url", target="http://x", values="{}", created_at=NOW)
    await store.write(MakeLink(row=link))
    event = Event(message_id=5, at=NOW + 1, kind="click", text="")
    await store.write_all([Click(code="z", at=NOW + 1, event=event), Click(code="z", at=NOW + 2)])
    await store.write(Click(code="z", at=NOW + 3))
    found = await store.link("z")
    assert found is not None
    assert (found.clicks, found.first_click_at) == (3, NOW + 1)
    assert await store.events(5) == [event]


async def test_a_link_code_that_is_taken_is_not_given_away(store: Store) -> None:
    link = LinkRow(code="z", project="shop", message_id=None, kind="url", target="http://x", values="", created_at=NOW)
    await store.write(MakeLink(row=link))
    with pytest.raises(Exception, match=r"(?i)unique"):
        await store.write(MakeLink(row=link))


async def test_deposits_by_hand_may_be_negative(store: Store) -> None:
    first = await store.write(Deposit(project="shop", at=NOW, amount=100, text="by bank"))
    second = await store.write(Deposit(project="shop", at=NOW, amount=-30, text=""))
    assert (first, second, await store.balance("shop"), await store.ledger_sum("shop")) == (100, 70, 70, 70)


async def test_a_deposit_pays_for_what_comes_after_it_in_the_same_batch(store: Store) -> None:
    ops: list[Op] = [
        accept(message(), credit_line=0), Deposit(project="shop", at=NOW, amount=PRICE, text=""),
        accept(message(), credit_line=0),
    ]  # fmt: skip
    before, _, after = await store.write_all(ops)
    assert [before[0].reason is None, after[0].reason is None] == [False, True]


async def test_odd_characters_in_what_others_say_are_written_out(store: Store) -> None:
    one = await _sending(store)
    await store.write(Note(events=[Event(message_id=one.id, at=NOW, kind="unsure", text="a\0b\ud800")]))
    await store.write(settle(one, State.UNDELIVERED, cause="x\0", provider_id="p\0"))
    assert [event.text for event in await store.events(one.id)] == ["a\\0b\\ud800"]
    assert await store.messages(MessageQuery(text="\0\ud800")) == []
    assert await store.link("\0\ud800") is None
    assert await states(store, [one]) == [State.UNDELIVERED]
