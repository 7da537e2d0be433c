"""Keys of projects: made, rotated, switched off, deleted. A secret is told once, when it is made; in `dev` always.

Asked by the console, `/v1` and the command line. A change is checked as `hongyan apply` checks and noted in the audit
log without any secret.
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from hongyan.model.actor import Actor, Role
from hongyan.model.clock import Clock, iso
from hongyan.model.errors import Refused
from hongyan.model.limits import HOUR_MS
from hongyan.model.reason import Reason
from hongyan.model.world import App, Key, Project, World, identity
from hongyan.operate.declaring import Declaring, made
from hongyan.operate.journal import Journal
from hongyan.operate.minting import SHAPES, app_key, fresh

DIALECTS = tuple(SHAPES)
NAMELESS = "-"
"""what stands in an address for a key without a name: callers of comms who need no credentials"""
GRACE_H = 24.0
MOST_GRACE_H = 24.0 * 90
CHANGEABLE = (
    "enabled",
    "rate_per_second",
    "allow_addresses",
    "actions",
    "window",
    "max_sessions",
    "default_country",
    "codings",
    "category",
)


class Keys:
    """Fits the page, `/v1/projects/{project}/keys` and `hongyan key`."""

    def __init__(
        self, declaring: Declaring, world: Callable[[], World], clock: Clock, journal: Journal, *, dev: bool
    ) -> None:
        self._declaring, self._world, self._clock, self._journal, self._dev = declaring, world, clock, journal, dev

    def of(self, actor: Actor, project: str) -> list[dict[str, Any]]:
        """Return a project's keys as plain values. Raises Refused(UNKNOWN_PATH)."""
        actor.need(Role.VIEWER, project)
        project_named(self._world(), project)
        return [self.told(actor, one) for one in self._world().keys.values() if one.project == project]

    def told(self, actor: Actor, key: Key) -> dict[str, Any]:
        """Return a key as plain values; its secret only in `dev`, to who might make one anyway."""
        rotating = key.previous and key.previous_until > self._clock.now_ms()
        shown = {
            "project": key.project,
            "dialect": key.dialect,
            "name": key.name if actor.role.may(Role.ADMIN) else _masked(key),
            "auth": key.auth,
            "enabled": key.enabled,
            "previous_until": iso(key.previous_until) if rotating else None,
        }
        shown |= {name: _plain(getattr(key, name)) for name in CHANGEABLE if name != "enabled"}
        if self._dev and actor.role.may(Role.ADMIN):
            shown["secret"] = key.secret
        return shown

    async def create(self, actor: Actor, project: str, dialect: str, **fields: Any) -> dict[str, Any]:
        """Make a key, and an app where the vendor needs one; return it with its secret: the only time it is told."""
        actor.need(Role.ADMIN)
        async with self._declaring.now() as world:
            project_named(world, project)
            things = new_key(world, project, dialect, fields)
            await self._declaring.declare(world, things)
        key = things[0]
        await self._journal.note(actor, "key.create", wire_name(key), project, dialect=dialect)
        return self.told(actor, key) | secret_of(things)

    async def rotate(
        self, actor: Actor, project: str, dialect: str, name: str, grace_h: float = GRACE_H
    ) -> dict[str, Any]:
        """Give a key a new secret; the one before stays good for so many hours. Return it with the new secret."""
        actor.need(Role.ADMIN)
        if not 0 <= grace_h <= MOST_GRACE_H:
            raise Refused(Reason.BAD_FIELD, field="grace_h", why=f"must be from 0 to {MOST_GRACE_H:g}")
        async with self._declaring.now() as world:
            before = _found(world, project, dialect, name)
            if before.auth in {"none", "appcode"}:
                why = "its name is all that callers send; make another key and delete this one"
                raise Refused(
                    Reason.NOT_PERMITTED,
                    key=wire_name(before),
                    why=why,
                    why_zh="调用方只发送它的名称；请新建密钥后删除它",
                )
            now_ms = self._clock.now_ms()
            until = now_ms + round(grace_h * HOUR_MS) if grace_h else 0
            key = replace(
                before,
                secret=SHAPES[dialect].secret(),
                previous=before.secret if until else "",
                previous_until=until,
            )
            await self._declaring.declare(world, [key])
        await self._journal.note(actor, "key.rotate", wire_name(key), project, dialect=dialect, grace_h=grace_h)
        return self.told(actor, key) | secret_of([key])

    async def change(
        self, actor: Actor, project: str, dialect: str, name: str, fields: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Change what a key may do; return it. `forget_previous`: the secret before is good no longer."""
        actor.need(Role.ADMIN)
        stated = dict(fields)
        if stated.pop("forget_previous", False):
            stated |= {"previous": "", "previous_until": 0}
        for field in stated.keys() - {*CHANGEABLE, "previous", "previous_until"}:
            raise Refused(Reason.BAD_FIELD, field=field, why="cannot be changed")
        async with self._declaring.now() as world:
            key = made(Key, stated, _found(world, project, dialect, name))
            await self._declaring.declare(world, [key])
        facts = {field: value for field, value in stated.items() if field in CHANGEABLE}
        await self._journal.note(actor, "key.change", wire_name(key), project, dialect=dialect, **facts)
        return self.told(actor, key)

    async def delete(self, actor: Actor, project: str, dialect: str, name: str) -> None:
        """Delete a key: whoever uses it is refused from now on."""
        actor.need(Role.ADMIN)
        async with self._declaring.now() as world:
            key = _found(world, project, dialect, name)
            await self._declaring.declare(world, (), [identity(key)])
        await self._journal.note(actor, "key.delete", wire_name(key), project, dialect=dialect)


def new_key(world: World, project: str, dialect: str, fields: Mapping[str, Any]) -> list[Any]:
    """Return a new key and, for NXCloud, an app when the project has none. Not declared yet."""
    if dialect not in SHAPES:
        raise Refused(Reason.BAD_FIELD, field="dialect", why=f"one of {', '.join(SHAPES)}")
    for field in fields.keys() - {*CHANGEABLE, "auth", "name"}:
        raise Refused(Reason.BAD_FIELD, field=field, why="there is no such field")
    stated = {name: value for name, value in fields.items() if value is not None and value != ""}
    if dialect == "comms":
        stated.setdefault("auth", "appcode")
    shape, taken = SHAPES[dialect], {name for of, name in world.keys if of == dialect}
    nameless = stated.get("auth") == "none"
    stated.setdefault("name", "" if nameless else fresh(shape.name, taken))
    secret = "" if nameless else shape.secret()
    key = made(Key, stated | {"project": project, "dialect": dialect, "secret": secret})
    if (dialect, key.name) in world.keys:
        raise Refused(Reason.BAD_FIELD, field="name", why="another key has this name", why_zh="已有同名密钥")
    if dialect != "nxcloud" or any(one.project == project for one in world.apps.values()):
        return [key]
    return [key, App(project=project, name=fresh(app_key, world.apps))]


def secret_of(things: list[Any]) -> dict[str, str]:
    """Return what is told of new things only once."""
    key, *apps = things
    return {"secret": key.secret, "token": f"{key.name}.{key.secret}" if key.dialect == "native" else ""} | (
        {"app": apps[0].name} if apps else {}
    )


def wire_name(key: Key) -> str:
    """Return how a key is named in the audit log and in addresses."""
    return _masked(key) or NAMELESS


def _masked(key: Key) -> str:
    """Return a key's name; an APPCODE is a password, so only its beginning."""
    return f"{key.name[:4]}…" if key.auth == "appcode" else key.name


def _found(world: World, project: str, dialect: str, name: str) -> Key:
    key = world.keys.get((dialect, "" if name == NAMELESS else name))
    if key is None or key.project != project:
        raise Refused(Reason.UNKNOWN_PATH, key=name[:100], why="the project has no such key", why_zh="项目没有这个密钥")
    return key


def project_named(world: World, name: str) -> Project:
    """Return a declared project. Raises Refused(UNKNOWN_PATH)."""
    found = world.projects.get(name)
    if found is None:
        raise Refused(Reason.UNKNOWN_PATH, project=name[:100], why="there is no such project", why_zh="没有这个项目")
    return found


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
