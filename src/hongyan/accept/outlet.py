"""What the desk hands accepted messages to: gathers those of one commit, so that carriers get them as one batch.

A commit answers many requests in the same turn of the event loop, each with a message or two. The sender and a carrier
do much the same work for one message as for fifty, so they are called once, after all of them have been answered.
"""

import asyncio
from collections.abc import Callable, Sequence

from hongyan.model.message import Message


class Outlet:
    """Fits `accept.desk.Dispatch`."""

    def __init__(
        self, room: Callable[[], int], take: Callable[[Sequence[Message]], None], wake: Callable[[], None]
    ) -> None:
        self._room, self._take, self.wake = room, take, wake
        self._gathered: list[Message] = []

    def room(self) -> int:
        """Return how many messages can be handed over at once."""
        return max(0, self._room() - len(self._gathered))

    def take(self, messages: Sequence[Message]) -> None:
        """Hand these over at the end of this turn of the loop: they are on disk as `sending`."""
        if not self._gathered:
            asyncio.get_running_loop().call_soon(self._hand_over)
        self._gathered += messages

    def forget(self, gone: Callable[[int], bool]) -> None:
        """Hand over none of these, by their ids: they are no more."""
        self._gathered = [one for one in self._gathered if not gone(one.id)]

    def _hand_over(self) -> None:
        gathered, self._gathered = self._gathered, []
        self._take(gathered)
