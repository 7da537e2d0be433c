"""What the sender has decided about messages in memory and not written yet, and how many it holds.

Every way a message leaves memory other than by a hand-over goes through here: back to the store with a time, or to
its end. It decides nothing itself.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from hongyan.ledger.settlement import Ending, settlement
from hongyan.model.cause import Cause
from hongyan.model.hold import Hold
from hongyan.model.message import Message
from hongyan.model.tally import Tally
from hongyan.model.world import World
from hongyan.send.withholding import WITHHELD
from hongyan.store.ops import Again, Event, Note, Op, PushRow, Settle, Withhold
from hongyan.store.ordered import OrderedWriter


class Decided:
    """Gathers operations and gives them to the writer in order."""

    def __init__(
        self,
        *,
        writer: OrderedWriter,
        world: Callable[[], World],
        tally: Tally,
        mint: Callable[[], int],
        on_pushes: Callable[[Sequence[PushRow]], None],
    ) -> None:
        self._writer = writer
        self._world = world
        self._tally = tally
        self._mint = mint
        self._on_pushes = on_pushes
        self.ops: list[Op] = []
        """hand-overs are appended here directly: it is the hot path"""
        self.held = 0
        """messages in memory: waiting or under way"""
        self.tried: dict[int, set[str]] = {}
        """messages that a carrier of their route has put off, and which ones"""
        self.soonest_due: int | None = None
        """the earliest `due_at` since the sweep last looked"""

    def again(self, message: Message, due_at: int, cause: Cause, now: int, *, counted: bool, carrier: str = "") -> None:
        """Give a message back to the store until `due_at`, or until it expires if that is sooner."""
        self.held -= 1
        self.tried.pop(message.id, None)
        due_at = min(due_at, max(message.expires_at, now))
        if self.soonest_due is None or due_at < self.soonest_due:
            self.soonest_due = due_at
        self._tally.add("send_again", carrier, cause.kind)
        self.ops.append(
            Again(
                message_id=message.id,
                at=now,
                due_at=due_at,
                cause=cause.joined(),
                counted=counted,
                lease=message.due_at,
            )
        )

    def withhold(self, message: Message, hold: Hold, now: int) -> None:
        """Keep a message in the store until it is released or rejected by hand, or expires."""
        self.held -= 1
        self.tried.pop(message.id, None)
        self.ops.append(
            Withhold(
                message_id=message.id,
                at=now,
                due_at=message.expires_at,
                cause=hold.cause,
                details=msgspec.json.encode(message.noted() | {WITHHELD: hold.mode}).decode(),
                lease=message.due_at,
            )
        )

    def end(self, message: Message, ending: Ending, carrier: str | None = None) -> None:
        """End a message; `carrier` is the one whose word ends it."""
        self.held -= 1
        self.tried.pop(message.id, None)
        settle = settlement(message, ending, self._world(), self._mint)
        settle.carrier, settle.lease = carrier, message.due_at
        self.ops.append(settle)

    def note(self, message_id: int, at: int, kind: str, text: str) -> None:
        """Add a sentence to a message's timeline."""
        self.ops.append(Note(events=[Event(message_id=message_id, at=at, kind=kind, text=text)]))

    def flush(self) -> None:
        """Give what was decided to the writer."""
        if self.ops:
            ops, self.ops = self.ops, []
            settled = [(place, op) for place, op in enumerate(ops) if type(op) is Settle]
            self._writer.add(ops, self._counter(settled) if settled else None)

    def _counter(self, settled: Sequence[tuple[int, Settle]]) -> Callable[[Sequence[Any]], None]:
        def done(results: Sequence[Any]) -> None:
            moved = [op for place, op in settled if results[place]]
            for op in moved:
                self._tally.add("report_settled", op.state)
            pushes = [op.push for op in moved if op.push is not None]
            if pushes:
                self._on_pushes(pushes)

        return done
