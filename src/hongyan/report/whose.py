"""Whose a reply is, and where it is told: by the number it was sent to, else by the conversation it belongs to.

A declared port decides; without one the last message that went to this handset through this carrier, first among those
with the same extension. A reply that nothing claims is nobody's, and kept as such.
"""

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from hongyan.ledger.settlement import DOORS, MAILBOXES, NATIVE
from hongyan.model.limits import HOUR_MS
from hongyan.model.message import Message
from hongyan.model.push import LISTENER
from hongyan.model.world import Key, Port, Project, World
from hongyan.store import Store
from hongyan.store.ops import PushRow, ReplyRow

CONVERSATION_MS = 72 * HOUR_MS


class Owner(NamedTuple):
    """Who gets a reply. Project "": nobody."""

    project: str = ""
    dialect: str = ""
    """in whose shape it is told; "": in every one that the project has a place for"""
    app: str | None = None
    extend: str = ""
    message: Message | None = None
    """what it answers, as far as we know"""


async def owner_of(store: Store, world: World, carrier: str, sender: str, to: str, now_ms: int) -> Owner:
    """Return whose a reply from `sender` to our number `to` is."""
    fitting = [one for one in world.ports if to.startswith(one.name) and one.carrier in {"", carrier}]
    port = max(fitting, key=lambda one: (len(one.name), one.carrier), default=None)
    extend = _extension(world, carrier, port, to)
    projects = (port.project,) if port is not None else tuple(world.projects)
    since_ms = now_ms - CONVERSATION_MS
    message = await store.last_to(sender, carrier, since_ms, extend, projects) if extend else None
    if message is None:
        message = await store.last_to(sender, carrier, since_ms, None, projects)
    if port is not None:
        app = port.app if port.app is not None or message is None else message.app
        return Owner(port.project, port.dialect, app, extend, message)
    if message is not None:
        return Owner(message.project, message.dialect, message.app, extend or message.extend or "", message)
    return Owner(extend=extend)


def _extension(world: World, carrier: str, port: Port | None, to: str) -> str:
    """Return what stands behind our number: the declared port's, else the one that the carrier has in its settings."""
    if port is not None:
        return to.removeprefix(port.name)
    config = world.carriers.get(carrier)
    own = config.settings.get("source") if config is not None else None
    return to.removeprefix(own) if isinstance(own, str) and own and to.startswith(own) else ""


def told_where(
    row: ReplyRow, owner: Owner, world: World, worded: Collection[str], mint: Callable[[], int], now_ms: int
) -> tuple[list[PushRow], list[str]]:
    """Return the pushes and the mailboxes by which a reply is told. `worded`: dialects that have words for replies.

    A project's address for `native` hears, in our own shape, of every dialect that has none; who listens, of what is
    told nowhere else.
    """
    project = world.projects.get(owner.project)
    if project is None:
        return [], []
    pushes: list[PushRow] = []
    mailboxes: list[str] = []
    for dialect in (owner.dialect,) if owner.dialect else _places(world, project):
        for shape in () if dialect in DOORS else (dialect, NATIVE) if owner.dialect else (dialect,):
            target = project.reply_callbacks.get(shape) if shape in worded else None
            if target:
                pushes.append(_push(row, shape, owner.app, mint(), now_ms, target=target))
                break
        if dialect in DOORS:
            doors = (owner.app,) if owner.app else _key_names(world, project.name, dialect)
            pushes += (_push(row, dialect, door, mint(), now_ms, door=door) for door in doors)
        if dialect in MAILBOXES:
            mailboxes.append(dialect)
    if world.listening and not (pushes or mailboxes):
        shape = owner.dialect if owner.dialect in worded else NATIVE
        if world.is_listened(project.name, shape):
            pushes.append(_push(row, shape, owner.app, mint(), now_ms, target=LISTENER))
    return pushes, mailboxes


def _push(
    row: ReplyRow, dialect: str, app: str | None, id_: int, now_ms: int, *, target: str = "", door: str | None = None
) -> PushRow:
    return PushRow(
        id=id_,
        message_id=None,
        project=row.project,
        dialect=dialect,
        app=app,
        target=target,
        due_at=now_ms,
        reply_id=row.id,
        door=door,
    )


def _places(world: World, project: Project) -> Iterator[str]:
    """Yield the dialects in which a project may be told: by an address, a mailbox or a door."""
    yield from project.reply_callbacks
    for dialect in sorted((MAILBOXES | DOORS) - project.reply_callbacks.keys()):
        if any(_key_names(world, project.name, dialect)):
            yield dialect


def _key_names(world: World, project: str, dialect: str) -> list[str]:
    keys: list[Key] = world.all(Key)
    return [one.name for one in keys if one.project == project and one.dialect == dialect and one.enabled]
