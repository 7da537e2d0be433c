"""One connection, whoever began it: cuts the stream, matches answers to requests, keeps the window and the time.

What PDUs mean is the owner's business. Nothing here is made for one message: a request is an entry in a dictionary,
writes are joined once a turn of the loop, and one timer serves the whole link.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol, cast

import structlog

from hongyan.model.clock import Clock
from hongyan.session import ANSWER, Ended, Key, LinkState, Owner, Speech
from hongyan.session.drip import Drip
from hongyan.session.lines import line_of
from hongyan.session.pulse import Pulse
from hongyan.session.tallies import Tallies
from hongyan.session.transcript import Line, Transcript
from hongyan.wire import Malformed

WRITE_BUFFER_OCTETS = 256 << 10
HELD_BACK_MOST = 10_000
"""PDUs that wait for a peer that takes none, above which it is not read either"""
HEAD_SHOWN = 8
"""octets of a broken stream that a log shows: what was taken for length and command, so neither text nor secret"""

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
        self.window = speech.window
        self.name = name
        self.peer = ""
        self.address = ""
        """the peer's IP address"""
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
        self._transport: asyncio.Transport | None = None
        self._head = speech.tongue.head.unpack_from
        self._inner = speech.tongue.log_ins | {speech.tongue.goodbye, speech.tongue.keep_alive}
        self._rest = b""
        self._pending: dict[Key, tuple[Any, float]] = {}
        self._own: dict[Key, int] = {}
        """our own log-in, keep-alives and goodbye, which no window counts: key -> command"""
        self._fresh: list[Key] = []
        """asked, not written"""
        self._out: list[bytes] = []
        self._scheduled = self._paused = self._unread = False
        self._unreplied = 0
        self._farewell: bytes | None = None
        self._last_key = 0
        self._now = self._loop.time()
        self._drip = Drip(speech.pace_per_s, self._now) if speech.pace_per_s else None
        self._wakes: asyncio.TimerHandle | None = None
        self._pulse = Pulse(self, self._loop)

    # --- what owners use
    def room(self) -> int:
        """Return how many requests may be asked now."""
        if self.state is not LinkState.OPEN or self._paused:
            return 0
        free = self.window - len(self._pending)
        if self._drip is not None and free > 0:
            free = min(free, self._drip.permits(self._loop.time()))
            if free <= 0 and self._wakes is None:
                self._wakes = self._loop.call_later(max(0.001, self._drip.wait_s()), self._wake)
        return max(0, free)

    def free(self) -> int:
        """Return how many requests the window has place for, whatever the pace; 0 while none can be written."""
        if self.state is not LinkState.OPEN or self._paused:
            return 0
        return max(0, self.window - len(self._pending))

    def next_key(self) -> Key:
        """Return a key that no unanswered request has."""
        mint = self.speech.mint
        while True:
            if mint is not None:
                key = mint()
            else:
                self._last_key = key = self._last_key % self.tongue.last_key + 1
            if key not in self._pending and key not in self._own:
                return key

    def ask(self, key: Key, frame: bytes, context: Any) -> None:
        """Send a request, whole; `context` comes back with its answer, or when there will be none."""
        if not self._scheduled:
            self._schedule()
        self._pending[key] = context, self._now
        self._fresh.append(key)
        self._out.append(frame)
        if self._drip is not None:
            self._drip.took()

    def reply(self, frame: bytes) -> None:
        """Answer one request that was heard. It never waits for the window."""
        self.replies((frame,))

    def replies(self, frames: Sequence[bytes]) -> None:
        """Answer as many requests as there are frames."""
        self._unreplied -= len(frames)
        if self._transport is None or self.state is LinkState.CLOSED:
            return
        if not self._scheduled:
            self._schedule()
        self._out += frames
        if self._unread:
            self._read_again()
        if self.state is LinkState.DRAINING:
            self._pulse.beat()

    def dismiss(self) -> None:
        """Count a request that wants no reply as dealt with."""
        self.replies(())
        self._unreplied -= 1

    def admit(self, reply: bytes) -> None:
        """Take a log-in: the link is open (listening)."""
        if self.state is LinkState.LOGGING_IN:
            self._write(reply)
            self._open()

    def refuse(self, reply: bytes | None, why: str = "the log-in was refused") -> None:
        """Turn a log-in down and close (listening)."""
        if self.state is LinkState.LOGGING_IN:
            if reply is not None:
                self._write(reply)
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
        return len(self._pending)

    def unreplied(self) -> int:
        """Return how many requests that were heard have no reply of ours yet."""
        return self._unreplied

    # --- asyncio's calls
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to log in, or to wait for a log-in."""
        self._transport = transport = cast("asyncio.Transport", transport)  # uvloop's own has the same methods
        transport.set_write_buffer_limits(high=WRITE_BUFFER_OCTETS)
        address = transport.get_extra_info("peername") or ("", 0)
        self.address, self.peer = str(address[0]), f"{address[0]}:{address[1]}"
        if self.state is LinkState.CLOSED or (self._door is not None and not self._door.enters(self)):
            self.end(self.ended or Ended("DROPPED", "too many connections"), abort=True)
            transport.abort()
            return
        self._enter(LinkState.LOGGING_IN)
        if self.speech.log_in is not None:
            key = self.next_key()
            self._own[key] = 0
            self._write(self.speech.log_in(self, key))
        self._pulse.begins()

    def data_received(self, data: bytes) -> None:  # noqa: C901, PLR0912, PLR0915 - the hot loop
        """Take what came, in any cut: answers and requests go to the owner in one call."""
        if self.state is LinkState.CLOSED:
            return
        if self._rest:
            data = self._rest + data
        head, pending, decode, inner = self._head, self._pending, self.decode, self._inner
        least, most = self.tongue.least, self.tongue.most
        logging_in = self.state is LinkState.LOGGING_IN
        answers: list[tuple[Any, Any]] = []
        requests: list[Any] = []
        first_at = 0.0
        at, end = 0, len(data)
        while end - at >= least:
            length, command, key = head(data, at)
            stop = at + length
            if stop > end or not least <= length <= most:
                break
            frame = data[at:stop]
            at = stop
            if logging_in:
                self._before_open(command, key, frame)
                logging_in, decode = self.state is LinkState.LOGGING_IN, self.decode
            elif command >= ANSWER:
                entry = pending.pop(key, None)
                if entry is None:
                    self._own_answer(command, key)
                    continue
                first_at = first_at or entry[1]
                try:
                    answers.append((entry[0], decode(frame)))
                except Malformed as wrong:
                    self.tallies.malformed += 1
                    answers.append((entry[0], wrong))
            elif command in inner:
                self._inner_request(command, key)
            else:
                try:
                    requests.append(decode(frame))
                except Malformed as wrong:
                    self._unreadable(wrong)
        self._rest = data[at:] if at < end else b""
        self._now = now = self._loop.time()
        if at:  # half a PDU is no sign of life
            self._pulse.heard(now)
        if self._transcript is not None and self._transcript.until_ms:
            self._tell(data[:at], sent=False)
        if answers or requests:
            tallies = self.tallies
            if answers:
                tallies.answered += len(answers)
                tallies.waits_s.append(now - first_at)
            if requests:
                tallies.received += len(requests)
                self._unreplied += len(requests)
                if self._unreplied > self.speech.unreplied_most:
                    self._unread_now()
            self._told(answers, requests)
        self._after_read()

    def eof_received(self) -> None:
        """Close: a half of a connection is of no use."""

    def pause_writing(self) -> None:
        """Write no more for now: the peer does not take it."""
        self._paused = True
        self._pulse.stuck()

    def resume_writing(self) -> None:
        """Go on."""
        self._paused = False
        self._pulse.flows()
        self._flush()
        if self._unread:
            self._read_again()
        if self.state is LinkState.OPEN:
            self._owner.has_room(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the owner what is left without an answer."""
        self._transport = None
        self.end(Ended("LOST", f"the connection was lost: {exc}" if exc else "the peer closed the connection"))
        if not self.gone.done():
            self.gone.set_result(None)

    # --- the end
    def end(self, ended: Ended, *, abort: bool = False) -> None:
        """Be closed, for this reason; the first reason counts."""
        if self.state is LinkState.CLOSED:
            return
        transport = self._transport
        if not abort:
            self._flush()
        self.ended = ended
        self._enter(LinkState.CLOSED)
        self._pulse.stop()
        if self._wakes is not None:
            self._wakes.cancel()
        if ended.code not in {"GOODBYE", "FAREWELL"}:
            self.tallies.last_error = f"{ended.code}: {ended.text}"
        fresh = set(self._fresh)
        unwritten = [context for key, (context, _) in self._pending.items() if key in fresh]
        unsure = [context for key, (context, _) in self._pending.items() if key not in fresh]
        self._pending.clear()
        self._fresh.clear()
        self._out.clear()
        self._own.clear()
        self._rest = b""
        if transport is None:
            if not self.gone.done():
                self.gone.set_result(None)
        elif abort:
            transport.abort()
        else:
            transport.close()
            self._loop.call_later(self.speech.timers.goodbye_s, transport.abort)
        self._owner.closed(self, unwritten, unsure, ended)

    # --- inside
    def oldest(self) -> float | None:
        """Return the loop time of the oldest request without an answer."""
        for _, at in self._pending.values():
            return at
        return None

    def overdue(self, before: float) -> None:
        """Give up requests asked before then."""
        keys = []
        for key, (_, at) in self._pending.items():
            if at > before:
                break
            keys.append(key)
        if keys:
            contexts = [self._pending.pop(key)[0] for key in keys]
            self.tallies.unanswered += len(contexts)
            self.tallies.last_error = f"NO-ANSWER: {len(contexts)} requests had no answer in time"
            self._owner.unanswered(self, contexts)

    def idle(self) -> bool:
        """Return whether nothing is under way in either direction."""
        return not self._pending and self._unreplied <= 0

    def read_is_held(self) -> bool:
        """Return whether we ourselves do not read."""
        return self._unread

    def ask_own(self, command: int) -> None:
        """Ask for life, or say goodbye."""
        key = self.next_key()
        self._own[key] = command
        self._write(self.tongue.bare(command, key))

    def _open(self) -> None:
        self._enter(LinkState.OPEN)
        self.tallies.logged_in += 1
        self._pulse.opens()
        self._owner.opened(self)

    def _enter(self, state: LinkState) -> None:
        self.state, self.since_ms = state, self._clock.now_ms()

    def _before_open(self, command: int, key: Key, frame: bytes) -> None:
        """Take a PDU before the log-in is through."""
        dialled = self.speech.log_in is not None
        if dialled and command >= ANSWER and self._own.pop(key, None) is not None:
            self._log_in_answered(frame)
        elif not dialled and command in self.tongue.log_ins:
            try:
                request = self.decode(frame)
            except Malformed as wrong:
                self.refuse(self.speech.refusal_of(wrong), "the log-in cannot be read")
                return
            self._owner.logging_in(self, request)
        elif command == self.tongue.goodbye:
            self._inner_request(command, key)
            self._after_read()
        elif command == self.tongue.keep_alive:
            self._inner_request(command, key)
        elif command >= ANSWER:
            self.tallies.unexpected += 1
        elif self.tongue.not_logged_in is None:
            self.end(Ended("REFUSED", f"command 0x{command:08x} came before the log-in"))
        else:
            self._write(self.tongue.bare(command | ANSWER, key, status=self.tongue.not_logged_in))

    def _log_in_answered(self, frame: bytes) -> None:
        try:
            answer = self.decode(frame)
            verdict = self.speech.verdict
            refusal = None if verdict is None else verdict(self, answer)
        except Malformed as wrong:
            self.end(Ended("GARBAGE", f"the answer to the log-in cannot be read: {wrong}"))
            return
        if refusal is None:
            self._open()
        else:
            self.end(Ended("REFUSED", f"{refusal.code} {refusal.text}", refusal.patient))

    def _inner_request(self, command: int, key: Key) -> None:
        """Answer a keep-alive or a goodbye."""
        if command == self.tongue.keep_alive:
            self._write(self.tongue.bare(command | ANSWER, key, body=self.tongue.alive_body))
        elif command == self.tongue.goodbye:
            self._farewell = self.tongue.bare(command | ANSWER, key)
        else:  # a second log-in
            self.tallies.unexpected += 1
            if self.tongue.has_status:
                self._write(self.tongue.bare(command | ANSWER, key, status=_ALREADY_BOUND))

    def _own_answer(self, command: int, key: Key) -> None:
        asked = self._own.pop(key, None)
        if asked is None:
            self.tallies.unexpected += 1
        elif asked == self.tongue.goodbye and command != 0:
            self._farewell = b""

    def _unreadable(self, wrong: Malformed) -> None:
        self.tallies.malformed += 1
        self.tallies.last_error = f"MALFORMED: {wrong}"
        said = self.speech.refusal_of(wrong)
        if said is not None:
            self._write(said)

    def _told(self, answers: list[tuple[Any, Any]], requests: list[Any]) -> None:
        try:
            self._owner.heard(self, answers, requests)
        except Exception:  # session edge: one owner's mistake ends its link, not the program
            log.exception("a link's owner failed", link=self.name)
            self.end(Ended("OURS", "our own mistake"), abort=True)

    def _after_read(self) -> None:
        """Do what must wait until the owner has what this read brought."""
        if self.state is LinkState.CLOSED:
            return
        if self._farewell is not None:
            if self._farewell:
                self._write(self._farewell)
                self.end(Ended("FAREWELL", "the peer said goodbye"))
            else:
                self.end(Ended("GOODBYE", "we said goodbye"))
            return
        if len(self._rest) >= _LENGTH_OCTETS:
            length = int.from_bytes(self._rest[:_LENGTH_OCTETS], "big")
            if not self.tongue.least <= length <= self.tongue.most:
                head = self._rest[:HEAD_SHOWN].hex()
                log.warning("a stream cannot be followed; it is dropped", link=self.name, peer=self.peer, head=head)
                self.tallies.malformed += 1
                self.end(Ended("GARBAGE", f"a PDU of {length} octets cannot be"), abort=True)
                return
        if self.state is LinkState.DRAINING:
            self._pulse.beat()

    def _unread_now(self) -> None:
        if not self._unread and self._transport is not None:
            self._unread = True
            self._transport.pause_reading()

    def _read_again(self) -> None:
        if self._unreplied <= self.speech.unreplied_most // 2 and len(self._out) <= HELD_BACK_MOST // 2:
            self._unread = False
            self._pulse.heard(self._loop.time())
            if self._transport is not None:
                self._transport.resume_reading()

    def _write(self, frame: bytes) -> None:
        if not self._scheduled:
            self._schedule()
        self._out.append(frame)

    def _schedule(self) -> None:
        self._scheduled = True
        self._now = self._loop.time()
        self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        """Write what this turn of the loop gathered, in one piece."""
        self._scheduled = False
        out = self._out
        if not out or self._transport is None:
            return
        if self._paused:
            if len(out) > HELD_BACK_MOST:
                self._unread_now()
            return
        octets = b"".join(out)
        if self._transcript is not None and self._transcript.until_ms:
            self._tell(octets, sent=True)
        out.clear()
        self.tallies.sent += len(self._fresh)
        self._fresh.clear()
        self._pulse.wrote(self._now)
        self._transport.write(octets)

    def _wake(self) -> None:
        self._wakes = None
        if self.state is LinkState.OPEN:
            self._owner.has_room(self)

    def _tell(self, octets: bytes, *, sent: bool) -> None:
        """Write whole PDUs into the transcript."""
        transcript, now = self._transcript, self._clock.now_ms()
        assert transcript is not None
        if now >= transcript.until_ms:
            transcript.until_ms = 0
            return
        line = self.speech.line or line_of
        at = 0
        while at < len(octets):
            length = int.from_bytes(octets[at : at + _LENGTH_OCTETS], "big")
            try:
                text = line(self.decode(octets[at : at + length]))
            except Malformed as wrong:
                text = line_of(wrong)
            transcript.lines.append(Line(now, self.name, sent, text))
            at += length


_LENGTH_OCTETS = 4
_ALREADY_BOUND = 0x5
