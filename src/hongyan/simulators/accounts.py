"""An account of a listening gateway: its links, and the receipts and replies that wait for one of them."""

from collections import deque
from collections.abc import Callable

from hongyan.simulators import Given, Report
from hongyan.simulators.counts import Counts
from hongyan.simulators.link import Link

TRIES_MOST = 5
AT_ONCE = 100
"""given to one link before the next one's turn"""
WAITING_MOST = 1_000_000


class Account:
    """Who may log in, and what is kept for them."""

    def __init__(self, name: str, password: str, counts: Counts, call: Callable[["Account"], None]) -> None:
        self.name = name
        self.password = password
        self.links: list[Link] = []
        """logged in, whether they receive or not"""
        self._waiting: deque[Given] = deque()
        self._counts = counts
        self._call = call
        """wants a link that receives, where the gateway is the one that calls"""
        self._turn = 0

    def keep(self, given: Given) -> None:
        """Add something to give."""
        self._waiting.append(given)
        self._counts.waiting += 1
        if len(self._waiting) > WAITING_MOST:
            self._waiting.popleft()
            self._counts.waiting -= 1
            self._counts.dropped += 1

    def again(self, all_given: list[Given]) -> None:
        """Take back what was not taken, to be given first; what was tried often enough is dropped."""
        for given in reversed(all_given):
            given.tries += 1
            if given.tries < TRIES_MOST:
                self._waiting.appendleft(given)
                self._counts.waiting += 1
            else:
                self._counts.dropped += 1

    def give(self) -> None:
        """Give what waits, as far as the links have room, in turns."""
        waiting = self._waiting
        if not waiting:
            return
        receiving = [link for link in self.links if link.receives and not link.ends]
        if not receiving:
            self._call(self)
            return
        full = 0
        while waiting and full < len(receiving):
            link = receiving[self._turn % len(receiving)]
            room = min(link.room(), AT_ONCE, len(waiting))
            if room <= 0:
                full += 1
            else:
                full = 0
                self._give(link, receiving, room)
            self._turn += 1

    def _give(self, link: Link, receiving: list[Link], room: int) -> None:
        counts, waiting = self._counts, self._waiting
        for _ in range(room):
            given = waiting.popleft()
            by = link
            if given.__class__ is Report:
                counts.receipts += 1
                if given.elsewhere and link.number == given.came_by:
                    by = next((one for one in receiving if one is not link and one.room() > 0), link)
            else:
                counts.replies += 1
            by.give(given)
            if by is not link:
                by.flush()
        counts.waiting -= room
        link.flush()
