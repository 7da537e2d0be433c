"""Callbacks by hand: look at the calls that were made and at what waits; tell again, make a call again, drop.

What is told again goes the way of everything that is told: a row of `pushes`, to the address that is declared now.
"""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import delete, insert, select, update

from hongyan.ledger.settlement import DOORS, push_for
from hongyan.model.actor import Actor, Role
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.ids import from_decimal
from hongyan.model.message import FINAL, Message
from hongyan.model.push import LISTENER
from hongyan.model.reason import Reason
from hongyan.model.world import World
from hongyan.operate.call_looks import masked_url, summary, waiting, whole
from hongyan.operate.calls import AT_ONCE, CallQuery, Calls, slices
from hongyan.operate.core import Core
from hongyan.operate.journal import Journal
from hongyan.report.look import Look
from hongyan.report.target import check_url
from hongyan.store import Store
from hongyan.store.ops import Event, Note, PushRow, ReplyRow
from hongyan.store.tables import call_items, calls, events, pushes

MOST_TOLD_AGAIN = 5_000
"""things of calls that were given up, told again at once"""
_PUSH = tuple(column.name for column in pushes.c)


class Webhooks:
    """What operators do with callbacks."""

    def __init__(
        self,
        store: Store,
        world: Callable[[], World],
        clock: Clock,
        mint: Callable[[], int],
        core: Core,
        look: Look,
        journal: Journal,
    ) -> None:
        self._store, self._world, self._clock, self._mint = store, world, clock, mint
        self._core, self._look, self._journal = core, look, journal
        self._calls = Calls(store, core)

    # --- looking

    async def calls(self, query: CallQuery) -> list[dict[str, Any]]:
        """Return a page of calls, newest first: those on disk and those in the memory of the process that calls."""
        return [summary(row) for row in await self._calls.rows(query)]

    async def call(self, call_id: str, project: str | None = None) -> dict[str, Any]:
        """Return one call with what was sent and answered, and in `tries` all calls that told of the same."""
        row = await self._calls.row(call_id, project)
        others = [row]
        if message := next((message for message, _ in row["items"] if message is not None), None):
            others = await self._calls.rows(CallQuery(project=row["project"], message=message))
        return whole(row) | {"tries": [summary(one) for one in others]}

    async def of_message(self, message_id: int) -> list[dict[str, Any]]:
        """Return the newest calls that told of a message or of replies to it, whole, newest first."""
        return [whole(row) for row in await self._calls.rows(CallQuery(message=message_id, limit=20))]

    async def waiting(self, project: str | None, limit: int = 50) -> list[dict[str, Any]]:
        """Return the pushes that wait to be posted, the next one first."""
        asked = select(*pushes.c).where(pushes.c.door.is_(None)).order_by(pushes.c.due_at, pushes.c.id).limit(limit)
        if project is not None:
            asked = asked.where(pushes.c.project == project)
        now_ms = self._clock.now_ms()
        rows = await self._store.select(asked)
        return [waiting(dict(zip(_PUSH, row, strict=True)), now_ms) for row in rows]

    async def listeners(self, project: str | None) -> list[dict[str, Any]]:
        """Return who listens at the process that calls."""
        return [one for one in await self._core.listeners() if project in {None, one["project"]}]

    # --- acting

    async def has_receiver(self, message: Message) -> bool:
        """Return whether there is anybody to tell how a message ended."""
        return await self._push_for(message) is not None

    async def push(self, actor: Actor, asked: str) -> dict[str, Any]:
        """Tell the caller once more how a message ended, also when it was taken. Raises Refused."""
        actor.need(Role.OPERATOR, actor.project)
        story = await self._look.show(asked, actor.project)
        found = await self._store.message(int(story["id"])) if story["kind"] == "message" else None
        if found is None:
            raise Refused(Reason.UNKNOWN_MESSAGE, id=asked[:100])
        if found.state not in FINAL:
            why = "it has not ended; its caller is told by itself when it does"
            raise Refused(
                Reason.NOT_PERMITTED, id=str(found.id), why=why, why_zh="短信尚未结束，结束时会自动通知调用方"
            )
        row = await self._push_for(found)
        if row is None:
            raise _nowhere(found)
        await self._store.change(insert(pushes).values(asdict(row)))
        told = {"message": str(found.id), "target": masked_url(row.target) or f"door:{row.door}"}
        await self._journal.note(actor, "push.again", str(found.id), found.project, to=told["target"])
        await self._core.wake()
        return told | {"push": str(row.id), "project": row.project, "dialect": row.dialect}

    async def replay(self, actor: Actor, call_id: str, to: str = "") -> dict[str, Any]:
        """Make a call again, octet for octet; return the new one. `to`: another address. Raises Refused."""
        actor.need(Role.OPERATOR, actor.project)
        row = await self._calls.row(call_id, actor.project)
        if to:
            check_url(to)
        elif row["target"].startswith(LISTENER):
            why = "it went to a listener; say where it shall go now"
            raise Refused(Reason.MISSING_FIELD, field="to", why=why, why_zh="该回调当时交给了监听程序，请指定新的地址")
        made = await self._core.replay(row["id"], to or None)
        facts = {"to": masked_url(made["target"]), "taken": bool(made["taken"]), "status": made["status"]}
        kind = "push" if made["taken"] else "push-failed"
        about = {message for message, _ in row["items"] if message is not None}
        told = [Event(message_id=one, at=made["at"], kind=kind, text=f"by hand: {made['said']}") for one in about]
        await self._store.write(Note(events=told))
        await self._journal.note(actor, "push.replay", str(row["id"]), row["project"], **facts)
        return whole(made)

    async def retry(self, actor: Actor, project: str | None, since_ms: int) -> dict[str, int]:
        """Make due now all that waits after a failure, and tell again what was given up since then.

        Returns how many of each, and of how many nobody is to be told any more (`nowhere`).
        """
        project = actor.project if project is None else project
        actor.need(Role.OPERATOR, project)
        now_ms = self._clock.now_ms()
        due = update(pushes).where(pushes.c.door.is_(None), pushes.c.tries > 0, pushes.c.due_at > now_ms)
        if project is not None:
            due = due.where(pushes.c.project == project)
        (hastened,) = await self._store.change(due.values(due_at=now_ms))
        rows, nowhere = await self._given_up(project, since_ms)
        for at in range(0, len(rows), AT_ONCE):
            await self._store.change(insert(pushes).values([asdict(row) for row in rows[at : at + AT_ONCE]]))
        done = {"waiting": hastened, "given_up": len(rows), "nowhere": nowhere}
        await self._journal.note(actor, "push.retry", project or "all", project or "", **done)
        await self._core.wake()
        return done

    async def drop(self, actor: Actor, push_id: str) -> dict[str, Any]:
        """Give a waiting push up; its message's timeline says who did. Raises Refused(UNKNOWN_MESSAGE)."""
        actor.need(Role.OPERATOR, actor.project)
        found = await self._store.select(select(*pushes.c).where(pushes.c.id == (from_decimal(push_id) or 0)))
        row = dict(zip(_PUSH, found[0], strict=True)) if found else None
        if row is None or actor.project not in {None, row["project"]} or row["door"] is not None:
            raise Refused(Reason.UNKNOWN_MESSAGE, id=push_id[:100])
        now_ms = self._clock.now_ms()
        (gone,) = await self._store.change(delete(pushes).where(pushes.c.id == row["id"]))
        if gone and row["message_id"] is not None:
            text = f"dropped by {actor.name}; no call is made"
            event = Event(message_id=row["message_id"], at=now_ms, kind="push-failed", text=text)
            await self._store.write(Note(events=[event]))
        await self._journal.note(actor, "push.drop", push_id, row["project"], to=masked_url(row["target"]))
        return waiting(row, now_ms)

    # --- finding

    async def _push_for(self, message: Message) -> PushRow | None:
        now_ms = self._clock.now_ms()
        row = push_for(message, message.state, now_ms, self._world(), self._mint)
        if row is not None or message.dialect in DOORS:
            return row
        for one in await self._core.listeners():  # in a front the world does not know who listens
            if one["project"] in {None, message.project} and one["dialect"] in {"", message.dialect}:
                return PushRow(
                    id=self._mint(),
                    message_id=message.id,
                    project=message.project,
                    dialect=message.dialect,
                    app=message.app,
                    target=LISTENER,
                    due_at=now_ms,
                )
        return None

    async def _given_up(self, project: str | None, since_ms: int) -> tuple[list[PushRow], int]:
        """Return pushes for what was given up since then and neither told nor waits, and how many have no address."""
        told = select(calls.c.id, calls.c.dialect, calls.c.target, call_items.c.message_id, call_items.c.reply_id)
        asked = told.select_from(calls.join(call_items, call_items.c.call == calls.c.id)).where(
            calls.c.taken.is_(False), calls.c.next_at.is_(None), calls.c.tries > 0, calls.c.at >= since_ms
        )
        if project is not None:
            asked = asked.where(calls.c.project == project)
        found = await self._store.select(asked.order_by(calls.c.id.desc()).limit(MOST_TOLD_AGAIN))
        replies = {reply: (dialect, target) for _, dialect, target, _, reply in reversed(found) if reply is not None}
        messages = [message for _, _, _, message, reply in found if reply is None and message is not None]
        messages = await self._untold(list(dict.fromkeys(messages)), since_ms)
        rows: list[PushRow] = []
        for some in slices(messages):
            wanted = [await self._push_for(message) for message in await self._store.messages_by_id(some)]
            rows += [row for row in wanted if row is not None]
        waits = {row[0] for row in await self._store.select(select(pushes.c.reply_id))}
        for some in slices([one for one in replies if one not in waits]):
            rows += (self._reply_push(one, *replies[one.id]) for one in await self._store.replies_by_id(some))
        return rows, len(messages) - sum(row.reply_id is None for row in rows)

    async def _untold(self, ids: Sequence[int], since_ms: int) -> list[int]:
        """Return those that nothing waits for and of which no call was taken since then."""
        done: set[int] = set()
        for some in slices(ids):
            taken = select(events.c.message_id).where(
                events.c.message_id.in_(some), events.c.kind == "push", events.c.at >= since_ms
            )
            done.update(row[0] for row in await self._store.select(taken))
            waits = select(pushes.c.message_id).where(pushes.c.message_id.in_(some))
            done.update(row[0] for row in await self._store.select(waits))
        return [one for one in ids if one not in done]

    def _reply_push(self, reply: ReplyRow, dialect: str, target: str) -> PushRow:
        project = self._world().projects.get(reply.project)
        declared = project.reply_callbacks.get(dialect) if project is not None else None
        return PushRow(
            id=self._mint(),
            message_id=None,
            project=reply.project,
            dialect=dialect,
            app=reply.app,
            target=declared or (LISTENER if target.startswith(LISTENER) else target),
            due_at=self._clock.now_ms(),
            reply_id=reply.id,
        )


def _nowhere(message: Message) -> Refused:
    if message.dialect in DOORS:
        why, why_zh = "its caller asked over SMPP for no receipt of such an end", "客户通过 SMPP 提交时未要求此类回执"
    else:
        why = (
            "there is no address to tell: none came with the message, and neither its app nor its project declares one "
            f"for {message.dialect} (callbacks); `hongyan listen` shows callbacks without any"
        )
        why_zh = "没有可通知的地址：短信未携带，应用与项目也未声明（callbacks）；可用 `hongyan listen` 直接查看回调"
    return Refused(Reason.NOT_PERMITTED, id=str(message.id), why=why, why_zh=why_zh)
