"""A message that goes out in parts: which are asked, which were taken, and the one answer that comes of it.

The first part goes alone: while it is not taken nothing has left, and the message may be tried elsewhere. The others
follow in order on the same link. It knows no protocol and keeps no time.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from hongyan.carriers import Answer
from hongyan.model.cause import Cause
from hongyan.model.message import Message

RESENT_MOST = 30
"""how often later parts of a message are sent again when they are throttled"""


class Said(NamedTuple):
    """What an answer of a carrier means that is no plain yes."""

    cause: Cause
    again_ms: int | None = None
    """try again after so long; None: never"""
    slow_down: bool = False
    unsure: bool = False

    def answer(self, message_id: int, now: int) -> Answer:
        """Return it as the answer to a hand-over."""
        return Answer(
            message_id=message_id,
            at=now,
            cause=self.cause,
            again_ms=self.again_ms,
            slow_down=self.slow_down,
            unsure=self.unsure,
        )


class InPieces:
    """One message on its way in parts."""

    __slots__ = ("_ids", "_next", "_resent", "message", "over", "parts")

    def __init__(self, message: Message, parts: Sequence[Any]) -> None:
        self.message = message
        self.parts = parts
        self.over = False
        """its answer was given"""
        self._resent = 0
        self._ids: list[str | None] = [None] * len(parts)
        self._next: list[int] = [0]
        """what is to be asked when its turn comes"""

    def begin(self) -> list[int]:
        """Return the parts to ask now."""
        now, self._next = self._next, []
        return now

    def unasked(self, index: int) -> None:
        """Note that a part is to be asked again."""
        self._next.append(index)
        self._next.sort()

    def taken(self, index: int, provider_id: str) -> range:
        """Note the id of a part; return the parts that may follow now."""
        self._ids[index] = provider_id
        return range(1, len(self.parts)) if index == 0 else range(0)

    def may_rest(self, index: int, said: Answer) -> bool:
        """Return whether a refused part is asked again after a pause: a later one, a while long."""
        rests = index > 0 and said.again_ms is not None and not said.unsure and self._resent < RESENT_MOST
        self._resent += rests
        return rests

    def is_handed(self) -> bool:
        """Return whether all parts were taken."""
        return None not in self._ids

    def handed(self, now: int) -> Answer:
        """Return the answer of a message whose parts were all taken."""
        self.over = True
        ids = tuple(one or "" for one in self._ids)
        return Answer(message_id=self.message.id, at=now, provider_id=ids[0], part_ids=ids)

    def refused(self, index: int, said: Answer) -> Answer:
        """Return the answer of a message of which a part was not taken: what was said, and of which part.

        Once a part is taken, the message can no longer be tried again as if nothing had happened: a passing trouble
        becomes unsure.
        """
        self.over = True
        cause = said.cause
        assert cause is not None
        cause = Cause(cause.kind, cause.code, f"{cause.text} (part {index + 1} of {len(self.parts)})", cause.said_by)
        if index == 0 or said.unsure or said.again_ms is None:
            return replace(said, cause=cause)
        return replace(said, cause=cause, again_ms=None, slow_down=False, unsure=True)

    def stranded(self, cause: Cause, now: int) -> Answer:
        """Return the answer of a message whose next part found no link."""
        index = self._next[0] if self._next else 0
        return self.refused(index, Answer(message_id=self.message.id, at=now, cause=cause, again_ms=0))
