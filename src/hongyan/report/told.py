"""What pushes are about: the messages and replies behind their rows, from the store, or from memory for what ends here.

A message that was handed over and ended in this process need not be read again to be told of: `told_when_handed` and
`told_when_ended` say in memory what the store writes, and nothing else.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from hongyan.carriers import Answer
from hongyan.model.message import Message, State
from hongyan.model.reply import Reply
from hongyan.store import Store
from hongyan.store.ops import PushRow, ReplyRow, Settle
from hongyan.store.text import storable


class Teller(Protocol):
    """Who tells callers of what ends in this process, without asking the store for it."""

    def promises(self, row: PushRow) -> bool:
        """Return whether a push that is about to be written will be told from memory: its row is leased then."""
        ...

    def keep(self, pushes: Sequence[tuple[PushRow, Message]], promised: int) -> None:
        """Take what is on disk of so many promised pushes."""
        ...


def told_when_handed(message: Message, carrier: str, answer: Answer) -> None:
    """Say that a carrier took it, as `Handed` does."""
    message.state, message.submitted_at, message.attempts = State.SUBMITTED, answer.at, message.attempts + 1
    message.carrier, message.provider_id = carrier, storable(answer.provider_id or "")


def _is_known(message: Message, op: Settle) -> bool:
    """Return whether memory holds all that the store will know of a message once this has ended it."""
    return message.submitted_at is not None and not op.refund and op.rendered_at is None


def promised_of(
    teller: Teller | None, ops: Sequence[Settle], found: Sequence[tuple[Message, object]]
) -> Collection[int]:
    """Return the pushes among these settlements of messages that will be told from memory."""
    if teller is None:
        return ()
    return {
        op.push.id
        for op, (message, _) in zip(ops, found, strict=True)
        if op.push is not None and _is_known(message, op) and teller.promises(op.push)
    }


def told_when_ended(message: Message, op: Settle) -> Message:
    """Say that it ended, as `Settle` does."""
    message.state, message.due_at, message.done_at, message.cause = op.state, None, op.at, storable(op.cause)
    if op.received_at is not None:
        message.received_at = op.received_at
    return message


async def abouts(store: Store, rows: Sequence[PushRow]) -> Mapping[int, Message | Reply]:
    """Return row id -> what to tell of; rows whose message or reply is gone are missing."""
    replies: dict[int, ReplyRow] = {}
    if reply_ids := [row.reply_id for row in rows if row.reply_id is not None]:
        replies = {one.id: one for one in await store.replies_by_id(reply_ids)}
    ids = {row.message_id for row in rows if row.reply_id is None}
    ids |= {one.message_id for one in replies.values()}
    found = await store.messages_by_id([one for one in ids if one is not None])
    messages = {message.id: message for message in found}
    told: dict[int, Message | Reply] = {}
    for row in rows:
        if row.reply_id is not None:
            if row.reply_id in replies:
                told[row.id] = as_reply(replies[row.reply_id], messages)
        elif row.message_id in messages:
            told[row.id] = messages[row.message_id]
    return told


def as_reply(row: ReplyRow, messages: Mapping[int, Message]) -> Reply:
    """Return a kept reply with the message that it answers."""
    return Reply(
        id=row.id,
        sender=row.sender,
        to=row.to,
        text=row.text,
        received_at=row.received_at,
        extend=row.extend,
        parts=row.parts,
        message=None if row.message_id is None else messages.get(row.message_id),
    )
