"""What pushes are about: fetches the messages and replies behind claimed rows, for whoever tells of them."""

from collections.abc import Mapping, Sequence

from hongyan.model.message import Message
from hongyan.model.reply import Reply
from hongyan.store import Store
from hongyan.store.ops import PushRow, ReplyRow


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
