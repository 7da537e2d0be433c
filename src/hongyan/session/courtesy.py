"""What links say to each other beside their business: log-in, keep-alive, goodbye. No window counts it."""

from typing import TYPE_CHECKING, Any

from hongyan.session import ANSWER, Ended, Key, LinkState, Owner
from hongyan.wire import Malformed

if TYPE_CHECKING:
    from hongyan.session.link import Link

_LOG_IN = 0
_REMEMBERED_MOST = 100
"""courtesies that a peer has not answered: one that answers keep-alives in a way of its own must not fill memory"""
_ALREADY_LOGGED_IN = 0x5
"""SMPP 3.4 §5.1.3, ESME_RALYBND"""


class Courtesy:
    """One link's courtesies, asked and answered."""

    def __init__(self, link: "Link", owner: Owner) -> None:
        self._link = link
        self._owner = owner
        self._tongue = link.tongue
        self._asked: dict[Key, int] = {}
        """what we asked and is not answered: key -> command"""
        self._farewell: bytes | None = None
        """goodbye was said: what the peer is owed for it, nothing if it was ours"""
        self.commands = self._tongue.log_ins | {self._tongue.goodbye, self._tongue.keep_alive}
        """requests that never reach the owner"""

    def __contains__(self, key: Key) -> bool:
        return key in self._asked

    def log_in(self) -> None:
        """Begin the log-in of a dialled link."""
        link = self._link
        if link.speech.log_in is not None:
            key = link.next_key()
            self._asked[key] = _LOG_IN
            link.say(link.speech.log_in(link, key))

    def ask(self, command: int) -> None:
        """Ask for life, or say goodbye."""
        key = self._link.next_key()
        self._asked[key] = command
        if len(self._asked) > _REMEMBERED_MOST:
            del self._asked[next(iter(self._asked))]
        self._link.say(self._tongue.bare(command, key))

    def before_open(self, command: int, key: Key, frame: bytes) -> None:
        """Take a PDU before the log-in is through."""
        link = self._link
        dialled = link.speech.log_in is not None
        if dialled and command >= ANSWER and self._asked.pop(key, None) is not None:
            self._log_in_answered(frame)
        elif not dialled and command in self._tongue.log_ins:
            try:
                request = link.decode(frame)
            except Malformed as wrong:
                link.refuse(link.speech.refusal_of(wrong), "the log-in cannot be read")
                return
            self._owner.logging_in(link, request)
        elif command >= ANSWER:
            link.tallies.unexpected += 1
        elif command in self.commands:
            self.asked(command, key)
            self.after_read()
        elif self._tongue.not_logged_in is None:
            link.end(Ended("REFUSED", f"command 0x{command:08x} came before the log-in"))
        else:
            link.say(self._tongue.bare(command | ANSWER, key, status=self._tongue.not_logged_in))

    def asked(self, command: int, key: Key) -> None:
        """Answer a keep-alive or a goodbye; refuse a second log-in."""
        if command == self._tongue.keep_alive:
            self._link.say(self._tongue.bare(command | ANSWER, key, body=self._tongue.alive_body))
        elif command == self._tongue.goodbye:
            self._farewell = self._tongue.bare(command | ANSWER, key)
        else:
            self._link.tallies.unexpected += 1
            if self._tongue.has_status:
                self._link.say(self._tongue.bare(command | ANSWER, key, status=_ALREADY_LOGGED_IN))

    def answered(self, key: Key) -> None:
        """Take an answer that no request of the owner's has."""
        command = self._asked.pop(key, None)
        if command is None:
            self._link.tallies.unexpected += 1
        elif command == self._tongue.goodbye:
            self._farewell = b""

    def after_read(self) -> None:
        """End the link if goodbye was said: only now, when the owner has what came before it."""
        if self._farewell is None or self._link.state is LinkState.CLOSED:
            return
        if self._farewell:
            self._link.say(self._farewell)
            self._link.end(Ended("FAREWELL", "the peer said goodbye"))
        else:
            self._link.end(Ended("GOODBYE", "we said goodbye"))

    def _log_in_answered(self, frame: bytes) -> None:
        link = self._link
        verdict = link.speech.verdict
        try:
            answer: Any = link.decode(frame)
            refusal = None if verdict is None else verdict(link, answer)
        except Malformed as wrong:
            link.end(Ended("GARBAGE", f"the answer to the log-in cannot be read: {wrong}"))
            return
        if refusal is None:
            link.opens()
        else:
            link.end(Ended("REFUSED", f"{refusal.code} {refusal.text}", refusal.patient))
