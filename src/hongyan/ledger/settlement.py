"""The end of a message as one operation: what goes back, who is told. Pure; the sender and the matcher both ask here.

It decides no state and writes nothing.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from hongyan.model.cause import Cause
from hongyan.model.message import FINAL, Leg, Message, State
from hongyan.model.push import LISTENER
from hongyan.model.world import World
from hongyan.store.ops import PushRow, Settle

NATIVE = "native"
MAILBOXES = frozenset({"yundashi"})
"""dialects whose callers fetch endings from a queue that empties: spec: yundashi#pullstatus"""
DOORS = frozenset({"smpp"})
"""dialects whose callers are told while they are connected. The name of the door, their system id, is `Message.app`"""


class Wanted(StrEnum):
    """Which endings a connected caller asked to be told: `Message.report_to` in place of an address. None: none."""

    EVERY = "door:every"
    FAILED = "door:failed"
    DELIVERED = "door:delivered"


_WANTED: dict[str, frozenset[State]] = {
    Wanted.EVERY: FINAL,
    Wanted.FAILED: FINAL - {State.DELIVERED},
    Wanted.DELIVERED: frozenset({State.DELIVERED}),
}


class Ending(NamedTuple):
    """What is known about how a message ended."""

    state: State
    cause: Cause
    at: int
    handed: bool
    """whether a carrier has, or may have, taken it"""
    received_at: int | None = None
    rendered: bool | None = None
    """cards: whether the handset could show it; None: not said"""


def refund_due(message: Message, ending: Ending, *, refund_failed: bool) -> int:
    """Return the micros that go back to the project.

    What never left is always paid back; what may have arrived (`unknown`) never; a card that was not shown is
    (spec: alibaba#card.billing); anything else that failed only where the project says so.
    """
    if not ending.handed:
        return message.price
    if ending.state is State.UNKNOWN:
        return 0
    if ending.state is State.DELIVERED:
        return message.price if message.leg is Leg.CARD and ending.rendered is False else 0
    return message.price if refund_failed or message.leg is Leg.CARD else 0


def push_target(message: Message, world: World) -> tuple[str, str] | None:
    """Return the address that wants this message's receipt, and in whose shape: its own, its app's, its project's.

    A project's address for `native` hears, in our own shape, of every dialect that has none; without any, who listens.
    """
    if message.report_to:
        return message.report_to, message.dialect
    app = world.apps.get(message.app) if message.app else None
    if app is not None and app.report_to:
        return app.report_to, message.dialect
    project = world.projects.get(message.project)
    if project is not None and project.callbacks:
        target = project.callbacks.get(message.dialect)
        if target:
            return target, message.dialect
        if ours := project.callbacks.get(NATIVE):
            return ours, NATIVE
    listened = world.listening and world.is_listened(message.project, message.dialect)
    return (LISTENER, message.dialect) if listened else None


def push_for(message: Message, state: State, at: int, world: World, mint: Callable[[], int]) -> PushRow | None:
    """Return the push that tells of a message's end, due at `at`; None when nobody is to be told."""
    door = None
    wanted: tuple[str, str] | None
    if message.dialect in DOORS:
        told = state in _WANTED.get(message.report_to or "", ())
        wanted, door = (("", message.dialect), message.app) if told and message.app else (None, None)
    else:
        wanted = push_target(message, world)
    if wanted is None:
        return None
    target, dialect = wanted
    return PushRow(
        id=mint(),
        message_id=message.id,
        project=message.project,
        dialect=dialect,
        app=message.app,
        target=target,
        due_at=at,
        door=door,
    )


def settlement(message: Message, ending: Ending, world: World, mint: Callable[[], int]) -> Settle:
    """Return the operation that ends the message. `mint` gives the push its id, when there is one."""
    project = world.projects.get(message.project)
    return Settle(
        message_id=message.id,
        project=message.project,
        state=ending.state,
        at=ending.at,
        cause=ending.cause.joined(),
        received_at=ending.received_at,
        refund=refund_due(message, ending, refund_failed=bool(project and project.refund_failed)),
        push=push_for(message, ending.state, ending.at, world, mint),
        mailbox=message.dialect if message.dialect in MAILBOXES else None,
        rendered_at=ending.at if ending.rendered else None,
    )
