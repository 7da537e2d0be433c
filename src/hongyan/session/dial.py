"""Keeps connections up: dials, logs in again after a loss, waits longer each time, longest after a refused log-in.

One task a connection that is wanted, none for what goes over it.
"""

import asyncio
import ssl
from collections.abc import Sequence
from random import Random

import structlog
from msgspec import Struct

from hongyan.model.clock import Clock
from hongyan.session import Ended, LinkState, Owner, Speech
from hongyan.session.link import Link
from hongyan.session.tallies import Tallies
from hongyan.session.transcript import Transcript

log = structlog.get_logger(stage="session")


class Again(Struct, frozen=True, kw_only=True):
    """How long to wait before dialling again, in seconds."""

    first_s: float = 1
    longest_s: float = 60
    refused_s: float = 60
    """after a log-in that was refused for its credentials: some gateways block an address that tries again at once"""
    proven_s: float = 10
    """a link that was open for so long was no failure"""


class Dialer:
    """So many links to one peer, which may have several addresses."""

    def __init__(
        self,
        speech: Speech,
        owner: Owner,
        *,
        name: str,
        hosts: Sequence[tuple[str, int]],
        clock: Clock,
        random: Random,
        links: int = 1,
        again: Again | None = None,
        connect_s: float = 10,
        tls: ssl.SSLContext | None = None,
        server_name: str | None = None,
        transcript: Transcript | None = None,
        on_demand: bool = False,
    ) -> None:
        self._speech, self._owner = speech, owner
        self._hosts = tuple(hosts)
        self._clock, self._random = clock, random
        self._again = again or Again()
        self._connect_s = connect_s
        self._tls, self._server_name = tls, server_name
        self._transcript = transcript
        self._on_demand = on_demand
        self._slots = [_Slot(f"{name}/{number}" if links > 1 else name) for number in range(1, links + 1)]
        self._closing = False

    @property
    def links(self) -> list[Link]:
        """The present link of each place, or the last one while none is."""
        return [slot.link for slot in self._slots if slot.link is not None]

    def start(self) -> None:
        """Begin to dial; returns at once."""
        for slot in self._slots:
            if not self._on_demand:
                slot.wanted.set()
            slot.link = self._fresh(slot)
            slot.task = asyncio.create_task(self._kept(slot), name=f"dial {slot.name}")

    def want(self) -> None:
        """Have links dialled that are only wanted while something goes over them (`on_demand`)."""
        for slot in self._slots:
            if slot.link is None or slot.link.state not in {LinkState.LOGGING_IN, LinkState.OPEN}:
                slot.wanted.set()

    def rebind(self) -> None:
        """Close every link gracefully and log in anew, now."""
        for slot in self._slots:
            slot.hurried = True
            slot.woken.set()
            if slot.link is not None and slot.link.state in {LinkState.OPEN, LinkState.LOGGING_IN}:
                slot.link.drain()

    async def close(self) -> None:
        """Drain all links and end. Takes as long as the drain's timers at most."""
        self._closing = True
        timers = self._speech.timers
        waiting = []
        for slot in self._slots:
            if slot.link is not None and slot.link.state in {LinkState.OPEN, LinkState.DRAINING}:
                slot.link.drain()
                waiting.append(slot.link.gone)
        if waiting:
            await asyncio.wait(waiting, timeout=timers.drain_s + 2 * timers.goodbye_s + 1)
        tasks = [slot.task for slot in self._slots if slot.task is not None]
        for task in tasks:
            task.cancel()
        for slot in self._slots:
            if slot.link is not None:
                slot.link.drop("closed by us")
        await asyncio.gather(*tasks, return_exceptions=True)

    def _fresh(self, slot: "_Slot") -> Link:
        return Link(
            self._speech,
            self._owner,
            name=slot.name,
            clock=self._clock,
            tallies=slot.tallies,
            transcript=self._transcript,
        )

    async def _kept(self, slot: "_Slot") -> None:
        """Keep one link up for as long as it is wanted."""
        while not self._closing:
            await slot.wanted.wait()
            if slot.link is None or slot.link.state is LinkState.CLOSED:
                slot.link = self._fresh(slot)
            link = slot.link
            slot.hurried = False
            opened = slot.tallies.logged_in
            began = asyncio.get_running_loop().time()
            await self._dialled(link, self._hosts[slot.host % len(self._hosts)])
            if self._on_demand and link.state is not LinkState.CLOSED:
                slot.wanted.clear()
            await link.gone
            lasted_s = asyncio.get_running_loop().time() - began
            if slot.tallies.logged_in == opened:
                slot.host += 1
            if self._on_demand:
                if link.ended is not None and link.ended.code in {"GOODBYE", "FAREWELL"}:
                    slot.failures = 0
                    continue
                slot.wanted.set()  # what it was wanted for has not gone over it
            proven = slot.tallies.logged_in > opened and lasted_s >= self._again.proven_s
            slot.failures = 1 if proven else slot.failures + 1
            await self._pause(slot, link.ended)

    async def _dialled(self, link: Link, host: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        link.peer = f"{host[0]}:{host[1]}"
        name = None if self._tls is None else self._server_name or host[0]
        try:
            async with asyncio.timeout(self._connect_s):
                await loop.create_connection(lambda: link, *host, ssl=self._tls, server_hostname=name)
        except (OSError, UnicodeError) as failed:
            said = "it took too long" if isinstance(failed, TimeoutError) else str(failed) or type(failed).__name__
            link.end(Ended("NO-CONNECTION", f"{link.peer}: {said}"), abort=True)

    async def _pause(self, slot: "_Slot", ended: Ended | None) -> None:
        """Wait before the next try, unless somebody asked for it now."""
        again = self._again
        wait_s = min(again.longest_s, again.first_s * 2 ** min(slot.failures - 1, 16))
        if ended is not None and ended.patient:
            wait_s = max(wait_s, again.refused_s)
            wait_s *= 1 + self._random.random() / 4
        else:
            wait_s *= 0.5 + self._random.random() / 2
        if not slot.hurried and not self._closing:
            log.info("a link is down", link=slot.name, why=ended.code if ended else "", again_s=round(wait_s, 1))
            slot.woken.clear()
            try:
                async with asyncio.timeout(wait_s):
                    await slot.woken.wait()
            except TimeoutError:
                pass


class _Slot:
    """The place of one link among several."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tallies = Tallies()
        self.link: Link | None = None
        self.task: asyncio.Task[None] | None = None
        self.wanted, self.woken = asyncio.Event(), asyncio.Event()
        self.failures = self.host = 0
        self.hurried = False
