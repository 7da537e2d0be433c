"""Snapshots and resets: what tests go back to between one another.

A snapshot holds what was declared, the money, the stop list, the counts and a mark among the ids. A reset deletes what
is newer than the mark and leads the rest back; messages from before the mark stay as they have become since.
"""

import re
from typing import Any

from sqlalchemy import delete, select

from hongyan.model.actor import Actor, Role
from hongyan.model.clock import iso
from hongyan.operate.core import Core
from hongyan.operate.journal import Journal
from hongyan.operate.rehearsal import Rehearsal, wrong
from hongyan.store import Store
from hongyan.store.current import CurrentWorld
from hongyan.store.tables import snapshots

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Snapshots:
    """Asked by `/v1`, the command line and the console."""

    def __init__(self, rehearsal: Rehearsal, store: Store, current: CurrentWorld, core: Core, journal: Journal) -> None:
        self._rehearsal, self._store, self._current = rehearsal, store, current
        self._core, self._journal = core, journal

    async def list(self, actor: Actor) -> list[dict[str, Any]]:
        """Return the snapshots, the newest first."""
        actor.need(Role.VIEWER)
        asked = select(snapshots.c.name, snapshots.c.at, snapshots.c.mark).order_by(snapshots.c.mark.desc())
        rows = await self._store.select(asked)
        return [{"name": name, "at": iso(at), "mark": str(mark)} for name, at, mark in rows]

    async def make(self, actor: Actor, name: str) -> dict[str, Any]:
        """Keep everything as it is now; one of the same name is replaced. Raises Refused."""
        self._rehearsal.need(actor, Role.ADMIN)
        if not _NAME.fullmatch(name):
            zh = "只能是字母、数字、点与横线，最多 64 个字符"
            raise wrong("name", "letters, digits, dots and dashes, 64 at most", zh)
        made = await self._core.snapshot(name)
        await self._journal.note(actor, "snapshot.make", name)
        return {"name": name, "at": iso(made["at"]), "mark": str(made["mark"])}

    async def drop(self, actor: Actor, name: str) -> None:
        """Delete a snapshot. Raises Refused(BAD_FIELD) when there is none of that name."""
        self._rehearsal.need(actor, Role.ADMIN)
        (gone,) = await self._store.change(delete(snapshots).where(snapshots.c.name == name))
        if not gone:
            raise wrong("name", "there is no snapshot of that name", "没有这个名称的快照")
        await self._journal.note(actor, "snapshot.drop", name)

    async def reset(self, actor: Actor, name: str | None = None) -> dict[str, Any]:
        """Go back to a snapshot, or to how this process was started (None): no messages, rules, counts or clicks.

        The clock stays where it was pushed to, accounts and the audit log stay. Raises Refused.
        """
        self._rehearsal.need(actor, Role.ADMIN)
        gone = await self._core.reset(name or None)
        await self._current.refresh()
        await self._journal.note(actor, "reset", name or "start", messages=gone)
        return {"snapshot": name or None, "deleted": gone}

    async def erase(self, actor: Actor, project: str | None = None, to: str | None = None) -> int:
        """Delete messages, all or those of a project or to a number, and refusals with them; the ledger stays."""
        self._rehearsal.need(actor, Role.OPERATOR, project or actor.project)
        gone = await self._core.erase(project or actor.project, to)
        await self._journal.note(actor, "messages.erase", "", project or actor.project or "", messages=gone)
        return gone
