"""An office on a store, for tests of the console's pages without a running system."""

from typing import Any, cast

from hongyan.assemble.office import office_of
from hongyan.model.clock import FakeClock
from hongyan.model.ids import IdMint
from hongyan.model.world import Declared, Project
from hongyan.operate.core import Core
from hongyan.operate.office import Office
from hongyan.operate.passwords import Passwords
from hongyan.operate.sessions import AS_USUAL, Access
from hongyan.report.look import Look
from hongyan.store import Store
from hongyan.store.current import CurrentWorld

BASE = "http://127.0.0.1:8050"


class NoCore:
    """A core with no carriers that has nothing to do."""

    async def carrier_looks(self) -> list[dict[str, Any]]:
        return []

    async def carrier_lines(self, name: str, limit: int) -> list[dict[str, Any]]:
        return []

    async def preview(self, carrier: str, message: dict[str, Any]) -> dict[str, Any]:
        return {"carrier": carrier, "pdus": [], "trouble": ""}

    async def newest_calls(self) -> list[dict[str, Any]]:
        return []

    async def listeners(self) -> list[dict[str, Any]]:
        return []

    async def wake(self) -> None:
        return


async def office_on(
    store: Store, clock: FakeClock, *things: Declared, dev: bool = True, access: Access = AS_USUAL
) -> Office:
    """Return an office on this store, with these and a project `shop` declared. Its passwords are cheap to compute."""
    await store.declare((Project(name="shop"), *things), (), clock.now_ms())
    current = CurrentWorld(store)
    await current.refresh()
    return office_of(
        store,
        current,
        clock,
        IdMint(clock).mint,
        cast("Core", NoCore()),
        Look(store, current, clock),
        current.look_soon,
        dev=dev,
        rehearses=dev,
        public_base=BASE,
        codes=dict,
        access=access,
        passwords=Passwords(passes=1, memory_kib=64),
    )
