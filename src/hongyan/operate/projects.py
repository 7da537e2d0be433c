"""Projects: made, looked at, changed, deleted; and how far their messages may go.

A project made by hand is an item of the world like any other: a later `hongyan apply` shows it as absent from the file
and keeps it, unless it is told to prune.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import func, select

from hongyan.model.actor import Actor, Role
from hongyan.model.clock import BEIJING, Clock, beijing
from hongyan.model.errors import Refused
from hongyan.model.ids import first_id_at
from hongyan.model.message import FINAL, State
from hongyan.model.money import amount
from hongyan.model.reason import Reason
from hongyan.model.world import (
    App,
    Declared,
    Key,
    Link,
    Mode,
    Port,
    Price,
    Project,
    RouteConfig,
    Signature,
    Stop,
    Template,
    World,
    identity,
)
from hongyan.operate.declaring import Declaring, made
from hongyan.operate.journal import Journal
from hongyan.operate.keys import DIALECTS, Keys, new_key, project_named, secret_of
from hongyan.operate.minting import app_key, fresh
from hongyan.store import MessageQuery, Store
from hongyan.store.tables import balances, messages

BELONGINGS: tuple[type[Declared], ...] = (Key, App, Signature, Template, Price, Link, Stop, Port)
"""what may belong to a project"""
_COPIED = (Signature, Template, Link)
_LOOKED_AT = 200_000
"""newest messages that are counted: a list of projects must not read a day of a large one"""
_NAME = re.compile(r"\w[\w. -]{0,59}")
_UNFINISHED = tuple(state for state in State if state not in FINAL)


class Projects:
    """Fits the page, `/v1/projects` and `hongyan project`."""

    def __init__(
        self,
        store: Store,
        declaring: Declaring,
        world: Callable[[], World],
        clock: Clock,
        journal: Journal,
        keys: Keys,
    ) -> None:
        self._store, self._declaring, self._world = store, declaring, world
        self._clock, self._journal, self._keys = clock, journal, keys

    async def all(self, actor: Actor) -> list[dict[str, Any]]:
        """Return all projects that the actor may see, a row each."""
        world = self._world()
        seen = [one for one in world.projects.values() if actor.project in {None, one.name}]
        sums = {row[0]: row[1] for row in await self._store.select(select(balances.c.project, balances.c.amount))}
        today = await self._today()
        keys: dict[str, int] = {}
        for key in world.keys.values():
            keys[key.project] = keys.get(key.project, 0) + 1
        return [
            {
                "name": one.name,
                "mode": str(one.mode),
                "enabled": one.enabled,
                "balance": amount(sums.get(one.name, 0)),
                "currency": one.currency,
                "keys": keys.get(one.name, 0),
                "messages_today": today.get(one.name, 0),
            }
            for one in seen
        ]

    async def show(self, actor: Actor, name: str) -> dict[str, Any]:
        """Return everything about a project. Raises Refused(UNKNOWN_PATH)."""
        actor.need(Role.VIEWER, name)
        world = self._world()
        one = project_named(world, name)
        apps = [msgspec.to_builtins(app) for app in world.apps.values() if app.project == name]
        return {
            "project": full(one),
            "balance": amount(await self._store.balance(name)),
            "keys": self._keys.of(actor, name),
            "apps": apps,
            "templates": len(world.templates.get(name, {})),
            "signatures": len(world.signatures.get(name, {})),
            "messages_today": (await self._today(name)).get(name, 0),
        }

    async def create(
        self, actor: Actor, fields: Mapping[str, Any], keys: Sequence[str] = (), like: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Make a project with a first key for each of these dialects; return it with their secrets, told only now.

        Its mode is capture unless another is stated. `like`: projects whose signatures, templates and links it gets,
        too, and an app of its own for each of theirs.
        """
        actor.need(Role.ADMIN)
        async with self._declaring.now() as world:
            project = made(Project, {"mode": str(Mode.CAPTURE)} | dict(fields))
            if not _NAME.fullmatch(project.name) or project.name == "new":
                why = "1 to 60 letters, digits, blanks, dots, dashes; not: new"
                raise Refused(
                    Reason.BAD_FIELD,
                    field="name",
                    why=why,
                    why_zh="应为 1 至 60 个字母、数字、汉字、空格、点或连字符，且不能是 new",
                )
            if project.name in world.projects:
                raise Refused(Reason.BAD_FIELD, field="name", why="there is one already", why_zh="已有同名项目")
            copied = _copies(world, project.name, like)
            things: list[Any] = [project, *copied]
            credentials = {}
            for dialect in dict.fromkeys(keys):
                fresh_ones = new_key(World(things=(*world.things, *things)), project.name, dialect, {})
                things += fresh_ones
                apps = [one for one in things if isinstance(one, App)][:1]
                credentials[dialect] = {"key": fresh_ones[0].name, "auth": fresh_ones[0].auth} | secret_of(
                    [fresh_ones[0], *(apps if dialect == "nxcloud" else ())]
                )
            await self._declaring.declare(world, things)
        await self._journal.note(
            actor, "project.create", project.name, project.name, mode=str(project.mode), keys=list(credentials)
        )
        return await self.show(actor, project.name) | {"credentials": credentials}

    async def change(self, actor: Actor, name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Change fields of a project, its mode among them; return everything about it."""
        actor.need(Role.ADMIN)
        if "name" in fields:
            raise Refused(Reason.BAD_FIELD, field="name", why="cannot be changed", why_zh="不能修改")
        async with self._declaring.now() as world:
            before = project_named(world, name)
            project = made(Project, fields, before)
            if project != before:
                await self._declaring.declare(world, [project])
        if project.mode is not before.mode:
            await self._journal.note(
                actor, "project.mode", name, name, before=str(before.mode), after=str(project.mode)
            )
        others = sorted(
            field
            for field in Project.__struct_fields__
            if field != "mode" and getattr(before, field) != getattr(project, field)
        )
        if others:
            await self._journal.note(actor, "project.change", name, name, fields=others)
        return await self.show(actor, name)

    async def hangs_on(self, name: str) -> dict[str, int]:
        """Return what hangs on a project, by kind, with how many of each: it can be deleted when nothing does."""
        world = self._world()
        found = {cls.kind: len(_of(world, cls, name)) for cls in BELONGINGS}
        found["routes"] = len([one for one in world.all(RouteConfig) if name in one.projects])
        found["unfinished"] = await self._store.count(MessageQuery(project=name, states=_UNFINISHED))
        return {kind: n for kind, n in found.items() if n}

    async def delete(self, actor: Actor, name: str, *, with_all: bool = False) -> None:
        """Delete a project that nothing hangs on; `with_all`: with its keys, apps, templates and the like.

        Never one with messages that have not ended, or that a route names. Its messages and ledger stay readable.
        """
        actor.need(Role.ADMIN)
        async with self._declaring.now() as world:
            project = project_named(world, name)
            hanging = await self.hangs_on(name)
            ours = {cls.kind for cls in BELONGINGS} if with_all else set()
            if left := {kind: n for kind, n in hanging.items() if kind not in ours}:
                said = ", ".join(f"{n} {kind}" for kind, n in left.items())
                raise Refused(
                    Reason.NOT_PERMITTED, project=name, why=f"this hangs on it: {said}", why_zh=f"仍有：{said}"
                )
            drop = [identity(one) for cls in BELONGINGS for one in _of(world, cls, name)] if with_all else []
            await self._declaring.declare(world, (), [*drop, identity(project)])
        await self._journal.note(actor, "project.delete", name, name, with_all=with_all)

    async def _today(self, project: str | None = None) -> dict[str, int]:
        """Return how many messages each project had accepted since midnight in China, counting the newest ones."""
        midnight = beijing(self._clock.now_ms()).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=BEIJING)
        since = first_id_at(round(midnight.timestamp() * 1000))
        newest = select(messages.c.project).where(messages.c.id >= since)
        if project is not None:
            newest = newest.where(messages.c.project == project)
        found = newest.order_by(messages.c.id.desc()).limit(_LOOKED_AT).subquery()
        asked = select(found.c.project, func.count()).group_by(found.c.project)
        return dict(await self._store.select(asked))


def full(project: Project) -> dict[str, Any]:
    """Return a project with all its fields as plain values."""
    stated: dict[str, Any] = {name: getattr(project, name) for name in project.__struct_fields__}
    found: dict[str, Any] = msgspec.to_builtins(stated)
    return found


def _of(world: World, cls: type[Declared], project: str) -> list[Any]:
    return [one for one in world.all(cls) if one.project == project]


def _copies(world: World, project: str, like: Sequence[str]) -> list[Any]:
    """Return what a new project gets of others: the first of two with one name stands."""
    found: dict[tuple[str, str, str], Any] = {}
    taken = set(world.apps)
    for name in like:
        project_named(world, name)
        for cls in _COPIED:
            for one in _of(world, cls, name):
                copy = replace(one, project=project)
                found.setdefault(identity(copy), copy)
        for app in _of(world, App, name):
            key = fresh(app_key, taken)
            taken.add(key)
            found[App.kind, project, key] = replace(app, project=project, name=key)
    return list(found.values())


__all__ = ["BELONGINGS", "DIALECTS", "Projects", "full"]
