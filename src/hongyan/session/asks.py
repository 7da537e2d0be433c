"""The requests of one link that have no answer yet: their keys, the window, the pace, who waits for too long."""

import asyncio
from collections.abc import Callable
from typing import Any

from hongyan.session import Key, Speech
from hongyan.session.courtesy import Courtesy
from hongyan.session.drip import Drip

_LEAST_WAIT_S = 0.001
GIVEN_UP_MOST = 1_000
"""requests whose answers may still come late and be told: a peer that answers nothing must not fill memory"""


class Asks:
    """Kept in the order they were asked."""

    def __init__(self, speech: Speech, loop: asyncio.AbstractEventLoop, on_pace: Callable[[], None]) -> None:
        self.pending: dict[Key, tuple[Any, float]] = {}
        """key -> (context, when it was asked)"""
        self.given_up: dict[Key, Any] = {}
        """key -> context of those whose answer did not come in time, if somebody wants to hear of a late one"""
        self._keeps_given_up = speech.late is not None
        self.window = speech.window
        self._mint = speech.mint
        self._last = 0
        self._last_possible = speech.tongue.last_key
        self._loop = loop
        self._drip = Drip(speech.pace_per_s, loop.time()) if speech.pace_per_s else None
        self._on_pace = on_pace
        self._wakes: asyncio.TimerHandle | None = None

    def free(self) -> int:
        """Return how many the window has place for."""
        return max(0, self.window - len(self.pending))

    def room(self) -> int:
        """Return how many may go now; when the pace allows none, see that `on_pace` is called once it does."""
        free = self.free()
        if self._drip is None or not free:
            return free
        permitted = self._drip.permits(self._loop.time())
        if permitted <= 0:
            self._wake_later(self._drip)
        return max(0, min(free, permitted))

    def soon(self) -> int:
        """Return how many the window has place for, but no more than the pace lets through in a second."""
        free = self.free()
        return free if self._drip is None else min(free, max(1, round(self._drip.per_s)))

    def next_key(self, others: Courtesy) -> Key:
        """Return a key that nothing unanswered has, here or among the others."""
        while True:
            if self._mint is not None:
                key = self._mint()
            else:
                self._last = key = self._last % self._last_possible + 1
            if key not in self.pending and key not in others:
                return key

    def add(self, key: Key, context: Any, now: float) -> None:
        """Take note of a request."""
        self.pending[key] = context, now
        if self._drip is not None and self._drip.took() < 1:
            self._wake_later(self._drip)

    def oldest(self) -> float | None:
        """Return when the oldest was asked."""
        for _, at in self.pending.values():
            return at
        return None

    def overdue(self, before: float, unwritten: list[Key]) -> list[Any]:
        """Remove and return the contexts of those that were asked before then, and written."""
        keys = []
        for key, (_, at) in self.pending.items():
            if at > before or key in unwritten[:1]:
                break
            keys.append(key)
        contexts = [self.pending.pop(key)[0] for key in keys]
        if self._keeps_given_up:
            self.given_up.update(zip(keys, contexts, strict=True))
            while len(self.given_up) > GIVEN_UP_MOST:
                del self.given_up[next(iter(self.given_up))]
        return contexts

    def left(self, unwritten: list[Key]) -> tuple[list[Any], list[Any]]:
        """Remove everything; return the contexts of what was not written, and of the rest."""
        if self._wakes is not None:
            self._wakes.cancel()
        fresh = set(unwritten)
        safe = [context for key, (context, _) in self.pending.items() if key in fresh]
        unsure = [context for key, (context, _) in self.pending.items() if key not in fresh]
        self.pending.clear()
        self.given_up.clear()
        return safe, unsure

    def _wake_later(self, drip: Drip) -> None:
        """See that `on_pace` is called when the pace allows one more."""
        if self._wakes is None:
            self._wakes = self._loop.call_later(max(_LEAST_WAIT_S, drip.wait_s()), self._wake)

    def _wake(self) -> None:
        self._wakes = None
        self._on_pace()
