"""Messages that are accepted and held: how the hold is written into a message, and who lets a number out.

A held message is `accepted`, due not before it expires, and its cause says so. Pure.
"""

from hongyan.model.cause import Cause, CauseKind
from hongyan.model.world import Mode, Project

CODE = "HELD"
BEGINS = f"{CauseKind.OURS}|{CODE}|"
"""of the cause of a held message, as the store keeps it"""
HELD: dict[Mode, str] = {
    mode: Cause(CauseKind.OURS, CODE, text, "hongyan").joined()
    for mode, text in (
        (Mode.CAPTURE, "mode capture: nothing of the project leaves by itself"),
        (Mode.ALLOW_LIST, "mode allow-list: the number is not on the project's list"),
    )
}
"""mode -> the cause, as the store keeps it"""


def is_held(cause: str | None) -> bool:
    """Return whether a message with this cause is held."""
    return cause is not None and cause.startswith(BEGINS)


class Hold:
    """Which numbers a project's messages may go to by themselves."""

    def __init__(self, project: Project) -> None:
        self.cause = HELD[project.mode]
        self.mode = str(project.mode)
        listed = project.allow_numbers if project.mode is Mode.ALLOW_LIST else ()
        self._numbers = frozenset(one for one in listed if not one.endswith("*"))
        self._beginnings = tuple(one[:-1] for one in listed if one.endswith("*"))

    def lets_out(self, number: str) -> bool:
        """Return whether a message to this number leaves. `number`: E.164 digits."""
        return number in self._numbers or number.startswith(self._beginnings)
