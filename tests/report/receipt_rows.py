"""Messages and endings to judge, without a store."""

from typing import Any

from hongyan.ledger.settlement import Ending
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.message import Message, State
from hongyan.model.world import App, Declared, Project, World

SAID = Cause(CauseKind.NUMBER, "X", "said so", "a")


def sent(**more: Any) -> Message:
    fields: dict[str, Any] = {
        "id": 7, "project": "p", "submission": 1, "dialect": "nxcloud", "to": "8613800138000", "content": "x",
        "price": 50, "accepted_at": 0, "expires_at": 10,
    } | more  # fmt: skip
    return Message(**fields)


def ended(state: State, *, handed: bool = True, rendered: bool | None = None) -> Ending:
    return Ending(state, SAID, at=5, handed=handed, received_at=4 if handed else None, rendered=rendered)


def world(*things: Declared, callbacks: dict[str, str] | None = None, refund_failed: bool | None = None) -> World:
    project = Project(name="p", callbacks=callbacks or {}, refund_failed=refund_failed)
    return World(things=(project, App(project="p", name="app", report_to="http://app.test/"), *things))
