"""Who is bound: sessions, and the account (the system id) that they share. State only; `server.py` acts on it."""

from collections import deque

from hongyan.dialects.smpp.reading import Submit
from hongyan.dialects.smpp.telling import Teller
from hongyan.model.bucket import TokenBucket
from hongyan.model.world import Caller
from hongyan.session.link import Link
from hongyan.wire import smpp

Asked = Submit | smpp.QuerySm | smpp.CancelSm


class Account:
    """What all sessions of one system id share."""

    def __init__(self, name: str, teller: Teller) -> None:
        self.name = name
        self.sessions: list[Session] = []
        self.teller = teller
        self._bucket: TokenBucket | None = None

    def paced(self, rate: int, now_ms: int, n: int) -> bool:
        """Return whether n more requests fit into `rate` a second; a rate of 0 is no limit."""
        if rate <= 0:
            return True
        if self._bucket is None or self._bucket.rate != rate:
            self._bucket = TokenBucket(rate)
        return self._bucket.take(now_ms, n)


class Session:
    """One link that was let in."""

    def __init__(self, link: Link, account: Account, bind: smpp.Bind, kept: bytes, caller: Caller) -> None:
        self.link, self.account = link, account
        self.sends = not isinstance(bind, smpp.BindReceiver)
        self.receives = not isinstance(bind, smpp.BindTransmitter)
        self.version = bind.interface_version
        self.kept = kept
        """digest of its password"""
        self.caller = caller
        self.queue: deque[Asked] = deque()
        self.at_work = 0
        """requests taken from the queue and not answered yet"""
        self.working = False

    def waiting(self) -> int:
        """Return how many of its requests have no answer yet."""
        return len(self.queue) + self.at_work
