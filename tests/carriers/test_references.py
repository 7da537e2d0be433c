"""References of long messages: parts of two messages to one handset must never be taken for parts of one."""

from hongyan.carriers.shaping import References
from hongyan.model.clock import FakeClock
from hongyan.model.ids import IdMint


def test_references_of_a_pair_do_not_repeat_before_they_have_gone_round() -> None:
    references = References()
    taken = [references.next("10690", "8613800138000", 7) & 0xFF for _ in range(256)]
    assert len(set(taken)) == 256


def test_processes_and_restarts_do_not_begin_with_the_same_reference() -> None:
    """Ids differ in their upper bits: on a quiet system the lowest ones are always the same."""
    clock = FakeClock()
    begun = set()
    for _ in range(200):
        clock.push(1.003)
        begun.add(References().next("10690", "8613800138000", IdMint(clock).mint()) & 0xFF)
    assert len(begun) > 100
