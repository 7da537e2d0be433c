"""One connection, whoever began it: what owners use of it, what asyncio calls, its beginning and its end.

What PDUs mean is the owner's business. Nothing here is made for one message: a request is an entry in a dictionary,
what comes is sorted read by read (`hearing`), writes are joined once a turn of the loop (`outlet`), and one timer
serves the whole link (`pulse`).
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol, cast

from hongyan.model.clock import Clock
from hongyan.session import Ended, Key, LinkState, Owner, Speech
from hongyan.session.asks import Asks
from hongyan.session.courtesy import Courtesy
from hongyan.session.hearing import hear
from hongyan.session.intake import Intake
from hongyan.session.lines import told
from hongyan.session.outlet import Outlet
from hongyan.session.pulse import Pulse
from hongyan.session.tallies import Tallies
from hongyan.session.transcript import Transcript


class Door(Protocol):
    """Where a link came in."""

    def enters(self, link: "Link") -> bool:
        """Return whether it may stay."""
        ...


class Link(asyncio.Protocol):
    """A connection and its requests without an answer."""

    def __init__(
        self,
        speech: Speech,
        owner: Owner,
        *,
        name: str,
        clock: Clock,
        tallies: Tallies | None = None,
        transcript: Transcript | None = None,
        door: Door | None = None,
    ) -> None:
        self.speech = speech
        self.tongue = speech.tongue
        self.decode = speech.decode
        self.name = name
        self.peer = self.address = ""
        """the peer: its address and port; its address"""
        self.state = LinkState.DIALLING
        self.since_ms = clock.now_ms()
        """when it came into that state"""
        self.context: Any = None
        """the owner's, such as whose link it is"""
        self.tallies = tallies or Tallies()
        self.ended: Ended | None = None
        self.owner = owner
        self._clock = clock
        self._door = door
        self._transcript = transcript
        self._loop = asyncio.get_running_loop()
        self.now = self._loop.time
        self.gone: asyncio.Future[None] = self._loop.create_future()
        """done when the connection is closed"""
        self.rest = b""
        """the beginning of a PDU whose end has not come"""
        self.unfinished = False
        """the owner has more to ask for what it began: a drain waits for it"""
        self.intake = Intake(speech.unreplied_most)
        self.asks = Asks(speech, self._loop, self._has_room)
        self.outlet = Outlet(self._loop, self._writes)
        self.courtesy = Courtesy(self, owner)
        self.pulse = Pulse(self, self._loop)

    # --- what owners use
    @property
    def window(self) -> int:
        """How many requests may be unanswered at a time; it may be changed."""
        return self.asks.window

    @window.setter
    def window(self, window: int) -> None:
        self.asks.window = window

    def room(self) -> int:
        """Return how many requests may be asked now."""
        return self.asks.room() if self._takes() else 0

    def free(self) -> int:
        """Return how many requests the window has place for, whatever the pace; 0 while none can be written."""
        return self.asks.free() if self._takes() else 0

    def room_to_finish(self) -> int:
        """Return how many requests may be asked now for what was begun: the rest of a message in parts.

        A link that is drained still takes them, and waits for them while `unfinished` is set.
        """
        return self.asks.room() if self._takes() or self._finishes() else 0

    def soon(self) -> int:
        """Return how many requests are worth bringing: a place in the window each, and no more than a second's pace."""
        return self.asks.soon() if self._takes() else 0

    def next_key(self) -> Key:
        """Return a key that no unanswered request has."""
        return self.asks.next_key(self.courtesy)

    def ask(self, key: Key, frame: bytes, context: Any) -> None:
        """Send a request, whole; `context` comes back with its answer, or when there will be none."""
        outlet = self.outlet
        outlet.request(key, frame)
        self.asks.add(key, context, outlet.now)

    def reply(self, frame: bytes) -> None:
        """Answer one request that was heard. It never waits for the window."""
        self.replies((frame,))

    def replies(self, frames: Sequence[bytes]) -> None:
        """Answer as many requests as there are frames."""
        self.intake.unreplied -= len(frames)
        if self.state is not LinkState.CLOSED:
            self.outlet.say_all(frames)
            self._dealt_with()

    def dismiss(self, requests: int = 1) -> None:
        """Count requests that want no reply as dealt with."""
        self.intake.unreplied -= requests
        if self.state is not LinkState.CLOSED:
            self._dealt_with()

    def say(self, frame: bytes) -> None:
        """Write something that is neither a request nor the reply to one that was heard."""
        if self.state is not LinkState.CLOSED:
            self.outlet.say(frame)

    def admit(self, reply: bytes) -> None:
        """Take a log-in: the link is open (listening)."""
        if self.state is LinkState.LOGGING_IN:
            self.say(reply)
            self.opens()

    def refuse(self, reply: bytes | None, why: str = "the log-in was refused") -> None:
        """Turn a log-in down and close (listening)."""
        if self.state is LinkState.LOGGING_IN:
            if reply is not None:
                self.say(reply)
            self.end(Ended("REFUSED", why))

    def drain(self) -> None:
        """Ask nothing more, wait for what is under way, say goodbye, close. `gone` tells when."""
        if self.state is LinkState.OPEN:
            self._enter(LinkState.DRAINING)
            self.pulse.drains()
        elif self.state is not LinkState.DRAINING:
            self.end(Ended("DROPPED", "closed before the log-in was answered"))

    def drop(self, why: str = "dropped by us") -> None:
        """Close at once."""
        self.end(Ended("DROPPED", why), abort=True)

    def unanswered(self) -> int:
        """Return how many requests have no answer yet."""
        return len(self.asks.pending)

    def unreplied(self) -> int:
        """Return how many requests that were heard have no reply of ours yet."""
        return self.intake.unreplied

    # --- asyncio's calls
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to log in, or to wait for a log-in."""
        transport = cast("asyncio.Transport", transport)  # uvloop's own has the same methods
        self.outlet.opens(transport)
        self.intake.transport = transport
        address = transport.get_extra_info("peername") or ("", 0)
        self.address, self.peer = str(address[0]), f"{address[0]}:{address[1]}"
        if self.state is LinkState.CLOSED:  # given up while it was dialled
            transport.abort()
        elif self._door is not None and not self._door.enters(self):
            self.end(Ended("DROPPED", "too many connections"), abort=True)
        else:
            self._enter(LinkState.LOGGING_IN)
            self.courtesy.log_in()
            self.pulse.begins()

    def data_received(self, data: bytes) -> None:
        """Take what came, in any cut."""
        if self.state is not LinkState.CLOSED:
            hear(self, data)

    def pause_writing(self) -> None:
        """Write no more for now: the peer does not take it."""
        self.outlet.paused = True
        self.pulse.stuck()

    def resume_writing(self) -> None:
        """Go on."""
        self.outlet.paused = False
        self.pulse.flows()
        self.outlet.flush()
        self._dealt_with()
        self._has_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the owner what is left without an answer."""
        self.outlet.transport = self.intake.transport = None
        self.end(Ended("LOST", f"the connection was lost: {exc}" if exc else "the peer closed the connection"))
        self._is_gone()

    # --- beginning and end
    def opens(self) -> None:
        """Be open: the log-in is through."""
        self._enter(LinkState.OPEN)
        self.tallies.logged_in += 1
        self.pulse.beat()
        self.owner.opened(self)

    def end(self, ended: Ended, *, abort: bool = False) -> None:
        """Be closed, for this reason; the first reason counts."""
        if self.state is LinkState.CLOSED:
            return
        outlet = self.outlet
        if not abort:
            outlet.flush()
        self.ended = ended
        self._enter(LinkState.CLOSED)
        self.pulse.stop()
        if ended.code not in {"GOODBYE", "FAREWELL"}:
            self.tallies.last_error = f"{ended.code}: {ended.text}"
        unwritten, unsure = self.asks.left(outlet.fresh)
        outlet.clear()
        self.rest = b""
        if outlet.transport is None:
            self._is_gone()
        elif abort:
            outlet.transport.abort()
        else:
            outlet.transport.close()
            late = self._loop.call_later(self.speech.timers.goodbye_s, outlet.transport.abort)
            self.gone.add_done_callback(lambda _: late.cancel())  # or it would hold a closed link that long
        self.owner.closed(self, unwritten, unsure, ended)

    # --- what pulse asks
    def is_idle(self) -> bool:
        """Return whether nothing is under way in either direction."""
        return not self.asks.pending and self.intake.unreplied <= 0 and not self.unfinished

    def give_up(self, before: float) -> None:
        """Tell the owner of requests that were asked before then and have no answer."""
        contexts = self.asks.overdue(before, self.outlet.fresh)
        if contexts:
            self.tallies.unanswered += len(contexts)
            self.tallies.last_error = f"NO-ANSWER: {len(contexts)} requests had no answer in time"
            self.owner.unanswered(self, contexts)

    # --- inside
    def _is_gone(self) -> None:
        if not self.gone.done():
            self.gone.set_result(None)

    def _enter(self, state: LinkState) -> None:
        self.state, self.since_ms = state, self._clock.now_ms()

    def _dealt_with(self) -> None:
        """Read on when the owner has caught up; go on draining."""
        if self.intake.may_go_on() and self.outlet.is_low():
            self.pulse.reads_again()
            self.intake.go_on()
        if self.state is LinkState.DRAINING:
            self.pulse.beat()

    def _writes(self, octets: bytes, requests: int) -> None:
        """Take note of what is written now."""
        self.tallies.sent += requests
        self.pulse.wrote(self.outlet.now)
        if self.is_told():
            self.tell(octets, sent=True)

    def _takes(self) -> bool:
        return self.state is LinkState.OPEN and not self.outlet.paused

    def _finishes(self) -> bool:
        return self.state is LinkState.DRAINING and self.unfinished and not self.outlet.paused

    def _has_room(self) -> None:
        if self.state is LinkState.OPEN or self._finishes():
            self.owner.has_room(self)

    def is_told(self) -> bool:
        """Return whether somebody listens to what goes over it."""
        return self._transcript is not None and self._transcript.until_ms > 0

    def tell(self, octets: bytes, *, sent: bool) -> None:
        """Write PDUs into the transcript while somebody listens."""
        assert self._transcript is not None
        told(
            self._transcript, self._clock.now_ms(), self.name, octets, sent=sent, speech=self.speech, decode=self.decode
        )
