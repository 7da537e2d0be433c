"""What was accepted in one turn of the loop goes to the sender as one batch, and counts against its room at once."""

import asyncio

from hongyan.accept.outlet import Outlet
from store.store_samples import message


async def test_room_is_never_less_than_none() -> None:
    taken: list[int] = []
    outlet = Outlet(lambda: 2, lambda messages: taken.append(len(messages)), lambda: None)
    assert outlet.room() == 2
    outlet.take([message(), message()])
    outlet.take([message()])
    assert outlet.room() == 0
    await asyncio.sleep(0)
    assert taken == [3]
    assert outlet.room() == 2
