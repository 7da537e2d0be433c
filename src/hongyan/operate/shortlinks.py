"""Short links: those made for messages with their clicks, and the targets that projects may have shortened."""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import select

from hongyan.model.actor import Actor, Role
from hongyan.model.clock import iso
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.world import Link, World, identity
from hongyan.operate.declaring import Declaring, made
from hongyan.operate.journal import Journal
from hongyan.store import Store
from hongyan.store.tables import links

_COLUMNS = ("code", "project", "message_id", "kind", "target", "created_at", "clicks", "first_click_at")


class LinkQuery(NamedTuple):
    """A filter on short links; "" and None mean any."""

    project: str = ""
    kind: str = ""
    """card or url"""
    clicked: bool | None = None
    before_ms: int | None = None
    limit: int = 50


class ShortLinks:
    """Reads links, declares targets."""

    def __init__(
        self, store: Store, world: Callable[[], World], journal: Journal, declaring: Declaring, public_base: str
    ) -> None:
        self._store, self._world, self._journal, self._declaring = store, world, journal, declaring
        self._base = public_base.rstrip("/")

    async def made(self, actor: Actor, query: LinkQuery) -> list[dict[str, Any]]:
        """Return a page of short links, newest first, with how often each was opened."""
        project = query.project or actor.project or ""
        actor.need(Role.VIEWER, project or None)
        asked = select(*(links.c[name] for name in _COLUMNS)).order_by(links.c.created_at.desc(), links.c.code)
        if project:
            asked = asked.where(links.c.project == project)
        if query.kind:
            asked = asked.where(links.c.kind == query.kind)
        if query.clicked is not None:
            asked = asked.where(links.c.clicks > 0 if query.clicked else links.c.clicks == 0)
        if query.before_ms is not None:
            asked = asked.where(links.c.created_at < query.before_ms)
        rows = await self._store.select(asked.limit(query.limit))
        return [self._told(dict(zip(_COLUMNS, row, strict=True))) for row in rows]

    def targets(self, actor: Actor) -> list[dict[str, Any]]:
        """Return the links that texts may carry shortened."""
        found = [one for of_project in self._world().links.values() for one in of_project.values()]
        return [
            {"project": one.project, "name": one.name, "target": one.target}
            for one in found
            if actor.project in {None, one.project}
        ]

    async def put_target(self, actor: Actor, project: str, name: str, target: str) -> None:
        """Let a project's texts carry `name` as a short link to `target`. Raises Refused."""
        actor.need(Role.OPERATOR, project)
        link = made(Link, {"project": project, "name": name, "target": target})
        async with self._declaring.now() as world:
            await self._declaring.declare(world, [link])
        await self._journal.note(actor, "link.put", name, project, leads_to=target)

    async def drop_target(self, actor: Actor, project: str, name: str) -> None:
        """Take a target back; short links that were made of it stay good. Raises Refused when there is none."""
        actor.need(Role.OPERATOR, project)
        async with self._declaring.now() as world:
            found = world.links.get(project, {}).get(name)
            if found is None:
                raise Refused(Reason.UNKNOWN_LINK, link=name[:200])
            await self._declaring.declare(world, (), [identity(found)])
        await self._journal.note(actor, "link.drop", name, project)

    def _told(self, row: dict[str, Any]) -> dict[str, Any]:
        where = "c" if row["kind"] == "card" else "l"
        return row | {
            "message_id": None if row["message_id"] is None else str(row["message_id"]),
            "address": f"{self._base}/{where}/{row['code']}",
            "created_ms": row["created_at"],
            "created_at": iso(row["created_at"]),
            "first_click_at": iso(row["first_click_at"]),
        }
