"""The writing half of a link: gathers what is said in one turn of the loop and writes it in one piece.

It knows which requests were not written yet, and holds everything back while the peer takes nothing.
"""

import asyncio
from collections.abc import Callable, Sequence

from hongyan.session.tongues import Key

WRITE_BUFFER_OCTETS = 256 << 10
HELD_BACK_MOST = 10_000
"""PDUs that wait for a peer that takes none, above which it is not read either"""


class Outlet:
    """What is said and not written yet."""

    def __init__(self, loop: asyncio.AbstractEventLoop, on_write: Callable[[bytes, int], None]) -> None:
        self.transport: asyncio.Transport | None = None
        self.fresh: list[Key] = []
        """requests that are not written"""
        self.paused = False
        """the peer takes nothing"""
        self.now = loop.time()
        """when this turn of the loop said its first PDU, about"""
        self._loop = loop
        self._on_write = on_write
        self._out: list[bytes] = []
        self._scheduled = False

    def opens(self, transport: asyncio.Transport) -> None:
        """Begin to write."""
        transport.set_write_buffer_limits(high=WRITE_BUFFER_OCTETS)
        self.transport = transport

    def request(self, key: Key, frame: bytes) -> None:
        """Say a request that the window counts."""
        if not self._scheduled:
            self._schedule()
        self.fresh.append(key)
        self._out.append(frame)

    def say(self, frame: bytes) -> None:
        """Say anything else."""
        if not self._scheduled:
            self._schedule()
        self._out.append(frame)

    def say_all(self, frames: Sequence[bytes]) -> None:
        """Say several things."""
        if not self._scheduled:
            self._schedule()
        self._out += frames

    def is_overfull(self) -> bool:
        """Return whether more is held back for a peer that takes nothing than should be."""
        return self.paused and len(self._out) > HELD_BACK_MOST

    def is_low(self) -> bool:
        """Return whether little is held back."""
        return len(self._out) <= HELD_BACK_MOST // 2

    def flush(self) -> None:
        """Write what was said."""
        self._scheduled = False
        if not self._out or self.transport is None or self.paused:
            return
        octets = b"".join(self._out)
        self._out.clear()
        requests = len(self.fresh)
        self.fresh.clear()
        self._on_write(octets, requests)
        self.transport.write(octets)

    def clear(self) -> None:
        """Forget what was said."""
        self._out.clear()
        self.fresh.clear()

    def _schedule(self) -> None:
        self._scheduled = True
        self.now = self._loop.time()
        self._loop.call_soon(self.flush)
