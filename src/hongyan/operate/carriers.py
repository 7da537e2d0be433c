"""What operators do to carriers: look at them, and set how they may be used. Asked by `/v1` and the command line.

What is set is a `Control` in the world: every process follows within a second, and it outlives restarts and `apply`.
Looks come from the process that sends, which may be another one than the one that is asked (`Core`).
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from hongyan.model.actor import Actor, Role
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.world import CarrierConfig, Control, Standing, World
from hongyan.operate.core import Core
from hongyan.operate.journal import Journal
from hongyan.send.by_hand import control_of
from hongyan.store import Store

_VERBS = {
    Standing.RUNNING: "resume",
    Standing.SUSPENDED: "suspend",
    Standing.DRAINING: "drain",
    Standing.ISOLATED: "isolate",
}


class CarrierOperations:
    """Fits what `/v1` asks for. `changed` is called when something was set."""

    def __init__(
        self, store: Store, world: Callable[[], World], clock: Clock, core: Core, changed: Callable[[], None]
    ) -> None:
        self._store, self._world, self._clock, self._core, self._changed = store, world, clock, core, changed
        self._journal = Journal(store, clock)

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

    async def stand(self, actor: Actor, name: str, standing: Standing, *, by: str = "", why: str = "") -> Control:
        """Set what a carrier may do; return what is set. Raises Refused.

        Said twice without a reason, it stands since the first time, for its reason.
        """
        again = not why and standing is self.control(name).standing is not Standing.RUNNING
        signed = {} if again else self._signed(actor, by, why)
        return await self._set(actor, f"carrier.{_VERBS[standing]}", name, {"standing": standing}, signed, why=why)

    async def rebind(self, actor: Actor, name: str, *, by: str = "", why: str = "") -> Control:
        """Close every link of a carrier gracefully and log in anew, in every process once. Raises Refused."""
        at = max(self._clock.now_ms(), self.control(name).rebind_at + 1)
        signed = self._signed_beside(actor, name, by, why)
        return await self._set(actor, "carrier.rebind", name, {"rebind_at": at}, signed, why=why)

    async def pace(self, actor: Actor, name: str, per_second: float | None, *, by: str = "", why: str = "") -> Control:
        """Set messages a second in place of what is declared; 0 is no limit, None as declared. Raises Refused."""
        signed = self._signed_beside(actor, name, by, why)
        return await self._set(actor, "carrier.pace", name, {"pace": per_second}, signed, per_second=per_second)

    async def listen(self, actor: Actor, name: str, minutes: float) -> Control:
        """Keep a carrier's PDUs readable for some minutes; 0 ends it. Raises Refused."""
        until = self._clock.now_ms() + round(minutes * 60_000) if minutes else 0
        return await self._set(actor, "carrier.transcript", name, {"transcript_until": until}, {}, minutes=minutes)

    async def _set(
        self, actor: Actor, action: str, name: str, changes: dict[str, Any], signed: dict[str, Any], **facts: Any
    ) -> Control:
        """Change fields of what is set; it is read from the store first: another process may have set something."""
        actor.need(Role.OPERATOR)
        self.declared(name)
        before = control_of(await self._store.world(), name)
        control = replace(before, name=name, **changes, **signed)
        await self._store.declare([control], (), self._clock.now_ms())
        self._changed()
        await self._journal.note(actor, action, name, **facts)
        return control

    def _signed(self, actor: Actor, by: str, why: str) -> dict[str, Any]:
        return {"set_at": self._clock.now_ms(), "set_by": by or actor.name, "why": why}

    def _signed_beside(self, actor: Actor, name: str, by: str, why: str) -> dict[str, Any]:
        """Return who sets something beside the standing. Of a stopped one it stays told who stopped it, and why."""
        return self._signed(actor, by, why) if self.control(name).standing is Standing.RUNNING else {}
