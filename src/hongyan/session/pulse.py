"""The deadlines of one link, with one timer: log-in, answers, keep-alive, quiet, drain, goodbye.

The timer is set for the soonest deadline there can be and looks again when it fires, so that traffic costs it nothing.
"""

import asyncio
from typing import TYPE_CHECKING

from hongyan.session import Ended, LinkState

if TYPE_CHECKING:
    from hongyan.session.link import Link

_LEAST_S = 0.001


class Pulse:
    """Looks after a link's time. All times are the loop's."""

    def __init__(self, link: "Link", loop: asyncio.AbstractEventLoop) -> None:
        self._link = link
        self._loop = loop
        self._timers = link.speech.timers
        self._timer: asyncio.TimerHandle | None = None
        self._began = self._heard = self._wrote = loop.time()
        self._asked_at = 0.0
        """when it was last asked whether the peer lives; 0: it was heard since"""
        self._tries = 0
        self._stuck_at = self._drain_by = self._goodbye_by = self._reads_since = 0.0

    def begins(self) -> None:
        """Wait for the log-in: the connection is there."""
        self._began = self._heard = self._wrote = self._loop.time()
        self._set(self._began + self._timers.log_in_s)

    def heard(self, now: float) -> None:
        """Note that something came."""
        self._heard = now
        if self._asked_at:
            self._asked_at = 0.0
            if self._timer is not None and self._timer.when() > now + self._timers.idle_s:
                self._set(now + self._timers.idle_s)

    def wrote(self, now: float) -> None:
        """Note that something went."""
        self._wrote = now

    def stuck(self) -> None:
        """Note that the peer takes nothing."""
        self._stuck_at = self._loop.time()
        self.beat()

    def flows(self) -> None:
        """Note that the peer takes what we write again."""
        self._stuck_at = 0.0

    def drains(self) -> None:
        """Wait for what is under way, then say goodbye."""
        self._drain_by = self._loop.time() + self._timers.drain_s
        self.beat()

    def reads_again(self) -> None:
        """Note that we read again after a while: what the peer said meanwhile is only now to be heard."""
        self._reads_since = self._loop.time()
        self.heard(self._reads_since)

    def stop(self) -> None:
        """End with the link."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def beat(self) -> None:
        """Do what is due, and set the timer for what comes next."""
        link, now = self._link, self._loop.time()
        soonest = min(self._due(now), default=0.0)
        if link.ended is None:
            self._set(soonest or now + self._timers.answer_s)

    def _due(self, now: float) -> list[float]:
        """Do what is due; return when the next of each kind will be."""
        link, timers = self._link, self._timers
        if link.state is LinkState.LOGGING_IN:
            if now >= self._began + timers.log_in_s:
                link.end(Ended("NO-LOG-IN", "the log-in was not through in time"), abort=True)
            return [self._began + timers.log_in_s]
        if self._stuck_at and now >= self._stuck_at + timers.answer_s:
            link.end(Ended("STUCK", "the peer reads nothing of what we write"), abort=True)
            return []
        coming = [self._answers(now)]
        if link.ended is not None:
            return []
        if self._stuck_at:
            coming.append(self._stuck_at + timers.answer_s)
        if link.state is LinkState.DRAINING:
            coming.append(self._drained(now))
        elif timers.quiet_s:
            quiet_at = max(self._heard, self._wrote) + timers.quiet_s
            if now >= quiet_at and link.is_idle():
                self._loop.call_soon(link.drain)
            coming.append(max(quiet_at, now + timers.quiet_s / 4))
        if timers.idle_s and link.tongue.keep_alive is not None and link.ended is None:
            coming.append(self._alive(now))
        return coming

    def _answers(self, now: float) -> float:
        """Give up what was asked too long ago, unless its answer may lie there and we do not read."""
        link, timers = self._link, self._timers
        if link.intake.is_held or now < self._reads_since + timers.alive_s:
            return now + timers.alive_s
        link.give_up(now - timers.answer_s)
        oldest = link.asks.oldest()
        return (now if oldest is None else oldest) + timers.answer_s

    def _drained(self, now: float) -> float:
        """Say goodbye when nothing is under way any more, or when that takes too long."""
        link = self._link
        if not self._goodbye_by:
            if now < self._drain_by and not link.is_idle():
                return self._drain_by
            link.courtesy.ask(link.tongue.goodbye)
            self._goodbye_by = now + self._timers.goodbye_s
        elif now >= self._goodbye_by:
            link.end(Ended("GOODBYE", "we said goodbye; the peer did not answer it"))
        return self._goodbye_by

    def _alive(self, now: float) -> float:
        """Ask whether the peer lives when it has been silent; drop the link when it does not say so."""
        link, timers = self._link, self._timers
        if link.intake.is_held:
            self._heard = now
        if not self._asked_at:
            if now < self._heard + timers.idle_s:
                return self._heard + timers.idle_s
            self._tries = 0
        elif now < self._asked_at + timers.alive_s:
            return self._asked_at + timers.alive_s
        if self._tries >= timers.alive_tries:
            link.end(Ended("SILENT", f"the peer said nothing for {now - self._heard:.0f} s"), abort=True)
            return now
        assert link.tongue.keep_alive is not None
        link.courtesy.ask(link.tongue.keep_alive)
        self._asked_at = now
        self._tries += 1
        return now + timers.alive_s

    def _set(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(max(at, self._loop.time() + _LEAST_S), self._fire)

    def _fire(self) -> None:
        self._timer = None
        self.beat()
