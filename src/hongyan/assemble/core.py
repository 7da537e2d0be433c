"""What only this process can do, as `operate.core.Core` asks it: the main process's side."""

from typing import Any

import msgspec

from hongyan.assemble.acting import Acting
from hongyan.assemble.resetting import Resetting
from hongyan.model.message import Message
from hongyan.report.callbacks import Callbacks
from hongyan.report.push import Pusher
from hongyan.send.board import Board
from hongyan.send.sweep import Sweep

CALLS = (
    "carrier_looks",
    "carrier_lines",
    "preview",
    "wake",
    "say_receipt",
    "say_reply",
    "follow",
    "snapshot",
    "reset",
    "erase",
    "newest_calls",
    "replay",
    "listen",
    "next_call",
    "answer_call",
    "unlisten",
    "listeners",
)
"""what fronts may call by name"""


class InCore:
    """Fits `operate.core.Core`."""

    def __init__(
        self, board: Board, sweep: Sweep, pusher: Pusher, acting: Acting, resetting: Resetting, calls: Callbacks
    ) -> None:
        self._board, self._sweep, self._pusher = board, sweep, pusher
        self.say_receipt, self.say_reply, self.follow = acting.say_receipt, acting.say_reply, acting.follow
        self.snapshot, self.reset, self.erase = resetting.snapshot, resetting.reset, resetting.erase
        self.newest_calls, self.replay, self.listeners = calls.newest_calls, calls.replay, calls.listeners
        self.listen, self.unlisten = calls.listen, calls.unlisten
        self.next_call, self.answer_call = calls.next_call, calls.answer_call

    async def carrier_looks(self) -> list[dict[str, Any]]:
        """Return how every declared carrier is doing."""
        return await self._board.carrier_looks()

    async def carrier_lines(self, name: str, limit: int) -> list[dict[str, Any]]:
        """Return the last lines of a carrier's transcript, oldest first."""
        return await self._board.carrier_lines(name, limit)

    async def preview(self, carrier: str, message: dict[str, Any]) -> dict[str, Any]:
        """Return what a carrier would put on the wire for a message now."""
        return await self._board.preview(carrier, msgspec.convert(message, Message))

    async def wake(self) -> None:
        """Look at once for due messages and due pushes."""
        self._sweep.wake()
        self._pusher.wake()
