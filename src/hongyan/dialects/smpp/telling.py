"""Receipts and replies as deliver_sm, over any of an account's links that may receive; each until it is taken.

What waits is the store's (`report/doors.py`, `accept/pieces.py`); here is only what is on its way. An answer of status
0 to all PDUs of a thing ends it; a refusal or silence puts it off, longer each time.
spec: smpp#receipt.kept, smpp#receipt.again
"""

from collections import deque
from collections.abc import Callable, Sequence
from struct import Struct as Layout

from hongyan.accept.pieces import Piece
from hongyan.dialects.smpp.delivering import Encoding, ending_frames, frames_of
from hongyan.model.clock import Clock
from hongyan.model.limits import HOUR_MS
from hongyan.model.message import Message
from hongyan.report.doors import Doors, Due
from hongyan.session.link import Link
from hongyan.wire import Malformed, smpp
from hongyan.wire.smpp import statuses

KEPT_MS = 7 * 24 * HOUR_MS
"""how long a customer who stays away is waited for"""
_FIRST_AGAIN_MS, _LONGEST_AGAIN_MS = 30_000, 16 * HOUR_MS
_SOON_MS = 5_000
_PASSING = frozenset({statuses.RTHROTTLED, statuses.RMSGQFUL, statuses.RX_T_APPN, statuses.RSYSERR})
_SEQUENCE = Layout(">I")


class Ticket:
    """One thing on its way, in as many PDUs as it takes."""

    __slots__ = ("about", "failed", "left")

    def __init__(self, about: Due | Piece, frames: int) -> None:
        self.about = about
        self.left = frames
        self.failed: int | None = None
        """the first status that was not 0; -1: no answer"""


class Teller:
    """One account's deliveries. `drop`: an ending was taken."""

    def __init__(self, name: str, doors: Doors, clock: Clock, drop: Callable[[Piece], None]) -> None:
        self.name = name
        self._doors, self._clock, self._drop = doors, clock, drop
        self.links: list[Link] = []
        """that may receive"""
        self.encoding = Encoding()
        self._waiting: deque[tuple[bytes, Ticket]] = deque()
        self._endings: set[int] = set()
        """under way"""
        self._resting: dict[int, tuple[int, int]] = {}
        """endings that were refused: id -> (times, when to try again)"""
        self._starved = False

    def joined(self, link: Link) -> None:
        """Use one more link."""
        self.links.append(link)
        if len(self.links) == 1:
            self._doors.open(self.name, self.deliver, self.room)
        else:
            self.pump()

    def left(self, link: Link, unwritten: Sequence[Ticket], unsure: Sequence[Ticket]) -> None:
        """Use a link no more; what was on it is told again."""
        if link in self.links:
            self.links.remove(link)
        self._unsaid([*unwritten, *unsure])
        if not self.links:
            self._unsaid([ticket for _, ticket in self._waiting])
            self._waiting.clear()
            self._doors.close(self.name)

    def room(self) -> int:
        """Return how many more things to hand over: a window ahead, so that links do not wait for the store."""
        free = sum(link.free() for link in self.links)
        room = max(0, 2 * free - len(self._waiting))
        self._starved = room == 0
        return room

    def deliver(self, dues: Sequence[Due]) -> None:
        """Begin to tell. What is too old by now is dropped, which its timeline says.

        spec: smpp#receipt.week
        """
        oldest = self._clock.now_ms() - KEPT_MS
        stale = [due for due in dues if _since(due) < oldest]
        if stale:
            self._doors.drop(self.name, stale, "nobody came for it in seven days")
        for due in dues:
            if _since(due) >= oldest:
                try:
                    self._queue(due, frames_of(due.about, self.encoding))
                except Malformed as wrong:
                    self._doors.drop(self.name, [due], f"it cannot be written: {wrong}")
        self.pump()

    def deliver_endings(self, pieces: Sequence[Piece]) -> None:
        """Begin to tell of pieces that will never be part of a message, unless they are being told of."""
        now_ms = self._clock.now_ms()
        for piece in pieces:
            _, rests_until = self._resting.get(piece.id, (0, 0))
            if piece.id not in self._endings and rests_until <= now_ms and self.links:
                self._endings.add(piece.id)
                self._queue(piece, ending_frames(piece, self.encoding))
        self.pump()

    def pump(self) -> None:
        """Ask as much as the links have room for."""
        waiting = self._waiting
        for link in self.links:
            room = link.room() if waiting else 0
            for _ in range(min(room, len(waiting))):
                frame, ticket = waiting.popleft()
                key = link.next_key()
                assert isinstance(key, int)
                link.ask(key, frame[:12] + _SEQUENCE.pack(key) + frame[16:], ticket)
        if self._starved and not waiting:
            self._starved = False
            self._doors.look(self.name)

    def answered(self, answers: Sequence[tuple[Ticket, object]]) -> None:
        """Take what the customer said."""
        taken = []
        for ticket, answer in answers:
            ticket.left -= 1
            if not (type(answer) is smpp.DeliverSmResp and answer.status == 0) and ticket.failed is None:
                ticket.failed = getattr(answer, "status", -1) or -1
            if ticket.left:
                continue
            if ticket.failed is not None:
                self._put_off(ticket)
            elif isinstance(ticket.about, Due):
                taken.append(ticket.about)
            else:
                self._drop(ticket.about)
        if taken:
            self._doors.done(self.name, taken, "deliver_sm taken")
        self.pump()

    def forget(self, ending: Piece) -> None:
        """Know that an ending that was taken is not kept any more."""
        self._endings.discard(ending.id)
        self._resting.pop(ending.id, None)

    def unanswered(self, tickets: Sequence[Ticket]) -> None:
        """Take note that no answer came in time."""
        self.answered([(ticket, None) for ticket in tickets])

    def _queue(self, about: Due | Piece, frames: Sequence[bytes]) -> None:
        ticket = Ticket(about, len(frames))
        self._waiting.extend((frame, ticket) for frame in frames)

    def _put_off(self, ticket: Ticket) -> None:
        about, status = ticket.about, ticket.failed
        assert status is not None
        said = "no answer came" if status < 0 else f"answered 0x{status:02X} {statuses.status_name(status)}"
        passing = status in _PASSING
        if isinstance(about, Due):
            after_ms = _SOON_MS if passing else _after_ms(about.row.tries)
            self._doors.again(self.name, [about], said, after_ms, counted=not passing)
            return
        self._endings.discard(about.id)
        times, _ = self._resting.get(about.id, (0, 0))
        after_ms = _SOON_MS if passing else _after_ms(times)
        self._resting[about.id] = times + 1, self._clock.now_ms() + after_ms

    def _unsaid(self, tickets: Sequence[Ticket]) -> None:
        dues: dict[int, Due] = {}
        for ticket in tickets:
            if isinstance(ticket.about, Due):
                dues[ticket.about.row.id] = ticket.about
            else:
                self._endings.discard(ticket.about.id)
        if dues:
            gone = set(dues)
            self._waiting = deque(one for one in self._waiting if not _is_of(one[1], gone))
            self._doors.again(self.name, list(dues.values()), "the link was lost", 0, counted=False)


def _is_of(ticket: Ticket, rows: set[int]) -> bool:
    return isinstance(ticket.about, Due) and ticket.about.row.id in rows


def _after_ms(tries: int) -> int:
    return min(_LONGEST_AGAIN_MS, _FIRST_AGAIN_MS << min(tries, 20))


def _since(due: Due) -> int:
    about = due.about
    if isinstance(about, Message):
        return about.done_at or about.accepted_at
    return about.received_at
