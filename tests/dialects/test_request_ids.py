"""Request ids: of one length, never twice, and growing, so that the store's index of them grows at its end."""

from random import Random

import pytest

from hongyan.model.clock import FakeClock
from hongyan.model.ids import HexMint


@pytest.mark.parametrize("digits", [24, 32])
def test_request_ids_only_grow_and_tell_nothing_of_the_next(digits: int) -> None:
    clock = FakeClock()
    mint = HexMint(clock, Random(1), digits)
    drawn = []
    for _ in range(1_000):
        drawn.append(mint.mint())
        clock.push(0.01)
    assert drawn == sorted(drawn)
    assert len(set(drawn)) == len(drawn)
    assert {len(one) for one in drawn} == {digits}
    assert all(set(one) <= set("0123456789abcdef") for one in drawn)
    others = HexMint(FakeClock(), Random(2), digits)
    assert others.mint() not in drawn
