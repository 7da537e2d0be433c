"""What operators do to carriers: look at them, and set how they may be used. Asked by `/v1` and the command line.

What is set is a `Control` in the world: every process follows within a second, and it outlives restarts and `apply`.
Looks come from the process that sends, which may be another one than the one that is asked (`Core`).
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.world import CarrierConfig, Control, World
from hongyan.operate.core import Core
from hongyan.send.by_hand import control_of
from hongyan.store import Store


class CarrierOperations:
    """Fits what `/v1` asks for. `changed` is called when something was set."""

    def __init__(
        self, store: Store, world: Callable[[], World], clock: Clock, core: Core, changed: Callable[[], None]
    ) -> None:
        self._store, self._world, self._clock, self._core, self._changed = store, world, clock, core, changed

    def now_ms(self) -> int:
        """Return the time."""
        return self._clock.now_ms()

    def declared(self, name: str) -> CarrierConfig:
        """Return a declared carrier. Raises Refused(UNKNOWN_PATH)."""
        found = self._world().carriers.get(name)
        if found is None:
            raise Refused(Reason.UNKNOWN_PATH, carrier=name[:100], declared=", ".join(self._world().carriers))
        return found

    def control(self, name: str) -> Control:
        """Return what is set on a carrier. Raises Refused(UNKNOWN_PATH)."""
        self.declared(name)
        return control_of(self._world(), name)

    async def looks(self) -> list[dict[str, Any]]:
        """Return how every declared carrier is doing."""
        return await self._core.carrier_looks()

    async def backlog(self) -> int:
        """Return how many messages wait to be handed over, most of them in the store when carriers are stopped."""
        return await self._store.backlog()

    async def look(self, name: str) -> dict[str, Any]:
        """Return how one carrier is doing. Raises Refused(UNKNOWN_PATH)."""
        self.declared(name)
        for found in await self._core.carrier_looks():
            if found["name"] == name:
                return found
        raise Refused(Reason.UNKNOWN_PATH, carrier=name[:100])

    async def lines(self, name: str, limit: int) -> list[dict[str, Any]]:
        """Return the last lines of a carrier's transcript. Raises Refused(UNKNOWN_PATH)."""
        self.declared(name)
        return await self._core.carrier_lines(name, limit)

    async def set(self, name: str, **changes: Any) -> Control:
        """Change fields of what is set on a carrier; return what is set now. Raises Refused(UNKNOWN_PATH).

        It is read from the store first: another process may have set something a moment ago.
        """
        self.declared(name)
        before = control_of(await self._store.world(), name)
        control = replace(before, name=name, **changes)
        await self._store.declare([control], (), self._clock.now_ms())
        self._changed()
        return control
