"""What only this process can do, as `operate.core.Core` asks it: the main process's side."""

from typing import Any

from hongyan.report.push import Pusher
from hongyan.send.board import Board
from hongyan.send.sweep import Sweep

CALLS = ("carrier_looks", "carrier_lines", "wake")
"""what fronts may call by name"""


class InCore:
    """Fits `operate.core.Core`."""

    def __init__(self, board: Board, sweep: Sweep, pusher: Pusher) -> None:
        self._board, self._sweep, self._pusher = board, sweep, pusher

    async def carrier_looks(self) -> list[dict[str, Any]]:
        """Return how every declared carrier is doing."""
        return await self._board.carrier_looks()

    async def carrier_lines(self, name: str, limit: int) -> list[dict[str, Any]]:
        """Return the last lines of a carrier's transcript, oldest first."""
        return await self._board.carrier_lines(name, limit)

    async def wake(self) -> None:
        """Look at once for due messages and due pushes."""
        self._sweep.wake()
        self._pusher.wake()
