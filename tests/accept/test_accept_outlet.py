"""What many requests of one commit leave to be handed over goes to the sender as one batch."""

import asyncio
from collections.abc import Sequence

from hongyan.accept.outlet import Outlet
from hongyan.model.message import Message


def _message(id_: int) -> Message:
    return Message(
        id=id_,
        project="p",
        submission=1,
        dialect="nxcloud",
        to="8613000000000",
        content="x",
        accepted_at=1,
        expires_at=2,
    )


async def test_what_is_taken_in_one_turn_of_the_loop_is_handed_over_once_and_in_order() -> None:
    batches: list[list[int]] = []

    def take(messages: Sequence[Message]) -> None:
        batches.append([one.id for one in messages])

    outlet = Outlet(lambda: 10, take, lambda: None)
    outlet.take([_message(1)])
    outlet.take([_message(2), _message(3)])
    assert batches == []
    assert outlet.room() == 7  # what was gathered has its place already
    await asyncio.sleep(0)
    outlet.take([_message(4)])
    await asyncio.sleep(0)
    assert batches == [[1, 2, 3], [4]]
    assert outlet.room() == 10
