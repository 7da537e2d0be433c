"""Who may rehearse: rules, the pushed clock, snapshots, resets and triggers are for test systems alone.

`hongyan dev` is one; a `serve` becomes one by the setting `rehearsal`. Everywhere else they are refused here.
"""

from typing import Any

from hongyan.model.actor import Actor, Role
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.said import Said

_OFF = Said(
    "this system is not for rehearsals; the setting rehearsal = true makes it one (hongyan dev always is)",
    "本系统未开启演练；设置 rehearsal = true 后可用（hongyan dev 默认开启）",
)


class Rehearsal:
    """Whether this system is for rehearsals."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def need(self, actor: Actor, role: Role, project: str | None = None) -> None:
        """Raise Refused(NOT_PERMITTED) unless rehearsals are on and somebody may do this to a project (None: all)."""
        if not self.on:
            raise Refused(Reason.NOT_PERMITTED, why=_OFF.en, why_zh=_OFF.zh)
        actor.need(role, project)
        if project is None and actor.project is not None:
            said = Said("it concerns all projects; a key has only one", "该操作涉及全部项目，密钥仅限一个项目")
            raise Refused(Reason.NOT_PERMITTED, why=said.en, why_zh=said.zh)


def wrong(field: str, en: str, zh: str, **facts: Any) -> Refused:
    """Return the refusal of a field's value, with its reason in both languages."""
    return Refused(Reason.BAD_FIELD, field=field, why=en, why_zh=zh, **facts)
