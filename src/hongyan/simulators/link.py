"""One connection of a listening gateway: cuts what comes, writes what is said at once, keeps what is unanswered.

What to say is the gateway's business. It knows how to misbehave: half a PDU, a reset.
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from enum import Enum
from typing import Protocol, cast

from hongyan.simulators import Acknowledged, Given, Heard, Submitted, Voice
from hongyan.wire import Malformed, frames

_LAST_KEY = 0x7FFFFFFF
_NO_LINGER = struct.pack("ii", 1, 0)
"""closing resets"""
_BUFFERED_MOST = 1 << 20
_UNREAD_MOST = 64 << 20
"""octets that a peer may leave unread before it is dropped"""


class Writing(Enum):
    """How an answer goes out."""

    WHOLE = 1
    CUT = 2
    RESET = 3
    LAST = 4
    """and then a log-out"""


class Desk(Protocol):
    """Who is told what a link hears."""

    def entered(self, link: "Link") -> bool:
        """Say whether a connection may stay."""
        ...

    def submitted(self, link: "Link", messages: list[Submitted]) -> None:
        """Take messages that came at once."""
        ...

    def acknowledged(self, link: "Link", answer: Acknowledged) -> None:
        """Take note that something was taken."""
        ...

    def told(self, link: "Link", heard: Heard) -> None:
        """Take anything else."""
        ...

    def has_room(self, link: "Link") -> None:
        """Take note that the link takes receipts again."""
        ...

    def malformed(self, link: "Link") -> None:
        """Take note of octets that could not be read."""
        ...

    def left(self, link: "Link") -> None:
        """Take note that the connection is gone."""
        ...


class Link(asyncio.Protocol):
    """A connection, whoever began it."""

    def __init__(self, desk: Desk, voice: Voice, number: int, *, now: Callable[[], int], outstanding: int) -> None:
        self.voice = voice
        self.number = number
        self.account = ""
        """"": not logged in"""
        self.sends = self.receives = False
        self.peer = ""
        self.unanswered: dict[int, Given] = {}
        self.waiting_answers = 0
        """submits whose answers are still to come"""
        self.heard_at = self.opened_at = now()
        self.ends = False
        self._desk = desk
        self._now = now
        self._outstanding = outstanding
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._out: list[bytes] = []
        self._key = 0
        self._stalled = False

    # what the gateway uses
    def room(self) -> int:
        """Return how many receipts may be given now."""
        return 0 if self._stalled or self.ends else self._outstanding - len(self.unanswered)

    def say(self, octets: bytes, writing: Writing = Writing.WHOLE) -> None:
        """Write with the next flush; a link that is cut or reset is closed at once."""
        if writing is Writing.WHOLE:
            self._out.append(octets)
        elif writing is Writing.LAST:
            self._out += octets, self.voice.say_goodbye(self.next_key())
        elif self._transport is not None:
            if writing is Writing.RESET:
                self._out.clear()
                self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
                self._transport.abort()
            else:
                self._out.append(octets[: len(octets) // 2])
                self.close()

    def give(self, given: Given) -> None:
        """Ask the other side to take a receipt or a reply; one that cannot be written (to a sender that does not fit
        its field) is dropped.
        """
        key = self.next_key()
        try:
            self._out.append(self.voice.give(key, given))
        except Malformed:
            self._desk.malformed(self)
            return
        given.sent_at = self._now()
        self.unanswered[key] = given

    def next_key(self) -> int:
        """Return the number of our next request."""
        self._key = self._key % _LAST_KEY + 1
        return self._key

    def flush(self) -> None:
        """Write everything that was said."""
        if self._out and self._transport is not None:
            self._transport.write(b"".join(self._out))
            if self._stalled and self._transport.get_write_buffer_size() > _UNREAD_MOST:
                self._transport.abort()
        self._out.clear()

    def close(self) -> None:
        """Write what was said and close."""
        self.ends = True
        self.flush()
        if self._transport is not None:
            self._transport.close()

    # asyncio's calls
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for a log-in."""
        self._transport = transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its class
        transport.set_write_buffer_limits(high=_BUFFERED_MOST)
        address = transport.get_extra_info("peername") or ("", 0)
        self.peer = f"{address[0]}:{address[1]}"
        if not self._desk.entered(self):
            transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take what came, in any cut."""
        if self.ends:
            return
        self.heard_at = self._now()
        self._rest = self._rest + data if self._rest else data
        while self._rest and not self.ends:
            try:
                found, taken = frames(self._rest, self.voice.least, self.voice.most)
            except Malformed as error:
                self._desk.malformed(self)
                self._out.append(self.voice.complaint(error))
                self.close()
                return
            if not found:
                break
            self._rest = self._rest[taken:]
            self._hear(found)
        self._desk.has_room(self)
        self.flush()

    def _hear(self, found: list[bytes]) -> None:
        """Tell the gateway; messages that came at once together."""
        voice, desk = self.voice, self._desk
        messages: list[Submitted] = []
        for frame in found:
            try:
                heard = voice.hear(frame)
            except Malformed as error:
                desk.malformed(self)
                self._out.append(voice.complaint(error))
                continue
            if heard.__class__ is Submitted:
                messages.append(heard)
            elif heard.__class__ is Acknowledged:
                desk.acknowledged(self, heard)
            elif heard is not None:
                if messages:
                    desk.submitted(self, messages)
                    messages = []
                desk.told(self, heard)
                if self.ends:
                    return
        if messages:
            desk.submitted(self, messages)

    def pause_writing(self) -> None:
        """Give no more: the other side does not keep up. It is read on, or both would wait for each other."""
        self._stalled = True

    def resume_writing(self) -> None:
        """Go on."""
        self._stalled = False
        self._desk.has_room(self)
        self.flush()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Tell the gateway."""
        self.ends, self._transport = True, None
        self._out.clear()
        self._desk.left(self)
