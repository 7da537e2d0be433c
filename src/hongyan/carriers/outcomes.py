"""Answers that a carrier with links gives about its messages, made of what links brought or lost. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from hongyan.carriers import Answer
from hongyan.carriers.pieces import InPieces, Said
from hongyan.carriers.shaping import Unfit
from hongyan.carriers.wording import Wording
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.message import Message
from hongyan.wire import Malformed

Queued = tuple[Message, Sequence[Any]] | InPieces
"""a message and what to send for it"""


class Outcomes:
    """One carrier's way of telling."""

    def __init__(self, carrier: str, wording: Wording) -> None:
        self._carrier, self._wording = carrier, wording

    def cause(self, code: str, text: str, kind: CauseKind = CauseKind.CARRIER) -> Cause:
        """Return a cause that this carrier states."""
        return Cause(kind, code, text, self._carrier)

    def not_for_us(self, message: Message, why: Unfit | Malformed, now: int) -> Answer:
        """Return the answer of a message that this carrier does not take, or that its protocol cannot say."""
        kind, code = (why.kind, why.code) if isinstance(why, Unfit) else (CauseKind.OURS, "NOT-SAYABLE")
        return Answer(message_id=message.id, at=now, cause=self.cause(code, str(why), kind))

    def not_taken(self, message: Message, answer: Any, now: int) -> Answer:
        """Return what an answer that is no plain yes means."""
        if isinstance(answer, Malformed):
            cause = self.cause("MALFORMED", f"the answer cannot be read: {answer}")
            return Answer(message_id=message.id, at=now, cause=cause, unsure=True)
        return self._wording.refused(answer).answer(message.id, now)

    def late(self, context: Any, answer: Any, now: int) -> Answer:
        """Return what an answer means whose message was given up."""
        message: Message = context if context.__class__ is Message else context[0].message
        provider_id = self._wording.taken(answer, message)
        if provider_id is not None:
            of_part = message is not context  # the others may be missing
            return Answer(message_id=message.id, at=now, provider_id=provider_id, unsure=of_part, late=True)
        return replace(self.not_taken(message, answer, now), late=True)


def unsure_of(contexts: Iterable[Any], cause: Cause, now: int) -> list[Answer]:
    """Return the answers of messages of which nobody knows what became: whole ones, and (job, part) of others."""
    told = []
    for context in contexts:
        if context.__class__ is Message:
            told.append(Answer(message_id=context.id, at=now, cause=cause, unsure=True))
        elif not context[0].over:
            told.append(context[0].refused(context[1], Said(cause, unsure=True).answer(context[0].message.id, now)))
    return told


def stranded(queue: Iterable[Queued], cause: Cause, now: int) -> list[Answer]:
    """Return the answers of what waits and finds no link."""
    told = []
    for entry in queue:
        if not isinstance(entry, InPieces):
            told.append(Answer(message_id=entry[0].id, at=now, cause=cause, again_ms=0))
        elif not entry.over:
            told.append(entry.stranded(cause, now))
    return told
