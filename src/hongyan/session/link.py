"""One connection, whoever began it: cuts the stream, matches answers to requests, keeps the window and the time.

What PDUs mean is the owner's business. Nothing here is made for one message: a request is an entry in a dictionary,
writes are joined once a turn of the loop (`outlet`), and one timer serves the whole link (`pulse`).
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol, cast

import structlog

from hongyan.model.clock import Clock
from hongyan.session import ANSWER, Ended, Key, LinkState, Owner, Speech
from hongyan.session.asks import Asks
from hongyan.session.courtesy import Courtesy
from hongyan.session.intake import Intake
from hongyan.session.lines import told
from hongyan.session.outlet import Outlet
from hongyan.session.pulse import Pulse
from hongyan.session.tallies import Tallies
from hongyan.session.transcript import Transcript
from hongyan.wire import Malformed

HEAD_SHOWN = 8
"""octets of a broken stream that a log shows: what was taken for length and command, so neither text nor secret"""
_LENGTH_OCTETS = 4

log = structlog.get_logger(stage="session")


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
        self._owner = owner
        self._clock = clock
        self._door = door
        self._transcript = transcript
        self._loop = asyncio.get_running_loop()
        self.gone: asyncio.Future[None] = self._loop.create_future()
        """done when the connection is closed"""
        self._head = speech.tongue.head.unpack_from
        self._rest = b""
        self.intake = Intake(speech.unreplied_most)
        self.asks = Asks(speech, self._loop, self._has_room)
        self._outlet = Outlet(self._loop, self._writes)
        self.courtesy = Courtesy(self, owner)
        self._pulse = Pulse(self, self._loop)

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

    def next_key(self) -> Key:
        """Return a key that no unanswered request has."""
        return self.asks.next_key(self.courtesy)

    def ask(self, key: Key, frame: bytes, context: Any) -> None:
        """Send a request, whole; `context` comes back with its answer, or when there will be none."""
        outlet = self._outlet
        outlet.request(key, frame)
        self.asks.add(key, context, outlet.now)

    def reply(self, frame: bytes) -> None:
        """Answer one request that was heard. It never waits for the window."""
        self.replies((frame,))

    def replies(self, frames: Sequence[bytes]) -> None:
        """Answer as many requests as there are frames."""
        self.intake.unreplied -= len(frames)
        if self.state is not LinkState.CLOSED:
            self._outlet.say_all(frames)
            self._dealt_with()

    def dismiss(self, requests: int = 1) -> None:
        """Count requests that want no reply as dealt with."""
        self.intake.unreplied -= requests
        if self.state is not LinkState.CLOSED:
            self._dealt_with()

    def say(self, frame: bytes) -> None:
        """Write something that is neither a request nor the reply to one that was heard."""
        if self.state is not LinkState.CLOSED:
            self._outlet.say(frame)

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
            self._pulse.drains()
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
        self._outlet.opens(transport)
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
            self._pulse.begins()

    def data_received(self, data: bytes) -> None:  # noqa: C901, PLR0912 - the hot loop
        """Take what came, in any cut: answers and requests go to the owner in one call."""
        if self.state is LinkState.CLOSED:
            return
        if self._rest:
            data = self._rest + data
        head, pending, decode, courtesy = self._head, self.asks.pending, self.decode, self.courtesy
        least, most, inner = self.tongue.least, self.tongue.most, courtesy.commands
        logging_in = self.state is LinkState.LOGGING_IN
        answers: list[tuple[Any, Any]] = []
        requests: list[Any] = []
        asked_at = 0.0
        at, end = 0, len(data)
        while end - at >= least:
            length, command, key = head(data, at)
            stop = at + length
            if stop > end or not least <= length <= most:
                break
            frame = data[at:stop]
            at = stop
            if logging_in:
                courtesy.before_open(command, key, frame)
                if self.ended is not None:
                    return
                logging_in, decode = self.state is LinkState.LOGGING_IN, self.decode
            elif command >= ANSWER:
                entry = pending.pop(key, None)
                if entry is None:
                    courtesy.answered(key)
                    continue
                asked_at = asked_at or entry[1]
                try:
                    answers.append((entry[0], decode(frame)))
                except Malformed as wrong:
                    self.tallies.malformed += 1
                    answers.append((entry[0], wrong))
            elif command in inner:
                courtesy.asked(command, key)
            else:
                try:
                    requests.append(decode(frame))
                except Malformed as wrong:
                    self._unreadable(wrong)
        self._rest = data[at:] if at < end else b""
        if at:  # half a PDU is no sign of life
            self._pulse.heard(self._loop.time())
            if self._transcript is not None and self._transcript.until_ms:
                self._tell(data[:at], sent=False)
        if answers or requests:
            self._count(len(answers), len(requests), asked_at)
            self._told(answers, requests)
        self._after_read()

    def eof_received(self) -> None:
        """Close: a half of a connection is of no use."""

    def pause_writing(self) -> None:
        """Write no more for now: the peer does not take it."""
        self._outlet.paused = True
        self._pulse.stuck()

    def resume_writing(self) -> None:
        """Go on."""
        self._outlet.paused = False
        self._pulse.flows()
        self._outlet.flush()
        self._dealt_with()
        self._has_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the owner what is left without an answer."""
        self._outlet.transport = self.intake.transport = None
        self.end(Ended("LOST", f"the connection was lost: {exc}" if exc else "the peer closed the connection"))
        if not self.gone.done():
            self.gone.set_result(None)

    # --- beginning and end
    def opens(self) -> None:
        """Be open: the log-in is through."""
        self._enter(LinkState.OPEN)
        self.tallies.logged_in += 1
        self._pulse.beat()
        self._owner.opened(self)

    def end(self, ended: Ended, *, abort: bool = False) -> None:
        """Be closed, for this reason; the first reason counts."""
        if self.state is LinkState.CLOSED:
            return
        outlet = self._outlet
        if not abort:
            outlet.flush()
        self.ended = ended
        self._enter(LinkState.CLOSED)
        self._pulse.stop()
        if ended.code not in {"GOODBYE", "FAREWELL"}:
            self.tallies.last_error = f"{ended.code}: {ended.text}"
        unwritten, unsure = self.asks.left(outlet.fresh)
        outlet.clear()
        self._rest = b""
        if outlet.transport is None:
            if not self.gone.done():
                self.gone.set_result(None)
        elif abort:
            outlet.transport.abort()
        else:
            outlet.transport.close()
            self._loop.call_later(self.speech.timers.goodbye_s, outlet.transport.abort)
        self._owner.closed(self, unwritten, unsure, ended)

    # --- what pulse asks
    def is_idle(self) -> bool:
        """Return whether nothing is under way in either direction."""
        return not self.asks.pending and self.intake.unreplied <= 0

    def give_up(self, before: float) -> None:
        """Tell the owner of requests that were asked before then and have no answer."""
        contexts = self.asks.overdue(before, self._outlet.fresh)
        if contexts:
            self.tallies.unanswered += len(contexts)
            self.tallies.last_error = f"NO-ANSWER: {len(contexts)} requests had no answer in time"
            self._owner.unanswered(self, contexts)

    # --- inside
    def _enter(self, state: LinkState) -> None:
        self.state, self.since_ms = state, self._clock.now_ms()

    def _count(self, answers: int, requests: int, asked_at: float) -> None:
        tallies = self.tallies
        if answers:
            tallies.answered += answers
            tallies.waits_s.append(self._loop.time() - asked_at)
        if requests:
            tallies.received += requests
            self.intake.heard(requests)

    def _unreadable(self, wrong: Malformed) -> None:
        self.tallies.malformed += 1
        self.tallies.last_error = f"MALFORMED: {wrong}"
        said = self.speech.refusal_of(wrong)
        if said is not None:
            self.say(said)

    def _told(self, answers: list[tuple[Any, Any]], requests: list[Any]) -> None:
        try:
            self._owner.heard(self, answers, requests)
        except Exception:  # session edge: one owner's mistake ends its link, not the program
            log.exception("a link's owner failed", link=self.name)
            self.end(Ended("OURS", "our own mistake"), abort=True)

    def _after_read(self) -> None:
        """Do what must wait until the owner has what this read brought."""
        self.courtesy.after_read()
        if self._outlet.is_overfull():
            self.intake.hold()
        if self.state is LinkState.DRAINING:
            self._pulse.beat()
        if len(self._rest) >= _LENGTH_OCTETS:
            length = int.from_bytes(self._rest[:_LENGTH_OCTETS], "big")
            if not self.tongue.least <= length <= self.tongue.most:
                head = self._rest[:HEAD_SHOWN].hex()
                log.warning("a stream cannot be followed; it is dropped", link=self.name, peer=self.peer, head=head)
                self.tallies.malformed += 1
                self.end(Ended("GARBAGE", f"a PDU of {length} octets cannot be"), abort=True)

    def _dealt_with(self) -> None:
        """Read on when the owner has caught up; go on draining."""
        if self.intake.may_go_on() and self._outlet.is_low():
            self._pulse.heard(self._loop.time())
            self.intake.go_on()
        if self.state is LinkState.DRAINING:
            self._pulse.beat()

    def _writes(self, octets: bytes, requests: int) -> None:
        """Take note of what is written now."""
        self.tallies.sent += requests
        self._pulse.wrote(self._outlet.now)
        if self._transcript is not None and self._transcript.until_ms:
            self._tell(octets, sent=True)

    def _takes(self) -> bool:
        return self.state is LinkState.OPEN and not self._outlet.paused

    def _has_room(self) -> None:
        if self.state is LinkState.OPEN:
            self._owner.has_room(self)

    def _tell(self, octets: bytes, *, sent: bool) -> None:
        assert self._transcript is not None
        told(
            self._transcript, self._clock.now_ms(), self.name, octets, sent=sent, speech=self.speech, decode=self.decode
        )
