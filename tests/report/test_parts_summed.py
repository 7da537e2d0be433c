"""What the parts of a message add up to."""

from hypothesis import given
from hypothesis import strategies as st

from hongyan.ledger.parts import summed
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.message import FINAL, State
from hongyan.store.ops import Part


def part(number: int, state: State | None, total: int = 3, at: int = 100) -> Part:
    said = None if state is None else Cause(CauseKind.NUMBER, state.upper()[:7], "so it was", "carrier c").joined()
    return Part(
        carrier="c", provider_id=f"p{number}", message_id=1, number=number, total=total, state=state, cause=said,
        at=None if state is None else at + number,
    )  # fmt: skip


def test_all_delivered_is_delivered_at_the_last_ones_time() -> None:
    ending = summed([part(number, State.DELIVERED) for number in (1, 2, 3)])
    assert ending is not None
    assert (ending.state, ending.at, ending.received_at, ending.handed) == (State.DELIVERED, 103, 103, True)
    assert ending.cause.text == "so it was"


def test_the_worst_part_is_named() -> None:
    ending = summed([part(1, State.DELIVERED), part(2, State.UNDELIVERED), part(3, State.EXPIRED)])
    assert ending is not None
    assert (ending.state, ending.cause.code) == (State.UNDELIVERED, "UNDELIV")
    assert ending.cause.text == "part 2 of 3: so it was"


def test_nothing_is_summed_while_a_receipt_is_awaited() -> None:
    assert summed([part(1, State.UNDELIVERED), part(2, None), part(3, State.DELIVERED)]) is None
    assert summed([]) is None
    assert summed([], 500) is None


def test_a_part_that_nobody_spoke_of_is_unknown_when_time_is_up() -> None:
    ending = summed([part(1, State.DELIVERED), part(2, None), part(3, State.DELIVERED)], 500)
    assert ending is not None
    assert (ending.state, ending.at) == (State.UNKNOWN, 500)
    assert (ending.cause.code, ending.cause.text) == ("NO-RECEIPT", "part 2 of 3: no receipt came in time")


def test_a_known_failure_outweighs_a_missing_receipt() -> None:
    ending = summed([part(1, None), part(2, State.UNDELIVERED), part(3, State.DELIVERED)], 500)
    assert ending is not None
    assert (ending.state, ending.cause.text) == (State.UNDELIVERED, "part 2 of 3: so it was")


def test_all_said_is_the_end_even_if_it_is_found_late() -> None:
    ending = summed([part(number, State.DELIVERED) for number in (1, 2, 3)], 500)
    assert ending is not None
    assert (ending.state, ending.at) == (State.DELIVERED, 103)


@given(st.lists(st.sampled_from(sorted(FINAL)), min_size=1, max_size=6))
def test_the_order_of_the_parts_does_not_matter(states: list[State]) -> None:
    parts = [part(number, state, len(states)) for number, state in enumerate(states, 1)]
    ending = summed(parts)
    assert ending is not None
    assert ending.state in states
    assert (ending.state is State.DELIVERED) == (set(states) == {State.DELIVERED})
    turned = summed(parts[::-1])
    assert turned is not None
    assert turned.state is ending.state
