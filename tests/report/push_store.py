"""An honest store in memory for the pusher's tests: rows, leases, tries and events, nothing else."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, cast

import msgspec

from hongyan.model.errors import Refused
from hongyan.model.message import Message, State
from hongyan.model.reason import Reason
from hongyan.store import Store
from hongyan.store.ops import Event, PushAgain, PushDone, PushRow


class PushStore:
    """Keeps pushes as the contract of `Store` says."""

    def __init__(self) -> None:
        self.pushes: dict[int, PushRow] = {}
        self.kept: dict[int, Message] = {}
        self.told: list[Event] = []
        self.away = False
        self.deaf = False
        """outcomes are lost on their way here, as in a crash"""
        self._changed = asyncio.Condition()

    @property
    def contract(self) -> Store:
        return cast("Store", self)

    def add(self, target: str, **changes: Any) -> PushRow:
        """Add a settled message with a push that is due."""
        id_ = len(self.kept) + 1
        message = msgspec.structs.replace(settled(id_), **changes.pop("message", {}))
        row = PushRow(id=id_, message_id=id_, project="p", dialect="d", target=target, due_at=0)
        self.kept[id_] = message
        self.pushes[id_] = msgspec.structs.replace(row, **changes)
        return self.pushes[id_]

    async def claim_pushes(self, now_ms: int, lease_ms: int, limit: int, door: str | None = None) -> list[PushRow]:
        self._check()
        assert door is None
        due = sorted((row for row in self.pushes.values() if row.due_at <= now_ms), key=lambda row: row.due_at)[:limit]
        claimed = [msgspec.structs.replace(row) for row in due]
        for row in due:
            row.due_at = now_ms + lease_ms
        return claimed

    async def messages_by_id(self, message_ids: Sequence[int]) -> list[Message]:
        self._check()
        return [self.kept[id_] for id_ in message_ids if id_ in self.kept]

    async def write(self, op: PushDone | PushAgain) -> None:
        self._check()
        if self.deaf:
            return
        for id_ in op.ids:
            if isinstance(op, PushDone):
                self.pushes.pop(id_, None)
            elif id_ in self.pushes:
                self.pushes[id_].due_at = op.due_at
                self.pushes[id_].tries += op.counted
        self.told.extend(op.events)
        async with self._changed:
            self._changed.notify_all()

    async def write_all(self, ops: Sequence[PushDone | PushAgain]) -> list[None]:
        for op in ops:
            await self.write(op)
        return [None for _ in ops]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something about the store holds."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(holds)

    def _check(self) -> None:
        if self.away:
            raise Refused(Reason.UNAVAILABLE)


def settled(id_: int) -> Message:
    """Return a delivered message."""
    return Message(
        id=id_,
        project="p",
        submission=id_,
        dialect="d",
        to="8613800138000",
        content="你好",
        state=State.DELIVERED,
        accepted_at=1_767_323_045_000,
        expires_at=1_767_409_445_000,
    )
