"""Waits for connections: how many there may be, in all and from one address, and how they end with us."""

import asyncio
import itertools
import ssl
from collections import Counter

import structlog

from hongyan.model.clock import Clock
from hongyan.session import Owner, Speech
from hongyan.session.link import Link
from hongyan.session.transcript import Transcript

log = structlog.get_logger(stage="session")


class Doorway:
    """A listening socket and the links that came through it. Who may stay is the owner's to say at the log-in."""

    def __init__(
        self,
        speech: Speech,
        owner: Owner,
        *,
        name: str,
        clock: Clock,
        links_most: int = 1_000,
        address_most: int = 100,
        tls: ssl.SSLContext | None = None,
        transcript: Transcript | None = None,
    ) -> None:
        self._speech, self._owner = speech, owner
        self._name = name
        self._clock = clock
        self._links_most, self._address_most = links_most, address_most
        self._tls = tls
        self._transcript = transcript
        self._numbers = itertools.count(1)
        self._by_address: Counter[str] = Counter()
        self._server: asyncio.Server | None = None
        self.links: set[Link] = set()
        """all that are connected, logged in or not"""
        self.turned_away = 0

    async def listen(self, host: str, port: int) -> int:
        """Begin to take connections; return the port, which is a free one for port 0."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._link, host, port, ssl=self._tls, backlog=512)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Take no more connections; drain those that are there and end them."""
        if self._server is not None:
            self._server.close()
            self._server = None
        timers = self._speech.timers
        waiting = [link.gone for link in self.links]
        for link in list(self.links):
            link.drain()
        if waiting:
            await asyncio.wait(waiting, timeout=timers.drain_s + 2 * timers.goodbye_s + 1)
        for link in list(self.links):
            link.drop("closed by us")

    def enters(self, link: Link) -> bool:
        """Return whether a connection may stay."""
        if len(self.links) >= self._links_most or self._by_address[link.address] >= self._address_most:
            self.turned_away += 1
            return False
        self.links.add(link)
        self._by_address[link.address] += 1
        link.gone.add_done_callback(lambda _: self._left(link))
        return True

    def _link(self) -> Link:
        return Link(
            self._speech,
            self._owner,
            name=f"{self._name}/{next(self._numbers)}",
            clock=self._clock,
            transcript=self._transcript,
            door=self,
        )

    def _left(self, link: Link) -> None:
        self.links.discard(link)
        self._by_address[link.address] -= 1
        if self._by_address[link.address] <= 0:
            del self._by_address[link.address]
