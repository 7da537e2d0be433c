import pytest

from hongyan.ledger.settlement import Wanted, push_target, refund_due, settlement
from hongyan.model.message import FINAL, Leg, State
from report.receipt_rows import SAID, ended, sent, world

PRICE = 50
FAILED = sorted(FINAL - {State.DELIVERED, State.UNKNOWN})


@pytest.mark.parametrize("leg", Leg)
@pytest.mark.parametrize("state", [State.REJECTED, State.EXPIRED])
def test_what_never_left_is_paid_back(leg: Leg, state: State) -> None:
    assert refund_due(sent(price=PRICE, leg=leg), ended(state, handed=False), refund_failed=False) == PRICE


@pytest.mark.parametrize("leg", Leg)
def test_what_may_have_arrived_is_not_paid_back(leg: Leg) -> None:
    assert refund_due(sent(leg=leg), ended(State.UNKNOWN), refund_failed=True) == 0


@pytest.mark.parametrize("state", FAILED)
def test_a_card_that_failed_is_paid_back_and_a_text_only_when_the_project_says_so(state: State) -> None:
    assert refund_due(sent(price=PRICE, leg=Leg.CARD), ended(state), refund_failed=False) == PRICE
    assert refund_due(sent(leg=Leg.TEXT), ended(state), refund_failed=False) == 0
    assert refund_due(sent(price=PRICE, leg=Leg.DIGITAL), ended(state), refund_failed=True) == PRICE


def test_a_delivered_card_that_was_not_shown_is_paid_back() -> None:
    """proves: alibaba#card.billing"""
    card = sent(price=PRICE, leg=Leg.CARD)
    refunds = [
        refund_due(card, ended(State.DELIVERED, rendered=one), refund_failed=True) for one in (True, None, False)
    ]
    assert refunds == [0, 0, PRICE]
    assert refund_due(sent(), ended(State.DELIVERED, rendered=False), refund_failed=True) == 0


def test_a_receipt_goes_to_the_messages_own_address_then_the_apps_then_the_projects() -> None:
    known = world(callbacks={"nxcloud": "http://project.test/", "comms": ""})
    assert push_target(sent(report_to="http://own.test/", app="app"), known) == ("http://own.test/", "nxcloud")
    assert push_target(sent(app="app"), known) == ("http://app.test/", "nxcloud")
    assert push_target(sent(app="gone"), known) == ("http://project.test/", "nxcloud")
    assert push_target(sent(), known) == ("http://project.test/", "nxcloud")
    assert push_target(sent(dialect="comms"), known) is None
    assert push_target(sent(dialect="alibaba"), known) is None
    assert push_target(sent(project="unknown"), known) is None


def test_our_own_shape_tells_of_every_dialect_that_has_no_address() -> None:
    known = world(callbacks={"nxcloud": "http://project.test/", "native": "http://all.test/"})
    assert push_target(sent(), known) == ("http://project.test/", "nxcloud")
    assert push_target(sent(dialect="alibaba"), known) == ("http://all.test/", "native")
    settle = settlement(sent(dialect="alibaba"), ended(State.DELIVERED), known, lambda: 99)
    assert settle.push is not None
    assert (settle.push.dialect, settle.push.target) == ("native", "http://all.test/")


def test_an_ending_carries_the_push_the_refund_and_the_receipts_time() -> None:
    known = world(callbacks={"nxcloud": "http://project.test/"}, refund_failed=True)
    settle = settlement(sent(price=PRICE), ended(State.UNDELIVERED), known, lambda: 99)
    assert settle.push is not None
    assert (settle.push.id, settle.push.message_id, settle.push.target) == (99, 7, "http://project.test/")
    assert (settle.refund, settle.received_at, settle.at, settle.cause) == (PRICE, 4, 5, SAID.joined())
    assert (settle.mailbox, settle.rendered_at) == (None, None)


def test_yundashi_endings_go_to_the_mailbox_too() -> None:
    """proves: yundashi#pullstatus"""
    settle = settlement(sent(dialect="yundashi"), ended(State.DELIVERED), world(), lambda: 1)
    assert (settle.mailbox, settle.push) == ("yundashi", None)


def test_a_card_that_was_shown_says_when() -> None:
    settle = settlement(sent(leg=Leg.CARD), ended(State.DELIVERED, rendered=True), world(), lambda: 1)
    assert settle.rendered_at == 5


def test_a_project_that_is_gone_still_lets_its_messages_end() -> None:
    assert settlement(sent(project="gone"), ended(State.UNDELIVERED), world(), lambda: 1).refund == 0


@pytest.mark.parametrize(
    ("report_to", "told"),
    [
        (Wanted.EVERY, FINAL),
        (Wanted.FAILED, FINAL - {State.DELIVERED}),
        (Wanted.DELIVERED, {State.DELIVERED}),
        (None, set()),
        ("http://elsewhere.test/", set()),
    ],
)
def test_a_connected_caller_is_told_at_its_door_what_it_asked_for(report_to: str | None, told: set[State]) -> None:
    known = world(callbacks={"smpp": "http://project.test/", "native": "http://all.test/"})
    for state in FINAL:
        message = sent(dialect="smpp", app="esme1", report_to=report_to)
        push = settlement(message, ended(state), known, lambda: 99).push
        assert (push is not None) == (state in told)
        if push is not None:
            assert (push.door, push.app, push.target, push.dialect) == ("esme1", "esme1", "", "smpp")


def test_without_a_door_a_connected_callers_ending_is_told_to_nobody() -> None:
    assert (
        settlement(sent(dialect="smpp", report_to=Wanted.EVERY), ended(State.DELIVERED), world(), lambda: 1).push
        is None
    )
