"""Which messages may not leave any more because their project's mode was changed after they were accepted.

The desk holds what it accepts; this holds what waited meanwhile: for its time, for a carrier, for a retry. What was
released by hand goes. Decides only; the sweep asks, never the way straight from the desk to a carrier.
"""

from collections.abc import Callable, Mapping

from hongyan.model.hold import Hold
from hongyan.model.message import Message
from hongyan.model.world import Mode, World

_WAS_HELD = "held"
WITHHELD = "withheld"
"""in the details of a message: it was held when it was accepted, or on its way; it leaves when it is released"""


class Withholding:
    """Looks projects' modes up, worked out once per world."""

    def __init__(self, world: Callable[[], World]) -> None:
        self._world = world
        self._known: World | None = None
        self._holds: Mapping[str, Hold] = {}

    def look(self) -> bool:
        """Return whether another world holds now, one in which not all projects are live."""
        world = self._world()
        if world is self._known:
            return False
        self._known = world
        projects = world.projects.values()
        self._holds = {one.name: Hold(one) for one in projects if one.mode is not Mode.LIVE}
        return bool(self._holds)

    def of(self, message: Message) -> Hold | None:
        """Return what holds a message back, None when it may leave."""
        hold = self._holds.get(message.project) if self._holds else None
        if hold is None or hold.lets_out(message.to):
            return None
        noted = message.noted()
        return None if _WAS_HELD in noted or WITHHELD in noted else hold
