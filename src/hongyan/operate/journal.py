"""The audit log: who did what to what, when and from where. Written with every action, read by the page and `/v1`.

Facts are small: names, states, amounts. Secrets, texts and whole numbers stay out.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import insert, select

from hongyan.model.actor import Actor, Role
from hongyan.model.clock import Clock, iso
from hongyan.store import Store
from hongyan.store.tables import audit

_COLUMNS = ("id", "at", "actor", "role", "via", "peer", "action", "project", "target", "facts")


_MOST_ACTIONS = 500
_READ_ALIKE = {True: "yes", False: "no", None: "–", "": "–"}


def readable(facts: Mapping[str, Any]) -> str:
    """Return the facts of an entry as people read them: name: value, one behind the other."""
    return " · ".join(f"{name.replace('_', ' ')}: {_value(value)}" for name, value in facts.items())


def _value(value: Any) -> str:
    if isinstance(value, bool) or value is None or value == "":
        return _READ_ALIKE[value]
    if isinstance(value, Mapping):
        return "(" + ", ".join(f"{name} {_value(one)}" for name, one in value.items()) + ")"
    if isinstance(value, list | tuple):
        return ", ".join(_value(one) for one in value) or "–"
    return str(value)


class AuditQuery(NamedTuple):
    """A filter on the audit log; "" and None mean any."""

    actor: str = ""
    action: str = ""
    """whole, or a beginning with a dot behind: `template.` is every action on templates"""
    project: str = ""
    target: str = ""
    since_ms: int | None = None
    before_id: int | None = None
    limit: int = 50


class Journal:
    """Writes and reads the audit log."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def note(self, actor: Actor, action: str, target: str, project: str = "", **facts: Any) -> None:
        """Write down an action: `action` is subject.verb (template.approve), `target` what it was done to."""
        row = {
            "at": self._clock.now_ms(),
            "actor": actor.name,
            "role": str(actor.role),
            "via": actor.via,
            "peer": actor.peer,
            "action": action,
            "project": project,
            "target": target,
            "facts": msgspec.json.encode(facts).decode(),
        }
        await self._store.change(insert(audit).values(row))

    async def read(self, actor: Actor, query: AuditQuery) -> list[dict[str, Any]]:
        """Return a page of the log for somebody who asks for it."""
        actor.need(Role.OPERATOR)
        return await self.entries(query)

    async def subjects(self) -> list[str]:
        """Return the actions that are in the log, and before each subject's own the subject with its dot."""
        rows = await self._store.select(select(audit.c.action).distinct().order_by(audit.c.action).limit(_MOST_ACTIONS))
        actions = [row[0] for row in rows]
        return sorted({f"{one.partition('.')[0]}." for one in actions} | set(actions))

    async def entries(self, query: AuditQuery) -> list[dict[str, Any]]:
        """Return a page of the log, newest first, each as plain values with its facts."""
        asked = select(*(audit.c[name] for name in _COLUMNS)).order_by(audit.c.id.desc()).limit(query.limit)
        for name in ("actor", "project", "target"):
            if value := getattr(query, name):
                asked = asked.where(audit.c[name] == value)
        if query.action.endswith("."):
            asked = asked.where(audit.c.action.startswith(query.action, autoescape=True))
        elif query.action:
            asked = asked.where(audit.c.action == query.action)
        if query.since_ms is not None:
            asked = asked.where(audit.c.at >= query.since_ms)
        if query.before_id is not None:
            asked = asked.where(audit.c.id < query.before_id)
        rows = [dict(zip(_COLUMNS, row, strict=True)) for row in await self._store.select(asked)]
        return [
            row | {"id": str(row["id"]), "at": iso(row["at"]), "facts": msgspec.json.decode(row["facts"])}
            for row in rows
        ]
