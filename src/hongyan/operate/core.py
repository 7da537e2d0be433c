"""What only the process that writes and sends can do, asked for by any process that takes requests.

In the main process it is `assemble/core.py`; in a front the same calls go through the relay, by their names.
"""

from typing import Any, Protocol


class Core(Protocol):
    """Asked by operators' subjects. Arguments and results are plain values: they may cross a socket."""

    async def carrier_looks(self) -> list[dict[str, Any]]:
        """Return how every declared carrier is doing."""
        ...

    async def carrier_lines(self, name: str, limit: int) -> list[dict[str, Any]]:
        """Return the last lines of a carrier's transcript, oldest first."""
        ...

    async def wake(self) -> None:
        """Look at once for due messages and due pushes: somebody made some, or pushed the clock."""
        ...
