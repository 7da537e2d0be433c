"""Messages that are held, because of their project's mode: listed, released, rejected, one by one or those of a filter.

Released, a message goes at once with a validity as long as the one it had; rejected, it ends with its price given back
and its caller told. What nobody decides about expires. Both are written by the store's one writer, each at most once.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select, text

from hongyan.ledger.settlement import Ending, settlement
from hongyan.model.actor import Actor, Role
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.clock import Clock, iso
from hongyan.model.errors import Refused
from hongyan.model.hold import is_held
from hongyan.model.message import Message, State
from hongyan.model.reason import Reason
from hongyan.model.world import World
from hongyan.operate.core import Core
from hongyan.operate.journal import Journal
from hongyan.report.timeline import summary
from hongyan.store import Store
from hongyan.store.ops import Release
from hongyan.store.rows import MESSAGE
from hongyan.store.tables import HELD, messages
from hongyan.store.text import storable

MOST_AT_ONCE = 1_000
"""released or rejected by one request"""
_COLUMNS = [messages.c[name] for name in MESSAGE.fields]


class HeldQuery(NamedTuple):
    """A filter on held messages; "" and None mean any."""

    project: str | None = None
    to: str = ""
    """the number, or the first of its digits"""
    text: str = ""
    before_id: int | None = None
    limit: int = 50


class Held:
    """Fits the page, `/v1/held` and `hongyan held`."""

    def __init__(
        self,
        store: Store,
        world: Callable[[], World],
        clock: Clock,
        mint: Callable[[], int],
        core: Core,
        journal: Journal,
    ) -> None:
        self._store, self._world, self._clock, self._mint = store, world, clock, mint
        self._core, self._journal = core, journal

    async def page(self, actor: Actor, query: HeldQuery) -> list[dict[str, Any]]:
        """Return held messages, newest first, as `/v1` shows messages; with when each one expires."""
        actor.need(Role.VIEWER, actor.project)
        found = await self._find(actor, query)
        return [summary(one) | {"expires_at": iso(one.expires_at)} for one in found]

    async def these(self, actor: Actor, ids: Sequence[int]) -> list[dict[str, Any]]:
        """Return those of these messages that are held and the actor may see."""
        found = await self._store.messages_by_id(ids[:MOST_AT_ONCE])
        return [
            summary(one) | {"expires_at": iso(one.expires_at)}
            for one in found
            if actor.project in {None, one.project} and one.state is State.ACCEPTED and is_held(one.cause)
        ]

    async def counts(self, actor: Actor) -> dict[str, int]:
        """Return how many messages each project has held, of those that the actor may see."""
        asked = select(messages.c.project, func.count()).where(text(HELD)).group_by(messages.c.project)
        if actor.project is not None:
            asked = asked.where(messages.c.project == actor.project)
        return dict(await self._store.select(asked))

    async def release(self, actor: Actor, ids: Sequence[int]) -> list[int]:
        """Let messages go; return those that went: another one may have been decided about a moment ago."""
        found = await self._held(actor, ids)
        now_ms = self._clock.now_ms()
        ops = [
            Release(
                message_id=one.id,
                at=now_ms,
                expires_at=now_ms + max(one.expires_at - one.accepted_at, 1),
                text=actor.name,
            )
            for one in found
        ]
        done = [one for one, went in zip(found, await self._store.write_all(ops), strict=True) if went]
        await self._note(actor, "held.release", done)
        return [one.id for one in done]

    async def reject(self, actor: Actor, ids: Sequence[int], why: str = "") -> list[int]:
        """End messages as rejected, their prices given back, their callers told; return those that ended."""
        found = await self._held(actor, ids)
        said = f"rejected by hand, by {actor.name}" + (f": {storable(why)}" if why else "")
        cause = Cause(CauseKind.OURS, "REJECTED", said, "hongyan")
        ending = Ending(state=State.REJECTED, cause=cause, at=self._clock.now_ms(), handed=False)
        ops = [settlement(one, ending, self._world(), self._mint) for one in found]
        for op, one in zip(ops, found, strict=True):
            op.lease = one.due_at
        done = [one for one, ended in zip(found, await self._store.write_all(ops), strict=True) if ended]
        await self._note(actor, "held.reject", done, why=why)
        return [one.id for one in done]

    async def ids(self, actor: Actor, query: HeldQuery) -> list[int]:
        """Return the ids of a page of held messages, oldest first."""
        return sorted(one.id for one in await self._find(actor, query))

    async def _find(self, actor: Actor, query: HeldQuery) -> list[Message]:
        project = actor.project if actor.project is not None else query.project
        asked = select(*_COLUMNS).where(text(HELD)).order_by(messages.c.id.desc()).limit(query.limit)
        if project is not None:
            asked = asked.where(messages.c.project == storable(project))
        if query.to:
            asked = asked.where(messages.c.to.startswith(storable(query.to), autoescape=True))
        if query.text:
            asked = asked.where(messages.c.content.contains(storable(query.text), autoescape=True))
        if query.before_id is not None:
            asked = asked.where(messages.c.id < query.before_id)
        return MESSAGE.values(await self._store.select(asked))

    async def _held(self, actor: Actor, ids: Sequence[int]) -> list[Message]:
        """Return those of these messages that are held. Raises Refused when none is, or the actor may not decide."""
        actor.need(Role.OPERATOR)  # a project's own key decides about none: it could undo the project's mode
        found = await self._store.messages_by_id(ids[:MOST_AT_ONCE])
        held = [one for one in found if one.state is State.ACCEPTED and is_held(one.cause)]
        if not held:
            raise Refused(
                Reason.UNKNOWN_MESSAGE,
                id=str(ids[0]) if len(ids) == 1 else None,
                why="it is not held, or no longer",
                why_zh="消息未被扣留，或已处理",
            )
        return held

    async def _note(self, actor: Actor, action: str, done: Sequence[Message], **facts: Any) -> None:
        if not done:
            return
        for project in sorted({one.project for one in done}):
            ids = [str(one.id) for one in done if one.project == project]
            target = ids[0] if len(ids) == 1 else f"{len(ids)} messages"
            more = {"ids": ids[:20]} if len(ids) > 1 else {}
            await self._journal.note(actor, action, target, project, **facts, **more)
        await self._core.wake()
