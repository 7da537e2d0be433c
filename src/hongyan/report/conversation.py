"""What one number was sent and what it sent back, as one conversation. Reads only; never on the road."""

from typing import Any, NamedTuple

from sqlalchemy import select

from hongyan.report import explained, inbound, timeline
from hongyan.store import MessageQuery, ReplyQuery, Store, tables
from hongyan.store.rows import LINK, MESSAGE

_LINKS = select(*(tables.links.c[name] for name in LINK.fields))
_LOOKED_AT = 500
"""newest messages among which recent numbers are looked for"""


class Conversation(NamedTuple):
    """A page of it."""

    entries: list[dict[str, Any]]
    """oldest first: `message` with its `links`, or `reply`; `at` and `id` of either"""
    before_id: int | None
    """where the page of what is older begins; None: there is none"""


async def conversation(
    store: Store, number: str, public_base: str, *, project: str | None, before_id: int | None, limit: int
) -> Conversation:
    """Return the newest of what went to a number and came from it. Ids are minted by the clock: they are its order."""
    sent = await store.messages(MessageQuery(project=project, to=number, before_id=before_id, limit=limit + 1))
    came = await store.replies(ReplyQuery(project=project, sender=number, before_id=before_id, limit=limit + 1))
    ids = sorted([*(one.id for one in sent), *(one.id for one in came)], reverse=True)
    kept = set(ids[:limit])
    shown = [one for one in sent if one.id in kept]
    entries: list[dict[str, Any]] = []
    links: dict[int | None, list[Any]] = {}
    if shown:
        asked = _LINKS.where(tables.links.c.message_id.in_([one.id for one in shown])).order_by(tables.links.c.code)
        for link in LINK.values(await store.select(asked)):
            links.setdefault(link.message_id, []).append(link)
    for message in shown:
        told = timeline.summary(message)
        its = explained.links(links.get(message.id, []), public_base)
        entries.append({"kind": "message", "id": message.id, "at": told["accepted_at"], "message": told, "links": its})
    for row in came:
        if row.id in kept:
            reply = inbound.reply_summary(row)
            entries.append({"kind": "reply", "id": row.id, "at": reply["received_at"], "reply": reply})
    entries.sort(key=lambda one: one["id"])
    return Conversation(entries, entries[0]["id"] if len(ids) > limit else None)


async def recent_numbers(store: Store, most: int) -> list[dict[str, Any]]:
    """Return the numbers that were written to last, each with the last message to it."""
    columns = [tables.messages.c[name] for name in MESSAGE.fields]
    newest = select(*columns).order_by(tables.messages.c.id.desc()).limit(_LOOKED_AT)
    found: dict[str, dict[str, Any]] = {}
    for message in MESSAGE.values(await store.select(newest)):
        if message.to not in found:
            found[message.to] = timeline.summary(message)
            if len(found) == most:
                break
    return list(found.values())
