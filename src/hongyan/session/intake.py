"""The reading half of a link: how much that was heard is not dealt with yet, and whether the peer is read meanwhile."""

import asyncio


class Intake:
    """Stops the reading of a peer that brings more than is dealt with, or takes no answers."""

    __slots__ = ("_most", "is_held", "transport", "unreplied")

    def __init__(self, most: int) -> None:
        self._most = most
        self.transport: asyncio.Transport | None = None
        self.unreplied = 0
        """requests that were heard and have no reply of ours yet"""
        self.is_held = False
        """we ourselves do not read"""

    def heard(self, requests: int) -> None:
        """Take note of requests."""
        self.unreplied += requests
        if self.unreplied > self._most:
            self.hold()

    def hold(self) -> None:
        """Read no more for now."""
        if not self.is_held and self.transport is not None:
            self.is_held = True
            self.transport.pause_reading()

    def may_go_on(self) -> bool:
        """Return whether reading is held although enough was dealt with."""
        return self.is_held and self.unreplied <= self._most // 2

    def go_on(self) -> None:
        """Read again."""
        self.is_held = False
        if self.transport is not None:
            self.transport.resume_reading()
